/** Edits between two dates of eight digits. */

const digitsA = new Uint8Array(8);
const digitsB = new Uint8Array(8);

/** 0 when equal, 1 for one digit mistyped or two neighbouring digits in the wrong order, 2 for anything more. */
export function damerauOf(a: number, b: number): number {
  if (a === b) return 0;
  let [restA, restB] = [a, b];
  let first = -1;
  let last = -1;
  let count = 0;
  for (let place = 7; place >= 0; place -= 1) {
    digitsA[place] = restA % 10;
    digitsB[place] = restB % 10;
    restA = Math.trunc(restA / 10);
    restB = Math.trunc(restB / 10);
    if (digitsA[place] === digitsB[place]) continue;
    count += 1;
    first = place;
    if (last < 0) last = place;
  }
  if (count === 1) return 1;
  const isTurned =
    count === 2 && last === first + 1 && digitsA[first] === digitsB[last] && digitsA[last] === digitsB[first];
  return isTurned ? 1 : 2;
}
