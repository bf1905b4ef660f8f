/** What the whole of the SSD shows through HTTP: to the child’s own worker, to other agencies, and of a restricted child. */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, familyOf, type Json, startDemo } from '../attacks/demo.js';

let demo: Demo;
let home: string;
beforeAll(async () => {
  // The named world, with a placement for a child whose whereabouts are protected.
  home = await mkdtemp(join(tmpdir(), 'threshold-depth-'));
  await cp('test/worlds/walsall-road', home, { recursive: true });
  await appendFile(
    join(home, 'sources/social-care/ssd_cla_placement.csv'),
    'PL900,2026-05-01,U6,11,,PR1,ZZ20 7HD,,,410210\n',
  );
  demo = await startDemo({ THRESHOLD_WORLD: home });
});
afterAll(async () => {
  await demo.stop();
  await rm(home, { recursive: true });
});

const FRAGMENT = 'fragment W on Withheld { outcome category reason holder { id } }';
const ON_CHILD = `
  placements { nodes { type provider postcode settingNumber distanceFromHome } withheld { ...W } }
  carePlans { nodes { startedOn endedOn permanence } withheld { ...W } }
  sdqScores { nodes { completedOn score } withheld { ...W } }
  missingEpisodes { nodes { startedOn type returnInterviewAccepted } withheld { ...W } }
  healthChecks { nodes { type status immunisationsUpToDate } withheld { ...W } }
  disabilities { nodes { code meaning obligations } withheld { ...W } }`;

async function childOf(worker: string, purpose: string, forename: string, surname: string): Promise<Json | null> {
  const { data, errors } = await ask(
    demo,
    worker,
    `query Child @purpose(of: ${purpose}) { findPerson(forename: "${forename}", surname: "${surname}") { persons { ... on Child { ${ON_CHILD} } } } } ${FRAGMENT}`,
  );
  expect(errors).toBeUndefined();
  return data['findPerson'].persons[0] ?? null;
}

describe('a looked-after child', () => {
  it('is shown whole to the worker who looks after them', async () => {
    const asa = await childOf('sw-greta-holm', 'DIRECT_WORK', 'Asa', 'Lowther');
    expect(asa?.['placements'].nodes).toEqual([
      expect.objectContaining({ postcode: 'ZZ19 2FV', distanceFromHome: '6', settingNumber: null }),
    ]);
    expect(asa?.['carePlans'].nodes).toEqual([
      { startedOn: '2026-06-10', endedOn: null, permanence: ['Long-term fostering to 18'] },
      { startedOn: '2026-03-02', endedOn: '2026-06-10', permanence: ['Home within six months'] },
    ]);
    expect(asa?.['sdqScores'].nodes).toEqual([{ completedOn: '2026-09-01', score: 19 }]);
    expect(asa?.['missingEpisodes'].nodes).toHaveLength(1);
    expect(asa?.['healthChecks'].nodes.map(({ status }: Json) => status)).toEqual(['Refused', null, 'Done']);
    expect(asa?.['disabilities'].nodes).toEqual([{ code: 'BEH', meaning: 'Behaviour', obligations: [] }]);
    for (const list of Object.values(asa ?? {})) expect((list as Json)['withheld']).toEqual([]);
  });

  it('is nobody to a worker who does not work with them', async () => {
    for (const worker of ['sw-isla-penrose', 'hos-rhea-dunmore', 'ig-sol-whitby', 'rw-rory-ember'])
      expect(await childOf(worker, 'DIRECT_WORK', 'Asa', 'Lowther')).toBeNull();
  });
});

describe('a restricted child', () => {
  it('is placed somewhere: what kind of place crosses with the plan, where it is does not', async () => {
    const own = await childOf('sw-cleo-marchbank', 'CHILD_IN_NEED', 'Pip', 'Sorrel');
    expect(own?.['placements'].nodes[0]).toMatchObject({ postcode: 'ZZ20 7HD', distanceFromHome: '11' });
    const other = await childOf('dap-xanthe-kirby', 'CHILD_IN_NEED', 'Pip', 'Sorrel');
    expect(other?.['placements'].nodes).toEqual([
      expect.objectContaining({ provider: own?.['placements'].nodes[0].provider, postcode: null, distanceFromHome: null }),
    ]);
    expect(JSON.stringify(other)).not.toContain('ZZ20 7HD');
  });
});

describe('what the rules name no category for', () => {
  it('is the council’s own: other agencies of the team see that it is withheld, with the work and not with identity', async () => {
    const id = await familyOf(demo, 'sw-cleo-marchbank', 'Sefton');
    const query = `query Sealed($id: ID!) @purpose(of: SUPERVISION) { family(id: $id) { members { person { forename
      disabilities { nodes { meaning } withheld { ...W } } immigrationStatuses { nodes { status } } } } } } ${FRAGMENT}`;
    const disabled = async (worker: string) => {
      const { data } = await ask(demo, worker, query, { id });
      const members = (data['family']?.members ?? []) as Json[];
      return members.find(({ person }) => person?.forename === 'Rhys')?.['person']?.disabilities ?? null;
    };
    expect((await disabled('sw-cleo-marchbank'))?.nodes).toEqual([{ meaning: 'Autism' }]);
    for (const worker of ['kw-otto-blythe', 'rw-rory-ember', 'bso-wynn-tarry'])
      expect((await disabled(worker))?.nodes ?? []).toEqual([]);
  });
});

describe('pre-proceedings', () => {
  it('are read for court by the child’s social worker and psychologist, and not by the keyworker on the core group', async () => {
    const id = await familyOf(demo, 'sw-bram-hollis', 'Keddie');
    const read = async (worker: string, purpose: string) => {
      const query = `query Court($id: ID!) @purpose(of: ${purpose}) { family(id: $id) { members { person { ... on Child { preProceedings { nodes { decidedOn legalGatewayOutcome } } } } } } }`;
      const { data } = await ask(demo, worker, query, { id });
      return ((data['family']?.members ?? []) as Json[]).flatMap(({ person }) => person?.preProceedings?.nodes ?? []);
    };
    const told = [{ decidedOn: '2026-10-12', legalGatewayOutcome: 'Enter pre-proceedings' }];
    expect(await read('sw-bram-hollis', 'COURT_PROCEEDINGS')).toEqual(told);
    expect(await read('psy-maud-ellery', 'COURT_PROCEEDINGS')).toEqual(told);
    for (const purpose of ['COURT_PROCEEDINGS', 'CHILD_PROTECTION', 'CHILD_IN_NEED'])
      expect(await read('kw-noor-ashdown', purpose)).toEqual([]);
  });
});

describe('a care leaver', () => {
  it('is shown to their adviser, the person and where they live', async () => {
    const { data, errors } = await ask(
      demo,
      'sw-greta-holm',
      `query Leaving @purpose(of: DIRECT_WORK) { findPerson(forename: "Remy", surname: "Aldous") { persons { ... on Adult {
        careLeaving { nodes { person { id forename } eligibilityCode inTouch accommodation personalAdviserName teamName } } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data['findPerson'].persons[0].careLeaving.nodes).toEqual([
      {
        person: { id: expect.any(String), forename: 'Remy' },
        eligibilityCode: 'Former Relevant',
        inTouch: 'In touch',
        accommodation: 'Supported lodgings',
        personalAdviserName: 'Greta Holm',
        teamName: 'Corporate Parenting',
      },
    ]);
  });
});

describe('sources', () => {
  it('name the columns that a deployment has not; the demo’s have all', async () => {
    const { data } = await ask(
      demo,
      'sw-greta-holm',
      'query Sources @purpose(of: DIRECT_WORK) { families { sources { source missingColumns } } }',
    );
    expect(data['families'].sources).toContainEqual({ source: 'social-care', missingColumns: [] });
    expect((data['families'].sources as Json[]).every(({ missingColumns }) => Array.isArray(missingColumns))).toBe(true);
  });
});
