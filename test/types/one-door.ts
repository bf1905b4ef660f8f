/**
 * Checked by the compiler as part of `npm test` (tsc --noEmit): each line that would let a record past the door must not
 * compile. Were one to compile, its @ts-expect-error would itself be an error.
 */
import type { Released, ShownRecord } from '../../src/disclosure/released.js';
import type { HeldRecord, Sealed } from '../../src/sources/sealed.js';

declare const sealed: Sealed;
declare const held: HeldRecord;
declare const shown: ShownRecord;

/** What a resolver must return. */
type ResolverOfRecord = () => Released<ShownRecord> | null;

// @ts-expect-error a resolver that returns a sealed record does not compile
export const leaksSealed: ResolverOfRecord = () => sealed;
// @ts-expect-error nor one that returns a record as its source gave it
export const leaksHeld: ResolverOfRecord = () => held;
// @ts-expect-error nor one that dresses a record up as shown
export const leaksShown: ResolverOfRecord = () => shown;
// @ts-expect-error the content of a sealed record cannot be named
export const content = sealed.content;
// @ts-expect-error nor its label
export const label = sealed.label;
// @ts-expect-error nobody makes a sealed record but by sealing
export const forged: Sealed = { record: held };
