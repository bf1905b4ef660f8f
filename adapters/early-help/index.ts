/** Early help over the views of README.md: its families, episodes, assessments, support plans and progress. */
import {
  type CircumstanceKind,
  type Circumstances,
  type InvolvementRow,
  NO_CIRCUMSTANCES,
} from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { LocalId } from '../../src/domain/words.js';
import type { Source, SourceAnswer } from '../../src/sources/contract.js';
import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { RowReader } from '../../src/sources/sql-values.js';
import { type Call, earlyHelpClient, WHERE, type Where } from './client.js';
import { identities } from './identities.js';
import {
  addressOf,
  byFamily,
  earlyHelpAssessment,
  earlyHelpEpisode,
  episodeOf,
  involvement,
  involvementRow,
  personDetails,
  planRows,
  supportOutcome,
  supportPlan,
} from './map.js';

const PROVIDES = [
  'PersonDetails',
  'Involvement',
  'EarlyHelpEpisode',
  'EarlyHelpAssessment',
  'SupportPlan',
  'SupportOutcome',
] as const satisfies readonly RecordType[];
const TELLS = [
  'involvements',
  'memberships',
  'residences',
  'plans',
  'serviceConsents',
  'protectionGrounds',
] as const satisfies readonly CircumstanceKind[];

/** A source over one early-help system. It has persons and staff of its own. */
export function createEarlyHelp(options: SqlSourceOptions): Source {
  const { id, holder, space = id, now } = options;
  const client = earlyHelpClient(options);

  /** Records of one type that `keys` lead to: persons, or, where `own` names its column, the record's own id. */
  async function recordsOf(
    call: Call,
    type: RecordType,
    keys: readonly string[],
    isOwnId: boolean,
  ): Promise<SourceRecord[]> {
    const where = (column: string, byPerson: Where) => (isOwnId ? WHERE.id(column) : byPerson);
    switch (type) {
      case 'PersonDetails':
        return (await client.select(call, 'gw_eh_person', keys, WHERE.person)).map((row) => personDetails(id, row));
      case 'Involvement': {
        const episodeIds = isOwnId ? keys.flatMap((key) => episodeOf(key) ?? []) : keys;
        const episodes = await client.select(call, 'gw_eh_episode', episodeIds, where('episode_id', WHERE.family));
        const families = episodes.map((row) => row.family_id);
        const members = byFamily(await client.select(call, 'gw_eh_family_member', families, WHERE.inFamilies));
        return episodes.flatMap((row) =>
          (members.get(row.family_id) ?? []).map((member) => involvement(id, row, member.person_id)),
        );
      }
      case 'EarlyHelpEpisode': {
        const rows = await client.select(call, 'gw_eh_episode', keys, where('episode_id', WHERE.index));
        return rows.map((row) => earlyHelpEpisode(id, row));
      }
      case 'EarlyHelpAssessment': {
        const rows = await client.select(call, 'gw_eh_assessment', keys, where('assessment_id', WHERE.child));
        return rows.map((row) => earlyHelpAssessment(id, row));
      }
      case 'SupportPlan': {
        const rows = await client.select(call, 'gw_eh_support_plan', keys, where('plan_id', WHERE.child));
        return rows.map((row) => supportPlan(id, row));
      }
      case 'SupportOutcome': {
        const rows = await client.select(call, 'gw_eh_outcome', keys, where('outcome_id', WHERE.child));
        return rows.map((row) => supportOutcome(id, row));
      }
      default:
        return [];
    }
  }

  async function tell(call: Call, asked: readonly LocalId[]): Promise<Circumstances> {
    const [members, episodes, consents, persons, grounds] = await Promise.all([
      client.select(call, 'gw_eh_family_member', asked, WHERE.family),
      client.select(call, 'gw_eh_episode', asked, WHERE.family),
      client.select(call, 'gw_eh_service_consent', asked, WHERE.withFamily),
      client.select(call, 'gw_eh_person', asked, WHERE.withFamily),
      client.select(call, 'gw_eh_cp_ground', asked, WHERE.family),
    ]);
    const families = byFamily(members);
    return {
      ...NO_CIRCUMSTANCES,
      involvements: episodes.flatMap((row) =>
        (families.get(row.family_id) ?? []).map((member) => involvementRow(row, member.person_id)),
      ),
      memberships: [...families.values()].flat().map((row) => ({
        family: row.family_id,
        person: row.person_id,
        included: row.in_workflow === true,
        isChild: row.is_child === true,
      })),
      residences: persons.flatMap((row) => {
        const address = addressOf(row);
        return address === undefined ? [] : [{ person: row.person_id, address }];
      }),
      plans: episodes.flatMap((row) => planRows(row, families.get(row.family_id) ?? [])),
      serviceConsents: consents.map((row) => ({
        person: row.person_id,
        state: row.state,
        // Without a readable time agreement counts as the oldest statement, its end as the latest.
        at: row.recorded_at ?? (row.state === 'GIVEN' ? '0001-01-01' : now()),
      })),
      protectionGrounds: grounds.map((row) => ({ family: row.family_id, ground: row.ground })),
    };
  }

  async function answer<T>(signal: AbortSignal, work: (call: Call) => Promise<T[]>): Promise<SourceAnswer<T>> {
    signal.throwIfAborted();
    const call = { signal, reader: new RowReader() };
    const items = await work(call);
    return { items, rejected: call.reader.rejected };
  }

  return {
    id,
    space,
    holder,
    provides: new Set(PROVIDES),
    tells: new Set(TELLS),
    finds: true,
    missing: client.missing,
    start: () => client.open(),
    stop: () => client.close(),

    read: async ({ wants }, { signal }) =>
      answer(signal, async (call) => {
        const byType = new Map<RecordType, Set<string>>();
        for (const { type, persons } of wants) byType.set(type, new Set([...(byType.get(type) ?? []), ...persons]));
        const read = [...byType].map(async ([type, asked]) =>
          (await recordsOf(call, type, [...asked], false)).filter(({ label }) => asked.has(label.subject)),
        );
        return (await Promise.all(read)).flat();
      }),

    readOne: async ({ type, localId }, { signal }) =>
      answer(signal, async (call) =>
        (await recordsOf(call, type, [localId], true)).filter(({ label }) => label.localId === localId),
      ),

    circumstances: async (persons, { signal }) => answer(signal, async (call) => [await tell(call, persons)]),

    workload: async ({ workers, teams }, { signal }) =>
      answer(signal, async (call): Promise<InvolvementRow[]> => {
        const [ofWorkers, ofTeams] = await Promise.all([
          client.select(call, 'gw_eh_episode', workers, WHERE.keyworker),
          client.select(call, 'gw_eh_episode', teams, WHERE.team),
        ]);
        const episodes = distinct([...ofWorkers, ...ofTeams]);
        const families = episodes.map((row) => row.family_id);
        const members = byFamily(await client.select(call, 'gw_eh_family_member', families, WHERE.inFamilies));
        return episodes.flatMap((row) =>
          (members.get(row.family_id) ?? []).map((member) => involvementRow(row, member.person_id)),
        );
      }),

    persons: ({ signal }) => identities(client, signal, { source: id, space }),

    find: async (ask, { signal }) => {
      signal.throwIfAborted();
      const given = [
        ['forename', ask.forename?.trim() ?? ''],
        ['surname', ask.surname?.trim() ?? ''],
        ['dob', ask.dateOfBirth?.trim() ?? ''],
      ] as const;
      const said = given.filter(([, value]) => value !== '');
      if (said.length < 2) return { items: [], rejected: 0 };
      return answer(signal, async (call) => [...new Set(await client.find(call, said))]);
    },
  };
}

function distinct<T extends object>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
