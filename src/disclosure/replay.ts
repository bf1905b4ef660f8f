/**
 * Deciding again what the log says was decided: from an entry's fact records and the policies of the version it names, every
 * decision must come out with the same outcome, policies, obligations and reasons.
 */
import type { Audit } from '../audit/audit.js';
import type { AuditEntryBody, DecisionEntry } from '../audit/entry.js';
import type { Decision } from '../domain/decision.js';
import { factsOf } from '../domain/facts.js';
import type { Decide } from './decide.js';

/** A decision of the log that does not come out again. */
export interface Discrepancy {
  readonly entry: string;
  /** Its place among the entry's decisions. */
  readonly index: number;
  /** What differs, as `logged → decided again`; or that its facts are none. */
  readonly differs: readonly string[];
}

/** Requires an entry of the version of the policies behind `decide`. None: every decision comes out again. */
export function replay(
  { id, decisions }: Pick<AuditEntryBody, 'id' | 'decisions'>,
  decide: Decide,
): readonly Discrepancy[] {
  return decisions.flatMap((logged, index) => {
    const differs = differences(logged, decide);
    return differs.length > 0 ? [{ entry: id, index, differs }] : [];
  });
}

/** What a replay of the whole log came to. */
export interface Replayed {
  readonly entries: number;
  readonly decisions: number;
  /** Entries of other versions of the policies, by version: to be replayed with those policies. */
  readonly otherVersions: ReadonlyMap<string, number>;
  readonly discrepancies: readonly Discrepancy[];
}

/** Entries read at a time. */
const PAGE = 500;

/** Replays every entry of a version, oldest first. `onProgress` is told how many entries were read. */
export async function replayLog(
  audit: Pick<Audit, 'after'>,
  version: string,
  decide: Decide,
  onProgress: (entries: number) => void = () => {},
): Promise<Replayed> {
  let [last, entries, decisions] = [0, 0, 0];
  const otherVersions = new Map<string, number>();
  const discrepancies: Discrepancy[] = [];
  for (;;) {
    const page = await audit.after(last, PAGE);
    if (page.length === 0) return { entries, decisions, otherVersions, discrepancies };
    for (const { seq, body } of page) {
      last = seq;
      entries += 1;
      if (body.decisions.length > 0 && body.policyVersion !== version) {
        otherVersions.set(body.policyVersion, (otherVersions.get(body.policyVersion) ?? 0) + 1);
        continue;
      }
      decisions += body.decisions.length;
      discrepancies.push(...replay(body, decide));
    }
    onProgress(entries);
  }
}

function differences(logged: DecisionEntry, decide: Decide): string[] {
  let again: Decision;
  let category: string;
  try {
    const facts = factsOf(logged.facts);
    category = facts.category;
    again = decide(facts);
  } catch {
    return ['its facts are no fact record'];
  }
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['outcome', logged.decided ?? logged.outcome, again.outcome],
    ['category', logged.category, category],
    ...(['permits', 'vetoes', 'obligations', 'reasons'] as const).map(
      (list) => [list, (logged[list] ?? []).join(' '), again[list].join(' ')] as const,
    ),
  ];
  return pairs.flatMap(([name, before, after]) => (before === after ? [] : `${name}: ${before} → ${after}`));
}
