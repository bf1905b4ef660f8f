import { describe, expect, it } from '@jest/globals';
import { AlreadyDone } from '../../src/registers/accesses.js';
import { type EmergencyAccess, emergenciesFor, exceptionOf } from '../../src/registers/emergency.js';
import { type Grant, type GrantAbout, type GrantAsk, grantFor } from '../../src/registers/grant.js';
import { openRegisters } from '../../src/registers/registers.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day, excepted, NOW } from './said.js';

const granted = (changes: Partial<Grant> = {}): Grant => ({
  id: 'g-1',
  request: 'r-1',
  subjects: ['P-1', 'P-2'],
  holder: 'trust-a',
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  categories: ['MENTAL_HEALTH', 'CONTACT'],
  purpose: 'CHILD_PROTECTION',
  items: [],
  from: day(1),
  until: day(28),
  recordedAt: day(1),
  approvedBy: 'w-9',
  cites: ['c-1', 'e-1'],
  ...changes,
});
const about = (changes: Partial<Grant & GrantAbout> = {}): GrantAbout => {
  const { subjects: _, ...terms } = granted();
  return { ...terms, subject: 'P-1', ...changes };
};
const opened = (changes: Partial<EmergencyAccess> = {}): EmergencyAccess => ({
  id: 'em-1',
  person: 'P-1',
  subjects: ['P-1', 'P-2'],
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  gateway: 'VITAL_INTERESTS',
  answers: { why: 'because' },
  risk: 'a risk',
  phoned: 'the duty point',
  from: day(19),
  until: day(21),
  recordedAt: day(19),
  ...changes,
});
const emergency = (changes = {}) => {
  const { subjects: _, ...terms } = opened();
  return { ...terms, subject: 'P-1', ...changes };
};
const RECORD = { source: 'mental-health', type: 'MentalHealthRecord', localId: 'r-1', addresses: [] } as const;
const ASK: GrantAsk = {
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  subject: 'P-1',
  category: 'MENTAL_HEALTH',
  holder: 'trust-a',
  purpose: 'CHILD_PROTECTION',
  at: NOW,
  record: RECORD,
};

describe('a grant', () => {
  it('covers what it lists for whom it names; a record by name where it names it, and then no other', () => {
    expect(grantFor([about()], ASK)).toEqual({ state: 'COVERS', ids: ['g-1'] });
    const byName = about({ id: 'g-2', items: [RECORD] });
    expect(grantFor([about(), byName], ASK)).toEqual({ state: 'COVERS_BY_NAME', ids: ['g-2'] });
    const other = { ...ASK, record: { ...RECORD, localId: 'r-2' } };
    expect(grantFor([byName], other)).toEqual({ state: 'NONE', ids: [] });
    expect(grantFor([about({ from: NOW })], ASK).state).toBe('COVERS');
    expect(grantFor([], ASK)).toEqual({ state: 'NONE', ids: [] });
  });

  it.each([
    ['another worker', { worker: 'w-2' }],
    ['another agency', { agency: 'eh' }],
    ['another role', { role: 'TEAM_MANAGER' }],
    ['another subject', { subject: 'P-2' }],
    ['another category', { categories: ['PLAN'] }],
    ['another holder', { holder: 'trust-b' }],
    ['another purpose', { purpose: 'DIRECT_WORK' }],
    ['a later time', { from: day(21) }],
    ['an earlier time', { until: NOW }],
    ['nothing: it was ended, by a clock that is ahead', { endedAt: day(22) }],
    ['a record of another source', { items: [{ ...RECORD, source: 'other' }] }],
    ['a record of another type', { items: [{ ...RECORD, type: 'Visit' }] }],
  ] as const)('for %s does not cover', (_, changes) => {
    expect(grantFor([about(changes)], ASK)).toEqual({ state: 'NONE', ids: [] });
  });

  it('of a place covers the addresses that were approved, and no later one', () => {
    const named = about({ items: [{ ...RECORD, addresses: ['a', 'b'] }] });
    const state = (addresses: readonly string[], category: GrantAsk['category'] = 'CONTACT') =>
      grantFor([named], { ...ASK, category, record: { ...RECORD, addresses } }).state;
    expect([state(['a']), state(['a', 'c']), state(['c'])]).toEqual(['COVERS_BY_NAME', 'NONE', 'NONE']);
    expect(state(['c'], 'MENTAL_HEALTH')).toBe('COVERS_BY_NAME');
  });
});

describe('an emergency access', () => {
  const ask = { worker: 'w-1', agency: 'csc', role: 'SOCIAL_WORKER', subject: 'P-1', at: NOW } as const;
  it.each([
    ['its opener while it is live', {}, 1],
    ['from its start on', { from: NOW }, 1],
    ['not before', { from: day(21), until: day(22) }, 0],
    ['not at its end', { until: NOW }, 0],
    ['not once it was ended, by a clock that is ahead', { endedAt: day(22) }, 0],
    ['not a colleague', { worker: 'w-2' }, 0],
    ['not the opener in another agency', { agency: 'eh' }, 0],
    ['not the opener in another role', { role: 'TEAM_MANAGER' }, 0],
    ['not about somebody else', { subject: 'P-2' }, 0],
  ])('covers %s', (_, changes, count) => {
    expect(emergenciesFor([emergency(changes)], ask)).toHaveLength(count);
  });

  it('is by itself an exception against a refusal, for the opener’s agency and the emergency alone', () => {
    expect(exceptionOf(emergency())).toMatchObject({
      id: 'em-1',
      recipients: ['csc'],
      purposes: ['EMERGENCY'],
      overridesRefusal: true,
    });
  });
});

describe.each(STORES)('the registers of access on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    return { store, registers: openRegisters(store) };
  }

  it('give back grants and emergency access with everything else of one version, each about one of its subjects', async () => {
    const { store, registers } = await open();
    const items = [{ ...RECORD, addresses: ['pc:zz11aa/1'] }];
    await store.transaction(async (transaction) => {
      await registers.writeGrant(transaction, granted({ items }));
      await registers.writeEmergency(transaction, opened());
    });
    const { version, grants, emergencies } = await registers.read(['P-2']);
    expect({ version, grants, emergencies }).toEqual({
      version: 2,
      grants: [about({ subject: 'P-2', items })],
      emergencies: [emergency({ subject: 'P-2' })],
    });
    expect(await registers.readEmergencies(['P-2'])).toEqual({ version: 2, emergencies });
    expect((await registers.read(['P-1', 'P-2'])).grants).toHaveLength(2);
    expect(await registers.read(['P-3'])).toMatchObject({ grants: [], emergencies: [] });
    expect(await registers.grant('g-1')).toEqual(granted({ items }));
    expect(await registers.emergency('em-1')).toEqual(opened());
    expect([await registers.grant('none'), await registers.emergency('none')]).toEqual([undefined, undefined]);
    await store.close();
  });

  it('each end, review and approval moves the clock, and stands once', async () => {
    const { store, registers } = await open();
    const write = (work: Parameters<typeof store.transaction>[0]) => store.transaction(work);
    await write((transaction) => registers.writeGrant(transaction, granted()));
    await write((transaction) => registers.writeEmergency(transaction, opened()));
    await write((transaction) => registers.writeException(transaction, excepted({ awaits: 'w-9' })));
    expect((await registers.read(['P-1'])).exceptions).toEqual([excepted({ awaits: 'w-9' })]);
    expect((await registers.exceptionsAwaiting('w-9')).map(({ id }) => id)).toEqual(['e-1']);
    expect((await registers.unreviewedEmergencies(5)).map(({ id }) => id)).toEqual(['em-1']);
    const version = await registers.version();
    const end = { at: day(20), by: 'w-3', why: 'over' };
    const review = { at: day(20), reviewedBy: 'w-4', finding: 'JUSTIFIED', why: 'needed' } as const;
    const approval = { at: day(20), by: 'w-9' };
    const acts = [
      () => write((transaction) => registers.endAccess(transaction, 'g-1', end)),
      () => write((transaction) => registers.endAccess(transaction, 'em-1', end)),
      () => write((transaction) => registers.reviewEmergency(transaction, 'em-1', review)),
      () => write((transaction) => registers.approveException(transaction, 'e-1', approval)),
    ];
    for (const act of acts) await act();
    expect(await registers.version()).toBe(version + acts.length);
    for (const act of acts) await expect(act()).rejects.toThrow(AlreadyDone);
    expect(await registers.version()).toBe(version + acts.length);
    const said = await registers.read(['P-1']);
    expect(said.grants).toEqual([about({ endedAt: day(20) })]);
    expect(said.emergencies).toEqual([emergency({ endedAt: day(20) })]);
    expect(said.exceptions).toEqual([excepted({ approvedBy: 'w-9' })]);
    expect(await registers.emergency('em-1')).toEqual({ ...opened(), endedAt: day(20), review });
    expect([await registers.exceptionsAwaiting('w-9'), await registers.unreviewedEmergencies(5)]).toEqual([[], []]);
    const stranger = write((transaction) => registers.approveException(transaction, 'none', approval));
    await expect(stranger).rejects.toThrow(AlreadyDone);
    await store.close();
  });

  it('refuse a period that ends before it starts', async () => {
    const { store, registers } = await open();
    await expect(
      store.transaction((transaction) => registers.writeGrant(transaction, granted({ until: day(1) }))),
    ).rejects.toThrow(RangeError);
    expect(await registers.version()).toBe(0);
    await store.close();
  });
});
