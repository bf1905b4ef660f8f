/**
 * Every release made under a consent, read from the log. The log is read backwards to the entry that wrote the consent, not to
 * a time: clocks of instances may differ, the order of the log does not. In pages, so that a long log stops nobody else.
 */
import type { EntityManager } from 'typeorm';
import type { AgencyId, IsoInstant, WorkerId } from '../domain/words.js';
import type { Store } from '../store/store.js';
import { type BodyRow, bodyColumns, bodyIn } from './body.js';
import type { AuditEntryBody } from './entry.js';

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
  isMore(manager: EntityManager, consent: string, read: ReleasesRead): Promise<boolean>;
}

/** Rows of the log looked at together: on SQLite nothing else is done meanwhile. */
const PAGE = 100;
/** On SQL Server a row may become visible after one with a higher number: so far back is looked again. */
const SETTLING = { mssql: 1000, sqlite: 0 };
/** The largest number a row can have. */
const LAST_SEQ = 2 ** 31 - 1;

export function openReleases(store: Store): Releases {
  const stretch = `SELECT ${bodyColumns(store)} FROM audit_entry WHERE seq > ? AND seq <= ? AND result = 'ANSWERED'`;
  /** Those that name the consent: the others are unpacked but not parsed. */
  const naming = (consent: string, rows: readonly BodyRow[]) =>
    rows
      .map(bodyIn)
      .filter((text) => text.includes(JSON.stringify(consent)))
      .map((text) => JSON.parse(text) as AuditEntryBody);

  return {
    async under(consent) {
      const [last] = await store.read<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM audit_entry');
      const upTo = last?.seq ?? 0;
      const found: Release[] = [];
      for (let top = upTo; top > 0; top -= PAGE) {
        const bodies = naming(consent, await store.read<BodyRow>(stretch, [top - PAGE, top]));
        found.push(...bodies.flatMap((body) => releasesIn(body, consent)));
        if (bodies.some((body) => wrote(body, consent))) break;
        await new Promise(setImmediate);
      }
      return { releases: found.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))), upTo };
    },
    async isMore(manager, consent, { releases, upTo }) {
      const known = new Set(releases.map(({ entry }) => entry));
      const from = Math.max(0, upTo - SETTLING[store.dialect]);
      const rows = await store.run<BodyRow>(manager, stretch, [from, LAST_SEQ]);
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

/** The entry with which the consent was recorded: nothing before it rests on it. */
function wrote(body: AuditEntryBody, consent: string): boolean {
  return body.statements?.some(({ did, ids }) => did === 'CONSENT' && ids.includes(consent)) === true;
}
