/** Terms have numbers; this gives and remembers them. */
import type { Store } from '../../store/store.js';
import type { Run } from './blocks.js';
import type { Term, TermKind } from './terms.js';

/** As a key of maps. */
export function nameOf({ kind, name }: Term): string {
  return `${kind} ${name}`;
}

/** What is remembered of the numbers of terms; nobody's name is kept longer than the index keeps it (`IndexState.epoch`). */
export interface TermMemory {
  readonly ids: Map<string, number>;
  epoch: number;
}

/** Terms remembered: some tens of MB. */
const REMEMBERED = 200_000;

export function newMemory(): TermMemory {
  return { ids: new Map(), epoch: -1 };
}

/** Remembers what a transaction learned, once that is committed. */
export function remember(memory: TermMemory, learned: ReadonlyMap<string, number>): void {
  if (memory.ids.size + learned.size > REMEMBERED) memory.ids.clear();
  for (const [name, id] of learned) memory.ids.set(name, id);
}

/** Numbers of these terms that are in the store. */
export async function knownIds(store: Store, run: Run, terms: Iterable<Term>): Promise<Map<string, number>> {
  const rows = [...terms].map(({ kind, name }) => [kind, name]);
  if (rows.length === 0) return new Map();
  const known = await run<{ id: number; kind: TermKind; name: string }>(
    `SELECT t.id, t.kind, t.name FROM ${store.rowList(['kind', 'name'])} r JOIN audit_term t ON t.kind = r.kind AND t.name = r.name`,
    [JSON.stringify(rows)],
  );
  return new Map(known.map(({ id, kind, name }) => [nameOf({ kind, name }), id]));
}

/** Numbers of these terms, those that are new with a number of their own now; what was not in the memory. Requires each term once. */
export async function idsOf(
  store: Store,
  run: Run,
  terms: ReadonlyMap<string, Term>,
  memory: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlyMap<string, number>> {
  const asked = [...terms].filter(([name]) => !memory.has(name)).map(([, term]) => term);
  const known = await knownIds(store, run, asked);
  const fresh = asked.filter((term) => !known.has(nameOf(term)));
  if (fresh.length === 0) return known;
  await run(`INSERT INTO audit_term (kind, name) SELECT r.kind, r.name FROM ${store.rowList(['kind', 'name'])} r`, [
    JSON.stringify(fresh.map(({ kind, name }) => [kind, name])),
  ]);
  return new Map([...known, ...(await knownIds(store, run, fresh))]);
}
