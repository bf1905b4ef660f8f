/** What an operation declares of itself, and whether it must. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { PURPOSES, type Purpose, ROLES, type Role } from '../domain/words.js';
import { PROOF_FIELDS } from './audit-proofs.js';
import { Refusal } from './errors.js';

export interface Declaration {
  readonly purpose: Purpose | undefined;
  readonly as: Role | undefined;
}

/** Root fields that touch no personal data. */
const IMPERSONAL_ROOTS = new Set<string>([
  'me',
  'agencies',
  'sharingMatrix',
  '__typename',
  '__schema',
  '__type',
  ...PROOF_FIELDS,
]);

/** The declaration of an operation. Throws Refusal PURPOSE_REQUIRED where personal data is asked for without one. */
export function declarationOf(operation: OperationDefinitionNode, document: DocumentNode): Declaration {
  const directive = operation.directives?.find(({ name }) => name.value === 'purpose');
  const value = (name: string) => {
    const argument = directive?.arguments?.find((a) => a.name.value === name)?.value;
    return argument?.kind === Kind.ENUM ? argument.value : undefined;
  };
  const purpose = PURPOSES.find((p) => p === value('of'));
  const as = ROLES.find((role) => role === value('as'));
  if (
    !purpose &&
    rootFields(operation.selectionSet, fragmentsOf(document)).some((name) => !IMPERSONAL_ROOTS.has(name))
  ) {
    throw new Refusal('PURPOSE_REQUIRED');
  }
  return { purpose, as };
}

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])),
  );
}

/** Every root field asked for, through fragments, whatever @skip and @include say. Requires a validated document (no cycles). */
function rootFields(selections: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): string[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, fragments);
    const fragment = fragments.get(selection.name.value);
    return fragment ? rootFields(fragment.selectionSet, fragments) : [];
  });
}

/** The one role in which a requester asks: the only one they hold, or the one they name and hold. Roles never add up. */
export function roleOf(roles: readonly Role[], as: Role | undefined): Role {
  const role = as ?? (roles.length === 1 ? roles[0] : undefined);
  if (!role || !roles.includes(role)) throw new Refusal('ROLE_REQUIRED');
  return role;
}
