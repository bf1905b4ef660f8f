/**
 * What is held, for whoever judges it or shows it to a member of the family: labels to be read, contents sealed. Nothing of it
 * has passed the door.
 */
import type { Door } from '../disclosure/door.js';
import type { Released, ShownRecord } from '../disclosure/released.js';
import type { RecordLabel, RecordType } from '../domain/records.js';
import type { Requester } from '../domain/requester.js';
import type { AgencyId, PersonId, SourceId } from '../domain/words.js';
import type { Links } from '../people/links.js';
import type { Asking } from '../sources/ask.js';
import { type Sealed, seal } from '../sources/sealed.js';
import type { Calls } from './calls.js';

/** A record of the own agency: what it is, and its content sealed. */
export interface OwnHeld {
  readonly label: RecordLabel<PersonId>;
  readonly sealed: Sealed;
}

export interface Holdings {
  /** What the requester's own agency holds of these types about these persons: one call a source, whoever they are. */
  own(types: readonly RecordType[], persons: readonly PersonId[]): Promise<readonly OwnHeld[]>;
  /** What of these may be shown, in their order. */
  shownOf(held: readonly OwnHeld[]): Promise<readonly (Released<ShownRecord> | undefined)[]>;
  /** What a record of whomever is and who holds it, never what it says; null where there is none. */
  labelOf(
    type: RecordType,
    sourceId: SourceId,
    localId: string,
  ): Promise<{ readonly label: RecordLabel<PersonId>; readonly holder: AgencyId } | null>;
}

export interface HoldingsParts {
  readonly requester: Requester;
  readonly asking: Asking;
  readonly calls: Calls;
  readonly links: Links;
  readonly door: Door;
}

export function openHoldings({ requester, asking, calls, links, door }: HoldingsParts): Holdings {
  return {
    async own(types, persons) {
      const own = asking.sources.filter(
        ({ holder, provides }) => holder === requester.agency && types.some((type) => provides.has(type)),
      );
      const keys = new Map(types.map((type) => [type, new Set(persons)]));
      const locals = await links.localsOf(persons);
      const read = await Promise.all(own.map((source) => calls.recordsFrom(source, keys, locals)));
      return read.flat().map((record) => ({ label: record.label, sealed: seal(record) }));
    },

    async shownOf(held) {
      const passed = await door.release(held.map(({ sealed }) => sealed));
      return passed.map(({ record }) => record);
    },

    async labelOf(type, sourceId, localId) {
      const found = await calls.oneRecord(type, sourceId, localId);
      return found ? { label: found.record.label, holder: found.source.holder } : null;
    },
  };
}
