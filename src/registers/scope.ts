/** Whether a statement's scope covers what is asked: category and holder and recipient and purpose, all four. */
import type { AgencyId, AgencyKind, Category, IsoInstant, PersonId, Purpose } from '../domain/words.js';
import { EVERYTHING, type Scope } from './statements.js';

/** One tuple that a consent or an exception may cover, at one instant. */
export interface Covering {
  readonly subject: PersonId;
  readonly category: Category;
  readonly holder: AgencyId;
  readonly holderKind: AgencyKind;
  readonly recipient: AgencyId;
  readonly recipientKind: AgencyKind;
  readonly purpose: Purpose;
  readonly at: IsoInstant;
}

export function covers(scope: Scope, ask: Covering): boolean {
  return (
    names(scope.categories, ask.category) &&
    names(scope.purposes, ask.purpose) &&
    (names(scope.holders, ask.holder) || scope.holders.includes(ask.holderKind)) &&
    (names(scope.recipients, ask.recipient) || scope.recipients.includes(ask.recipientKind))
  );
}

/** Whether all that one scope lists, word for word, stands in the other: whatever it covers the other does, whichever agency is of which kind. */
export function isWithin(inner: Scope, outer: Scope): boolean {
  return PARTS.every((part) => inner[part].every((word) => names(outer[part], word)));
}

const PARTS = ['categories', 'holders', 'recipients', 'purposes'] as const;

function names(list: readonly string[], value: string): boolean {
  return list.includes(value) || list.includes(EVERYTHING);
}
