/**
 * What is tried of a provider, in this order. Each check says what is wrong in words of the contract, and where; those that
 * need something that the provider's own persons did not show say so instead of passing.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Fault, Operation } from './contract.js';
import type { Asked } from './provider.js';
import {
  asked,
  FIND,
  type Fields,
  fault,
  HEALTH,
  idsOf,
  isOn,
  LIST,
  listOf,
  ONE,
  type Outcome,
  personsOf,
  SEARCH,
  type Shown,
  searched,
  type Visit,
  workedWith,
} from './visit.js';

export interface Check {
  readonly title: string;
  readonly run: (visit: Visit) => Promise<Outcome>;
}

const NOBODY = 'threshold-check-no-such-id';
const HOSTILE = ["' OR '1'='1", '1,2', '*', '%', '../..', '"', 'a&b=c', 'x|y', '{"$ne":null}'];
const NO_CASES = 'no case was found for the persons given';

export const CHECKS: readonly Check[] = [
  { title: 'says that it can be read', run: health },
  { title: 'answers nobody but those it knows', run: strangers },
  { title: 'finds cases by person, each of the shape of the contract', run: byPerson },
  { title: 'holds cases that are consistent', run: consistent },
  { title: 'answers for many as for each', run: batches },
  { title: 'gives one case as the search gives it', run: oneCase },
  { title: 'finds cases by worker and team', run: byStaff },
  { title: 'finds nothing for ids it does not know', run: unknownIds },
  { title: 'takes no id for a piece of its query language', run: hostileIds },
  { title: 'takes 500 ids and refuses 501', run: limits },
  { title: 'refuses what is not a search', run: malformed },
  { title: 'finds the persons it works with, and nobody else', run: persons },
  { title: 'lists everybody once, page by page', run: listing },
  { title: 'answers conditionally only with what it gave', run: conditional },
];

async function health(visit: Visit): Promise<Outcome> {
  return (await asked(visit, HEALTH, '', 200, {})).faults;
}

async function strangers(visit: Visit): Promise<Outcome> {
  const paths: readonly [Operation, Omit<Asked, 'method' | 'path'> & { path?: string }][] = [
    [HEALTH, {}],
    [SEARCH, { body: { personIds: [...visit.persons] } }],
    [ONE, { path: `/cases/${NOBODY}` }],
    [FIND, { body: { forename: 'Nobody', surname: 'Nobody' } }],
    [LIST, { body: { after: null, limit: 1 } }],
  ];
  const faults: Fault[] = [];
  for (const [operation, request] of visit.stranger ? paths : []) {
    const [method = '', path = ''] = operation.split(' ');
    const answer = await visit.stranger
      ?.ask({ method: method as Asked['method'], path, ...request })
      .catch(() => undefined);
    // Refused by the connection, or by an answer.
    if (answer && answer.status !== 401)
      faults.push(fault(operation, 401, 'without a certificate', `is answered with status ${answer.status}, not 401`));
  }
  for (const [operation, request] of visit.hasToken ? paths : [])
    for (const [what, token] of [
      ['without a token', null],
      ['with a wrong token', 'threshold-check-wrong-token'],
    ] as const)
      faults.push(...(await asked(visit, operation, what, 401, { ...request, token })).faults);
  return faults;
}

async function byPerson(visit: Visit): Promise<Outcome> {
  const { found, faults } = await searched(visit, 'by person', { personIds: [...visit.persons] });
  visit.cases = found;
  return [
    ...faults,
    ...found.flatMap((one, i) => visit.contract.caseFaults(one, `${SEARCH}, by person, case ${i + 1}`)),
    ...found.flatMap((one, i) =>
      visit.persons.some((person) => isOn(one, person))
        ? []
        : [fault(SEARCH, 200, `by person, case ${i + 1}`, 'none of the persons asked for appears on it')],
    ),
    ...visit.persons.flatMap((person, i) =>
      found.some((one) => isOn(one, person))
        ? []
        : [fault(SEARCH, 200, 'by person', `person ${i + 1} of those given appears on no case`)],
    ),
  ];
}

async function consistent({ cases }: Visit): Promise<Outcome> {
  if (cases.length === 0) return { notChecked: NO_CASES };
  return cases.flatMap((one, i) => {
    const faults: Fault[] = [];
    const say = (at: string, says: string, place: string) =>
      faults.push({ at: `case ${i + 1}${at}`, says, place: `case.schema.json, ${place}` });
    const twice = (list: readonly Fields[], key: string) => new Set(list.map((item) => item[key])).size < list.length;
    if (twice(personsOf(one), 'personId')) say(' /persons', 'somebody stands on it twice', 'properties/persons');
    if (twice(listOf(one.entries), 'entryId'))
      say(' /entries', 'two entries have the same entryId', '$defs/entry/properties/entryId');
    if (twice(listOf(one.referrals), 'referralId'))
      say(' /referrals', 'two referrals have the same referralId', '$defs/referral/properties/referralId');
    if (isBefore(one.closedOn, one.openedOn)) say(' /closedOn', 'is before openedOn', 'properties/closedOn');
    personsOf(one).forEach((person, p) => {
      listOf(person.addresses).forEach((address, a) => {
        if (isBefore(address.until, address.from))
          say(` /persons/${p}/addresses/${a}/until`, 'is before from', '$defs/address/properties/until');
      });
    });
    const { dashScore, level } = one.risk ?? {};
    if (typeof dashScore === 'number' && dashScore >= 14 && (level === 'STANDARD' || level === 'MEDIUM'))
      say(' /risk/level', 'is below HIGH with a DASH score of 14 or more', 'properties/risk');
    const ids = new Set(personsOf(one).flatMap(({ personId }) => (typeof personId === 'string' ? personId : [])));
    for (const [at, text] of textsOf(one))
      if (text.split(/[^A-Za-z0-9._:@-]+/).some((word) => ids.has(word.replace(/\.+$/, ''))))
        say(` ${at}`, 'names a person by their id', 'properties/persons');
    return faults;
  });
}

function isBefore(later: unknown, earlier: unknown): boolean {
  return typeof later === 'string' && typeof earlier === 'string' && later < earlier;
}

function textsOf(one: Shown): [at: string, text: string][] {
  const texts: [string, unknown][] = [
    ['/safetyPlan', one.safetyPlan],
    ['/safeContact', one.safeContact],
    ...listOf(one.entries).map(({ text }, i): [string, unknown] => [`/entries/${i}/text`, text]),
    ...listOf(one.referrals).map(({ reason }, i): [string, unknown] => [`/referrals/${i}/reason`, reason]),
  ];
  return texts.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
}

async function batches(visit: Visit): Promise<Outcome> {
  if (visit.cases.length === 0) return { notChecked: NO_CASES };
  const faults: Fault[] = [];
  const singly = new Map<unknown, Shown>();
  for (const [i, person] of visit.persons.entries()) {
    const { found, faults: more } = await searched(visit, `person ${i + 1} alone`, { personIds: [person] });
    faults.push(...more);
    for (const one of found) singly.set(one?.caseId, one);
  }
  if (!isDeepStrictEqual(idsOf([...singly.values()]), idsOf(visit.cases)))
    faults.push(fault(SEARCH, 200, 'by person', 'the cases of all persons together are not those of each'));
  const crowd = [NOBODY, ...visit.persons, ...visit.persons, `${NOBODY}-2`];
  const { found, faults: more } = await searched(visit, 'with ids named twice and strangers', { personIds: crowd });
  if (more.length === 0 && !isDeepStrictEqual(idsOf(found), idsOf(visit.cases)))
    faults.push(fault(SEARCH, 200, 'with ids named twice and strangers', 'the cases are not those without them'));
  return [...faults, ...more];
}

async function oneCase(visit: Visit): Promise<Outcome> {
  const [first] = visit.cases;
  if (typeof first?.caseId !== 'string') return { notChecked: NO_CASES };
  const faults: Fault[] = [];
  for (const [i, one] of visit.cases.slice(0, 20).entries()) {
    const what = `case ${i + 1}`;
    const path = `/cases/${encodeURIComponent(String(one?.caseId))}`;
    const { answer, faults: more } = await asked(visit, ONE, what, 200, { path });
    faults.push(...more);
    if (more.length === 0 && !isDeepStrictEqual(answer.body, one))
      faults.push(fault(ONE, 200, what, 'is not the document that the search gave'));
  }
  return faults;
}

async function byStaff(visit: Visit): Promise<Outcome> {
  const staff = visit.cases.flatMap(({ worker }) => (worker ? [worker] : []));
  const workers = [...new Set(staff.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])))].slice(0, 200);
  const teams = [...new Set(staff.flatMap(({ teamId }) => (typeof teamId === 'string' ? [teamId] : [])))].slice(0, 200);
  if (workers.length === 0) return { notChecked: NO_CASES };
  const faults: Fault[] = [];
  const searches: readonly [string, readonly string[], readonly string[]][] = [
    ['by worker', workers, []],
    ['by team', [], teams],
  ];
  for (const [what, workerIds, teamIds] of searches) {
    const { found, faults: more } = await searched(visit, what, { workerIds, teamIds });
    faults.push(...more);
    if (more.length > 0) continue;
    const fits = ({ worker }: Shown) =>
      workerIds.includes(String(worker?.id)) || teamIds.includes(String(worker?.teamId));
    faults.push(...found.flatMap((one, i) => visit.contract.caseFaults(one, `${SEARCH}, ${what}, case ${i + 1}`)));
    if (!found.every(fits)) faults.push(fault(SEARCH, 200, what, 'it holds a case of somebody else'));
    const ids = new Set(idsOf(found));
    if (visit.cases.filter(fits).some(({ caseId }) => !ids.has(String(caseId))))
      faults.push(fault(SEARCH, 200, what, 'a case of theirs that the search by person gave is not in it'));
  }
  return faults;
}

async function unknownIds(visit: Visit): Promise<Outcome> {
  const searches: readonly [string, object][] = [
    ['for an unknown person', { personIds: [NOBODY] }],
    ['for nobody', { personIds: [] }],
    ['for unknown staff', { workerIds: [NOBODY], teamIds: [NOBODY] }],
    ['for no staff', { workerIds: [], teamIds: [] }],
  ];
  const faults = [...(await asked(visit, ONE, 'an unknown id', 404, { path: `/cases/${NOBODY}` })).faults];
  for (const [what, body] of searches) {
    const { found, faults: more } = await searched(visit, what, body);
    faults.push(...more, ...(found.length > 0 ? [fault(SEARCH, 200, what, 'it holds cases')] : []));
  }
  return faults;
}

async function hostileIds(visit: Visit): Promise<Outcome> {
  const faults: Fault[] = [];
  for (const body of [{ personIds: HOSTILE }, { workerIds: HOSTILE, teamIds: HOSTILE }]) {
    const { found, faults: more } = await searched(visit, 'for ids full of signs', body);
    faults.push(...more, ...(found.length > 0 ? [fault(SEARCH, 200, 'for ids full of signs', 'it holds cases')] : []));
  }
  for (const id of HOSTILE) {
    const path = `/cases/${encodeURIComponent(id)}`;
    faults.push(...(await asked(visit, ONE, 'an id full of signs', 404, { path })).faults);
  }
  return faults;
}

async function limits(visit: Visit): Promise<Outcome> {
  const ids = Array.from({ length: 501 }, (_, i) => `${NOBODY}-${i}`);
  const halves = { workerIds: ids.slice(0, 250), teamIds: ids.slice(250) };
  return [
    ...(await asked(visit, SEARCH, 'for 500 ids', 200, { body: { personIds: ids.slice(1) } })).faults,
    ...(await asked(visit, SEARCH, 'for 501 ids', 413, { body: { personIds: ids } })).faults,
    ...(await asked(visit, SEARCH, 'for 501 ids in two lists', 413, { body: halves })).faults,
  ];
}

async function malformed(visit: Visit): Promise<Outcome> {
  const wrong: readonly [Operation, string, unknown][] = [
    [SEARCH, 'what is not JSON', '{"personIds":['],
    [SEARCH, 'a list', []],
    [SEARCH, 'nothing asked for', {}],
    [SEARCH, 'an id instead of a list', { personIds: NOBODY }],
    [SEARCH, 'ids that are numbers', { personIds: [1] }],
    [SEARCH, 'workers without teams', { workerIds: [NOBODY] }],
    [SEARCH, 'persons and staff together', { personIds: [], workerIds: [], teamIds: [] }],
    [SEARCH, 'a field it does not know', { personIds: [], names: [] }],
    [FIND, 'what is not JSON', '{"surname":'],
    [FIND, 'nothing asked for', {}],
    [FIND, 'one thing asked for', { surname: 'Nobody' }],
    [FIND, 'a field it does not know', { surname: 'Nobody', forename: 'Nobody', postcode: 'ZZ99 3WZ' }],
    [FIND, 'a birth date that is none', { surname: 'Nobody', dateOfBirth: 'long ago' }],
    [FIND, 'a name that is a number', { surname: 7, forename: 'Nobody' }],
  ];
  const faults: Fault[] = [];
  for (const [operation, what, body] of wrong)
    faults.push(...(await asked(visit, operation, what, 400, { body })).faults);
  return faults;
}

async function persons(visit: Visit): Promise<Outcome> {
  const known = new Map(visit.cases.flatMap(workedWith).map((person) => [person.personId, person]));
  if (known.size === 0) return { notChecked: NO_CASES };
  const faults: Fault[] = [];
  const find = async (what: string, body: object): Promise<readonly unknown[]> => {
    const { answer, faults: more } = await asked(visit, FIND, what, 200, { body });
    faults.push(...more);
    const { personIds } = (answer.body ?? {}) as { personIds?: unknown };
    return Array.isArray(personIds) ? personIds : [];
  };
  const must = async (what: string, body: object, person: unknown, isFound: boolean) => {
    const before = faults.length;
    const found = await find(what, body);
    if (faults.length > before || found.includes(person) === isFound) return;
    faults.push(
      fault(FIND, 200, what, isFound ? 'somebody worked with is not found' : 'somebody is found who must not be'),
    );
  };
  for (const { personId, forename, surname, dateOfBirth } of [...known.values()].slice(0, 5)) {
    const [first, last] = [String(forename), String(surname)];
    await must('by both names', { forename: first, surname: last }, personId, true);
    await must(
      'by names in other case',
      { forename: first.toUpperCase(), surname: last.toLowerCase() },
      personId,
      true,
    );
    await must('by another surname', { forename: first, surname: `${last}x` }, personId, false);
    await must('by half a surname', { forename: first, surname: last.slice(0, -1) }, personId, false);
    if (typeof dateOfBirth !== 'string') continue;
    await must('by surname and birth date', { surname: last, dateOfBirth }, personId, true);
    await must('by forename and birth date', { forename: first, dateOfBirth }, personId, true);
    await must('by another birth date', { forename: first, surname: last, dateOfBirth: '1900-01-01' }, personId, false);
  }
  if ((await find('by signs', { forename: '%', surname: '*' })).length > 0)
    faults.push(fault(FIND, 200, 'by signs', 'somebody is found'));
  const bystanders = visit.cases.flatMap(personsOf).filter(({ personId }) => !known.has(personId));
  for (const { personId, forename, surname } of bystanders.slice(0, 5)) {
    const { found } = await searched(visit, 'for somebody not worked with', { personIds: [personId] });
    if (found.some((one) => workedWith(one).some((person) => person.personId === personId))) continue;
    await must('by the names of somebody not worked with', { forename, surname }, personId, false);
  }
  return faults;
}

/** The most pages that are asked for: what comes after them is not tried. */
const MOST_PAGES = 40;

async function listing(visit: Visit): Promise<Outcome> {
  const first = await visit.provider.ask({ method: 'POST', path: '/persons/list', body: { after: null, limit: 500 } });
  if (first.status === 404) return { notChecked: 'no list of persons is given, which is allowed' };
  const faults: Fault[] = [];
  const listed: Fields[] = [];
  let isWhole = false;
  for (let after: string | null = null, page = 1; page <= MOST_PAGES; page += 1) {
    // Few on the first pages, so that there are several even of a small list.
    const limit = page <= 3 ? 2 : 500;
    const what = `page ${page}`;
    const { answer, faults: more } = await asked(visit, LIST, what, 200, { body: { after, limit } });
    faults.push(...more);
    if (more.length > 0) return faults;
    const { persons: on, next } = answer.body as { readonly persons: readonly Fields[]; readonly next: string | null };
    if (on.length > limit) faults.push(fault(LIST, 200, what, 'holds more than were asked for'));
    listed.push(...on);
    isWhole = next === null;
    if (next === null) break;
    after = next;
  }
  const byId = new Map(listed.map((person) => [person['personId'], person]));
  if (byId.size < listed.length) faults.push(fault(LIST, 200, '', 'somebody stands in it twice'));
  for (const [i, one] of visit.cases.entries())
    for (const { personId, locationProtected } of personsOf(one)) {
      const person = byId.get(personId);
      const at = `a person of case ${i + 1}`;
      if (!person && isWhole) faults.push(fault(LIST, 200, at, 'is not listed'));
      if (person?.['protected'] === false && (locationProtected === true || one.confidentiality === 'V'))
        faults.push(fault(LIST, 200, at, 'is protected there, and not said to be'));
    }
  const wrong: readonly [string, unknown][] = [
    ['nothing asked for', {}],
    ['no limit', { after: null }],
    ['a limit of none', { after: null, limit: 0 }],
    ['a limit of 501', { after: null, limit: 501 }],
    ['a field it does not know', { after: null, limit: 1, names: [] }],
  ];
  for (const [what, body] of wrong) faults.push(...(await asked(visit, LIST, what, 400, { body })).faults);
  return faults;
}

async function conditional(visit: Visit): Promise<Outcome> {
  const [first] = visit.cases;
  if (typeof first?.caseId !== 'string') return { notChecked: NO_CASES };
  const path = `/cases/${encodeURIComponent(first.caseId)}`;
  const { etag } = await visit.provider.ask({ method: 'GET', path });
  if (etag === undefined) return { notChecked: 'a case carries no ETag, which is allowed' };
  const same = await visit.provider.ask({ method: 'GET', path, etag });
  const other = await visit.provider.ask({ method: 'GET', path, etag: '"threshold-check"' });
  return [
    ...(same.status === 304 || same.status === 200
      ? []
      : [fault(ONE, 304, 'with its own ETag', `is answered with status ${same.status}, not 304`)]),
    ...(other.status === 200 && isDeepStrictEqual(other.body, first)
      ? []
      : [fault(ONE, 200, 'with an ETag it did not give', 'is not answered with the case')]),
  ];
}
