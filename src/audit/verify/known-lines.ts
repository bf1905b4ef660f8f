/**
 * Decisions that came out again already. A decision depends on its text, the version of the policies, the role and the purpose alone
 * (evidence apart, which decides nothing): the same text under the same three comes out again, whatever entry it stands in.
 */
import { isText, textOf } from './canonical.js';
import type { DecisionText, EntryText } from './entry-text.js';

export interface KnownLines {
  /** Whether each decision of the entry came out again before. */
  has(entry: EntryText): boolean;
  /** Requires that they all did now. */
  add(entry: EntryText): void;
}

/** A decision's text before its list of evidence and after it. Where it has none, all of it and nothing: no other text is that. */
interface Known {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** By their facts (`DecisionText.sum`): texts of other facts may be among those of one. */
type Scope = Map<number, Known[]>;
/** By purpose and role. */
type Scopes = Map<string, Scope>;

/** Texts remembered before it starts anew: some tens of MB. */
const REMEMBERED = 200_000;

export function newKnownLines(): KnownLines {
  const versions = new Map<string, Scopes>();
  let [version, scopes]: [Buffer, Scopes] = [Buffer.alloc(0), new Map()];
  let count = 0;

  /** Those of the entry's version, role and purpose. Versions change seldom: the last one is told by its bytes. */
  function scopeOf({ tape, version: token, role, purpose }: EntryText): Scope {
    if (!isText(tape, token, version)) {
      const name = textOf(tape, token);
      version = Buffer.from(name);
      scopes = versions.get(name) ?? new Map<string, Scope>();
      versions.set(name, scopes);
    }
    // Parted by what cannot stand in the text of a string.
    const name = `${textOf(tape, purpose)}\n${textOf(tape, role)}`;
    let scope = scopes.get(name);
    if (!scope) {
      scope = new Map();
      scopes.set(name, scope);
    }
    return scope;
  }

  return {
    has(entry) {
      const scope = scopeOf(entry);
      for (let i = 0; i < entry.lineCount; i += 1) {
        const line = entry.lines[i] as DecisionText;
        const known = scope.get(line.sum);
        if (!known || !isAmong(known, entry.tape.bytes, line)) return false;
      }
      return true;
    },
    add(entry) {
      if (count >= REMEMBERED) {
        versions.clear();
        version = Buffer.alloc(0);
        count = 0;
      }
      const scope = scopeOf(entry);
      for (const line of entry.lines.slice(0, entry.lineCount)) {
        const known = scope.get(line.sum) ?? [];
        scope.set(line.sum, known);
        if (isAmong(known, entry.tape.bytes, line)) continue;
        known.push(knownOf(entry.tape.bytes, line));
        count += 1;
      }
    },
  };
}

function knownOf(bytes: Buffer, { from, to, evidenceFrom, evidenceTo }: DecisionText): Known {
  return {
    head: Buffer.from(bytes.subarray(from, evidenceFrom)),
    tail: Buffer.from(bytes.subarray(evidenceTo, to)),
  };
}

function isAmong(known: readonly Known[], bytes: Buffer, line: DecisionText): boolean {
  for (const { head, tail } of known) {
    if (stands(bytes, line.from, line.evidenceFrom, head) && stands(bytes, line.evidenceTo, line.to, tail)) return true;
  }
  return false;
}

function stands(bytes: Buffer, from: number, to: number, text: Buffer): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[from + i] !== text[i]) return false;
  return true;
}
