/** Every decision in the log comes out again from its entry and the policies; a log that was changed does not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/audit/audit.js';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import type { Demo } from '../../src/compose-demo.js';
import { createDecide } from '../../src/disclosure/decide.js';
import { replay, replayLog } from '../../src/disclosure/replay.js';
import { factKey, factsOf } from '../../src/domain/facts.js';
import { loadRules } from '../../src/rules.js';
import { ask, startDemo } from '../attacks/demo.js';

const { policies } = loadRules({ protocols: ['walsall-family-safeguarding'] });
const decide = createDecide(policies, () => {
  throw new Error('a policy failed to evaluate');
});
const FAMILIES = `families(first: 200) { nodes { members { person { forename surname
  ... on Child { statuses { nodes { stage } } assessments { nodes { id } } }
  ... on Adult { adultWork { nodes { id } withheld { outcome reason } } } } } workbook { ragRatings { nodes { rating } } } } }`;

let demo: Demo;
const bodies: AuditEntryBody[] = [];

beforeAll(async () => {
  demo = await startDemo();
  const purposes = ['SUPERVISION', 'CHILD_PROTECTION', 'S47_ENQUIRY'];
  for (const [i, { id }] of demo.workers.entries())
    await ask(demo, id, `query Board @purpose(of: ${purposes[i % purposes.length]}) { ${FAMILIES} }`);
  bodies.push(...(await demo.audit.after(0, 1000)).map(({ body }) => body));
}, 120_000);
afterAll(() => demo.stop());

describe('replay', () => {
  it('decides everything in the log again, and alike', async () => {
    const { entries, decisions, otherVersions, discrepancies } = await replayLog(
      openAudit(demo.store),
      policies.version,
      decide,
    );
    expect(discrepancies).toEqual([]);
    expect(otherVersions.size).toBe(0);
    expect(entries).toBe(bodies.length);
    expect(decisions).toBeGreaterThan(500);
    const outcomes = new Set(bodies.flatMap((body) => body.decisions.map(({ outcome }) => outcome)));
    expect(outcomes).toEqual(new Set(['RELEASED', 'BROKERED', 'WITHHELD', 'SILENT']));
  });

  it('tells what was shown less far than decided', () => {
    const lines = bodies.flatMap((body) => body.decisions.filter(({ decided }) => decided !== undefined));
    expect(lines.length).toBeGreaterThan(0);
    expect(
      lines.every(({ decided, outcome }) => decided === 'WITHHELD' || (decided === 'BROKERED' && outcome === 'SILENT')),
    ).toBe(true);
  });

  it.each([
    ['an outcome', { outcome: 'WITHHELD' }, /^outcome: WITHHELD → RELEASED/],
    ['the permits', { permits: ['own-records', 'granted'] }, /^permits/],
    ['the category', { category: 'PLAN' }, /^category: PLAN/],
    ['facts that are none', { facts: -1 }, /no fact record/],
  ])('finds %s changed', (_, change, message) => {
    const body = bodies.find(({ decisions }) =>
      decisions.some(({ outcome, category }) => outcome === 'RELEASED' && category !== 'PLAN'),
    );
    const decisions = (body?.decisions ?? []).map((line) =>
      line.outcome === 'RELEASED' && line.category !== 'PLAN' ? { ...line, ...change } : line,
    );
    const [first] = replay({ id: 'tampered', decisions }, decide);
    expect(first?.differs.join()).toMatch(message);
  });

  it('is told of entries made under other policies', async () => {
    const { decisions, otherVersions } = await replayLog(openAudit(demo.store), 'another version', decide);
    expect(decisions).toBe(0);
    expect([...otherVersions.keys()]).toEqual([policies.version]);
  });

  it('rests on keys that hold the whole fact record', () => {
    for (const { decisions } of bodies) for (const { facts } of decisions) expect(factKey(factsOf(facts))).toBe(facts);
    expect(() => factsOf(2 ** 53 - 1)).toThrow(RangeError);
  });
});
