/** Children's social care over the Standard Safeguarding Dataset 1.4.5 and the views of README.md. */
import { isDeepStrictEqual } from 'node:util';
import { CIRCUMSTANCE_KINDS, type InvolvementRow } from '../../src/domain/circumstances.js';
import { RECORD_TYPES, type SourceRecord } from '../../src/domain/records.js';
import type { NumberedFindAsk, ReadAsk, Source, SourceAnswer } from '../../src/sources/contract.js';
import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { isCurrent, period } from '../../src/sources/sql-values.js';
import { involvementOf, tellCircumstances } from './circumstances.js';
import { type Call, socialCareClient, startCall } from './client.js';
import { identities } from './identities.js';
import { lookUp } from './lookups.js';
import { MAPPERS, mapperOf, namedIn } from './map.js';
import { type HungTable, type OwnTable, readTables } from './rows.js';

const NOT_TOLD = ['serviceConsents', 'protectionGrounds', 'consents'];

/** A source over one authority's SSD. Reads nothing until started or asked; never writes. */
export function createSocialCare(options: SqlSourceOptions): Source {
  const { id, holder, space = id, now } = options;
  const client = socialCareClient(options);
  const today = () => now().slice(0, 10);

  async function read(call: Call, { wants }: ReadAsk): Promise<SourceRecord[]> {
    const asked = new Map<keyof typeof MAPPERS, Set<string>>();
    for (const { type, persons } of wants) {
      if (!mapperOf(type)) continue;
      const known = asked.get(type as keyof typeof MAPPERS) ?? new Set();
      for (const person of persons) known.add(person);
      asked.set(type as keyof typeof MAPPERS, known);
    }
    const tables = new Map<OwnTable | HungTable, Set<string>>();
    for (const [type, persons] of asked) {
      for (const table of MAPPERS[type].tables) {
        const known = tables.get(table) ?? new Set();
        for (const person of persons) known.add(person);
        tables.set(table, known);
      }
    }
    const rows = await readTables(client, call, tables);
    const named = namedIn(rows);
    const lookups = await lookUp(client, call, named.workers, named.teams);
    const mapping = { source: id, rows, lookups, today: today() };
    return [...asked].flatMap(([type, persons]) =>
      [...persons].flatMap((person) => once(MAPPERS[type].map(mapping, person), call)),
    );
  }

  /** Runs one call: ready before, and still so after, since SSD may be truncated meanwhile. */
  async function answer<T>(signal: AbortSignal, work: (call: Call) => Promise<T[]>): Promise<SourceAnswer<T>> {
    const call = startCall(signal);
    await client.assertReady(call);
    const items = await work(call);
    await client.assertLoaded(call);
    return { items, rejected: call.reader.rejected };
  }

  return {
    id,
    space,
    holder,
    provides: new Set(RECORD_TYPES.filter((type) => mapperOf(type))),
    tells: new Set(CIRCUMSTANCE_KINDS.filter((kind) => !NOT_TOLD.includes(kind))),
    finds: true,
    // A copy, reloaded by night; SSD does not say when.
    asOf: () => undefined,
    missing: client.missing,
    start: () => client.open(),
    stop: () => client.close(),

    read: async (ask, { signal }) => answer(signal, (call) => read(call, ask)),

    readOne: async ({ type, localId }, { signal }) =>
      answer(signal, async (call) => {
        const places = mapperOf(type)?.found ?? [];
        const subjects = await Promise.all(
          places.map(async ({ table, id: column, person, prefix = '' }) =>
            localId.startsWith(prefix) ? client.subjectsOf(call, table, column, person, rowId(localId, prefix)) : [],
          ),
        );
        const records = await read(call, { wants: [{ type, persons: [...new Set(subjects.flat())] }] });
        return records.filter((record) => record.label.localId === localId);
      }),

    circumstances: async (persons, { signal }) =>
      answer(signal, async (call) => [await tellCircumstances(client, call, persons, today())]),

    workload: async ({ workers, teams }, { signal }) =>
      answer(signal, async (call): Promise<InvolvementRow[]> => {
        const [ofWorkers, ofTeams, familyTeams, members] = await Promise.all([
          client.select(
            call,
            'ssd_involvements',
            workers,
            (d) =>
              `t.invo_professional_id IN (SELECT id FROM k) OR t.invo_professional_id IN (SELECT x.prof_professional_id FROM ${d.from('ssd_professionals')} x WHERE x.prof_staff_id IN (SELECT id FROM k))`,
          ),
          client.select(call, 'ssd_involvements', teams, 't.invo_professional_team IN (SELECT id FROM k)'),
          client.select(call, 'gw_family_team', teams, 't.team_id IN (SELECT id FROM k)'),
          client.select(
            call,
            'gw_family_member',
            teams,
            (d) =>
              `t.family_id IN (SELECT x.family_id FROM ${d.from('gw_family_team')} x WHERE x.team_id IN (SELECT id FROM k))`,
          ),
        ]);
        const rows = new Map([...ofWorkers, ...ofTeams].map((row) => [row.invo_involvements_id, row]));
        const named = [...rows.values()].map((row) => row.invo_professional_id);
        const lookups = await lookUp(client, call, named, []);
        const isAsked = (row: InvolvementRow) =>
          (row.worker !== undefined && workers.includes(row.worker)) ||
          (row.team !== undefined && teams.includes(row.team));
        // A team's families are reached through members included in the workflow only (FS-19).
        const included = new Map<string, string[]>();
        for (const row of members) {
          if (row.in_workflow !== true || !isCurrent(row.from_date, row.until_date, today())) continue;
          included.set(row.family_id, [...(included.get(row.family_id) ?? []), row.person_id]);
        }
        return [
          ...[...rows.values()].map((row) => involvementOf(row, lookups)).filter(isAsked),
          ...familyTeams.flatMap(({ family_id, team_id, from_date, until_date }) =>
            (included.get(family_id) ?? []).map((person) => ({
              person,
              team: team_id,
              ...period(from_date, until_date),
            })),
          ),
        ];
      }),

    persons: ({ signal }) => identities(client, signal, space, (ask) => answer(signal, (call) => read(call, ask))),

    find: async (ask, { signal }) => {
      const call = startCall(signal);
      const given = wordsOf(ask);
      const isEnough = given.length >= 2 || given.some(([field]) => field === 'nhsNumber');
      if (!isEnough) return { items: [], rejected: 0 };
      return answer(call.signal, async () => {
        const found = await Promise.all([
          client.find(
            call,
            'ssd_person',
            given.map(([field, value]) => [SSD_COLUMNS[field], value]),
          ),
          client.find(
            call,
            'gw_adult',
            given.map(([field, value]) => [ADULT_COLUMNS[field], value]),
          ),
        ]);
        return [...new Set(found.flat())];
      });
    },
  };
}

const SSD_COLUMNS = {
  forename: 'pers_forename',
  surname: 'pers_surname',
  dateOfBirth: 'pers_dob',
  nhsNumber: 'pers_single_unique_id',
} as const;
const ADULT_COLUMNS = {
  forename: 'forename',
  surname: 'surname',
  dateOfBirth: 'dob',
  nhsNumber: 'nhs_number',
} as const;

/** No key is enforced (Mosaic declares none): a row that stands there twice is one record, another under its id is counted. */
function once(records: readonly SourceRecord[], { reader }: Call): readonly SourceRecord[] {
  const known = new Map<string, SourceRecord>();
  for (const record of records) {
    const same = known.get(record.label.localId);
    if (!same) known.set(record.label.localId, record);
    else if (!isDeepStrictEqual(same, record)) reader.rejected += 1;
  }
  return known.size === records.length ? records : [...known.values()];
}

/** The id of the row behind a record: without the prefix of its table, and the place of a row that has only its person's id. */
function rowId(localId: string, prefix: string): string {
  const id = localId.slice(prefix.length);
  return prefix === 'person:' ? id.replace(/#\d+$/, '') : id;
}

/** What was given to look for; an empty word is not given. */
function wordsOf(ask: NumberedFindAsk): (readonly [keyof NumberedFindAsk, string])[] {
  const fields = ['forename', 'surname', 'dateOfBirth', 'nhsNumber'] as const;
  return fields.flatMap((field) => {
    const value = ask[field]?.trim();
    return value ? [[field, value] as const] : [];
  });
}
