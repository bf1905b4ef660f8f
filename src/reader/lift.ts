/** From a source's own persons to the gateway's. */
import type { SourceRecord } from '../domain/records.js';
import type { LocalId, PersonId } from '../domain/words.js';

/** Visits every person that a record speaks of, as its source knows them; some more than once. */
export function eachLocal({ label, persons }: SourceRecord, visit: (local: LocalId) => void): void {
  visit(label.subject);
  label.names.forEach(visit);
  label.fromWorkWith.forEach(visit);
  for (const field in persons) {
    const value = persons[field] ?? NOBODY;
    if (typeof value === 'string') visit(value);
    else value.forEach(visit);
  }
}

/** The same record with the gateway's persons. */
export function lift(
  { label, content, persons }: SourceRecord,
  personOf: (local: LocalId) => PersonId,
): SourceRecord<PersonId> {
  const lifted = {
    ...label,
    subject: personOf(label.subject),
    names: label.names.length === 0 ? NOBODY : label.names.map(personOf),
    fromWorkWith: label.fromWorkWith.length === 0 ? NOBODY : label.fromWorkWith.map(personOf),
  };
  if (!persons) return { label: lifted, content };
  const fields: { [field: string]: PersonId | readonly PersonId[] } = {};
  for (const field in persons) {
    const value = persons[field] ?? NOBODY;
    fields[field] = typeof value === 'string' ? personOf(value) : value.map(personOf);
  }
  return { label: lifted, content, persons: fields };
}

const NOBODY: readonly never[] = Object.freeze([]);
