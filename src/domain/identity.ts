/** Who somebody is as one source knows them: what may be compared to tell whether two sources speak of the same person. */
import type { IsoDate, LocalId, SourceId } from './words.js';

/** A name somebody also goes or went by. */
export interface OtherName {
  readonly forename?: string;
  readonly surname?: string;
}

/** Where somebody lives or lived. */
export interface KnownPlace {
  /** A full postcode, or its first part only where the source holds no more. */
  readonly postcode?: string;
  /** The place's key (see `addressKey`). */
  readonly address?: string;
}

/** A person of one id space. Nothing here is released: it is compared, and the comparison is what is kept. */
export interface PersonIdentity {
  readonly space: SourceId;
  readonly local: LocalId;
  /** As the source has it; counted only when its check digit holds. */
  readonly nhsNumber?: string;
  /** Other identifiers by who issues them: `UPN`, `PNC`, `CRO`. */
  readonly otherIds?: readonly { readonly issuer: string; readonly value: string }[];
  /** All forenames, blank-separated. A single letter is an initial. */
  readonly forename?: string;
  readonly surname?: string;
  readonly otherNames?: readonly OtherName[];
  readonly dateOfBirth?: IsoDate;
  readonly sex?: 'F' | 'M';
  /** Protected by name or by place: linked so that the protection carries over, and never put before anybody to compare. */
  readonly isProtected?: boolean;
  /** The present place first, then former ones. */
  readonly places?: readonly KnownPlace[];
}
