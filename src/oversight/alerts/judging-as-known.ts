/**
 * Judges what officers of every agency may know, and then, beside it, what the officers of an agency may that keeps something locked
 * in it: what holds only there is an alert of these officers alone. An operation that touched the locks of two agencies is so
 * judged for each of them without the other's.
 */
import type { AgencyId } from '../../domain/words.js';
import type { Finding } from './rules.js';
import { type Deed, deedsKnownTo, keepersIn } from './sightings.js';

/** A rule that holds; with the agency whose officers alone may know that it does. */
export interface KnownFinding extends Finding {
  readonly keptBy?: AgencyId;
}

export async function judgeAsKnown(
  deeds: readonly Deed[],
  judge: (deeds: readonly Deed[], keptBy?: AgencyId) => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly KnownFinding[]> {
  const open = await judge(deeds);
  const found: KnownFinding[] = [...open];
  for (const keptBy of keepersIn(deeds)) {
    const own = await judge(deedsKnownTo(keptBy, deeds), keptBy);
    found.push(...own.flatMap((one) => (open.some(({ rule }) => rule === one.rule) ? [] : [{ ...one, keptBy }])));
  }
  return found;
}
