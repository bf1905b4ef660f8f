/**
 * What an operation has drafted: the lines of its audit entry, and what is written in one transaction with that entry. Nothing of
 * it stands before the entry does.
 */
import { type LoggedSearch, searchLine } from '../audit/index/terms.js';
import type { PersonId } from '../domain/words.js';
import type { Transaction } from '../registers/registers.js';
import type { Answer } from '../registers/sharing-request.js';

/**
 * A line of the audit entry about what was said or shown of what was said. After one that ends (`…_END`) nothing released rests on what its
 * ids name: whoever has the log can tell by the line alone.
 */
export interface StatementLine {
  readonly did:
    | 'CONSENT'
    | 'CONSENT_END'
    | 'SERVICE_CONSENT'
    | 'SERVICE_CONSENT_END'
    | 'RELEASES_SHOWN'
    | 'EXCEPTION'
    | 'JUDGEMENT'
    | 'JUDGEMENT_END'
    | 'SHOWN'
    | 'REQUESTS_SHOWN'
    | 'FAMILY_VIEW'
    | 'EXCEPTION_APPROVED'
    | 'GRANT'
    | 'GRANT_END'
    | 'REQUEST'
    | 'REQUEST_WITHDRAWN'
    | 'REQUEST_DISPUTED'
    | `REQUEST_${Answer}`
    | 'EMERGENCY'
    | 'EMERGENCY_END'
    | 'EMERGENCY_REVIEW'
    | 'ALLEGATION_REVIEW'
    | 'LINKS_SHOWN'
    | 'LINK'
    | 'NO_LINK'
    | 'LINK_UNDONE'
    | 'SEPARATED'
    | 'EXPLAINED'
    | 'EXPLAINED_PAST'
    | 'AUDIT_ASKED'
    | 'ALERT_CLOSED'
    | 'SEARCHED'
    | 'SENTENCES_LEFT_OUT';
  readonly ids: readonly string[];
  readonly subjects: readonly PersonId[];
  readonly policies: readonly string[];
}

export interface Drafts {
  readonly lines: readonly StatementLine[];
  /** Everything drafted, to be written with the audit entry; undefined when nothing was. */
  readonly write: ((transaction: Transaction) => Promise<void>) | undefined;
  /** Adds a line, and what is written with the same entry. */
  draft(line: StatementLine, write?: (transaction: Transaction) => Promise<void>): void;
  /** A search, as the log keeps it: by which fields and how many, never by what. Stands though the operation fails. */
  searched(search: LoggedSearch): void;
}

/** A line that says what another takes back, replaces or ends, where it does. */
export function draftEnd(
  draft: Drafts['draft'],
  {
    did,
    of,
    ended,
  }: {
    readonly did: `${string}_END` & StatementLine['did'];
    readonly of: StatementLine;
    readonly ended: Iterable<string>;
  },
): void {
  const ids = [...new Set(ended)];
  if (ids.length > 0) draft({ ...of, did, ids });
}

/** Of one operation. */
export function openDrafts(): Drafts {
  const lines: StatementLine[] = [];
  const writes: ((transaction: Transaction) => Promise<void>)[] = [];
  return {
    lines,
    get write() {
      if (writes.length === 0) return undefined;
      return async (transaction: Transaction) => {
        for (const write of writes) await write(transaction);
      };
    },
    draft(line, write) {
      lines.push(line);
      if (write) writes.push(write);
    },
    searched(search) {
      lines.push(searchLine(search));
    },
  };
}
