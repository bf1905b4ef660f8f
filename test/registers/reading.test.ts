/** The registers as they are read and written at the edges: changing while they are read, written by several, more than asked for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { checkException, type DraftedException, loadLawfulGateways } from '../../src/registers/lawful-gateways.js';
import { openRegisters } from '../../src/registers/registers.js';
import { speaksOf } from '../../src/registers/relevance.js';
import { instant, join as joined, split } from '../../src/registers/rows.js';
import type { ServiceConsent } from '../../src/registers/statements.js';
import type { Store } from '../../src/store/store.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day, excepted, judged, RECORD, said, standing } from './said.js';

const agreed = (changes: Partial<ServiceConsent> = {}): ServiceConsent => ({
  id: 's-1',
  subject: 'P-1',
  state: 'GIVEN',
  givenBy: 'P-1',
  capacity: 'SELF',
  service: 'eh',
  from: day(1),
  recordedAt: day(1),
  recordedBy: 'w-1',
  method: 'in writing',
  ...changes,
});
const opened = (id: string, recordedAt: string, subjects = ['P-1']) => ({
  id,
  person: 'P-1',
  subjects,
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER' as const,
  gateway: 'VITAL_INTERESTS',
  answers: {},
  risk: 'a risk',
  phoned: 'the duty point',
  from: day(19),
  until: day(21),
  recordedAt,
});
const granted = (id: string, subjects: readonly string[]) => ({
  id,
  request: 'r-1',
  subjects,
  holder: 'trust-a',
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER' as const,
  categories: ['MENTAL_HEALTH' as const],
  purpose: 'CHILD_PROTECTION' as const,
  items: [],
  from: day(1),
  until: day(28),
  recordedAt: day(1),
  approvedBy: 'w-9',
  cites: [],
});

describe('registers that change while they are read', () => {
  /** A store whose clock stands at these versions, one a reading of it; of statements there are none. */
  function changing(versions: readonly (number | undefined)[]) {
    let read = 0;
    const next = () => {
      const version = versions[Math.min(read, versions.length - 1)];
      read += 1;
      return version === undefined ? [] : [{ version }];
    };
    const readAll = async (statements: readonly (readonly [string])[]) =>
      statements.map(([sql]) => (sql.includes('register_clock') ? next() : []));
    const store = { keyList: '(SELECT 1)', readAll, read: async () => next() } as unknown as Store;
    return { registers: openRegisters(store), reads: () => read };
  }

  it('are read again until all of it is of one version', async () => {
    const two = changing([1, 2, 2, 2]);
    expect((await two.registers.read(['P-1'])).version).toBe(2);
    expect(two.reads()).toBe(4);
    expect((await changing([1, 2, 2, 2]).registers.readEmergencies(['P-1'])).version).toBe(2);
    expect((await changing([3, 3]).registers.read([])).version).toBe(3);
  });

  it('faster than they can be read are not read at all', async () => {
    const always = Array.from({ length: 40 }, (_, i) => i);
    const message = 'the registers change faster than they can be read';
    const { registers, reads } = changing(always);
    await expect(registers.read(['P-1'])).rejects.toThrow(message);
    expect(reads()).toBe(10);
    await expect(changing(always).registers.readEmergencies(['P-1'])).rejects.toThrow(message);
    // Four times they changed, and stood still at the fifth.
    expect((await changing([0, 1, 2, 3, 4, 5, 6, 7, 9, 9]).registers.read(['P-1'])).version).toBe(9);
  });

  it('without their clock are broken', async () => {
    const { registers } = changing([undefined]);
    await expect(registers.version()).rejects.toThrow('the register clock is missing');
    await expect(registers.read(['P-1'])).rejects.toThrow('the register clock is missing');
  });
});

describe.each(STORES)('registers on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const write = (work: Parameters<typeof store.transaction>[0]) => store.transaction(work);
    return { store, registers: openRegisters(store), write };
  }

  it('give a statement the time of the person’s last where the clock is behind, of each register by itself', async () => {
    const { store, registers, write } = await open();
    await write((m) => registers.writeJudgement(m, judged({ judgedAt: day(5) })));
    await write((m) => registers.writeJudgement(m, judged({ id: 'j-2', judgedAt: day(3) })));
    await write((m) => registers.writeJudgement(m, judged({ id: 'j-3', subject: 'P-2', judgedAt: day(3) })));
    await write((m) => registers.writeJudgement(m, standing({ judgedAt: '2026-11-07T01:00:00+01:00' })));
    await write((m) => registers.writeServiceConsent(m, agreed({ recordedAt: day(2) })));
    await write((m) => registers.writeConsent(m, said({ recordedAt: day(1) })));
    const { judgements, serviceConsents, consents } = await registers.read(['P-1', 'P-2']);
    expect(judgements.map(({ id, judgedAt }) => [id, judgedAt]).sort()).toEqual([
      ['j-1', day(5)],
      ['j-2', day(5)],
      ['j-3', day(3)],
      ['j-standing', day(7)],
    ]);
    expect([serviceConsents[0]?.recordedAt, consents[0]?.recordedAt]).toEqual([day(2), day(1)]);
    await store.close();
  });

  it('give back statements in the order they were recorded, by id where that is one', async () => {
    const { store, registers, write } = await open();
    for (const [id, at] of [
      ['b', 2],
      ['c', 2],
      ['a', 2],
      ['z', 3],
    ] as const) {
      await write((m) => registers.writeConsent(m, said({ id, recordedAt: day(at) })));
      await write((m) => registers.writeServiceConsent(m, agreed({ id, recordedAt: day(at) })));
    }
    const order = ['a', 'b', 'c', 'z'];
    expect((await registers.consentsAsOf('P-1', {})).map(({ id }) => id)).toEqual(order);
    expect((await registers.serviceConsentsAsOf('P-1', {})).map(({ id }) => id)).toEqual(order);
    expect(await registers.consentsAsOf('P-2', {})).toEqual([]);
    await store.close();
  });

  it('know each person of a statement once, and every part of it', async () => {
    const { store, registers, write } = await open();
    const twice = ['P-1', 'P-2', 'P-1'];
    const exception = excepted({ subjects: twice });
    await write((m) => registers.writeException(m, exception));
    await write((m) => registers.writeGrant(m, granted('g', twice)));
    await write((m) => registers.writeEmergency(m, opened('m', day(19), twice)));
    const { exceptions, grants, emergencies, version } = await registers.read(['P-1']);
    expect([exceptions, grants.length, emergencies.length, version]).toEqual([[exception], 1, 1, 3]);
    expect((await registers.grant('g'))?.subjects).toEqual(['P-1', 'P-2']);
    expect((await registers.emergency('m'))?.subjects).toEqual(['P-1', 'P-2']);
    expect(await registers.exception('e-1')).toEqual(exception);
    expect(await registers.exception('none')).toBeUndefined();
    await store.close();
  });

  it('list what waits the oldest first, for whom it waits, and no more than asked for', async () => {
    const { store, registers, write } = await open();
    for (const [id, at, awaits] of [
      ['c', 2, 'w-9'],
      ['b', 1, 'w-9'],
      ['d', 1, 'w-9'],
      ['a', 1, 'w-8'],
    ] as const) {
      await write((m) => registers.writeException(m, excepted({ id, recordedAt: day(at), awaits })));
      await write((m) => registers.writeEmergency(m, opened(id, day(at), [`P-${id}`])));
    }
    expect((await registers.exceptionsAwaiting('w-9')).map(({ id }) => id)).toEqual(['b', 'd', 'c']);
    const all = await registers.unreviewedEmergencies(9);
    expect(all.map(({ id, subjects }) => [id, ...subjects])).toEqual([
      ['a', 'P-a'],
      ['b', 'P-b'],
      ['d', 'P-d'],
      ['c', 'P-c'],
    ]);
    expect((await registers.unreviewedEmergencies(2)).map(({ id }) => id)).toEqual(['a', 'b']);
    await store.close();
  });

  it('refuse a period that ends when or before it starts, or that is none', async () => {
    const { store, registers, write } = await open();
    for (const [until, message] of [
      [day(19), 'it ends before it starts'],
      [day(18), 'it ends before it starts'],
      ['soon', 'Invalid time value'],
    ] as const) {
      const refused = new RangeError(message);
      const emergency = { ...opened('m', day(19)), until };
      await expect(write((m) => registers.writeEmergency(m, emergency))).rejects.toThrow(refused);
      const grant = { ...granted('g', ['P-1']), from: day(19), until };
      await expect(write((m) => registers.writeGrant(m, grant))).rejects.toThrow(refused);
    }
    expect(await registers.version()).toBe(0);
    await store.close();
  });
});

describe('rows', () => {
  it('hold instants in one form, and lists that come back as they went', () => {
    expect(instant('2026-11-01T01:00:00.5+01:00')).toBe('2026-11-01T00:00:00.500Z');
    expect(() => instant('soon')).toThrow(RangeError);
    for (const list of [[], ['a'], ['a', 'b']]) expect(split(joined(list))).toEqual(list);
    for (const list of [[''], ['a', ''], ['a;b'], [';']])
      expect(() => joined(list)).toThrow('an item of a list is empty or holds a semicolon');
    expect([split(null), split(undefined), split('')]).toEqual([[], [], []]);
    expect(Object.isFrozen(split('a;b'))).toBe(true);
  });

  it('still hold every list once more different ones have been read than are remembered', () => {
    for (let i = 0; i < 1100; i += 1) expect(split(`a${i};b`)).toEqual([`a${i}`, 'b']);
    expect(split('a0;b')).toEqual(['a0', 'b']);
  });
});

describe('a judgement speaks of', () => {
  it('the record it names, or of the kind of record in the episode it names', () => {
    expect(speaksOf(judged(), RECORD)).toBe(true);
    expect(speaksOf(standing(), RECORD)).toBe(true);
    for (const other of [{ subject: 'P-2' }, { source: 's' }, { type: 'Visit' }, { localId: 'r-2' }] as const)
      expect([other, speaksOf(judged(), { ...RECORD, ...other })]).toEqual([other, false]);
    expect(speaksOf(standing(), { ...RECORD, localId: 'r-2' })).toBe(true);
    expect(speaksOf(standing(), { ...RECORD, episode: 'ep-2' })).toBe(false);
    // Made by name it speaks of no other, though it names the episode too.
    expect(speaksOf(judged({ episode: 'ep-1' }), { ...RECORD, localId: 'r-2' })).toBe(false);
  });
});

describe('the file of lawful gateways', () => {
  const FILE = 'schema/policies/lawful-gateways.yaml';
  const whole = () => parse(readFileSync(FILE, 'utf8')) as { gateways: Record<string, unknown>[] };
  const reading = (change: (file: ReturnType<typeof whole>) => unknown) => () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateways-'));
    try {
      const file = whole();
      writeFileSync(join(folder, 'x.yaml'), stringify(change(file) ?? file));
      return loadLawfulGateways(join(folder, 'x.yaml'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const first = (changes: object) => (file: ReturnType<typeof whole>) => {
    Object.assign(file.gateways[0] as object, changes);
  };

  it('gives each as it stands there', () => {
    const rows = whole().gateways;
    const read = [...loadLawfulGateways(FILE).values()];
    expect(read.length).toBe(rows.length);
    for (const [i, one] of read.entries()) {
      const row = rows[i] as Record<string, unknown>;
      expect(one).toEqual({
        id: row['id'],
        title: row['title'],
        citation: row['citation'],
        questions: row['questions'],
        approver: row['approver'],
        overridesRefusal: row['overrides_refusal'],
        longestDays: row['longest_days'],
        ...(row['in_force_from'] ? { inForceFrom: row['in_force_from'] } : {}),
        holderKinds: row['holder_kinds'],
        recipientKinds: row['recipient_kinds'],
        thresholds: row['thresholds'],
        notForVoluntaryBody: row['not_for_voluntary_body'],
        gdprArticle6: row['gdpr_article_6'],
        gdprArticle9: row['gdpr_article_9'],
      });
    }
  });

  it.each([
    { id: 'lower_case' },
    { id: 'WITH SPACE' },
    { id: '' },
    { id: 'TRAILING x' },
    { id: 'x LEADING' },
    { title: '' },
    { citation: '' },
    { in_force_from: 'soon' },
    { questions: [] },
    { questions: [''] },
    { approver: 'anybody' },
    { overrides_refusal: 'yes' },
    { longest_days: 0 },
    { longest_days: 1.5 },
    { holder_kinds: [] },
    { recipient_kinds: ['SCHOOL'] },
    { thresholds: [] },
    { thresholds: ['SOON'] },
    { not_for_voluntary_body: undefined },
    { gdpr_article_6: '' },
    { gdpr_article_9: '' },
    { mood: 'good' },
  ])('stops the start with %j', (changes) => expect(reading(first(changes))).toThrow());

  it('stops the start with none, with a key that is none, and with an id that stands twice', () => {
    expect(reading((file) => file)).not.toThrow();
    expect(reading((file) => ({ ...file, gateways: [] }))).toThrow();
    expect(reading((file) => ({ ...file, mood: 'good' }))).toThrow();
    expect(reading((file) => ({ ...file, gateways: [...file.gateways, file.gateways[0]] }))).toThrow(
      /^lawful gateway CHILDREN_ACT_2004_S16LA stands twice$/,
    );
  });
});

describe('a drafted exception, held against its gateway to the word', () => {
  const gateways = loadLawfulGateways('schema/policies/lawful-gateways.yaml');
  const agency = (
    id: string,
    kind: 'CHILDRENS_SOCIAL_CARE' | 'MENTAL_HEALTH' | 'SUBSTANCE_MISUSE',
    voluntary = false,
  ) => ({
    id,
    name: id,
    kind,
    voluntary,
    dutyPoint: '',
  });
  const draft: DraftedException = {
    answers: ['first', 'second'],
    holders: ['trust-a'],
    recipients: ['csc'],
    from: day(1),
    until: day(5),
    recordedBy: 'w-1',
    approver: { id: 'w-2', roles: ['TEAM_MANAGER'] },
    stages: ['CHILD_PROTECTION'],
    agencies: [
      agency('csc', 'CHILDRENS_SOCIAL_CARE'),
      agency('trust-a', 'MENTAL_HEALTH'),
      agency('haven', 'SUBSTANCE_MISUSE', true),
    ],
  };
  const gatewayOf = (id: string) => {
    const gateway = gateways.get(id);
    if (!gateway) throw new Error(`no gateway ${id}`);
    return gateway;
  };
  const s115 = gatewayOf('CRIME_AND_DISORDER_ACT_1998_S115');
  const problems = (changes: Partial<DraftedException>, gateway = s115) =>
    checkException(gateway, { ...draft, ...changes });

  it('names each question that is open, and any answer beyond them', () => {
    expect(problems({ answers: [] })).toEqual(s115.questions.map((question) => `not answered: ${question}`));
    expect(problems({ answers: ['first', '  '] })).toEqual([`not answered: ${s115.questions[1]}`]);
    expect(problems({ answers: ['', '2', '3'] })).toEqual([
      `not answered: ${s115.questions[0]}`,
      'there are more answers than questions',
    ]);
  });

  it('is approved by any transaction, and by nobody else', () => {
    const by = (...roles: NonNullable<DraftedException['approver']>['roles']) =>
      problems({ approver: { id: 'w-2', roles } });
    for (const role of ['TEAM_MANAGER', 'EARLY_HELP_MANAGER', 'AGENCY_MANAGER', 'HEAD_OF_SERVICE'] as const)
      expect([role, by('SOCIAL_WORKER', role)]).toEqual([role, []]);
    expect(by('SOCIAL_WORKER', 'SENIOR_PRACTITIONER')).toEqual(['who approved it is not a manager']);
    expect(by()).toEqual(['who approved it is not a manager']);
  });

  it('lasts at most as long as its gateway says, to the millisecond', () => {
    const { longestDays } = s115;
    const end = Date.parse(day(1)) + longestDays * 24 * 3600 * 1000;
    expect(problems({ until: new Date(end).toISOString() })).toEqual([]);
    expect(problems({ until: new Date(end + 1).toISOString() })).toEqual([`it lasts longer than ${longestDays} days`]);
    expect(problems({ until: day(1) })).toEqual(['it ends before it starts']);
    expect(problems({ from: 'soon' })).toEqual(['its start and end are instants']);
    expect(problems({ until: 'late' })).toEqual(['its start and end are instants']);
  });

  it('begins at the earliest on the day the law is in force', () => {
    const s16 = gatewayOf('CHILDREN_ACT_2004_S16LA');
    const from = `${s16.inForceFrom}T00:00:00.000Z`;
    expect(problems({ from, until: '2026-10-05T00:00:00.000Z' }, s16)).toEqual([]);
  });

  it('is for a case at a stage of its gateway, told of everybody', () => {
    const s17 = gatewayOf('CHILDREN_ACT_1989_S17');
    const message = `the case of everybody it names is at one of the stages ${s17.thresholds.join(', ')}`;
    expect(problems({ stages: [] }, s17)).toEqual([message]);
    expect(problems({ stages: ['EARLY_HELP', 'CHILD_PROTECTION'] }, s17)).toEqual([message]);
  });

  it('says of holders and recipients what is wrong, each once', () => {
    const kinds = (part: 'holderKinds' | 'recipientKinds') => s115[part].join(', ');
    expect(problems({ holders: [] })).toEqual(['it names no holder']);
    expect(problems({ recipients: [] })).toEqual(['it names no recipient']);
    expect(problems({ holders: ['nobody', 'nowhere'] })).toEqual(['a holder is not known']);
    expect(problems({ recipients: ['nobody'] })).toEqual(['a recipient is not known']);
    expect(problems({ recipients: ['DOMESTIC_ABUSE', '*'] })).toEqual([
      `a recipient is not one of ${kinds('recipientKinds')}`,
    ]);
    expect(problems({ recipients: ['csc', 'haven'] })).toEqual([
      ...(s115.recipientKinds.includes('SUBSTANCE_MISUSE')
        ? []
        : [`a recipient is not one of ${kinds('recipientKinds')}`]),
      'a recipient is a voluntary body, which cannot rely on it',
    ]);
    const any = gatewayOf('VITAL_INTERESTS');
    expect(problems({ holders: ['haven', '*', 'MENTAL_HEALTH'], recipients: ['*'] }, any)).toEqual([]);
  });
});
