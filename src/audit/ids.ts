/**
 * Ids that sort by when they were made: 10 characters of time (ms) and 16 of chance in Crockford's base 32 (the ULID form).
 * Within one millisecond the chance part counts up, so that ids of one source of ids are in the order they were made.
 */
export interface IdParts {
  readonly now: () => Date;
  /** Bytes from a cryptographic source. */
  readonly random: (bytes: number) => Uint8Array;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHANCE = 16;

/** A source of ids, none given twice. Should the clock go back, they keep to the latest time seen. */
export function newIds({ now, random }: IdParts): () => string {
  let time = -1;
  let prefix = '';
  let chance: number[] = [];
  return () => {
    const present = now().getTime();
    if (present > time) {
      time = present;
      prefix = encodeTime(time);
      // 10 bytes are 80 bits: of 16 bytes, 5 bits each.
      chance = Array.from(random(CHANCE), (byte) => byte & 31);
      // Room to count up.
      chance[0] = (chance[0] ?? 0) & 15;
    } else {
      increment(chance);
    }
    let id = prefix;
    for (const digit of chance) id += ALPHABET[digit];
    return id;
  };
}

function encodeTime(time: number): string {
  let text = '';
  for (let rest = time, i = 0; i < 10; i += 1) {
    text = `${ALPHABET[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function increment(digits: number[]): void {
  for (let i = digits.length - 1; i >= 0; i -= 1) {
    const digit = digits[i] ?? 0;
    if (digit < 31) {
      digits[i] = digit + 1;
      return;
    }
    digits[i] = 0;
  }
}
