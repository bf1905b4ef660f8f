/** What a list shows: released records, notices of what is withheld, and how each source that could fill it answered. */

import type { Passed, Released, ShownRecord, WithheldNotice } from '../disclosure/released.js';
import type { Agency } from '../domain/requester.js';
import type { IsoInstant, SourceId, SourceState } from '../domain/words.js';

export interface Listing<T> {
  readonly items: readonly T[];
  readonly withheld: readonly WithheldNotice[];
  readonly sources: readonly SourceStatus[];
}

export interface SourceStatus {
  readonly agency: Agency;
  readonly source: SourceId;
  readonly state: SourceState;
  /** Tables and columns that this deployment of the source has not; none for a source that has no columns. */
  readonly missingColumns: readonly string[];
  /** By how many seconds what it answers is behind what its agency knows; null where a copy does not say how old it is. */
  readonly lagSeconds: number | null;
  /** When it last answered, in whole minutes; null while it never did since the gateway started. */
  readonly lastGoodRead: IsoInstant | null;
}

/** The records that may be shown of what passed the door. */
export function recordsOf(passed: readonly Passed[]): Released<ShownRecord>[] {
  const records: Released<ShownRecord>[] = [];
  for (const { record } of passed) if (record) records.push(record);
  return records;
}

/** The notices of what passed the door, as `distinctNotices` has them. */
export function noticesOf(passed: readonly Passed[]): readonly WithheldNotice[] {
  const all: WithheldNotice[] = [];
  for (const { notices } of passed) for (const notice of notices) all.push(notice);
  return distinctNotices(all);
}

/** Equal notices once, in a fixed order: how many records stand behind one is not told. */
function distinctNotices(notices: readonly WithheldNotice[]): readonly WithheldNotice[] {
  if (notices.length === 0) return NO_NOTICES;
  const seen = new Map<string, WithheldNotice>();
  for (const notice of notices) {
    const key = `${notice.outcome} ${notice.holder.id} ${notice.category} ${notice.reason} ${notice.requestable}`;
    if (!seen.has(key)) seen.set(key, notice);
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice);
}

const NO_NOTICES: readonly WithheldNotice[] = Object.freeze([]);
