/**
 * Stretches of bytes compared and copied four bytes at a time, which takes a third of the time that it takes one by one: of what it takes
 * to read an entry a fifth.
 */

/** A view of all of a buffer. */
export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Whether bytes [from, to) of one stand in another at `at`. */
export function isAt(among: DataView, at: number, one: DataView, from: number, to: number): boolean {
  if (at + to - from > among.byteLength) return false;
  let [i, j] = [from, at];
  for (; i + 4 <= to; i += 4, j += 4) if (one.getInt32(i) !== among.getInt32(j)) return false;
  for (; i < to; i += 1, j += 1) if (one.getUint8(i) !== among.getUint8(j)) return false;
  return true;
}

/** Puts bytes [from, to) of one into another at `at`; answers with the place after them. Requires room. */
export function copyTo(into: DataView, at: number, one: DataView, from: number, to: number): number {
  let [i, j] = [from, at];
  for (; i + 4 <= to; i += 4, j += 4) into.setInt32(j, one.getInt32(i));
  for (; i < to; i += 1, j += 1) into.setUint8(j, one.getUint8(i));
  return j;
}
