/**
 * What an adapter is. Shared code never asks which adapter it has: the adapter declares what it holds and tells.
 * Every method is batched: one call answers for all persons of one level of a query. Every method honours `signal`
 * (the deadline of the call) and rejects with the signal's reason once it is aborted.
 */
import type { CircumstanceKind, Circumstances, InvolvementRow } from '../domain/circumstances.js';
import type { PersonIdentity } from '../domain/identity.js';
import type { RecordType, SourceRecord } from '../domain/records.js';
import type { AgencyId, IsoDate, IsoInstant, LocalId, SourceId } from '../domain/words.js';

/** Rows that were good, and how many were not: one malformed row must not lose the others, and must not pass unseen. */
export interface SourceAnswer<T> {
  readonly items: readonly T[];
  /** Rows dropped because they did not have the shape the source promises. */
  readonly rejected: number;
}

/** What to read: every record of these types whose subject is one of these persons. */
export interface ReadAsk {
  readonly wants: readonly { readonly type: RecordType; readonly persons: readonly LocalId[] }[];
}

/** Which record to read again by its id at the source. */
export interface ReadOneAsk {
  readonly type: RecordType;
  readonly localId: string;
}

/** What a person may be looked for by; at least two of the three, compared without regard to case. */
export interface FindAsk {
  readonly forename?: string;
  readonly surname?: string;
  readonly dateOfBirth?: IsoDate;
}

/** At a source that holds verified NHS numbers, that number (ten digits) is enough, alone or with any of the three; others pass it over. */
export interface NumberedFindAsk extends FindAsk {
  readonly nhsNumber?: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Who is at the screen, for systems that limit access per user (nDelius): the worker's id at this source, when known. */
  readonly onBehalfOf?: string;
  /**
   * The operation that asks, when known: the same object for all its calls, let go of when it ends. A source may ask again
   * conditionally (ETag) for what it answered within the same operation; across operations nothing is kept.
   */
  readonly operation?: object;
}

export interface Source {
  readonly id: SourceId;
  /** The id space of its persons and staff: its own id, or that of the source beside which it lives (workbook: social care). */
  readonly space: SourceId;
  /** The agency whose system this is; recipient of nothing, holder of every record it returns. */
  readonly holder: AgencyId;
  /** The record types this source can hold. Asked for others it answers with none. */
  readonly provides: ReadonlySet<RecordType>;
  /** The circumstances this source can tell; a fact that rests on one of these is unknown while the source is down. */
  readonly tells: ReadonlySet<CircumstanceKind>;
  /** Whether `find` is supported; asked nevertheless, it answers with none. */
  readonly finds: boolean;
  /**
   * Declared tables and columns that this deployment has not, by name (`ssd_person.pers_death_date`): what rests on them reads
   * as empty. Empty until the source has first been reached; absent where a source has no columns.
   */
  readonly missing?: readonly string[];

  /**
   * For a source that is read from a copy (an extract, a nightly reload): until when what it holds is complete, as far as
   * that is known; undefined where the copy does not say. A source that is asked live does not have it.
   */
  asOf?(): IsoInstant | undefined;

  /** Prepares the connection and checks that the source is what the adapter expects. Throws with a clear message if not. */
  start(): Promise<void>;
  stop(): Promise<void>;

  /** Records by subject. Rows about other persons than those asked for are the caller's to refuse; do not rely on order. */
  read(ask: ReadAsk, options: CallOptions): Promise<SourceAnswer<SourceRecord>>;
  /** One record by its id at the source, or none. */
  readOne(ask: ReadOneAsk, options: CallOptions): Promise<SourceAnswer<SourceRecord>>;
  /** The circumstances of these persons, and of the families and enquiries they belong to (all their members). */
  circumstances(persons: readonly LocalId[], options: CallOptions): Promise<SourceAnswer<Circumstances>>;
  /** Every involvement, current and past, of these workers (the source's own staff ids) and teams. */
  workload(
    ask: { readonly workers: readonly string[]; readonly teams: readonly string[] },
    options: CallOptions,
  ): Promise<SourceAnswer<InvolvementRow>>;
  /** Local ids of persons who match. */
  find(ask: NumberedFindAsk, options: CallOptions): Promise<SourceAnswer<LocalId>>;
  /**
   * Everybody whom the source knows, page by page, for telling who is the same person and for nothing else: nothing of it is
   * ever shown. Each person once; who is on a restricted list, or whose whereabouts are protected, is marked. Rejects as the
   * other methods do, also when what it holds was exchanged meanwhile: what was given until then is not everybody.
   * A source without it is linked by the links it has.
   */
  persons?(options: CallOptions): AsyncIterable<SourceAnswer<PersonIdentity>>;
}

/** Thrown by an adapter when the source answers but is not in a state to be read (SSD mid-reload, restricted list unreadable). */
export class SourceNotReady extends Error {
  override readonly name = 'SourceNotReady';
}

/** Thrown by an adapter when the source cannot be reached or answers with a failure. Messages name no person and no content. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
}

/** Thrown by an adapter when the source asks to be asked later (429). Reads may be tried again after `retryAfterMs`, if that is told. */
export class SourceBusy extends SourceFailure {
  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}
