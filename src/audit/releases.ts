/**
 * Every release made under a consent: what the index of the log has of it, and of the entries since, which are not indexed
 * yet, the log itself. In pages, so that a long log stops nobody else.
 */
import type { AgencyId, IsoInstant, WorkerId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import type { AuditEntryBody } from './entry.js';
import { openSearch } from './index/search.js';

/** One answer that rested on the consent: what of one holder's and of one category it held. */
export interface Release {
  readonly entry: string;
  readonly at: IsoInstant;
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly purpose: string | null;
  readonly holder: AgencyId;
  readonly category: string;
}

/** Everything released under a consent, as the log stood. */
export interface ReleasesRead {
  readonly releases: readonly Release[];
  /** The last row of the log that was looked at. */
  readonly upTo: number;
}

export interface Releases {
  under(consent: string): Promise<ReleasesRead>;
  /** Whether something was released under it that `read` does not have. Inside a transaction that has moved the register clock it is final. */
  isMore(transaction: Transaction, consent: string, read: ReleasesRead): Promise<boolean>;
}

/** Rows of the log looked at together: on SQLite nothing else is done meanwhile. */
const PAGE = 100;
/** Entries found in the index that are read together. */
const FOUND = 500;
/** On SQL Server a row may become visible after one with a higher number: so far back is looked again. */
const SETTLING = { mssql: 1000, sqlite: 0 };
/** The largest number a row can have. */
const LAST_SEQ = 2 ** 31 - 1;

export function openReleases(store: Store): Releases {
  const search = openSearch(store);
  const stretch = `SELECT ${bodyColumns(store)} FROM audit_entry WHERE seq > ? AND seq <= ? AND result = 'ANSWERED'`;
  /** Those that name the consent: the others are unpacked but not parsed. */
  const naming = (consent: string, rows: readonly BodyRow[]) =>
    rows
      .map(bodyIn)
      .filter((text) => text.includes(JSON.stringify(consent)))
      .map((text) => JSON.parse(text) as AuditEntryBody);

  /** The row behind the last place that is indexed; 0 in an empty index. */
  async function lastIndexed(): Promise<number> {
    const [row] = await store.read<{ seq: number }>(
      'SELECT entry_seq AS seq FROM audit_leaf WHERE leaf_index = (SELECT size - 1 FROM audit_indexed WHERE id = 1)',
    );
    return row?.seq ?? 0;
  }

  async function indexed(consent: string): Promise<AuditEntryBody[]> {
    const bodies: AuditEntryBody[] = [];
    for (let before: number | undefined; ; ) {
      const find = { all: [{ kind: 'evidence' as const, name: consent }], limit: FOUND };
      const { entries, isMore } = await search.find(before === undefined ? find : { ...find, before });
      bodies.push(...entries.map(({ body }) => body));
      before = entries.at(-1)?.index;
      if (!isMore || before === undefined) return bodies;
    }
  }

  return {
    async under(consent) {
      const [last] = await store.read<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM audit_entry');
      const upTo = last?.seq ?? 0;
      // How far the index is comes first: what it takes in meanwhile is found twice rather than not at all.
      const from = Math.max(0, (await lastIndexed()) - SETTLING[store.dialect]);
      const bodies = await indexed(consent);
      for (let bottom = from; bottom < upTo; bottom += PAGE) {
        bodies.push(...naming(consent, await store.read<BodyRow>(stretch, [bottom, Math.min(upTo, bottom + PAGE)])));
        await new Promise(setImmediate);
      }
      const byId = new Map(bodies.map((body) => [body.id, body]));
      const releases = [...byId.values()].flatMap((body) => releasesIn(body, consent));
      return { releases: releases.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))), upTo };
    },
    async isMore(transaction, consent, { releases, upTo }) {
      const known = new Set(releases.map(({ entry }) => entry));
      const from = Math.max(0, upTo - SETTLING[store.dialect]);
      const rows = await transaction.run<BodyRow>(stretch, [from, LAST_SEQ]);
      return naming(consent, rows).some((body) => !known.has(body.id) && releasesIn(body, consent).length > 0);
    },
  };
}

/** What one entry says was released under a consent, each holder and category once. */
export function releasesIn(body: AuditEntryBody, consent: string): Release[] {
  const { id: entry, at, requester, purpose } = body;
  const rests = body.decisions.map(
    ({ outcome, basis, evidence }) =>
      outcome === 'RELEASED' && basis === 'CONSENT' && evidence?.includes(consent) === true,
  );
  const found = new Map<string, Release>();
  for (const [index, , holder] of body.outcomes) {
    const category = body.decisions[index]?.category;
    if (!rests[index] || category === undefined) continue;
    const { worker, agency } = requester;
    found.set(`${holder} ${category}`, { entry, at, worker, agency, purpose, holder, category });
  }
  return [...found.values()];
}
