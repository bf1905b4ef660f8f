/**
 * Decisions that came out again already. A decision depends on its text, the version of the policies, the role and the purpose alone
 * (evidence apart, which decides nothing): the same text under the same three comes out again, whatever entry it stands in. Text that
 * was read strictly once is known by its bytes from then on, and not read a second time.
 */
import { readList, readString, readValue, sliceOf, stands, type Text } from './canonical.js';

/** The place of one decision in the bytes. */
export interface DecisionText {
  from: number;
  to: number;
  /** Its list of evidence, brackets included: at the end where there is none. */
  evidenceFrom: number;
  evidenceTo: number;
  /** Where its text was known already. */
  known: KnownText | undefined;
}

/** An entry, as far as its decisions go: where its version, purpose and role stand, and the first `lineCount` decisions. */
export interface DecisionsText extends Text {
  version: number;
  purpose: number;
  role: number;
  readonly lines: DecisionText[];
  lineCount: number;
}

/** A version, purpose and role: the same three are the same object. */
type Scope = { readonly name: string };

/** What decisions begin with, up to their evidence; what they end with after it; or all of one that has none. */
export interface KnownText {
  /** Those that it goes on to after the evidence. */
  readonly tails: Stretch | undefined;
  /** Under what a decision of this text came out. */
  readonly cameOut: Scope[];
}

/**
 * What known texts have in common from one place on: bytes [from, to) of them all. Then one of them ends, or they part by their next
 * byte. None begins with another: each ends where its decision does, or with the name of its evidence.
 */
interface Stretch {
  from: number;
  to: number;
  next: Map<number, Stretch>;
  ends: KnownText | undefined;
}

export interface KnownLines {
  /** Reads the decision at `line.from` if its text is known; answers whether it is. Throws NotCanonical. */
  read(text: Text, line: DecisionText): boolean;
  /** Whether each decision of the entry, which was read, came out before. */
  cameOut(entry: DecisionsText): boolean;
  /** Requires that they all did now. */
  add(entry: DecisionsText): void;
}

/** Texts remembered before it starts anew: some tens of MB. */
const REMEMBERED = 200_000;
const FIRST_ROOM = 1 << 16;

export function newKnownLines(): KnownLines {
  let root = newStretch();
  /** All texts, one after another: in one buffer they are found in half the time. */
  let texts = Buffer.alloc(FIRST_ROOM);
  let [used, count] = [0, 0];
  /** Where the text that was found last ends. */
  let end = 0;

  function find(stretch: Stretch, { bytes }: Text, from: number): KnownText | undefined {
    const known = texts;
    let at = from;
    for (let here = stretch.next.get(bytes[at] as number); here; here = here.next.get(bytes[at] as number)) {
      const { from, to, ends } = here;
      for (let i = from; i < to; i += 1, at += 1) if (bytes[at] !== known[i]) return undefined;
      end = at;
      if (ends) return ends;
    }
    return undefined;
  }

  function put(stretch: Stretch, { bytes }: Text, from: number, to: number, hasTails: boolean): KnownText {
    let [before, at] = [stretch, from];
    for (;;) {
      const here = before.next.get(bytes[at] as number);
      if (!here) {
        const ends = { tails: hasTails ? newStretch() : undefined, cameOut: [] };
        before.next.set(bytes[at] as number, newStretch(used, used + to - at, ends));
        keep(bytes.subarray(at, to));
        return ends;
      }
      let i = here.from;
      for (; i < here.to && bytes[at] === texts[i]; i += 1) at += 1;
      if (i < here.to) part(here, i);
      else if (here.ends) return here.ends;
      before = here;
    }
  }

  /** Makes two of a stretch. */
  function part(stretch: Stretch, at: number): void {
    const rest = newStretch(at, stretch.to, stretch.ends, stretch.next);
    stretch.to = at;
    stretch.next = new Map([[texts[at] as number, rest]]);
    stretch.ends = undefined;
  }

  function keep(text: Buffer): void {
    if (used + text.length > texts.length) texts = Buffer.concat([texts], 2 * (used + text.length));
    text.copy(texts, used);
    used += text.length;
    count += 1;
  }

  const scopes = new Map<string, Map<string, Scope>>();
  let [version, ofVersion]: [Buffer | undefined, Map<string, Scope>] = [undefined, new Map()];

  /** Versions change seldom: the last one is told by its bytes. */
  function scopeOf(entry: DecisionsText): Scope {
    if (!version || !stands(entry, entry.version, version)) {
      const name = quoted(entry, entry.version);
      version = Buffer.from(name);
      ofVersion = scopes.get(name) ?? new Map<string, Scope>();
      scopes.set(name, ofVersion);
    }
    // Parted by what cannot stand in the text of a string.
    const name = `${quoted(entry, entry.purpose)}\n${quoted(entry, entry.role)}`;
    let scope = ofVersion.get(name);
    if (!scope) {
      scope = { name };
      ofVersion.set(name, scope);
    }
    return scope;
  }

  return {
    read(text, line) {
      const head = find(root, text, line.from);
      line.known = head;
      if (!head) return false;
      line.to = line.evidenceFrom = line.evidenceTo = end;
      if (!head.tails) return true;
      line.evidenceTo = readList(text, end, readString);
      line.known = find(head.tails, text, line.evidenceTo);
      line.to = end;
      return line.known !== undefined;
    },
    cameOut(entry) {
      const scope = scopeOf(entry);
      for (let i = 0; i < entry.lineCount; i += 1) if (!entry.lines[i]?.known?.cameOut.includes(scope)) return false;
      return true;
    },
    add(entry) {
      if (count >= REMEMBERED) {
        root = newStretch();
        used = count = 0;
      }
      const scope = scopeOf(entry);
      for (const { from, to, evidenceFrom, evidenceTo } of entry.lines.slice(0, entry.lineCount)) {
        const head = put(root, entry, from, evidenceFrom, evidenceFrom < to);
        const known = head.tails ? put(head.tails, entry, evidenceTo, to, false) : head;
        if (!known.cameOut.includes(scope)) known.cameOut.push(scope);
      }
    },
  };
}

/** One form of object for all: what is read of it costs a quarter. */
function newStretch(from = 0, to = 0, ends?: KnownText, next: Stretch['next'] = new Map()): Stretch {
  return { from, to, next, ends };
}

function quoted(text: Text, at: number): string {
  return sliceOf(text, at, readValue(text, at));
}
