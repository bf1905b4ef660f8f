/**
 * Decisions that came out again already. A decision depends on its text, the version of the policies, the role and the purpose alone
 * (evidence apart, which decides nothing): the same text under the same three comes out again, whatever entry it stands in. Text that
 * was read strictly once is known by its bytes from then on, and not read a second time.
 *
 * Two arrays of numbers and bytes hold all of it: objects lie scattered, and to follow them took three times as long.
 */
import { readList, readString, readValue, sliceOf, stands, type Text } from './canonical.js';
import { isAt, viewOf } from './stretch.js';

/** The place of one decision in the bytes. */
export interface DecisionText {
  from: number;
  to: number;
  /** Its list of evidence, brackets included: at the end where there is none. */
  evidenceFrom: number;
  evidenceTo: number;
  /** Whether its text was known already; and the scope under which it came out last. */
  isKnown: boolean;
  scope: number;
}

/** An entry, as far as its decisions go: where its version, purpose and role stand, and the first `lineCount` decisions. */
export interface DecisionsText extends Text {
  version: number;
  purpose: number;
  role: number;
  readonly lines: DecisionText[];
  lineCount: number;
}

export interface KnownLines {
  /** Reads the decision at `line.from` if its text is known; answers whether it is. Throws NotCanonical. */
  read(text: Text, line: DecisionText): boolean;
  /** Whether each decision of the entry, which was read, came out before. */
  cameOut(entry: DecisionsText): boolean;
  /** Requires that they all did now. */
  add(entry: DecisionsText): void;
}

/** The texts of a version, a purpose and a role. */
type Scope = readonly [version: Buffer, purpose: Buffer, role: Buffer];

/** Texts remembered before it starts anew: some tens of MB. */
const REMEMBERED = 200_000;
const FIRST_SLOTS = 1 << 12;
const FIRST_ROOM = 1 << 18;
const [OPEN_LIST, CLOSE_OBJECT] = [0x5b, 0x7d] as const;
/**
 * Of a slot: the sum of a text, where it lies in `texts`, after which other text it came (0 for none), and under which scope it last came
 * out. An empty one ends at 0.
 */
const [SUM, FROM, TO, AFTER, SCOPE, SLOT] = [0, 1, 2, 3, 4, 5] as const;
/** In the place of a scope: the text is not all of a decision, but what some begin with up to their evidence. */
const HEAD = -1;
const NOT_THERE = -1;

export function newKnownLines(): KnownLines {
  let slots = new Int32Array(SLOT * FIRST_SLOTS);
  let texts = Buffer.alloc(FIRST_ROOM);
  let view = viewOf(texts);
  let [used, count] = [1, 0];
  const scopes: Scope[] = [];

  /**
   * The slot of the text that stands here after another. None that is kept begins with another: each ends where its decision does, or
   * before its evidence.
   */
  function find(text: Text, at: number, after: number): number {
    const sum = sumOf(text, at, after);
    const last = slots.length / SLOT - 1;
    for (let i = sum & last; ; i = (i + 1) & last) {
      const slot = SLOT * i;
      if (slots[slot + TO] === 0) return NOT_THERE;
      if (
        slots[slot + SUM] === sum &&
        slots[slot + AFTER] === after &&
        isAt(text.view, at, view, slots[slot + FROM] as number, slots[slot + TO] as number)
      )
        return slot;
    }
  }

  /** Keeps bytes [from, to) as a text; answers with its place. */
  function put(text: Text, from: number, to: number, after: number, scope: number): number {
    let slot = find(text, from, after);
    if (slot === NOT_THERE) {
      if (2 * count * SLOT >= slots.length) grow();
      const length = to - from;
      if (used + length > texts.length) {
        texts = Buffer.concat([texts], 2 * (used + length));
        view = viewOf(texts);
      }
      text.bytes.copy(texts, used, from, to);
      slot = putSlot(sumOf(text, from, after), used, used + length, after);
      used += length;
      count += 1;
    }
    slots[slot + SCOPE] = scope;
    return slots[slot + FROM] as number;
  }

  function putSlot(sum: number, from: number, to: number, after: number): number {
    const last = slots.length / SLOT - 1;
    let i = sum & last;
    while (slots[SLOT * i + TO] !== 0) i = (i + 1) & last;
    slots.set([sum, from, to, after], SLOT * i);
    return SLOT * i;
  }

  function grow(): void {
    const before = slots;
    slots = new Int32Array(2 * before.length);
    for (let slot = 0; slot < before.length; slot += SLOT) {
      const [sum = 0, from = 0, to = 0, after = 0, scope = 0] = before.subarray(slot, slot + SLOT);
      if (to !== 0) slots[putSlot(sum, from, to, after) + SCOPE] = scope;
    }
  }

  function scopeOf(entry: DecisionsText): number {
    const there = scopes.findIndex((scope) => isUnder(entry, scope));
    if (there >= 0) return there;
    const textAt = (at: number) => Buffer.from(sliceOf(entry, at, readValue(entry, at)));
    return scopes.push([textAt(entry.version), textAt(entry.purpose), textAt(entry.role)]) - 1;
  }

  return {
    read(text, line) {
      line.isKnown = false;
      let slot = find(text, line.from, 0);
      if (slot === NOT_THERE) return false;
      let [at, from, to] = [line.from, slots[slot + FROM] as number, slots[slot + TO] as number];
      line.evidenceFrom = line.evidenceTo = line.to = at + to - from;
      if (slots[slot + SCOPE] === HEAD) {
        at = readList(text, line.evidenceFrom, readString);
        slot = find(text, at, from);
        if (slot === NOT_THERE) return false;
        [from, to] = [slots[slot + FROM] as number, slots[slot + TO] as number];
        line.evidenceTo = at;
        line.to = at + to - from;
      }
      line.scope = slots[slot + SCOPE] as number;
      line.isKnown = true;
      return true;
    },
    cameOut(entry) {
      const { lines, lineCount } = entry;
      const scope = scopes[lines[0]?.scope ?? NOT_THERE];
      for (let i = 0; i < lineCount; i += 1) {
        const line = lines[i] as DecisionText;
        if (!line.isKnown || line.scope !== lines[0]?.scope) return false;
      }
      return scope !== undefined && isUnder(entry, scope);
    },
    add(entry) {
      if (count >= REMEMBERED) {
        slots = new Int32Array(SLOT * FIRST_SLOTS);
        [used, count] = [1, 0];
      }
      const scope = scopeOf(entry);
      for (const { from, to, evidenceFrom, evidenceTo } of entry.lines.slice(0, entry.lineCount)) {
        const hasEvidence = evidenceFrom < to;
        const head = put(entry, from, evidenceFrom, 0, hasEvidence ? HEAD : scope);
        if (hasEvidence) put(entry, evidenceTo, to, head, scope);
      }
    },
  };
}

function isUnder(entry: DecisionsText, [version, purpose, role]: Scope): boolean {
  return (
    stands(entry, entry.version, version) && stands(entry, entry.purpose, purpose) && stands(entry, entry.role, role)
  );
}

/** Of the bytes up to the first list, or the end of an object, and of what they come after: what tells decisions apart stands before it. */
function sumOf({ bytes }: Text, from: number, after: number): number {
  let sum = after;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === OPEN_LIST || byte === CLOSE_OBJECT) break;
    sum = (Math.imul(sum, 31) + byte) | 0;
  }
  return sum;
}
