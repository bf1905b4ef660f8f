/**
 * The places of a term within a stretch of the tree, in as few bytes as they take: gaps between places (seven bits a byte, the
 * lowest first, all but the last byte of a number with its high bit set), or, where that is no shorter, one bit a place. Which of
 * the two is told by the length: bits are always the whole stretch.
 */

/** Entries of a stretch while the tree grows: so many are rewritten together. */
export const FINE = 4_096;
/** Entries of a stretch that is complete: so many fine ones in one. */
export const COARSE = 65_536;

/** One bit for each place of a coarse stretch; the lowest bit of a byte is the first. */
export type Bits = Uint8Array;

export function noBits(): Bits {
  return new Uint8Array(COARSE / 8);
}

/** Packs places within a stretch of `span` entries. Requires them in order, each once. */
export function packPlaces(places: readonly number[], span: number): Buffer {
  const largest = span / 8;
  const bytes: number[] = [];
  let last = -1;
  for (const place of places) {
    let gap = place - last - 1;
    last = place;
    for (; gap >= 0x80; gap >>>= 7) bytes.push((gap & 0x7f) | 0x80);
    bytes.push(gap);
    if (bytes.length >= largest) return packBits(places, largest);
  }
  return Buffer.from(bytes);
}

function packBits(places: readonly number[], size: number): Buffer {
  const bits = Buffer.alloc(size);
  for (const place of places) bits[place >> 3] = (bits[place >> 3] as number) | (1 << (place & 7));
  return bits;
}

/** The places that were packed, in order. */
export function placesIn(packed: Uint8Array, span: number): number[] {
  const places: number[] = [];
  if (packed.length === span / 8) {
    packed.forEach((byte, at) => {
      for (let bit = 0; byte >> bit !== 0; bit += 1) if ((byte >> bit) & 1) places.push(at * 8 + bit);
    });
    return places;
  }
  let place = -1;
  for (let at = 0; at < packed.length; ) {
    let gap = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = packed[at++] as number;
      gap |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    place += gap + 1;
    places.push(place);
  }
  return places;
}

/** Sets the bits of packed places, `from` places into the coarse stretch. */
export function setBits(bits: Bits, packed: Uint8Array, span: number, from: number): void {
  if (packed.length === span / 8) {
    const start = from / 8;
    for (let at = 0; at < packed.length; at += 1)
      bits[start + at] = (bits[start + at] as number) | (packed[at] as number);
    return;
  }
  for (const place of placesIn(packed, span)) {
    const at = (from + place) >> 3;
    bits[at] = (bits[at] as number) | (1 << (place & 7));
  }
}

/** Leaves in the first only what is in the second too. */
export function keepShared(bits: Bits, others: Bits): void {
  for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] as number) & (others[at] as number);
}

/** Places set in [from, to), the highest first, at most so many. */
export function highest(bits: Bits, from: number, to: number, limit: number): number[] {
  const places: number[] = [];
  for (let at = (to - 1) >> 3; at >= from >> 3 && places.length < limit; at -= 1) {
    const byte = bits[at] as number;
    if (byte === 0) continue;
    for (let bit = 7; bit >= 0 && places.length < limit; bit -= 1) {
      const place = at * 8 + bit;
      if ((byte >> bit) & 1 && place >= from && place < to) places.push(place);
    }
  }
  return places;
}

/** How many places were packed. */
export function countIn(packed: Uint8Array, span: number): number {
  let count = 0;
  if (packed.length === span / 8) for (let byte of packed) for (; byte !== 0; byte &= byte - 1) count += 1;
  else for (const byte of packed) if (byte < 0x80) count += 1;
  return count;
}
