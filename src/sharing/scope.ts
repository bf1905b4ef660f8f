/** Which agencies a statement is of: whether the requester's own is a side of it, and what its scope lacks. */
import type { AgencyId, Category, Purpose } from '../domain/words.js';
import type { Operation } from '../reader/operation.js';

/** What of whom, to whom and what for, as somebody drafts it. */
interface DraftScope {
  readonly categories: readonly Category[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly Purpose[];
}

/** The requester's agency is the holder, or the recipient: of every sharing that the statement covers. */
export function isSide(
  { requester }: Operation,
  { holders, recipients }: Pick<DraftScope, 'holders' | 'recipients'>,
): boolean {
  return [holders, recipients].some((side) => side.length > 0 && side.every((id) => id === requester.agency));
}

/** Whether the requester's agency is among these ids and kinds. */
export function isParty({ requester }: Operation, agencies: readonly (AgencyId | string)[]): boolean {
  const { agency, agencyKind } = requester;
  return agencies.some((id) => id === agency || id === agencyKind || id === '*');
}

/** What keeps a statement of this scope from being recorded. */
export function scopeProblems(
  { agencies }: Operation,
  { categories, holders, recipients, purposes }: DraftScope,
): string[] {
  const known = new Set([...agencies.keys(), ...[...agencies.values()].map(({ kind }) => kind)]);
  const problems = [];
  if ([categories, holders, recipients, purposes].some((list) => list.length === 0)) {
    problems.push('categories, holders, recipients and purposes each name at least one');
  }
  for (const id of [...holders, ...recipients])
    if (!known.has(id)) problems.push(`${JSON.stringify(id)} is no agency and no kind of agency`);
  return problems;
}
