/** What every action about several people asks: whether policies let all of it happen, and as whom the requester stands to who did what it is about. */
import type { ActionFacts } from '../domain/facts.js';
import type { Requester } from '../domain/requester.js';
import type { AgencyId, WorkerId } from '../domain/words.js';

/** Policies by which an action is permitted about all of these, each once; undefined when one is not, or there is none. */
export function policiesOfAll(
  verdicts: readonly { readonly allowed: boolean; readonly policies: readonly string[] }[],
): readonly string[] | undefined {
  if (verdicts.length === 0 || verdicts.some(({ allowed }) => !allowed)) return undefined;
  return [...new Set(verdicts.flatMap(({ policies }) => policies))];
}

/** Who made something, as the requester stands to them. */
export function madeByOf(
  requester: Pick<Requester, 'worker' | 'agency'>,
  { worker, agency }: { readonly worker: WorkerId; readonly agency: AgencyId | undefined },
): ActionFacts['madeBy'] {
  if (worker === requester.worker) return 'REQUESTER';
  return agency === requester.agency ? 'OWN_AGENCY' : 'ANOTHER_AGENCY';
}
