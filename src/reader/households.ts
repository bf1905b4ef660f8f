/**
 * Who of a family lives with whom, made of the addresses that the requester is shown and of nothing else: whose address is
 * withheld stands in no household, and so may live anywhere.
 */
import { entry } from '../domain/entry.js';
import { addressKey } from '../domain/records.js';
import type { ShownPerson } from './person.js';

/** An address as the SDL shows it; parts that are not known or not shown are null. */
interface ShownAddress {
  readonly line?: unknown;
  readonly postcode?: unknown;
  readonly from?: unknown;
  readonly until?: unknown;
}

/** Persons shown at one address, and the address as the first of them has it. */
export interface Household {
  readonly address: object;
  readonly members: readonly ShownPerson[];
}

/** In the order of the persons. A person with two homes stands in both; an address without its line and postcode makes none. `today`: YYYY-MM-DD. */
export function householdsOf(persons: readonly ShownPerson[], today: string): readonly Household[] {
  const households = new Map<string, { address: object; members: ShownPerson[] }>();
  for (const person of persons) {
    const keys = new Set<string>();
    for (const address of homesOf(person, today)) {
      const key = keyOf(address);
      if (key === undefined || keys.has(key)) continue;
      keys.add(key);
      entry(households, key, () => ({ address, members: [] })).members.push(person);
    }
  }
  return [...households.values()];
}

function homesOf({ addresses }: ShownPerson, today: string): readonly ShownAddress[] {
  if (!Array.isArray(addresses)) return [];
  return (addresses as readonly ShownAddress[]).filter(
    ({ from, until }) => !(typeof from === 'string' && from > today) && !(typeof until === 'string' && until < today),
  );
}

function keyOf({ line, postcode }: ShownAddress): string | undefined {
  return typeof line === 'string' && typeof postcode === 'string' ? addressKey({ postcode, house: line }) : undefined;
}
