import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Directory, openDirectory } from '../../src/people/directory.js';
import type { Store } from '../../src/store/store.js';
import { openEmpty, STORES } from '../store/test-stores.js';

describe.each(STORES)('the directory on $kind', (config) => {
  let store: Store;
  let directory: Directory;

  beforeAll(async () => {
    store = await openEmpty(config);
    directory = openDirectory(store);
    const insert = (table: string, ...rows: (string | number | null)[][]) =>
      store.transaction(async (transaction) => {
        for (const row of rows)
          await transaction.run(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, row);
      });
    await insert(
      'agency',
      ['csc', 'Social care', 'CHILDRENS_SOCIAL_CARE', 0, 'front door'],
      ['haven', 'Haven', 'SUBSTANCE_MISUSE', 1, 'desk'],
    );
    await insert(
      'team',
      ['fst-1', 'csc', 'East', 'East', 0],
      ['front', 'csc', 'Front door', '', 1],
      ['hv-1', 'haven', 'Recovery', 'East', 1],
    );
    await insert(
      'worker',
      ['manager', 'csc', 'Ash', 'TEAM_MANAGER;SOCIAL_WORKER', 'P-9'],
      ['worker', 'csc', 'Bay', 'SOCIAL_WORKER', null],
      ['helper', 'csc', 'Cob', 'BUSINESS_SUPPORT_OFFICER', null],
      ['recovery', 'haven', 'Dell', 'RECOVERY_WORKER', null],
    );
    await insert(
      'worker_team',
      ['manager', 'fst-1', 'MEMBER'],
      ['manager', 'fst-1', 'MANAGES'],
      ['worker', 'fst-1', 'MEMBER'],
      ['worker', 'front', 'MEMBER'],
      ['helper', 'fst-1', 'SUPPORTS'],
      ['recovery', 'hv-1', 'MEMBER'],
      ['recovery', 'fst-1', 'SITS_ON'],
      ['recovery', 'front', 'MEMBER'],
    );
    await insert(
      'worker_identity',
      ['manager', 'social-care', 's1'],
      ['worker', 'social-care', 's2'],
      ['worker', 'probation', 'bay@example.test'],
      ['recovery', 'substance-misuse', 's1'],
    );
    await insert('conflict', ['worker', 'P-3', 'neighbour']);
  });

  afterAll(() => store.close());

  it('a manager stands with the members of the teams they manage and who those are in each source', async () => {
    expect(await directory.standing('manager', 'csc', 'TEAM_MANAGER')).toEqual({
      requester: {
        worker: 'manager',
        name: 'Ash',
        agency: 'csc',
        agencyKind: 'CHILDRENS_SOCIAL_CARE',
        role: 'TEAM_MANAGER',
      },
      teams: ['fst-1'],
      supports: [],
      manages: ['fst-1'],
      onDuty: false,
      managed: [{ worker: 'worker', role: 'SOCIAL_WORKER' }],
      identities: new Map([
        ['social-care s1', 'manager'],
        ['social-care s2', 'worker'],
        ['probation bay@example.test', 'worker'],
      ]),
      person: 'P-9',
      conflicts: [],
    });
  });

  it('a worker stands for themselves alone, on duty where their team is the duty team', async () => {
    const standing = await directory.standing('worker', 'csc', 'SOCIAL_WORKER');
    expect(standing).toMatchObject({ onDuty: true, managed: [], conflicts: ['P-3'] });
    expect(standing && 'person' in standing).toBe(false);
    expect([...(standing?.identities.values() ?? [])]).toEqual(['worker', 'worker']);
  });

  it('who sits on a team of another agency belongs to it, and is not on that agency’s duty', async () => {
    const standing = await directory.standing('recovery', 'haven', 'RECOVERY_WORKER');
    expect(standing?.teams.toSorted()).toEqual(['front', 'fst-1', 'hv-1']);
    expect(standing?.onDuty).toBe(true);
    expect((await directory.standing('helper', 'csc', 'BUSINESS_SUPPORT_OFFICER'))?.supports).toEqual(['fst-1']);
  });

  it.each([
    ['nobody', 'csc', 'SOCIAL_WORKER'],
    ['worker', 'haven', 'SOCIAL_WORKER'],
    ['worker', 'csc', 'TEAM_MANAGER'],
  ] as const)('%s of %s as %s has no standing', async (worker, agency, role) => {
    expect(await directory.standing(worker, agency, role)).toBeUndefined();
  });

  it('lists agencies, teams and workers', async () => {
    expect(await directory.agencies()).toContainEqual({
      id: 'haven',
      name: 'Haven',
      kind: 'SUBSTANCE_MISUSE',
      voluntary: true,
      dutyPoint: 'desk',
    });
    expect(await directory.team('front')).toEqual({
      id: 'front',
      agency: 'csc',
      name: 'Front door',
      district: '',
      duty: true,
    });
    expect(await directory.team('none')).toBeUndefined();
    expect((await directory.teams()).map(({ id }) => id)).toEqual(['front', 'fst-1', 'hv-1']);
    expect(await directory.worker('manager')).toMatchObject({
      id: 'manager',
      roles: ['SOCIAL_WORKER', 'TEAM_MANAGER'],
    });
    expect(await directory.workers()).toHaveLength(4);
  });
});
