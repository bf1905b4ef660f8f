/**
 * What this process has just appended, handed to whoever in it reads the log next (the sequencer, the indexer), so that they need not
 * read, inflate and parse what was at hand a moment ago. Each text is found by its own SHA-256 and by nothing else: whoever asks has the
 * hash from the entry's row, as it is committed. An erased row has none, a row of another instance has one that is not known here, and of
 * either the row is read. Bounded by the length of the texts, of
 * those too that were parsed since; what falls out is read from its row.
 */
import type { Store } from '../store/store.js';
import type { AuditEntryBody } from './entry.js';

export interface HandedOver {
  /** Requires the canonical text and its SHA-256 in hex, committed. The text, not the entry: what was hashed cannot be changed any more. */
  give(hash: string, canonical: string): void;
  find(hash: string): AuditEntryBody | undefined;
  /** Finds it, and keeps it no longer. */
  take(hash: string): AuditEntryBody | undefined;
}

/** Characters kept: a second of five thousand entries. */
const ROOM = 1 << 24;

interface Kept {
  readonly size: number;
  /** Until somebody has asked, then what it says: parsed once for all. */
  text: string;
  body?: AuditEntryBody;
}

const all = new WeakMap<Store, HandedOver>();

/** One for each store that is open. */
export function handedOver(store: Store): HandedOver {
  const known = all.get(store);
  if (known) return known;
  const fresh = newHandedOver(ROOM);
  all.set(store, fresh);
  return fresh;
}

/** `room`: how many characters it keeps. */
export function newHandedOver(room: number): HandedOver {
  // In the order in which they were given.
  const kept = new Map<string, Kept>();
  let held = 0;

  function drop(hash: string): void {
    held -= kept.get(hash)?.size ?? 0;
    kept.delete(hash);
  }

  function find(hash: string): AuditEntryBody | undefined {
    const one = kept.get(hash);
    if (one && !one.body) {
      one.body = JSON.parse(one.text) as AuditEntryBody;
      one.text = '';
    }
    return one?.body;
  }

  return {
    give(hash, canonical) {
      drop(hash);
      kept.set(hash, { size: canonical.length, text: canonical });
      held += canonical.length;
      for (const oldest of kept.keys()) {
        if (held <= room) break;
        drop(oldest);
      }
    },
    find,
    take(hash) {
      const body = find(hash);
      drop(hash);
      return body;
    },
  };
}
