/** The running gateway watches its own log: what stands out becomes an alert that names nobody, which its subject never sees. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../../src/compose-demo.js';
import { openAlertRows } from '../../../src/oversight/alerts/alert-rows.js';
import { ask, type Json, peopleOf, startDemo } from '../../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const FOR = '@purpose(of: INFORMATION_GOVERNANCE)';
const LIST = `query List($filter: AlertFilter) ${FOR} { audit { alerts(filter: $filter, first: 100) { nodes { id rule kind openedAt closedAt outcome } } } }`;
const OPEN = `query Open($id: ID!) ${FOR} { audit { alert(id: $id) { id rule why operations { worker statements { did ids persons } lines { person } } } } }`;
const CLOSE = `mutation Close($id: ID!, $why: String!) ${FOR} { closeAlert(id: $id, outcome: EXPLAINED, why: $why) { id outcome closedAt } }`;
const PERSON = 'query One($id: ID!) @purpose(of: DIRECT_WORK) { person(id: $id) { id forename } }';
const BLYTHE = Buffer.from('Person:P-1080').toString('base64url');

let demo: Demo;
const watched = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
  await demo.watch.run();
};
const listed = async (filter: Json = {}): Promise<Json[]> => {
  const { data, errors } = await ask(demo, OFFICER, LIST, { filter });
  expect(errors).toBeUndefined();
  return data['audit'].alerts.nodes as Json[];
};
const codeOf = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.[0]?.extensions.code;
const idOf = async (rule: string) => String((await listed({ rule }))[0]?.['id']);

beforeAll(async () => {
  demo = await startDemo();
  await peopleOf(demo, 'sw-ada-thorne');
  await ask(demo, 'kw-otto-blythe', PERSON, { id: BLYTHE });
  await ask(demo, 'sw-ada-thorne', PERSON, { id: BLYTHE });
  await watched();
}, 120_000);
afterAll(() => demo.stop());

describe('alerts', () => {
  it('stand for a worker’s own record and for a colleague’s, and not for the board', async () => {
    expect((await listed()).map(({ rule }) => rule).sort()).toEqual(['NEAR_COLLEAGUE', 'OWN_RECORD']);
    await watched();
    expect(await listed()).toHaveLength(2);
  });

  it('carry no identity as they are listed or stored', async () => {
    const text = JSON.stringify(await listed());
    const rows = JSON.stringify(await demo.store.read('SELECT * FROM audit_alert'));
    for (const identity of ['blythe', 'P-1080', BLYTHE, 'thorne']) {
      expect(text).not.toContain(identity);
      expect(rows).not.toContain(identity);
    }
  });

  it('show the operations behind them to an officer who opens one, and that is an entry', async () => {
    const id = await idOf('OWN_RECORD');
    const { data } = await ask(demo, OFFICER, OPEN, { id });
    expect((data['audit'].alert.operations as Json[]).map(({ worker }) => worker)).toEqual(['kw-otto-blythe']);
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements).toContainEqual(
      expect.objectContaining({ did: 'AUDIT_ASKED', ids: ['alert', id, 'kw-otto-blythe'], subjects: ['P-1080'] }),
    );
  });

  it('are opened and closed by officers alone, and one that is not there answers the same', async () => {
    const id = await idOf('OWN_RECORD');
    for (const [worker, asked] of [
      ['sw-ada-thorne', id],
      ['kw-otto-blythe', id],
      [OFFICER, 'none'],
    ] as const) {
      expect(codeOf(await ask(demo, worker, OPEN, { id: asked }))).toBe('NOT_PERMITTED');
      expect(codeOf(await ask(demo, worker, CLOSE, { id: asked, why: 'x' }))).toBe('NOT_PERMITTED');
    }
  });

  it('are never shown to whom they are about, nor to who stands near', async () => {
    const rows = openAlertRows(demo.store);
    const about = {
      id: 'ABOUTTHEOFFICER',
      rule: 'VOLUME',
      worker: OFFICER,
      day: '2026-11-23',
      indexes: [0],
      at: '2026-11-23T10:00:00.000Z',
    } as const;
    await watched();
    await demo.store.transaction((transaction) => rows.open(transaction, about));
    expect((await listed()).map(({ id }) => id)).not.toContain(about.id);
    expect(codeOf(await ask(demo, OFFICER, OPEN, { id: about.id }))).toBe('NOT_PERMITTED');
    expect(codeOf(await ask(demo, OFFICER, CLOSE, { id: about.id, why: 'nothing' }))).toBe('NOT_PERMITTED');
    const near = await idOf('NEAR_COLLEAGUE');
    const conflict = (sql: string) =>
      demo.store.transaction((transaction) => transaction.run(sql, [OFFICER, 'P-1080']));
    await conflict('INSERT INTO conflict (worker, person) VALUES (?, ?)');
    expect(await listed()).toEqual([]);
    expect(codeOf(await ask(demo, OFFICER, OPEN, { id: near }))).toBe('NOT_PERMITTED');
    expect(codeOf(await ask(demo, OFFICER, CLOSE, { id: near, why: 'nothing' }))).toBe('NOT_PERMITTED');
    await conflict('DELETE FROM conflict WHERE worker = ? AND person = ?');
  });

  it('are closed with an outcome and a reason, once; what comes after opens a new one', async () => {
    const id = await idOf('OWN_RECORD');
    expect(codeOf(await ask(demo, OFFICER, CLOSE, { id, why: ' ' }))).toBe('NOT_VALID');
    const { data } = await ask(demo, OFFICER, CLOSE, { id, why: 'He showed his manager what a search does.' });
    expect(data['closeAlert'].outcome).toBe('EXPLAINED');
    expect(codeOf(await ask(demo, OFFICER, CLOSE, { id, why: 'again' }))).toBe('NOT_VALID');
    await watched();
    expect(await listed({ rule: 'OWN_RECORD', isOpen: true })).toEqual([]);
    await ask(demo, 'kw-otto-blythe', PERSON, { id: BLYTHE });
    await watched();
    expect(await listed({ rule: 'OWN_RECORD', isOpen: true })).toHaveLength(1);
  });
});

describe('marks that the watch added', () => {
  const MARKED = `query M($mark: AuditMark!) ${FOR} { audit { operations(filter: {mark: $mark}, first: 100) { nodes { id worker lines { person } } } } }`;
  const marked = async (mark: string) => {
    const { data, errors } = await ask(demo, OFFICER, MARKED, { mark });
    expect(errors).toBeUndefined();
    return data['audit'].operations.nodes as Json[];
  };
  it('find nothing by whom the officer may not see: of which of its people an operation has a mark, it does not tell', async () => {
    await watched();
    expect((await marked('COLLEAGUE')).map(({ worker }) => worker)).toContain('sw-ada-thorne');
    const conflict = (sql: string) =>
      demo.store.transaction((transaction) => transaction.run(sql, [OFFICER, 'P-1080']));
    await conflict('INSERT INTO conflict (worker, person) VALUES (?, ?)');
    expect(await marked('COLLEAGUE')).toEqual([]);
    expect(await marked('OWN_RECORD')).toEqual([]);
    await conflict('DELETE FROM conflict WHERE worker = ? AND person = ?');
    expect((await marked('COLLEAGUE')).length).toBeGreaterThan(0);
  });
});

describe('the watch', () => {
  it('reads nobody without an entry that names them', async () => {
    const entries = await demo.audit.read({ worker: 'threshold-watch', limit: 100 });
    expect(entries.flatMap(({ body }) => body.statements?.[0]?.subjects ?? [])).toContain('P-1080');
    for (const { body } of entries) expect([body.statements?.[0]?.did, body.outcomes]).toEqual(['WATCHED', []]);
  });

  it('changes no answer', async () => {
    const before = await ask(demo, 'kw-otto-blythe', PERSON, { id: BLYTHE });
    await watched();
    const after = await ask(demo, 'kw-otto-blythe', PERSON, { id: BLYTHE });
    expect(after.data).toEqual(before.data);
    expect(after.errors).toEqual(before.errors);
  });

  it('finds searches by their fields and counts; no value is kept, and a refused one leaves its line', async () => {
    const find =
      'query Find($s: String!, $d: Date) @purpose(of: DIRECT_WORK) { findPerson(surname: $s, dateOfBirth: $d) { persons { id } } }';
    expect(codeOf(await ask(demo, 'sw-ada-thorne', find, { s: 'Canarysurname' }))).toBe('BAD_USER_INPUT');
    await ask(demo, 'sw-ada-thorne', find, { s: 'Blythe', d: '1985-03-22' });
    const [found, refused] = (await demo.audit.read({ worker: 'sw-ada-thorne', limit: 2 })).map(({ body }) => body);
    expect(refused?.statements).toEqual([
      { did: 'SEARCHED', ids: ['surname', 'found:0', 'shown:0'], subjects: [], policies: [] },
    ]);
    expect(found?.statements?.[0]?.ids.slice(0, 2)).toEqual(['dateOfBirth', 'surname']);
    for (const body of [found, refused]) expect(JSON.stringify(body)).not.toMatch(/Canarysurname|Blythe|1985/);
  });
});
