/** The verifier's own reading of the policies, held to the gateway's: over the space of facts, and over what a demo asked in earnest. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DecisionEntry } from '../../src/audit/entry.js';
import { exportLog } from '../../src/audit/export.js';
import { writeVerifier } from '../../src/audit/log/signed-note.js';
import { openReplay, type Replay } from '../../src/audit/verify/decide-again.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';
import { createDecide } from '../../src/disclosure/decide.js';
import { FACTS, type FactRecord } from '../../src/domain/facts.js';
import { loadRules } from '../../src/rules.js';
import { ask, startDemo } from '../attacks/demo.js';
import { KEYS, keyText } from './sequenced.js';

/** CI asks at more points of the space; Cedar takes about half a millisecond for each. */
const POINTS = process.env['CI'] ? 20_000 : 2000;
const { policies } = loadRules({ protocols: ['walsall-family-safeguarding'] });
const decide = createDecide(policies, () => {
  throw new Error('a policy failed to evaluate');
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-again-'));
  await mkdir(join(folder, 'policies'));
  await writeFile(join(folder, 'policies', `${policies.version}.json`), policies.stated);
});
afterAll(() => rm(folder, { recursive: true }));

/** An entry with the decision on these facts as the gateway makes it. */
function decided(facts: FactRecord, change: Partial<DecisionEntry> = {}) {
  const { outcome, permits, vetoes, reasons, obligations, facts: key } = decide(facts);
  const { role, purpose, category, basis } = facts;
  const line = { facts: key, outcome, category, basis, permits, vetoes, reasons, obligations, ...change };
  return { requester: { role }, purpose, policyVersion: policies.version, decisions: [line] };
}

const anyFacts = fc.record(
  Object.fromEntries(Object.entries(FACTS).map(([name, values]) => [name, fc.constantFrom(...values)])),
) as unknown as fc.Arbitrary<FactRecord>;
/** Nearer to what is asked: most of what stands in the way is not there. */
const likelyFacts = fc
  .tuple(anyFacts, fc.constantFrom('ALLOCATED', 'MANAGING', 'ENDED'), fc.constantFrom('CONSENT', 'NONE'))
  .map(
    ([facts, involvement, basis]) =>
      ({
        ...facts,
        role: 'SOCIAL_WORKER',
        purpose: 'SUPERVISION',
        involvement,
        basis,
        confidentiality: 'N',
        conflict: false,
        opposing: false,
        onFamilyTeam: true,
      }) as FactRecord,
  );

/** As it is read from a file: what is undefined is not there. */
const asRead = <T>(entry: T): never => JSON.parse(JSON.stringify(entry)) as never;

describe('deciding again', () => {
  it('comes to what the gateway decides, at points of the whole space of facts', async () => {
    const replay: Replay = openReplay(folder);
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(anyFacts, likelyFacts), (facts) => {
        const entry = decided(facts);
        replay.entry(asRead(entry), 'a point');
        for (const { outcome, reasons = [] } of entry.decisions) seen.add(`${outcome} ${reasons.length}`);
      }),
      { numRuns: POINTS, seed: 5 },
    );
    expect([...seen].map((one) => one.split(' ')[0])).toEqual(
      expect.arrayContaining(['RELEASED', 'BROKERED', 'WITHHELD', 'SILENT']),
    );
    expect(seen).toContain('WITHHELD 2');
  });

  it('notices every part of a decision that is another', async () => {
    const replay = openReplay(folder);
    const held = { ...fc.sample(likelyFacts, { numRuns: 1, seed: 9 })[0]!, involvement: 'ENDED' } as FactRecord;
    const changes: Partial<DecisionEntry>[] = [
      { outcome: 'RELEASED' },
      { permits: ['own-records'] },
      { vetoes: [] },
      { reasons: [] },
      { obligations: ['REVIEW'] },
      { category: 'IDENTITY' === held.category ? 'PLAN' : 'IDENTITY' },
      { basis: 'EXCEPTION' },
      { facts: -1 },
    ];
    for (const change of changes)
      expect(() => replay.entry(asRead(decided(held, change)), 'here')).toThrow(
        /does not come out again.*here, decision 0/,
      );
  });

  it('holds for everything that a demo answered, from its exported log', async () => {
    const demo = await startDemo({ THRESHOLD_LOG_KEY: keyText(1) });
    const people = '... on Child { statuses { nodes { stage } } } ... on Adult { adultWork { nodes { id } } }';
    for (const worker of ['sw-ada-thorne', 'sw-bram-hollis', 'rw-quinn-darrow', 'tm-orla-finch'])
      for (const purpose of ['SUPERVISION', 'CHILD_PROTECTION', 'S47_ENQUIRY'])
        await ask(
          demo,
          worker,
          `query B @purpose(of: ${purpose}) { families(first: 200) { nodes { members { person { forename ${people} } } } } }`,
        );
    await ask(demo, 'sw-ada-thorne', '{ me { name } }');
    await demo.sequencer.sequence();
    const into = join(folder, 'demo');
    const entries = await exportLog(demo.store, { ...KEYS, witnesses: [] }, into);
    const verified = await verifyLog(into, {
      log: KEYS.verifiers.map((key) => trustedKey(writeVerifier(key))),
    });
    expect(verified.entries).toBe(entries);
    expect(verified.decisions).toBeGreaterThan(100);
    await demo.stop();
  }, 60_000);

  it('needs the policies of the version', () => {
    const entry = { ...decided(fc.sample(anyFacts, 1)[0] as FactRecord), policyVersion: 'ab'.repeat(32) };
    expect(() => openReplay(folder).entry(asRead(entry), 'entry 0')).toThrow(
      expect.objectContaining({ code: 'POLICIES_MISSING' }),
    );
  });
});
