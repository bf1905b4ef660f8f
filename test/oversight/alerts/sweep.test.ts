/**
 * The hourly sweep of the running gateway: what becomes an alert by time alone, once an hour whichever instance it is; and the
 * figure that counts alerts, which tells of nobody.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEntryBody } from '../../../src/audit/entry.js';
import { searchLine } from '../../../src/audit/index/terms.js';
import type { Demo } from '../../../src/compose-demo.js';
import { type FactRecord, factKey, factsOf } from '../../../src/domain/facts.js';
import { ask, type Json, startDemo } from '../../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const LIST =
  'query L($rule: AlertRule) @purpose(of: INFORMATION_GOVERNANCE) { audit { alerts(filter: {rule: $rule}, first: 100) { nodes { id rule } } } }';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let demo: Demo;
let count = 0;
const watched = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
  return demo.watch.run();
};
const listed = async (rule: string): Promise<Json[]> => {
  const { data, errors } = await ask(demo, OFFICER, LIST, { rule });
  expect(errors).toBeUndefined();
  return data['audit'].alerts.nodes as Json[];
};
const sweepAgain = () =>
  demo.store.transaction(
    async (transaction) => void (await transaction.run('UPDATE audit_watched SET swept = ? WHERE id = 1', [''])),
  );
const whoHas = async (rule: string) => {
  const sql = `SELECT w.name FROM audit_alert a JOIN audit_term w ON w.id = a.worker_term WHERE a.rule = ? ORDER BY w.name`;
  return (await demo.store.read<{ name: string }>(sql, [rule])).map(({ name }) => name);
};
const sweptAt = async () =>
  (await demo.store.read<{ swept: string }>('SELECT swept FROM audit_watched WHERE id = 1'))[0]?.swept;

interface Said {
  readonly worker: string;
  /** Before now, ms. */
  readonly ago: number;
  readonly agency?: string;
  readonly role?: string;
  readonly code?: string;
  readonly search?: readonly string[];
  readonly about?: { readonly person: string; readonly facts: Partial<FactRecord> };
}

/** An entry as the gateway writes it, of a time that has gone by. */
async function log({ worker, ago, agency = 'eh', role = 'KEYWORKER', code, search, about }: Said): Promise<void> {
  count += 1;
  const facts = { ...someFacts, role: role as FactRecord['role'], ...about?.facts };
  const body: AuditEntryBody = {
    v: 1,
    id: `S${String(count).padStart(25, '0')}`,
    at: new Date(demo.house.now().getTime() - ago).toISOString(),
    operation: { name: 'Past', sha256: '', type: 'query' },
    requester: { worker, agency, role },
    purpose: code === undefined ? 'DIRECT_WORK' : null,
    result: code === undefined ? 'ANSWERED' : code === 'NOT_KNOWN_HERE' ? 'REFUSED' : 'FAILED',
    ...(code === undefined ? {} : { code }),
    policyVersion: demo.house.policyVersion,
    decisions: about
      ? [
          {
            facts: factKey(facts),
            category: facts.category,
            outcome: 'RELEASED',
            permits: ['keyworker-informed'],
            ...(facts.basis === 'NONE' ? {} : { basis: facts.basis }),
          },
        ]
      : [],
    ...(search ? { statements: [searchLine({ fields: search, found: 0, shown: 0, persons: [] })] } : {}),
    outcomes: about ? [[0, about.person, 'csc', 'ChildStatus', [`s-${count}`]]] : [],
  };
  await demo.audit.append(body);
}
let someFacts: FactRecord;

beforeAll(async () => {
  demo = await startDemo();
  // Any fact record that was logged, with what says that it was own work of the own agency.
  await ask(
    demo,
    'sw-ada-thorne',
    'query Board @purpose(of: SUPERVISION) { families { nodes { members { person { surname } } } } }',
  );
  const [entry] = await demo.audit.read({ worker: 'sw-ada-thorne', limit: 1 });
  someFacts = {
    ...factsOf(entry?.body.decisions[0]?.facts ?? 0),
    purpose: 'DIRECT_WORK',
    involvement: 'ALLOCATED',
    ownAgency: true,
    basis: 'NONE',
    conflict: false,
    coreGroup: false,
    onPanel: false,
    onFamilyTeam: false,
    receiving: false,
    grant: 'NONE',
    emergency: false,
    referredByRecipient: false,
    s47Open: false,
  };
}, 120_000);
afterAll(() => demo.stop());

describe('after the role ended, a week later', () => {
  const refused = { code: 'NOT_KNOWN_HERE' } as const;
  const work = { about: { person: 'P-1005', facts: {} } };
  it('is an alert of who was at work before and is known no more; not of whom the directory knows again', async () => {
    for (const worker of ['w-gone', 'w-back', 'w-elsewhere']) {
      await log({ worker, ago: 20 * DAY, ...work });
      await log({ worker, ago: 7 * DAY + HOUR, ...refused });
    }
    await log({ worker: 'w-back', ago: 3 * DAY, ...work });
    // In another agency they are known; in this one they are not.
    await log({ worker: 'w-elsewhere', ago: 3 * DAY, agency: 'haven', role: 'RECOVERY_WORKER', ...work });
    await log({ worker: 'w-begins', ago: 7 * DAY + HOUR, ...refused });
    await sweepAgain();
    await watched();
    const alerts = await listed('AFTER_ROLE');
    expect(await whoHas('AFTER_ROLE')).toEqual(['w-elsewhere', 'w-gone']);
    expect(alerts).toHaveLength(2);
  });

  it('is one alert, however often it is swept', async () => {
    await sweepAgain();
    expect(await watched()).toBe(0);
    expect(await listed('AFTER_ROLE')).toHaveLength(2);
  });
});

describe('self-asserted involvement, two weeks after it was used', () => {
  const across = { ownAgency: false, basis: 'CONSENT', consentState: 'GIVEN', category: 'STATUS' } as const;
  const use = (ago: number, person = 'P-1046') =>
    log({ worker: 'kw-otto-blythe', ago, about: { person, facts: across } });
  it('is an alert by then, and not the day before', async () => {
    await log({ worker: 'kw-otto-blythe', ago: 60 * DAY, about: { person: 'P-1005', facts: {} } });
    await use(13 * DAY);
    await sweepAgain();
    await watched();
    expect(await listed('SELF_ASSERTED')).toEqual([]);
    await use(14 * DAY + HOUR);
    await sweepAgain();
    await watched();
    expect(await listed('SELF_ASSERTED')).toHaveLength(1);
  });
});

describe('two searches by one field', () => {
  const search = (worker: string, fields: readonly string[], ago: number) => ({
    worker,
    ago,
    search: fields,
    ...(fields.length === 1 ? { code: 'BAD_USER_INPUT' } : {}),
  });
  it('are an alert once their day is over, where no search by more fields came after', async () => {
    const noon = new Date(demo.house.now());
    const sinceNoon = demo.house.now().getTime() - noon.setUTCHours(12, 0, 0, 0);
    for (const [worker, days] of [
      ['w-gave-up', 1],
      ['w-filled-in', 1],
      ['w-today', 0],
    ] as const) {
      await log(search(worker, ['surname'], sinceNoon + days * DAY));
      await log(search(worker, ['surname'], sinceNoon + days * DAY - 1000));
    }
    await log(search('w-filled-in', ['dateOfBirth', 'surname'], sinceNoon + DAY - 2000));
    await sweepAgain();
    await watched();
    expect(await whoHas('ONE_FIELD')).toEqual(['w-gave-up']);
  });
});

describe('the sweep', () => {
  it('is once an hour: what is due meanwhile waits for the next', async () => {
    await watched();
    const hour = await sweptAt();
    expect(hour).toBe(demo.house.now().toISOString().slice(0, 13));
    await log({ worker: 'w-late', ago: 20 * DAY, about: { person: 'P-1005', facts: {} } });
    await log({ worker: 'w-late', ago: 7 * DAY + HOUR, code: 'NOT_KNOWN_HERE' });
    const before = (await listed('AFTER_ROLE')).length;
    await watched();
    if ((await sweptAt()) === hour) expect(await listed('AFTER_ROLE')).toHaveLength(before);
    await sweepAgain();
    await watched();
    expect(await listed('AFTER_ROLE')).toHaveLength(before + 1);
  });
});

describe('the figure', () => {
  const figures = async () => (await fetch(demo.url.replace('/graphql', '/metrics'))).text();
  const of = (text: string, rule: string) =>
    Number(new RegExp(`^threshold_alerts_total\\{rule="${rule}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  it('counts each alert once under its rule, shows a rule without any as none, and names nobody', async () => {
    const text = await figures();
    expect(of(text, 'AFTER_ROLE')).toBe((await listed('AFTER_ROLE')).length);
    expect(of(text, 'SELF_ASSERTED')).toBe(1);
    expect(of(text, 'LINK_TAKEN_BACK')).toBe(0);
    const lines = text.split('\n').filter((line) => line.startsWith('threshold_alerts_total'));
    for (const line of lines) expect(line).toMatch(/^threshold_alerts_total\{rule="[A-Z_]+"\} \d+$/);
    await sweepAgain();
    await watched();
    expect(await figures().then((again) => of(again, 'AFTER_ROLE'))).toBe(of(text, 'AFTER_ROLE'));
  });
});
