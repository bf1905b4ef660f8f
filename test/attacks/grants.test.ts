/** Grants as a way in: whom and what a live one covers, what it never lifts, and who may make one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import type { Purpose, Role } from '../../src/domain/words.js';
import { budgetOf, openOperation } from '../../src/reader/operation.js';
import type { Grant } from '../../src/registers/grant.js';
import type { SharingRequest } from '../../src/registers/sharing-request.js';
import { loadRules } from '../../src/rules.js';
import type { StatementLine } from '../../src/sharing/drafts.js';
import { type GrantDraft, type Grants, openGrants } from '../../src/sharing/grants.js';
import { excepted } from '../registers/said.js';
import { ask, idOf, type Json, startDemo } from './demo.js';

let demo: Demo;
let last = 0;
const newId = () => `t-${++last}`;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const NESSA = 'P-1015';
const IMKE = 'P-1029';
const RUTH = 'P-1032';
const ODILE = 'P-1046';
const IMKE_DETAILS = { type: 'PersonDetails', source: 'social-care', localId: '410203' } as const;
const hours = (n: number) => new Date(demo.house.now().getTime() + n * 3_600_000).toISOString();

/** A reason why consent is not required for what a test grants: without one a grant releases nothing. */
async function except(subject: string, holder: string, recipient: string): Promise<string> {
  const record = excepted({
    id: newId(),
    subjects: [subject],
    gateway: 'CHILDREN_ACT_2004_S16LA',
    categories: ['*'],
    holders: [holder],
    recipients: [recipient],
    purposes: ['*'],
    overridesRefusal: true,
    from: hours(-1),
    until: hours(48),
  });
  await demo.store.transaction((transaction) => demo.house.registers.writeException(transaction, record));
  return record.id;
}

async function grant(changes: Partial<Grant>): Promise<string> {
  const id = newId();
  const whole: Grant = {
    id,
    request: 'r-1',
    subjects: [NESSA],
    holder: 'haven',
    worker: 'sw-cleo-marchbank',
    agency: 'csc',
    role: 'SOCIAL_WORKER',
    categories: ['SUBSTANCE_MISUSE'],
    purpose: 'SUPERVISION',
    items: [],
    from: hours(-1),
    until: hours(24),
    recordedAt: hours(-1),
    approvedBy: 'am-sable-frost',
    cites: ['x'],
    ...changes,
  };
  await demo.store.transaction((transaction) => demo.house.registers.writeGrant(transaction, whole));
  return id;
}
const end = (id: string) =>
  demo.store.transaction((transaction) =>
    demo.house.registers.endAccess(transaction, id, { at: hours(0), by: 'am-sable-frost', why: 'over' }),
  );

async function person(worker: string, id: string, purpose = 'SUPERVISION'): Promise<Json | null> {
  const { data } = await ask(
    demo,
    worker,
    `query S($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { surname addresses { line }
      ... on Adult { adultWork { nodes { id summary } withheld { outcome } } } } }`,
    { id: idOf(id) },
  );
  return data['person'] as Json | null;
}
const work = async (worker: string, id: string, purpose?: string) =>
  ((await person(worker, id, purpose))?.['adultWork']?.nodes ?? []) as Json[];

describe('a live grant', () => {
  it('covers its requester, subject, category, holder and purpose, with a basis, until it is ended (CF-06)', async () => {
    const attempts: readonly Partial<Grant>[] = [
      { worker: 'sw-dorn-aske' },
      { agency: 'haven' },
      { role: 'TEAM_MANAGER' },
      { subjects: ['P-1016'] },
      { categories: ['MENTAL_HEALTH'] },
      { holder: 'mht' },
      { purpose: 'CHILD_IN_NEED' },
      { until: hours(-0.001) },
      { from: hours(1) },
    ];
    const before = await person('sw-cleo-marchbank', NESSA);
    expect(before?.['adultWork']).toMatchObject({ nodes: [], withheld: [{ outcome: 'BROKERED' }] });
    for (const changes of attempts) await grant(changes);
    const id = await grant({});
    // No basis yet: that the holder approved is no lawful reason by itself.
    expect(await person('sw-cleo-marchbank', NESSA)).toEqual(before);
    await except(NESSA, 'haven', 'csc');
    expect(await work('sw-cleo-marchbank', NESSA)).toHaveLength(2);
    const [entry] = await demo.audit.read({ limit: 1 });
    const granted = entry?.body.decisions.filter(({ permits }) => permits?.includes('granted')) ?? [];
    expect(granted.length).toBeGreaterThan(0);
    for (const { evidence } of granted) expect(evidence).toContain(id);
    // What was judged relevant needs no grant; of the rest a colleague gets nothing.
    expect(await work('tm-piers-lovell', NESSA)).toHaveLength(1);
    expect(await work('sw-cleo-marchbank', NESSA, 'DIRECT_WORK')).toEqual([]);
    await end(id);
    expect(await work('sw-cleo-marchbank', NESSA)).toHaveLength(1);
    await expect(end(id)).rejects.toThrow('access_end');
  });

  it('is for a head of service too, never for an officer', async () => {
    await except(NESSA, 'haven', 'csc');
    const [record] = await work('rw-rory-ember', NESSA, 'DIRECT_WORK');
    const node = async (worker: string, id: string, role: Role) => {
      await grant({ worker, role });
      const query = 'query N($id: ID!) @purpose(of: SUPERVISION) { node(id: $id) { id } }';
      return (await ask(demo, worker, query, { id })).data['node'] as Json | null;
    };
    expect(await node('hos-rhea-dunmore', record?.['id'], 'HEAD_OF_SERVICE')).toEqual({ id: record?.['id'] });
    expect(await node('ig-sol-whitby', record?.['id'], 'INFORMATION_GOVERNANCE_OFFICER')).toBeNull();
    expect(await node('ds-tamsin-grove', record?.['id'], 'DATA_STEWARD')).toBeNull();
  });

  it('opens a locked record by name alone; else it is as if it were not there', async () => {
    const purpose: Purpose = 'COURT_PROCEEDINGS';
    const terms = {
      subjects: [ODILE],
      holder: 'mht',
      worker: 'sw-bram-hollis',
      categories: ['MENTAL_HEALTH'],
      purpose,
    } as const;
    await except(ODILE, 'mht', 'csc');
    const flag = Buffer.from('MentalHealthRecord:mental-health:Flag/svf-70911').toString('base64url');
    const isThere = async () => (await work('sw-bram-hollis', ODILE, purpose)).some(({ id }) => id === flag);
    await grant(terms);
    const general = await person('sw-bram-hollis', ODILE, purpose);
    expect([await isThere(), JSON.stringify(general).includes('LOCKED')]).toEqual([false, false]);
    const item = { type: 'MentalHealthRecord', source: 'mental-health', addresses: [] } as const;
    await grant({ ...terms, items: [{ ...item, localId: 'Flag/none' }] });
    expect(await isThere()).toBe(false);
    const id = await grant({ ...terms, items: [{ ...item, localId: 'Flag/svf-70911' }] });
    expect(await isThere()).toBe(true);
    await end(id);
    expect(await isThere()).toBe(false);
    expect(await person('sw-bram-hollis', ODILE, purpose)).toEqual(general);
  });

  it('opens a protected location by name alone, and only where she was when that was approved', async () => {
    await except(IMKE, 'csc', 'haven');
    const whom = { worker: 'rw-rory-ember', agency: 'haven', role: 'RECOVERY_WORKER' } as const;
    const terms = {
      subjects: [IMKE],
      holder: 'csc',
      ...whom,
      categories: ['IDENTITY', 'CONTACT'],
      purpose: 'DIRECT_WORK',
    } as const;
    const address = async () => (await person('rw-rory-ember', IMKE, 'DIRECT_WORK'))?.['addresses'] as Json[] | null;
    await grant(terms);
    expect(await address()).toBeNull();
    await grant({ ...terms, items: [{ ...IMKE_DETAILS, addresses: ['pc:zz11aa/1'] }] });
    expect(await address()).toBeNull();
    const { grants } = await desk('tm-piers-lovell', 'TEAM_MANAGER');
    const approved = await grants.approve(
      draftOf({
        subjects: terms.subjects,
        categories: terms.categories,
        items: [IMKE_DETAILS],
        cites: [await except(IMKE, 'csc', 'haven')],
        request: { ...whom, holder: 'csc', purpose: 'DIRECT_WORK' },
      }),
    );
    expect(approved.items[0]?.addresses.length).toBeGreaterThan(0);
    await grant({ ...terms, items: approved.items });
    expect((await address())?.length).toBeGreaterThan(0);
  });

  it.each([
    ['the other side', 'dao-aldo-nettle', 'prob', 'DOMESTIC_ABUSE_OFFICER', IMKE, 'csc', '410203'],
    ['whoever is registered as conflicted', 'sw-dorn-aske', 'csc', 'SOCIAL_WORKER', RUTH, 'csc', '410224'],
  ] as const)('opens nothing to %s, by name or not', async (_, worker, agency, role, subject, holder, localId) => {
    await except(subject, holder, agency);
    const before = await person(worker, subject, 'DIRECT_WORK');
    const terms = { subjects: [subject], holder, worker, agency, role, purpose: 'DIRECT_WORK' } as const;
    const located = { categories: ['CONTACT', 'SOCIAL_CARE'], ...terms } as const;
    await grant(located);
    await grant({ ...located, items: [{ ...IMKE_DETAILS, localId, addresses: [] }] });
    expect(await person(worker, subject, 'DIRECT_WORK')).toEqual(before);
    expect(before?.['addresses'] ?? null).toBeNull();
  });
});

/** What is approved of a request, and what of the request is otherwise: it asks for all that is approved, and a day more. */
const draftOf = ({
  request,
  ...changes
}: Partial<Omit<GrantDraft, 'request'>> & { request?: Partial<SharingRequest> }): GrantDraft => {
  const draft = {
    subjects: [NESSA],
    categories: ['SUBSTANCE_MISUSE' as const],
    items: [],
    until: hours(24),
    cites: [],
    ...changes,
  };
  return {
    ...draft,
    request: {
      id: 'r-2',
      holder: 'haven',
      worker: 'sw-cleo-marchbank',
      agency: 'csc',
      role: 'SOCIAL_WORKER',
      subjects: draft.subjects,
      categories: draft.categories,
      purpose: 'ASSESSMENT',
      why: 'w',
      urgency: 'URGENT',
      until: hours(48),
      recordedAt: hours(0),
      ...request,
    },
  };
};

/** The desk of whoever answers requests, in an operation of theirs; `settle` writes what was drafted. */
async function desk(
  worker: string,
  role: Role,
): Promise<{ grants: Grants; lines: StatementLine[]; settle(): Promise<void> }> {
  const { house, store } = demo;
  const agency = demo.workers.find(({ id }) => id === worker)?.agency ?? '';
  const operation = await openOperation(house, { worker, agency, role }, 'DIRECT_WORK', budgetOf(house));
  const writes: ((manager: never) => Promise<void>)[] = [];
  const lines: StatementLine[] = [];
  const grants = openGrants({
    operation,
    policies: loadRules({ protocols: [] }).policies,
    registers: house.registers,
    directory: house.directory,
    newId,
    draft: (line, write) => {
      lines.push(line);
      if (write) writes.push(write as (transaction: never) => Promise<void>);
    },
  });
  const settle = () =>
    store.transaction(async (transaction) => {
      for (const write of writes.splice(0)) await write(transaction as never);
    });
  return { grants, lines, settle };
}

describe('answering a request', () => {
  it('is for a manager of the holder; the grant counts from then on, and is ended by them', async () => {
    const cites = [await except(NESSA, 'haven', 'csc')];
    const { grants, lines, settle } = await desk('am-sable-frost', 'AGENCY_MANAGER');
    const { id } = await grants.approve(draftOf({ cites }));
    expect(await work('sw-cleo-marchbank', NESSA, 'ASSESSMENT')).toHaveLength(1);
    await settle();
    expect(lines).toEqual([{ did: 'GRANT', ids: [id], subjects: [NESSA], policies: ['may-answer-request'] }]);
    expect(await work('sw-cleo-marchbank', NESSA, 'ASSESSMENT')).toHaveLength(2);
    expect(await demo.house.registers.grant(id)).toMatchObject({ subjects: [NESSA], holder: 'haven', cites });
    await expect(grants.end(id, ' ')).rejects.toThrow('not complete');
    await grants.end(id, 'no longer needed');
    await settle();
    expect(await work('sw-cleo-marchbank', NESSA, 'ASSESSMENT')).toHaveLength(1);
  });

  it.each([
    ['a worker of the holder', 'rw-rory-ember', 'RECOVERY_WORKER', {}],
    ['the requester’s own agency', 'tm-piers-lovell', 'TEAM_MANAGER', { request: { holder: 'csc' } }],
    ['a manager of another agency', 'am-yara-lomas', 'AGENCY_MANAGER', {}],
    ['an officer', 'ig-sol-whitby', 'INFORMATION_GOVERNANCE_OFFICER', { request: { holder: 'csc', agency: 'eh' } }],
    ['whoever asked', 'am-sable-frost', 'AGENCY_MANAGER', { request: { worker: 'am-sable-frost', agency: 'haven' } }],
    ['the other side', 'am-bryn-oakes', 'AGENCY_MANAGER', { subjects: [IMKE], request: { holder: 'prob' } }],
  ] as const)('is not for %s', async (_, worker, role, changes) => {
    const { grants } = await desk(worker, role);
    await expect(grants.approve(draftOf(changes))).rejects.toThrow('ANSWER_REQUEST');
    await expect(grants.end('none', 'x')).rejects.toThrow('no such grant');
  });

  it.each([
    ['nothing cited', {}, /cites a live consent/],
    ['something cited that is not there', { cites: ['none'] }, /cites a live consent/],
    ['an end that is past', { until: '2020-01-01T00:00:00Z' }, /lies ahead/],
    ['no category', { categories: [] }, /no category/],
    ['a role that whom it names does not hold', { request: { role: 'TEAM_MANAGER' } }, /agency and role/],
    ['somebody whom the request does not name', { request: { subjects: ['P-1016'] } }, /within what was asked/],
    ['a category that was not asked for', { request: { categories: ['IDENTITY'] } }, /within what was asked/],
    ['a later end than was asked for', { until: '2999-01-01T00:00:00Z' }, /within what was asked/],
    ['a record of another holder', { items: [IMKE_DETAILS] }, /not one of the holder/],
  ] as const)('with %s is refused, saying which part', async (_, changes, problem) => {
    const { grants } = await desk('am-sable-frost', 'AGENCY_MANAGER');
    const problems = await grants.approve(draftOf(changes)).catch((error: { problems: string[] }) => error.problems);
    expect(String(problems)).toMatch(problem);
  });
});
