/**
 * What a handover to another service covers: the pack of a step down (BFS-01, CF-03) and the finished episode (FS-06). What
 * they hold is what the authority's protocol packs say; here stands how a record is known to be that.
 */
import type { Duration, HandoverRules } from '../../domain/protocol.js';
import type { RecordLabel } from '../../domain/records.js';
import type { Category, PersonId } from '../../domain/words.js';
import type { Told } from './view.js';

const FAMILY_TYPES = ['PersonDetails', 'FamilyMember', 'Relationship'];
const FAMILY_CATEGORIES: readonly Category[] = ['IDENTITY', 'NETWORK', 'CONTACT'];

/**
 * Whether a record is in the pack of a step down, as far as the rules put it there: the latest assessment while it is young
 * enough, the current or last child in need plan, the closure summary, and the family's identity, network and contact.
 * `batch` holds the records it is compared with.
 */
export function isInHandoverPack(
  label: RecordLabel<PersonId>,
  category: Category,
  handovers: readonly Told<'handovers'>[],
  batch: readonly RecordLabel<PersonId>[],
  now: string,
  { stepDown, assessmentNewerThan }: HandoverRules,
): boolean {
  if (!handovers.some((row) => row.direction === 'STEP_DOWN')) return false;
  if (FAMILY_TYPES.includes(label.type))
    return stepDown.includes('FAMILY_DETAILS') && FAMILY_CATEGORIES.includes(category);
  switch (label.kind) {
    case 'CLOSURE_SUMMARY':
      return stepDown.includes(label.kind);
    case 'ASSESSMENT':
      return (
        stepDown.includes(label.kind) &&
        label.type === 'Assessment' &&
        label.at !== undefined &&
        label.at > before(now, assessmentNewerThan) &&
        isLatest(label, batch)
      );
    case 'CIN_PLAN':
      return stepDown.includes(label.kind) && isLatest(label, batch);
    default:
      return false;
  }
}

/** A record as it stood when the family left the holder's team: nothing written at or after the exit is included. */
export function isOfFinishedEpisode(
  label: RecordLabel<PersonId>,
  handovers: readonly Told<'handovers'>[],
  { exit }: HandoverRules,
): boolean {
  if (!exit.includes('WORKBOOK')) return false;
  return handovers.some(
    (row) => row.direction === 'EXIT' && row.from !== undefined && label.at !== undefined && label.at < row.from,
  );
}

function isLatest(label: RecordLabel<PersonId>, batch: readonly RecordLabel<PersonId>[]): boolean {
  const at = label.at ?? '';
  return !batch.some((other) => other.type === label.type && other.subject === label.subject && (other.at ?? '') > at);
}

/** A duration before an instant. Requires a calendar duration: an age is never reckoned in working days. */
function before(now: string, { months, days, minutes }: Duration): string {
  const since = Date.parse(monthsBefore(now, months)) - (days * 1440 + minutes) * 60_000;
  return new Date(since).toISOString();
}

/** Calendar months before an instant; the day is kept where the month has it, else the month's last. */
export function monthsBefore(now: string, months: number): string {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.toISOString();
}
