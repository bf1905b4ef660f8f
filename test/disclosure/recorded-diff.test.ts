/** A dry run over what was asked in earnest: what would have come out otherwise, how often, to which roles; and nobody's name. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoggedEntry } from '../../src/audit/audit.js';
import type { Demo } from '../../src/compose-demo.js';
import { createDecide } from '../../src/disclosure/decide.js';
import { recordedDiff, recordedJson, recordedText } from '../../src/disclosure/recorded-diff.js';
import { loadRules } from '../../src/rules.js';
import { ask, startDemo } from '../attacks/demo.js';

const protocols = ['walsall-family-safeguarding'];
const refuse = () => {
  throw new Error('a policy failed to evaluate');
};
const present = createDecide(loadRules({ protocols }).policies, refuse);

/** The policies with one file's text changed. */
function changed(file: string, change: (text: string) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'policies-'));
  cpSync('schema/policies', folder, { recursive: true });
  const text = readFileSync(join(folder, file), 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(join(folder, file), change(text));
  const { policies } = loadRules({ protocols, policyFolder: folder });
  rmSync(folder, { recursive: true });
  return createDecide(policies, refuse);
}
const without = (file: string, id: string) =>
  changed(file, (text) => text.replace(new RegExp(`@id\\("${id}"\\)[^;]*;`), ''));

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
  const board = (purpose: string) =>
    `query Board @purpose(of: ${purpose}) { families(first: 200) { nodes { members { person { forename ... on Adult { adultWork { nodes { id } } } } } } } }`;
  for (const worker of ['sw-ada-thorne', 'sw-bram-hollis', 'rw-quinn-darrow'])
    for (const purpose of ['SUPERVISION', 'CHILD_PROTECTION']) await ask(demo, worker, board(purpose));
  await ask(demo, 'sw-ada-thorne', '{ me { name } }');
}, 60_000);
afterAll(() => demo.stop());

describe('a dry run over the log', () => {
  it('finds nothing where the policies are the same, and that every decision was made by them', async () => {
    const diff = await recordedDiff(demo.audit, present, present);
    expect(diff).toMatchObject({ changes: [], operations: 6, unreadable: 0, madeOtherwise: 0 });
    expect(diff.decisions).toBeGreaterThan(50);
    expect(recordedText(diff)).toMatch(/Nothing that was asked/);
  });

  it('counts what a lifted veto would have released: to whom, of what, how often, in how many operations', async () => {
    const lifted = await recordedDiff(demo.audit, present, without('vetoes.cedar', 'lawful-basis'));
    expect(lifted.changes.some(({ becomes }) => becomes === 'RELEASED')).toBe(true);
    const all = await demo.audit.after(0, 100);
    for (const { becomes, role, category, operations, records } of lifted.changes) {
      expect(['SOCIAL_WORKER', 'RECOVERY_WORKER']).toContain(role);
      expect(becomes).not.toBe('DENIED');
      const concerned = all.filter(({ body }) => body.requester.role === role);
      expect(operations).toBeLessThanOrEqual(concerned.length);
      const denied = concerned.flatMap(({ body }) =>
        body.outcomes.flatMap(([index, , , , ids]) =>
          body.decisions[index]?.category === category && body.decisions[index]?.outcome !== 'RELEASED' ? ids : [],
        ),
      );
      expect(records).toBeGreaterThan(0);
      expect(records).toBeLessThanOrEqual(denied.length);
    }
  });

  it('counts what a dropped permit would no longer release, exactly', async () => {
    const { changes } = await recordedDiff(demo.audit, present, without('permits.cedar', 'relevant-adult-work'));
    const all = await demo.audit.after(0, 100);
    const expected = (role: string, category: string) => {
      const lines = all
        .filter(({ body }) => body.requester.role === role)
        .map(({ body }) =>
          body.outcomes.flatMap(([index, , , , ids]) => {
            const line = body.decisions[index];
            return line?.category === category && line.permits?.join() === 'relevant-adult-work' ? ids : [];
          }),
        );
      return { records: lines.flat().length, operations: lines.filter((ids) => ids.length > 0).length };
    };
    const lost = changes.filter(({ becomes }) => becomes === 'DENIED');
    expect(lost.length).toBeGreaterThan(0);
    for (const { role, category, records, operations } of lost)
      expect({ records, operations }).toEqual(expected(role, category));
  });

  it('names nobody', async () => {
    const diff = await recordedDiff(demo.audit, present, without('permits.cedar', 'relevant-adult-work'));
    for (const text of [recordedText(diff), recordedJson(diff)]) {
      expect(text).toContain('SOCIAL_WORKER');
      expect(text).not.toMatch(/P-1\d{3}|sw-|rw-|haven|mht|safe|prob/);
    }
  });

  it('says so where other policies were in force, and compares nothing whose facts cannot be read', async () => {
    const old = without('permits.cedar', 'relevant-adult-work');
    expect((await recordedDiff(demo.audit, old, old)).madeOtherwise).toBeGreaterThan(0);
    const entries = await demo.audit.after(0, 100);
    const garbled: LoggedEntry[] = entries.map((entry) => ({
      ...entry,
      body: { ...entry.body, requester: { ...entry.body.requester, role: 'KEYWORKER' } },
    }));
    const diff = await recordedDiff({ after: async (seq) => (seq === 0 ? garbled : []) }, present, old);
    expect(diff.unreadable).toBe(diff.decisions);
    expect(diff.changes).toEqual([]);
    expect(recordedText(diff)).toContain('not compared');
  });
});
