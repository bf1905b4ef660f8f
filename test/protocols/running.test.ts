/** Packs and an authority's own policies in the running gateway. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wire } from '../../src/compose.js';
import type { Demo } from '../../src/compose-demo.js';
import { loadRules } from '../../src/rules.js';
import { createLog } from '../../src/server/log.js';
import { ask, familyOf, type Json, startDemo } from '../attacks/demo.js';
import { KEYS } from '../audit/sequenced.js';

const own = mkdtempSync(join(tmpdir(), 'threshold-own-'));
writeFileSync(
  join(own, 'ours.cedar'),
  `@id("recovery-service-reads-no-ratings") @source("Example agreement 2026, paragraph 4") @says("The recovery service reads no ratings.")
forbid (principal, action == Action::"read", resource) when { context.role == "RECOVERY_WORKER" && context.recordKind == "RAG_RATING" };`,
);
const packs = 'birmingham-family-support,connecting-families';

let plain: Demo;
let demo: Demo;
beforeAll(async () => {
  [plain, demo] = await Promise.all([startDemo(), startDemo({ THRESHOLD_PROTOCOLS: packs, THRESHOLD_POLICIES: own })]);
});
afterAll(() => Promise.all([plain.stop(), demo.stop()]));

const handedOver = async (from: Demo) => {
  const id = await familyOf(from, 'sw-ada-thorne', 'Tolley');
  const query =
    'query Pack($id: ID!) @purpose(of: STEP_DOWN) { family(id: $id) { members { person { ... on Child { assessments { nodes { id } } childInNeedPlans { nodes { id } } } } } } }';
  const { data } = await ask(from, 'kw-noor-ashdown', query, { id });
  const children = (data['family'].members as Json[]).flatMap(({ person }) => (person?.assessments ? [person] : []));
  const count = (list: string) => children.flatMap((child) => child[list].nodes).length;
  return [count('assessments'), count('childInNeedPlans')];
};
const ratings = async (from: Demo) => {
  const id = await familyOf(from, 'sw-ada-thorne', 'Quist');
  const query =
    'query Ratings($id: ID!) @purpose(of: SUPERVISION) { family(id: $id) { workbook { ragRatings { nodes { rating } withheld { reason } } } } }';
  const { data } = await ask(from, 'rw-quinn-darrow', query, { id });
  return data['family'].workbook.ragRatings as Json;
};

describe('the gateway under the packs that an authority picked', () => {
  it('hands over what all of them do, and no more', async () => {
    expect(await handedOver(plain)).toEqual([1, 1]);
    expect(await handedOver(demo)).toEqual([1, 0]);
  });

  it('withholds what a policy of the authority’s own forbids, and says that nothing less than another role would do', async () => {
    expect((await ratings(plain))['nodes'].length).toBeGreaterThan(0);
    const denied = await ratings(demo);
    expect(denied['nodes']).toEqual([]);
    expect(denied['withheld'].length).toBeGreaterThan(0);
  });

  it('names in its log the version of the rules, which the packs and own policies are part of', async () => {
    const versionIn = async (of: Demo) => (await of.audit.read({ limit: 1 }))[0]?.body.policyVersion;
    const rules = loadRules({ protocols: packs.split(','), ownPolicies: own });
    expect(await versionIn(demo)).toBe(rules.policies.version);
    expect(await versionIn(plain)).toBe(loadRules({ protocols: ['walsall-family-safeguarding'] }).policies.version);
    expect(await versionIn(demo)).not.toBe(await versionIn(plain));
  });

  it('warns at its start where two packs disagree, and what holds', async () => {
    const lines: string[] = [];
    const log = createLog({
      level: 'warn',
      now: () => new Date(),
      destination: { write: (line: string) => void lines.push(line) },
    });
    const { http } = await wire({
      store: demo.store,
      sources: [],
      signIn: async () => Promise.reject(new Error('nobody')),
      now: demo.house.now,
      log,
      host: '127.0.0.1',
      port: 0,
      introspection: false,
      cursorKey: 'x',
      logKeys: KEYS,
      sourceDeadlineMs: 500,
      rules: loadRules({ protocols: packs.split(',') }),
    });
    await http.stop();
    const told = lines.map((line) => JSON.parse(line) as Json).filter(({ code }) => code === 'PACKS_DISAGREE');
    expect(told.map(({ place }) => place)).toEqual(['escalation', 'handover.stepDown']);
    expect(told[1]).toMatchObject({
      packs: packs.split(','),
      msg: 'packs disagree: the more restrictive value holds',
    });
  });
});
