/**
 * What a source returned, sealed: its content cannot be read, listed, printed or serialised by whoever holds it. Only
 * the door opens it: `unseal` may be imported by `src/disclosure` alone (test/architecture.test.ts holds this).
 */
import type { SourceRecord } from '../domain/records.js';
import type { PersonId } from '../domain/words.js';

/** A record whose persons are the gateway's. */
export type HeldRecord = SourceRecord<PersonId>;

export class Sealed {
  readonly #record: HeldRecord;

  private constructor(record: HeldRecord) {
    this.#record = record;
    Object.freeze(this);
  }

  /** Seals a record as it comes from its source. */
  static seal(record: HeldRecord): Sealed {
    return new Sealed(record);
  }

  /** For the door only. */
  static unseal(sealed: Sealed): HeldRecord {
    return sealed.#record;
  }
}

export const seal = Sealed.seal;
export const unseal = Sealed.unseal;
