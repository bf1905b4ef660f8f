/**
 * The hashes of an RFC 6962 Merkle tree (§2.1), SHA-256 throughout. Leaves and nodes have different first bytes, so that no
 * node can be passed off as a leaf. The one file that the writer of the log and its verifier share.
 */
import { hash } from 'node:crypto';

/** 32 bytes. */
export type Hash = Buffer<ArrayBufferLike>;

export const HASH_SIZE = 32;

/** The root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Hash = hash('sha256', '', 'buffer');

const LEAF_PREFIX = Buffer.of(0);

/** SHA-256(0x00 || leaf). A text is hashed as UTF-8. */
export function leafHash(leaf: string | Uint8Array): Hash {
  return hash('sha256', typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([LEAF_PREFIX, leaf]), 'buffer');
}

const pair = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

/** SHA-256(0x01 || left || right). Requires two hashes of 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Hash {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_SIZE);
  return hash('sha256', pair, 'buffer');
}

/** SHA-256 of a text in hex. */
export function textHash(text: string): string {
  return hash('sha256', text, 'hex');
}
