/**
 * What this process has just appended, handed to whoever in it reads the log next (the sequencer, the indexer), so that they need not
 * read, inflate and parse what was at hand a moment ago. Each text is found by its own SHA-256 and by nothing else: whoever asks has the
 * hash from the entry's row, as it is committed. An erased row has none, a row of another instance has one that is not known here, and of
 * either the row is read. Bounded by the length of the entries' texts; what falls out is read from its row. Kept only while somebody asks: an
 * instance that neither sequences nor indexes holds nothing, for what is held is what a collection of memory costs.
 */
import type { Store } from '../store/store.js';
import type { AuditEntryBody } from './entry.js';
import type { LeafTexts } from './log/leaf.js';

export interface HandedOver {
  /**
   * Requires a committed entry's canonical text, its SHA-256 in hex, and what its leaf commits to. Texts, not the entry: what was hashed
   * cannot be changed any more.
   */
  give(hash: string, canonical: string, leaf: LeafTexts): void;
  /** What a leaf says of it. */
  leaf(hash: string): LeafTexts | undefined;
  /** The entry, which is kept no longer. */
  take(hash: string): AuditEntryBody | undefined;
}

/** Characters kept: a second of five thousand entries. */
const ROOM = 1 << 24;

interface Kept {
  readonly text: string;
  readonly leaf: LeafTexts;
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

/** `room`: how many characters it keeps at most, and how many may be given without anybody asking. */
export function newHandedOver(room: number): HandedOver {
  // Two halves, each filled in turn: what falls out is the older half whole. One map from whose front is deleted gets slow.
  let [recent, older] = [new Map<string, Kept>(), new Map<string, Kept>()];
  let held = 0;
  let unasked = room;

  function find(hash: string): Kept | undefined {
    unasked = 0;
    return recent.get(hash) ?? older.get(hash);
  }

  return {
    give(hash, text, leaf) {
      if (unasked >= room) {
        if (held > 0) [recent, older, held] = [new Map(), new Map(), 0];
        return;
      }
      unasked += text.length;
      if (held + text.length > room / 2) {
        [recent, older] = [new Map(), recent];
        held = 0;
      }
      held += text.length;
      recent.set(hash, { text, leaf });
    },
    leaf: (hash) => find(hash)?.leaf,
    take(hash) {
      const kept = find(hash);
      recent.delete(hash);
      older.delete(hash);
      return kept && (JSON.parse(kept.text) as AuditEntryBody);
    },
  };
}
