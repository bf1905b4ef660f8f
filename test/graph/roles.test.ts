/** Everybody on a domestic abuse record has a role on it, and shows only to whom they may be shown. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, familyOf, type Json, startDemo } from '../attacks/demo.js';

let demo: Demo;
let family: string;
beforeAll(async () => {
  demo = await startDemo();
  family = await familyOf(demo, 'sw-ada-thorne', 'Quist');
});
afterAll(() => demo.stop());

const ROLES = ['victims', 'allegedPerpetrators', 'children', 'others'] as const;

/** The domestic abuse records that a worker is shown of the family: side and forenames by role. */
async function rolesSeenBy(worker: string): Promise<Json[]> {
  const { data, errors } = await ask(
    demo,
    worker,
    `query Roles($family: ID!) @purpose(of: CHILD_PROTECTION) { family(id: $family) { members { person { ... on Adult {
      adultWork(first: 50) { nodes { ... on DomesticAbuseRecord { side ${ROLES.map((role) => `${role} { forename }`).join(' ')} } } } } } } } }`,
    { family },
  );
  expect(errors).toBeUndefined();
  const adults = (data['family'].members as Json[]).flatMap(({ person }) => person?.adultWork?.nodes ?? []) as Json[];
  return adults
    .filter(({ side }) => side)
    .map((record) => ({
      side: record['side'],
      ...Object.fromEntries(
        ROLES.map((role) => [role, record[role]?.map(({ forename }: Json) => forename).sort() ?? null]),
      ),
    }));
}

describe('roles on a domestic abuse record', () => {
  it('are told to the family’s social worker, every person by their own', async () => {
    const records = await rolesSeenBy('sw-ada-thorne');
    const fromVictim = records.filter(({ side }) => side === 'VICTIM');
    expect(fromVictim.length).toBeGreaterThan(0);
    for (const record of fromVictim)
      expect(record).toEqual({
        side: 'VICTIM',
        victims: ['Mira'],
        allegedPerpetrators: ['Dane'],
        children: ['Robin', 'Tilly'],
        others: [],
      });
  });

  it('are null where the holder names nobody but the person worked with', async () => {
    const fromProbation = (await rolesSeenBy('sw-ada-thorne')).filter(({ side }) => side === 'PERPETRATOR');
    expect(fromProbation.length).toBeGreaterThan(0);
    for (const record of fromProbation) expect(ROLES.map((role) => record[role])).toEqual([null, null, null, null]);
  });

  it('tell the perpetrator’s officer nothing of her', async () => {
    const records = await rolesSeenBy('dao-zeke-morrow');
    expect(records.some(({ side }) => side === 'VICTIM')).toBe(false);
    expect(JSON.stringify(records)).not.toContain('Mira');
  });
});
