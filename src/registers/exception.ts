/** Whether a live record of why consent is not required covers what is asked (RULES §6; clause FS-01). Pure. */
import { type Covering, covers } from './scope.js';
import type { ExceptionRecord } from './statements.js';

export interface ExceptionAsk extends Covering {
  /** A voluntary body cannot rely on the Crime and Disorder Act 1998 s115. */
  readonly holderVoluntary: boolean;
  readonly recipientVoluntary: boolean;
}

export interface ExceptionFinding {
  readonly covers: boolean;
  /** One of those that cover it stands against a refusal or withdrawal too. */
  readonly overridesRefusal: boolean;
  /** Ids of the records that cover it. */
  readonly ids: readonly string[];
}

/** The gateways no voluntary body may rely on; a test holds that lawful-gateways.yaml says the same. */
export const NOT_FOR_VOLUNTARY_BODIES: readonly string[] = ['CRIME_AND_DISORDER_ACT_1998_S115'];

/** Live is [from, until), once approved where it needs to be. Records about others, or that do not cover what is asked, count for nothing. */
export function exceptionFor(exceptions: readonly ExceptionRecord[], ask: ExceptionAsk): ExceptionFinding {
  if (exceptions.length === 0) return NOTHING;
  const mayRely = (record: ExceptionRecord) =>
    !(ask.holderVoluntary || ask.recipientVoluntary) || !NOT_FOR_VOLUNTARY_BODIES.includes(record.gateway);
  const covering = exceptions.filter(
    (record) =>
      record.awaits === undefined &&
      record.subjects.includes(ask.subject) &&
      record.from <= ask.at &&
      ask.at < record.until &&
      covers(record, ask) &&
      mayRely(record),
  );
  if (covering.length === 0) return NOTHING;
  return {
    covers: true,
    overridesRefusal: covering.some((record) => record.overridesRefusal),
    ids: covering.map((record) => record.id),
  };
}

const NOTHING: ExceptionFinding = Object.freeze({ covers: false, overridesRefusal: false, ids: Object.freeze([]) });
