/** Rows of extract and client index as records and circumstances. */
import type { InvolvementRow, ResidenceRow } from '../../src/domain/circumstances.js';
import { addressKey, type RecordType, type SourceRecord } from '../../src/domain/records.js';
import type { LocalId, SourceId } from '../../src/domain/words.js';
import data from './code-sets.json' with { type: 'json' };
import { type IndexRow, type TreatmentRow, USE_COLUMNS, useColumns } from './wire.js';

const SUBSTANCES: ReadonlyMap<string, string> = new Map(Object.entries(data.problemSubstance.codes));
const NO_SUBSTANCE: ReadonlySet<string> = new Set(data.problemSubstance.noSubstance);
const REASONS: ReadonlyMap<string, string> = new Map(Object.entries(data.dischargeReason.codes));

/**
 * One episode: what its rows say together, the first that says anything on a field. Requires a row. `hasReasons`: the
 * edition's discharge reasons are the public ones; those of another are shown as their code.
 */
export function episodeOf(
  rows: readonly TreatmentRow[],
  source: SourceId,
  hasReasons: boolean,
): SourceRecord | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const say = <K extends keyof TreatmentRow>(field: K) => rows.find((row) => row[field] !== undefined)?.[field];
  const startedOn = say('REFLD') ?? say('TRIAGED');
  const endedOn = say('DISD');
  const reason = say('DISRSN');
  const children = say('CHILDWTH');
  const codes = [say('DRUG1'), say('DRUG2'), say('DRUG3')].filter((code) => code !== undefined);
  const substances = [...new Set(codes.filter((code) => !NO_SUBSTANCE.has(code)).map(substanceOf))];
  const dischargeReason =
    reason === undefined ? undefined : ((hasReasons ? REASONS.get(reason) : undefined) ?? `Reason code ${reason}`);
  return {
    label: labelOf('SubstanceMisuseRecord', `${first.CLIENTID}/${first.EPISODID}`, first.CLIENTID, source, {
      episode: first.EPISODID,
      at: startedOn,
    }),
    content: {
      recordedOn: startedOn ?? null,
      kind: 'Treatment episode',
      summary: [
        `Treatment${substances.length > 0 ? ` for ${listed(substances.map(lower))}` : ''}`,
        startedOn === undefined ? '' : ` from ${startedOn}`,
        endedOn === undefined ? ', still open' : ` until ${endedOn}`,
        dischargeReason === undefined ? '' : ` (${lower(dischargeReason)})`,
        children === undefined ? '' : `; ${childrenLiving(children)}`,
        '.',
      ].join(''),
      nature: 'FACT',
      startedOn: startedOn ?? null,
      endedOn: endedOn ?? null,
      substances,
      dischargeReason: dischargeReason ?? null,
      childrenLivingWithClient: children ?? null,
    },
    persons: { adult: first.CLIENTID },
  };
}

/** The outcome profile of a row, if it holds one. What the client says of their own use is neither fact nor opinion. */
export function profileOf(row: TreatmentRow, source: SourceId): SourceRecord | undefined {
  if (row.TOPDATE === undefined) return undefined;
  const daysOfUse = useColumns().flatMap((column) => {
    const days = row[column];
    return days === undefined ? [] : [{ substance: USE_COLUMNS[column], days }];
  });
  const used = daysOfUse.map(({ substance, days }) => `${lower(substance)} on ${days} ${days === 1 ? 'day' : 'days'}`);
  const localId = `${row.CLIENTID}/${row.EPISODID}/${row.TOPID ?? row.TOPDATE}`;
  return {
    label: labelOf('SubstanceMisuseRecord', localId, row.CLIENTID, source, { episode: row.EPISODID, at: row.TOPDATE }),
    content: {
      recordedOn: row.TOPDATE,
      kind: 'Outcome profile',
      summary:
        used.length === 0
          ? `Outcome profile of ${row.TOPDATE} without days of use.`
          : `In the 28 days before ${row.TOPDATE} the client reported using ${listed(used)}.`,
      nature: null,
      daysOfUse,
    },
    persons: { adult: row.CLIENTID },
  };
}

/** Person details from all rows of one client, the latest (by FROM, then by place in the file) first. */
export function detailsOf(latestFirst: readonly IndexRow[], source: SourceId): SourceRecord | undefined {
  const [latest] = latestFirst;
  if (!latest) return undefined;
  const say = <K extends keyof IndexRow>(field: K) => latestFirst.find((row) => row[field] !== undefined)?.[field];
  const names = [...new Set(latestFirst.map((row) => [row.FORENAME, row.SURNAME].filter(Boolean).join(' ')))];
  const places = latestFirst.filter(({ HOUSE, POSTCODE }) => HOUSE !== undefined || POSTCODE !== undefined);
  const written = new Map(places.map(({ HOUSE, POSTCODE }) => [`${HOUSE}|${POSTCODE}`, { HOUSE, POSTCODE }]));
  return {
    label: {
      ...labelOf('PersonDetails', latest.CLIENTID, latest.CLIENTID, source, {}),
      addresses: [...new Set(places.flatMap((row) => keyOf(row) ?? []))],
    },
    content: {
      forename: latest.FORENAME ?? null,
      surname: latest.SURNAME ?? null,
      aliases: names.slice(1).filter((name) => name !== ''),
      dateOfBirth: say('DOB') ?? null,
      sex: say('SEX') ?? null,
      addresses: [...written.values()].map(({ HOUSE, POSTCODE }) => ({
        line: HOUSE ?? null,
        town: null,
        postcode: POSTCODE ?? null,
        from: null,
        until: null,
      })),
    },
  };
}

/** Where the client lives or lived; the index does not say when. */
export function residencesOf(rows: readonly IndexRow[]): ResidenceRow[] {
  const keys = new Map(rows.map((row) => [keyOf(row), row.CLIENTID]));
  return [...keys].flatMap(([address, person]) => (address === undefined ? [] : [{ person, address }]));
}

/** Who works with the client, for the door; none if the row names neither keyworker nor team. */
export function involvementOf(row: IndexRow): InvolvementRow | undefined {
  const { CLIENTID, KEYWORKER_ID, TEAM_ID, FROM, UNTIL } = row;
  if (KEYWORKER_ID === undefined && TEAM_ID === undefined) return undefined;
  return {
    person: CLIENTID,
    ...(KEYWORKER_ID === undefined ? {} : { worker: KEYWORKER_ID }),
    ...(TEAM_ID === undefined ? {} : { team: TEAM_ID }),
    role: 'keyworker',
    ...(FROM === undefined ? {} : { from: FROM }),
    ...(UNTIL === undefined ? {} : { until: UNTIL }),
  };
}

/** The same as a record. */
export function involvementRecordOf(row: IndexRow, source: SourceId): SourceRecord {
  const worker = row.KEYWORKER_ID ?? row.TEAM_ID ?? '';
  return {
    label: {
      ...labelOf('Involvement', `${row.CLIENTID}/${worker}/${row.FROM ?? ''}`, row.CLIENTID, source, { at: row.FROM }),
      category: 'INVOLVEMENT',
    },
    content: {
      workerName: row.KEYWORKER_NAME ?? null,
      workerRole: row.KEYWORKER_ID === undefined ? null : 'Keyworker',
      from: row.FROM ?? null,
      until: row.UNTIL ?? null,
    },
    persons: { person: row.CLIENTID },
  };
}

function labelOf(
  type: RecordType,
  localId: string,
  subject: LocalId,
  source: SourceId,
  { episode, at }: { readonly episode?: string; readonly at?: string | undefined },
): SourceRecord['label'] {
  return {
    type,
    source,
    localId,
    subject,
    names: [],
    fromWorkWith: [subject],
    category: 'SUBSTANCE_MISUSE',
    kind: 'OTHER',
    confidentiality: 'N',
    addresses: [],
    ...(episode === undefined ? {} : { episode }),
    ...(at === undefined ? {} : { at }),
  };
}

function keyOf({ HOUSE, POSTCODE }: IndexRow): string | undefined {
  return addressKey({ house: HOUSE ?? null, postcode: POSTCODE ?? null });
}

/** The national list is longer than what is public: a code beyond it is shown as it is. */
function substanceOf(code: string): string {
  return SUBSTANCES.get(code) ?? `Substance code ${code}`;
}

function childrenLiving(children: number): string {
  if (children === 0) return 'no children live with the client';
  return children === 1 ? 'one child lives with the client' : `${children} children live with the client`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
