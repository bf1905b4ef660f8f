/** How a row becomes a record: what every mapper is made of. */
import type { ContentValue, RecordLabel, RecordType, SourceRecord } from '../../src/domain/records.js';
import type { Category, IsoDate, RecordKind, SourceId } from '../../src/domain/words.js';
import type { Lookups } from './lookups.js';
import type { HungTable, OwnTable, Rows } from './rows.js';

export interface Mapping {
  readonly source: SourceId;
  readonly rows: Rows;
  readonly lookups: Lookups;
  readonly today: IsoDate;
}

export interface Mapper {
  readonly tables: readonly (OwnTable | HungTable)[];
  /** Where the subject of a record is found by the record's id; `prefix` tells apart what several tables give. */
  readonly found: readonly {
    readonly table: OwnTable;
    readonly id: string;
    readonly person: string;
    readonly prefix?: string;
  }[];
  readonly map: (mapping: Mapping, person: string) => SourceRecord[];
}

type Content = { readonly [field: string]: ContentValue };
type Extra = Partial<Omit<RecordLabel<string>, 'author' | 'referredBy' | 'episode' | 'at'>> & {
  readonly author?: string | null | undefined;
  readonly referredBy?: string | null | undefined;
  readonly episode?: string | null | undefined;
  readonly at?: string | null | undefined;
};

/** A record about a person, with the label's usual values; what is null in `extra` is left out. */
export function record(
  { source }: Mapping,
  type: RecordType,
  localId: string,
  subject: string,
  category: Category,
  { kind = 'OTHER', author, referredBy, episode, at, ...extra }: Extra & { readonly kind?: RecordKind },
  content: Content,
  persons: SourceRecord['persons'] = { child: subject },
): SourceRecord {
  const label: RecordLabel<string> = {
    type,
    source,
    localId,
    subject,
    names: [],
    fromWorkWith: [subject],
    category,
    kind,
    confidentiality: 'N',
    addresses: [],
    ...extra,
    ...(author ? { author } : {}),
    ...(referredBy ? { referredBy } : {}),
    ...(episode ? { episode } : {}),
    ...(at ? { at } : {}),
  };
  return { label, content, ...(Object.keys(persons).length > 0 ? { persons } : {}) };
}

/** The referral under which a child protection plan stands. */
export function cpEpisode(rows: Rows, child: string, plan: string | null): string | null {
  return rows.of('ssd_cp_plans', child).find((row) => row.cppl_cp_plan_id === plan)?.cppl_referral_id ?? null;
}

/** The referral under which a care period stands. */
export function carePeriodEpisode(rows: Rows, child: string, period: string | null): string | null {
  return (
    rows.of('ssd_cla_episodes', child).find((row) => period !== null && row.clae_cla_id === period)?.clae_referral_id ??
    null
  );
}

/**
 * Rows of a person with ids for their records: the row's own, or where it has none (Mosaic) `person:` and the person's,
 * the latest first, a second one told apart by its place. `read` gives a row's own id and its date.
 */
export function withIds<R extends object>(
  person: string,
  rows: readonly R[],
  read: (row: R) => readonly [id: string | null, at: string | null],
): { readonly id: string; readonly row: R }[] {
  const nameless = rows
    .filter((row) => read(row)[0] === null)
    .map((row) => ({ row, at: read(row)[1] ?? '', text: JSON.stringify(row) }))
    .sort((a, b) => b.at.localeCompare(a.at) || (a.text < b.text ? -1 : 1));
  const places = new Map(nameless.map(({ row }, place) => [row, place === 0 ? '' : `#${place + 1}`]));
  return rows.map((row) => ({ id: read(row)[0] ?? `person:${person}${places.get(row) ?? ''}`, row }));
}
