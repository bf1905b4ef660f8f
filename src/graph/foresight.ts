/**
 * What an operation will ask about the members of the families it shows, read off its document once, when it is compiled:
 * the reader then reads level by level ahead, and resolvers find what they need already decided. Foresight never widens
 * an operation: what stands under @skip or @include, or hangs on other records, is read when it is asked for.
 */
import { type FieldNode, type FragmentDefinitionNode, getNamedType, Kind, type SelectionNode } from 'graphql';
import type { ResolveInfoEnricherInput } from 'graphql-jit';
import type { RecordType } from '../domain/records.js';
import type { AskedOfPersons, Foreseen } from '../reader/reader.js';

/** Fields that list records, by their type: SDL field → record types. */
export type Lists = {
  readonly [T in 'Child' | 'Adult' | 'Workbook']: { readonly [field: string]: readonly RecordType[] };
};

/** A field that is asked for whatever the variables say: on every type, or on the one that a fragment names. */
interface Asked {
  readonly field: FieldNode;
  readonly onType: string | undefined;
}

type Fragments = { readonly [name: string]: FragmentDefinitionNode };

/** Makes graphql-jit's enricher that gives `info.foreseen` to the fields that yield families. */
export function foresee(lists: Lists) {
  return ({ returnType, fieldNodes, fragments }: ResolveInfoEnricherInput): { readonly foreseen?: Foreseen } => {
    const { name } = getNamedType(returnType);
    if (name === 'Family') return { foreseen: ofFamilies(fieldNodes, fragments, lists) };
    if (name !== 'FamilyConnection') return {};
    const nodes = [...at(fieldNodes, ['nodes'], fragments), ...at(fieldNodes, ['edges', 'node'], fragments)];
    return { foreseen: ofFamilies(nodes, fragments, lists) };
  };
}

function ofFamilies(families: readonly FieldNode[], fragments: Fragments, lists: Lists): Foreseen {
  const members = [
    ...at(families, ['members', 'person'], fragments),
    ...at(families, ['households', 'members'], fragments),
  ];
  const children = at(families, ['workbook', 'children'], fragments);
  return {
    ...(members.length > 0 ? { members: ofPersons(members, fragments, lists) } : {}),
    ...(children.length > 0 ? { children: ofPersons(children, fragments, lists) } : {}),
    joined: listed(askedOf(at(families, ['workbook'], fragments), fragments), lists.Workbook),
  };
}

function ofPersons(persons: readonly FieldNode[], fragments: Fragments, lists: Lists): AskedOfPersons {
  const asked = askedOf(persons, fragments);
  const on = (type: 'Child' | 'Adult') =>
    listed(
      asked.filter(({ onType }) => onType === undefined || onType === type),
      lists[type],
    );
  return { Child: on('Child'), Adult: on('Adult') };
}

function listed(asked: readonly Asked[], lists: Lists[keyof Lists]): readonly RecordType[] {
  return [
    ...new Set(
      asked.flatMap(({ field }) => (Object.hasOwn(lists, field.name.value) ? (lists[field.name.value] ?? []) : [])),
    ),
  ];
}

/** The fields that a path leads to. */
function at(
  fields: readonly FieldNode[],
  [next, ...rest]: readonly string[],
  fragments: Fragments,
): readonly FieldNode[] {
  if (next === undefined) return fields;
  const found = askedOf(fields, fragments).flatMap(({ field }) => (field.name.value === next ? field : []));
  return at(found, rest, fragments);
}

/** What is asked of what these fields yield, through fragments. Requires a validated document (no cycles). */
function askedOf(fields: readonly FieldNode[], fragments: Fragments): Asked[] {
  return fields.flatMap(({ selectionSet }) => through(selectionSet?.selections ?? [], undefined, fragments));
}

function through(selections: readonly SelectionNode[], onType: string | undefined, fragments: Fragments): Asked[] {
  return selections.flatMap((selection): Asked[] => {
    if (isConditional(selection)) return [];
    if (selection.kind === Kind.FIELD) return [{ field: selection, onType }];
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    if (!fragment) return [];
    const named = fragment.typeCondition?.name.value;
    const isPerson = named === 'Child' || named === 'Adult';
    return through(fragment.selectionSet.selections, isPerson ? named : onType, fragments);
  });
}

function isConditional({ directives }: SelectionNode): boolean {
  return directives?.some(({ name }) => name.value === 'skip' || name.value === 'include') ?? false;
}
