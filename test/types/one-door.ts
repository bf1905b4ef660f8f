/**
 * Checked by the compiler as part of `npm test` (tsc --noEmit): each line that would let a record past the door must not
 * compile. Were one to compile, its @ts-expect-error would itself be an error.
 */
import type { Released, ShownRecord } from '../../src/disclosure/released.js';
import { releasedOnly } from '../../src/disclosure/released-only.js';
import type { HeldRecord, Sealed } from '../../src/sources/sealed.js';

declare const sealed: Sealed;
declare const held: HeldRecord;
declare const shown: ShownRecord;

declare const released: Released<ShownRecord>;

/** As the schema takes them, every map of resolvers through it. */
export const open = releasedOnly({
  Query: { person: () => released, find: async () => ({ nodes: [released, null] }) },
});

// @ts-expect-error a resolver that returns a sealed record does not compile
releasedOnly({ Query: { person: () => sealed } });
// @ts-expect-error nor one that returns a record as its source gave it
releasedOnly({ Query: { person: () => held } });
// @ts-expect-error nor one that dresses a record up as shown
releasedOnly({ Query: { person: () => shown } });
// @ts-expect-error nor one that promises it, or may return nothing
releasedOnly({ Query: { person: async () => (held.label.at ? sealed : null) } });
// @ts-expect-error nor one that returns it in a list
releasedOnly({ Query: { people: () => [released, sealed] } });
// @ts-expect-error nor within a page, a promise of one
releasedOnly({ Child: { visits: async () => ({ edges: [{ node: held, cursor: '' }] }) } });
// @ts-expect-error nor as what it tells when asked
releasedOnly({ Child: { visits: () => ({ first: () => sealed }) } });
// @ts-expect-error nor one of a map that is put together
releasedOnly({ Child: Object.fromEntries(['visits'].map((field) => [field, () => sealed])) });
// @ts-expect-error nor one that does not say what it returns
releasedOnly({ Query: { person: (): unknown => sealed } });

// @ts-expect-error the content of a sealed record cannot be named
export const content = sealed.content;
// @ts-expect-error nor its label
export const label = sealed.label;
// @ts-expect-error nobody makes a sealed record but by sealing
export const forged: Sealed = { record: held };
