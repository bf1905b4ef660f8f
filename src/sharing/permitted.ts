/** What every action asks: whether policies let it happen, about one person or about all of several, and as whom the requester stands to who did what it is about. */
import type { ActionAbout } from '../disclosure/facts/gather.js';
import type { Policies } from '../disclosure/policies.js';
import type { Action, ActionFacts } from '../domain/facts.js';
import type { Requester } from '../domain/requester.js';
import type { AgencyId, PersonId, WorkerId } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';
import { NotPermitted } from './refused.js';

/** Policies by which the requester may do this about a person. Throws NotPermitted. */
export async function permit(
  { operation, policies }: { readonly operation: Operation; readonly policies: Policies },
  action: Action,
  person: PersonId,
  about: ActionAbout,
): Promise<readonly string[]> {
  await operation.surroundings.ensure([person]);
  const verdict = policies.mayDo(action, operation.facts().actionFacts(person, about));
  if (!verdict.allowed) throw new NotPermitted(action);
  return verdict.policies;
}

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
