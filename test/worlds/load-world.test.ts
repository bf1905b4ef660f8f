import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDirectory } from '../../src/people/directory.js';
import { openPeople } from '../../src/people/people.js';
import { openRegisters } from '../../src/registers/registers.js';
import type { Store } from '../../src/store/store.js';
import { loadWorld, readWorldManifest } from '../../src/worlds/load-world.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';

const WORLD: Record<string, string> = {
  'world.yaml': `name: Two streets
today: "2026-11-23"
sources:
  - { id: social-care, adapter: social-care, holder: csc }
  - { id: workbook, adapter: workbook, holder: csc, space: social-care }
`,
  'directory/agencies.csv': `id,name,kind,voluntary,duty_point
csc,Social care,CHILDRENS_SOCIAL_CARE,N,"Front door, weekdays"
haven,Haven,SUBSTANCE_MISUSE,Y,Desk
`,
  'directory/teams.csv': `id,agency,name,district,duty
fst-1,csc,East,East,N
front,csc,Front door,,Y
`,
  'directory/workers.csv': `id,agency,name,role,team,sits_on,supports,manages,person
w-1,csc,Ash Vale,TEAM_MANAGER;SOCIAL_WORKER,fst-1,,,fst-1,P-1009
w-2,csc,Bay Holt,SOCIAL_WORKER,front,fst-1,,,
w-3,haven,Cob Marsh,RECOVERY_WORKER,,fst-1;front,,,
`,
  'directory/worker-identities.csv': 'worker,space,local_id\nw-1,social-care,s1\n',
  'directory/conflicts.csv': 'worker,person,reason\nw-2,P-1002,\n',
  'links.csv': 'person,space,local_id\nP-1001,social-care,7\nP-1001,haven,C9\nP-1002,social-care,8\n',
  'registers/consents.csv': `id,subject,state,given_by,capacity,categories,holders,recipients,purposes,from,until,recorded_at,recorded_by,method
c-1,P-1001,GIVEN,P-1001,SELF,SUBSTANCE_MISUSE;IDENTITY,haven,CHILDRENS_SOCIAL_CARE,*,2026-01-05T09:00:00Z,,2026-01-05T09:00:00Z,w-3,in writing
`,
  'registers/exceptions.csv': `id,subjects,gateway,categories,holders,recipients,purposes,overrides_refusal,from,until,recorded_at,recorded_by,approved_by,answers
e-1,P-1001;P-1002,CHILDREN_ACT_1989_S17,PLAN,csc,haven,CHILD_IN_NEED,Y,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,2026-11-01T00:00:00Z,w-1,w-2,"{""Why?"":""Because""}"
`,
  'registers/judgements.csv': `id,source,type,local_id,episode,subject,holder,serves_child,serves_adult,factor,decision,why,judged_at,judged_by
j-1,haven,SubstanceMisuseRecord,,ep-1,P-1001,haven,P-1002,,2B,RELEVANT,bears on the care,2026-02-01T00:00:00Z,w-3
`,
};

async function makeWorld(changes: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'threshold-world-'));
  for (const [file, text] of Object.entries({ ...WORLD, ...changes })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return folder;
}

describe('a world', () => {
  it('says which day it stands at and what its sources are', async () => {
    const folder = await makeWorld();
    expect(readWorldManifest(folder)).toEqual({
      name: 'Two streets',
      today: '2026-11-23',
      sources: [
        { id: 'social-care', adapter: 'social-care', holder: 'csc', space: 'social-care' },
        { id: 'workbook', adapter: 'workbook', holder: 'csc', space: 'social-care' },
      ],
    });
    await writeFile(join(folder, 'world.yaml'), 'name: Nowhere\ntoday: yesterday\nsources: []\n');
    expect(() => readWorldManifest(folder)).toThrow(/^world.yaml: today/);
    await rm(folder, { recursive: true });
  });
});

describe.each(STORES)('a world loaded into $kind', (config) => {
  let folder: string;
  let store: Store;

  beforeAll(async () => {
    folder = await makeWorld();
    store = await openEmpty(config);
    expect(await loadWorld(store, folder)).toBe(true);
  });

  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('has its directory', async () => {
    const directory = openDirectory(store);
    expect(await directory.agencies()).toEqual([
      { id: 'csc', name: 'Social care', kind: 'CHILDRENS_SOCIAL_CARE', voluntary: false, dutyPoint: 'Front door, weekdays' },
      { id: 'haven', name: 'Haven', kind: 'SUBSTANCE_MISUSE', voluntary: true, dutyPoint: 'Desk' },
    ]);
    expect(await directory.team('front')).toMatchObject({ duty: true, district: '' });
    expect(await directory.standing('w-1', 'csc', 'SOCIAL_WORKER')).toMatchObject({ manages: ['fst-1'], person: 'P-1009' });
    expect(await directory.standing('w-2', 'csc', 'SOCIAL_WORKER')).toMatchObject({ onDuty: true, conflicts: ['P-1002'] });
    const standing = await directory.standing('w-3', 'haven', 'RECOVERY_WORKER');
    expect(standing?.teams.toSorted()).toEqual(['front', 'fst-1']);
  });

  it('has its links', async () => {
    const people = openPeople(store, { newId: counter() });
    expect(await people.resolve([{ space: 'haven', local: 'C9' }])).toEqual(new Map([['haven C9', 'P-1001']]));
    expect(await people.locals(['P-1001'])).toHaveLength(2);
  });

  it('has its registers', async () => {
    const said = await openRegisters(store).read(['P-1001']);
    expect(said).toMatchObject({
      consents: [{ id: 'c-1', categories: ['SUBSTANCE_MISUSE', 'IDENTITY'], purposes: ['*'], from: '2026-01-05T09:00:00.000Z' }],
      exceptions: [{ id: 'e-1', subjects: ['P-1001', 'P-1002'], overridesRefusal: true, approvedBy: 'w-2', answers: { 'Why?': 'Because' } }],
      judgements: [{ id: 'j-1', episode: 'ep-1', servesChild: 'P-1002', factor: '2B' }],
    });
    expect(said.consents[0] && 'until' in said.consents[0]).toBe(false);
    expect(said.judgements[0] && 'localId' in said.judgements[0]).toBe(false);
    expect((await openRegisters(store).read(['P-1002'])).exceptions).toHaveLength(1);
  });

  it('is loaded once, unless it is to be replaced; the registers then have moved', async () => {
    const registers = openRegisters(store);
    const before = await registers.version();
    expect(await loadWorld(store, folder)).toBe(false);
    expect(await registers.version()).toBe(before);
    expect(await loadWorld(store, folder, { replace: true })).toBe(true);
    expect(await registers.version()).toBe(before + 1);
    expect(await openDirectory(store).workers()).toHaveLength(3);
  });

  it.each([
    ['a kind of agency that there is none', 'directory/agencies.csv', 'id,name,kind,voluntary,duty_point\nx,SECRET,SECRETKIND,N,d\n', /agencies.csv, row 2: kind/],
    ['a state that there is none', 'registers/consents.csv', (WORLD['registers/consents.csv'] ?? '').replace('GIVEN', 'SECRET'), /consents.csv, row 2: state/],
    ['an adult’s consent given by another', 'registers/consents.csv', (WORLD['registers/consents.csv'] ?? '').replace('GIVEN,P-1001', 'GIVEN,SECRET'), /consents.csv, row 2/],
    ['answers that are no JSON', 'registers/exceptions.csv', (WORLD['registers/exceptions.csv'] ?? '').replace('"{""', '"SECRET{""'), /exceptions.csv, row 2: answers/],
    ['a row with a cell too many', 'links.csv', 'person,space,local_id\nSECRET,a,b,c\n', /links.csv is not CSV after row 1/],
  ])('with %s is not loaded at all; the message tells where, never what', async (_, file, text, message) => {
    const wrong = await makeWorld({ [file]: text });
    const attempt = loadWorld(store, wrong, { replace: true });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/SECRET/);
    expect(await openDirectory(store).workers()).toHaveLength(3);
    await rm(wrong, { recursive: true });
  });
});
