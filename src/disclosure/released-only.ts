/**
 * What resolvers may answer with, held by the compiler: no resolver whose answer would carry a record past the door fits, be it sealed,
 * as its source gave it, or dressed up as shown; by itself, promised, in a list, or within what is answered.
 */

import type { HeldRecord, Sealed } from '../sources/sealed.js';
import type { Released, ShownRecord } from './released.js';

/** Resolvers by the type and field of the SDL that they answer for. */
// biome-ignore lint/suspicious/noExplicitAny: whatever its arguments are
type Resolver = (...asked: any[]) => unknown;

/** The same resolvers, where each may stand; `never` in place of one that may not, and so it does not compile. */
export type ReleasedOnly<R> = {
  [K in keyof R]: R[K] extends Resolver
    ? true extends Carries<ReturnType<R[K]>>
      ? never
      : R[K]
    : R[K] extends { readonly [field: string]: unknown }
      ? ReleasedOnly<R[K]>
      : R[K];
};

/** Levels of members that are looked into: what is answered is no deeper. */
type Deepest = 4;

type Carries<T, Level extends readonly unknown[] = []> = Level['length'] extends Deepest
  ? false
  : unknown extends T
    ? // Of what is not known nothing is known to be released; within a released answer members are as the SDL has them.
      Level extends []
      ? true
      : false
    : T extends Sealed | HeldRecord
      ? true
      : T extends Released<unknown>
        ? false
        : T extends ShownRecord
          ? true
          : T extends PromiseLike<infer U>
            ? Carries<U, Level>
            : T extends readonly (infer U)[]
              ? Carries<U, Level>
              : T extends (...of: never[]) => infer U
                ? Carries<U, [...Level, unknown]>
                : T extends object
                  ? Carries<T[keyof T], [...Level, unknown]>
                  : false;

/** The maps as they are. */
export function releasedOnly<R extends readonly object[]>(...maps: { [M in keyof R]: R[M] & ReleasedOnly<R[M]> }): R {
  return maps as unknown as R;
}
