/** What waits for a judgement, and judging many at once, through the running gateway and the named families. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import type { Source } from '../../src/sources/contract.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

let demo: Demo;
let people: { readonly [name: string]: string };
const calls: string[] = [];

function counted(source: Source): Source {
  return {
    ...source,
    read: (wanted, options) => {
      calls.push(`read ${source.id}`);
      return source.read(wanted, options);
    },
    readOne: (wanted, options) => {
      calls.push(`readOne ${source.id}`);
      return source.readOne(wanted, options);
    },
    circumstances: (persons, options) => {
      calls.push(`circumstances ${source.id}`);
      return source.circumstances(persons, options);
    },
  };
}

beforeAll(async () => {
  demo = await startDemo({}, counted);
  people = { ...(await peopleOf(demo, 'sw-bram-hollis')), ...(await peopleOf(demo, 'sw-ada-thorne')) };
});
afterAll(() => demo.stop());
beforeEach(() => {
  calls.length = 0;
});

const LIST =
  'query Waiting($first: Int, $after: String) @purpose(of: DIRECT_WORK) { unjudgedRecords(first: $first, after: $after) { nodes { id requestedBy requestedOn record { id summary adult { surname } holder { id } } } pageInfo { hasNextPage endCursor } sources { source state } notice } }';
const ADULT_WORK =
  'query Ask($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork(first: 50) { nodes { id } withheld { outcome } } } } }';
const MANY =
  'mutation Many($input: ManyRelevanceInput!) @purpose(of: DIRECT_WORK) { judgeRelevanceOfMany(input: $input) { id record standing decision servesChild { forename } } }';
const listOf = async (worker: string, page: { first?: number; after?: string } = {}) =>
  (await ask(demo, worker, LIST, page)).data['unjudgedRecords'] as Json;
const idsOf = async (worker: string) => ((await listOf(worker))['nodes'] as Json[]).map(({ id }) => id as string);
const askFor = (worker: string, name: string) => ask(demo, worker, ADULT_WORK, { id: people[name] });
const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions.code;
const recordId = (type: string, source: string, id: string) =>
  Buffer.from(`${type}:${source}:${id}`).toString('base64url');
const judgement = (records: readonly string[], more: object = {}) => ({
  records,
  decision: 'RELEVANT',
  servesChild: people['Josie Pike'],
  factor: '2B',
  why: 'It bears on her mornings.',
  ...more,
});

describe('the work list (FS-02)', () => {
  it('is empty until somebody of the council has asked', async () => {
    expect(await idsOf('rw-quinn-darrow')).toEqual([]);
  });

  it('has what a social worker was sent to the duty point for: who asked by kind, and the day', async () => {
    await askFor('sw-bram-hollis', 'Lena Pike');
    const { nodes, notice, sources } = await listOf('rw-quinn-darrow');
    expect(nodes).toMatchObject([
      {
        requestedBy: 'CHILDRENS_SOCIAL_CARE',
        requestedOn: '2026-11-23',
        record: { adult: { surname: 'Pike' }, holder: { id: 'haven' } },
      },
    ]);
    expect(nodes[0].record.summary).toEqual(expect.any(String));
    expect(JSON.stringify(nodes)).not.toMatch(/bram|hollis|SUPERVISION/i);
    expect(notice).toEqual(expect.any(String));
    expect(sources).toEqual([{ source: 'substance-misuse', state: 'OK' }]);
    expect(await idsOf('am-sable-frost')).toEqual([nodes[0].id]);
  });

  it.each([
    ['another worker of the same agency who does not work with her', 'rw-rory-ember'],
    ['another adult service', 'mhp-tess-garland'],
    ['who asked', 'sw-bram-hollis'],
    ['early help', 'kw-noor-ashdown'],
    ['an officer', 'ig-sol-whitby'],
  ])('is nothing for %s', async (_, worker) => {
    expect(await idsOf(worker)).toEqual([]);
  });

  it('does not tell a perpetrator’s officer that his victim’s service, or any adult service, asked', async () => {
    const id = people['Dane Marlow'];
    await demo.store.administer('DELETE FROM relevance_request');
    await ask(demo, 'dap-willa-jessop', ADULT_WORK, { id });
    await ask(demo, 'rw-quinn-darrow', ADULT_WORK, { id });
    const noted = await demo.store.read<{ agency: string; holder: string }>(
      "SELECT DISTINCT agency, holder FROM relevance_request WHERE holder = 'prob'",
    );
    expect(noted.map(({ agency }) => agency)).toContain('haven');
    expect(await idsOf('dao-zeke-morrow')).toEqual([]);
  });

  it('is a page with cursors over what may be shown, the oldest request first', async () => {
    await demo.store.administer('DELETE FROM relevance_request');
    const held = (await askFor('rw-quinn-darrow', 'Dane Marlow')).data['person'].adultWork.nodes as Json[];
    const rows = held.map(({ id }, i) => {
      const [type = '', , ...local] = Buffer.from(id, 'base64url').toString().split(':');
      return ['haven', type, local.join(':'), 'csc', `2026-11-2${9 - i}T09:00:00.000Z`, 1];
    });
    const asked = rows.slice(0, 2);
    for (const row of asked)
      await demo.store.administer(
        'INSERT INTO relevance_request (holder, type, local_id, agency, at, for_relevance) VALUES (?, ?, ?, ?, ?, ?)',
        row,
      );
    const whole = await listOf('rw-quinn-darrow');
    const days = (whole['nodes'] as Json[]).map(({ requestedOn }) => requestedOn as string);
    expect(days).toEqual([...days].sort());
    expect(days).toHaveLength(2);
    const first = await listOf('rw-quinn-darrow', { first: 1 });
    expect(first['pageInfo'].hasNextPage).toBe(true);
    const second = await listOf('rw-quinn-darrow', { first: 1, after: first['pageInfo'].endCursor });
    expect([...first['nodes'], ...second['nodes']]).toEqual(whole['nodes']);
    expect(second['pageInfo'].hasNextPage).toBe(false);
  });

  it('asks every source the same few times, however many it holds', async () => {
    await listOf('rw-quinn-darrow');
    const one = [...calls].sort();
    calls.splice(0);
    await listOf('am-sable-frost');
    expect([...calls].sort()).toEqual(one);
    // Once for the list, once for whom the records are about; whoever is asked about.
    for (const call of new Set(one.filter((made) => made.startsWith('read'))))
      expect(one.filter((made) => made === call).length).toBeLessThanOrEqual(2);
    expect(one.some((call) => call.startsWith('readOne'))).toBe(false);
  });
});

describe('judging many at once', () => {
  beforeAll(async () => {
    await demo.store.administer('DELETE FROM relevance_request');
  });

  it('is all or nothing: one record of another agency, or of nobody, and none is judged', async () => {
    const own = ((await askFor('rw-quinn-darrow', 'Lena Pike')).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );
    const before = await demo.store.read('SELECT id FROM relevance_judgement');
    for (const foreign of [
      recordId('DomesticAbuseRecord', 'probation', 'X301201/risk/ADVP'),
      recordId('SubstanceMisuseRecord', 'substance-misuse', 'HR4103/E6105'),
      recordId('SubstanceMisuseRecord', 'substance-misuse', 'none'),
      'garbage',
    ])
      expect(codeOf(await ask(demo, 'rw-quinn-darrow', MANY, { input: judgement([...own, foreign]) }))).toBe(
        'NOT_PERMITTED',
      );
    expect(await demo.store.read('SELECT id FROM relevance_judgement')).toEqual(before);
  });

  it.each([
    ['no record', () => []],
    ['a record twice', (own: readonly string[]) => [own[0], own[0]]],
    [
      'more than a hundred',
      () => Array.from({ length: 101 }, (_, i) => recordId('SubstanceMisuseRecord', 'substance-misuse', `x${i}`)),
    ],
  ])('with %s is refused', async (_, records) => {
    const own = ((await askFor('rw-quinn-darrow', 'Lena Pike')).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );
    expect(codeOf(await ask(demo, 'rw-quinn-darrow', MANY, { input: judgement(records(own) as string[]) }))).toBe(
      'NOT_VALID',
    );
  });

  it('judges each, in one entry, with as many calls as one record costs, and takes them off the list', async () => {
    await askFor('sw-bram-hollis', 'Lena Pike');
    const waiting = await idsOf('rw-quinn-darrow');
    const own = ((await askFor('rw-quinn-darrow', 'Lena Pike')).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );
    expect(own).toEqual(expect.arrayContaining(waiting));
    expect(own.length).toBeGreaterThan(1);
    calls.splice(0);
    const answer = await ask(demo, 'rw-quinn-darrow', MANY, { input: judgement(own) });
    expect(answer.errors).toBeUndefined();
    // Once for the records, once for the child that they serve.
    expect(calls.filter((call) => call === 'read substance-misuse').length).toBe(2);
    expect(calls.some((call) => call.startsWith('readOne'))).toBe(false);
    expect((answer.data['judgeRelevanceOfMany'] as Json[]).map(({ record }) => record)).toEqual(own);
    expect(answer.data['judgeRelevanceOfMany'][0]).toMatchObject({
      standing: false,
      servesChild: { forename: 'Josie' },
    });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.id).toBe(answer.extensions?.receipt?.entry);
    expect(entry?.body.statements?.filter(({ did }) => did === 'JUDGEMENT')).toHaveLength(own.length);
    expect(await idsOf('rw-quinn-darrow')).toEqual([]);
  });
});

describe('a standing judgement', () => {
  const ONE =
    'mutation One($input: RelevanceInput!) @purpose(of: DIRECT_WORK) { judgeRelevance(input: $input) { record standing decision } }';

  it('stands for every record of its kind in the episode, and is listed without a record', async () => {
    const own = ((await askFor('rw-quinn-darrow', 'Lena Pike')).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );
    const { data } = await ask(demo, 'rw-quinn-darrow', ONE, {
      input: { ...judgement([]), records: undefined, record: own[0], standing: true },
    });
    expect(data['judgeRelevance']).toEqual({ record: null, standing: true, decision: 'RELEVANT' });
    const [row] = await demo.store.read<{ local_id: string | null; episode: string | null }>(
      'SELECT local_id, episode FROM relevance_judgement ORDER BY judged_at DESC, id DESC',
    );
    expect(row).toEqual({ local_id: null, episode: expect.any(String) });
  });

  it('of two records of the same kind in one episode is made once', async () => {
    const held = ((await askFor('rw-quinn-darrow', 'Dane Marlow')).data['person'].adultWork.nodes as Json[]).map(
      ({ id }) => id as string,
    );
    const ofOneEpisode = held.filter((id) => Buffer.from(id, 'base64url').toString().includes('/E6101'));
    expect(ofOneEpisode.length).toBeGreaterThan(1);
    const input = judgement(ofOneEpisode, { standing: true, servesChild: people['Tilly Marlow'] });
    expect(codeOf(await ask(demo, 'rw-quinn-darrow', MANY, { input }))).toBe('NOT_VALID');
  });
});
