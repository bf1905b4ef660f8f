/** The tree as tiles of 256 hashes (c2sp.org/tlog-tiles): which tiles a tree has, what they are called, and where a node lies. */
import { HASH_SIZE } from './hash.js';
import type { Node } from './tree.js';

export const TILE_WIDTH = 256;
/** Levels of the tree that one tile spans. */
export const TILE_HEIGHT = 8;
/** What length-prefixed entries of a bundle can hold. */
const LONGEST_ENTRY = 0xffff;

/** The tile over hashes [index · 256, index · 256 + width) of a tile level. A partial tile is narrower than 256. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Every tile that a tree of this size has, level 0 first; or of what was added since an earlier size. */
export function tilesOf(size: number, since = 0): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, [wide, from] = [size, since]; wide > 0; level += 1) {
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < wide; index += 1) {
      const width = Math.min(TILE_WIDTH, wide - index * TILE_WIDTH);
      if (index * TILE_WIDTH + width > from) tiles.push({ level, index, width });
    }
    [wide, from] = [Math.floor(wide / TILE_WIDTH), Math.floor(from / TILE_WIDTH)];
  }
  return tiles;
}

/** `tile/<L>/<N>[.p/<W>]`. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${pathOf(index, width)}`;
}

/** `tile/entries/<N>[.p/<W>]`. */
export function bundlePath({ index, width }: Pick<Tile, 'index' | 'width'>): string {
  return `tile/entries/${pathOf(index, width)}`;
}

function pathOf(index: number, width: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  return `${parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** The hashes of one tile level that a node is made of: [first, one past the last). A node between tile levels is hashed from them. */
export function hashesUnder({ level, index }: Node): {
  readonly level: number;
  readonly from: number;
  readonly to: number;
} {
  const width = 2 ** (level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), from: index * width, to: (index + 1) * width };
}

/** A bundle: each leaf after its length as two bytes, big-endian. Throws RangeError for a leaf over 65,535 bytes. */
export function bundleOf(leaves: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    leaves.flatMap((leaf) => {
      const bytes = Buffer.from(leaf as string);
      if (bytes.length > LONGEST_ENTRY) throw new RangeError('a leaf of a bundle has at most 65,535 bytes');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The hashes of a tile, one after another. */
export function tileOf(hashes: readonly Uint8Array[]): Buffer {
  return Buffer.concat(hashes, hashes.length * HASH_SIZE);
}
