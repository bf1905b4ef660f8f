/** Terms have numbers; this gives and remembers them. */
import { push } from '../../domain/entry.js';
import type { AgencyId } from '../../domain/words.js';
import type { Store } from '../../store/store.js';
import type { Run } from './blocks.js';
import type { Term, TermKind } from './terms.js';

/** As a key of maps. */
export function nameOf({ kind, name, keptBy }: Term): string {
  return keptBy === undefined ? `${kind} ${name}` : `${kind} ${name}\n${keptBy}`;
}

/** Stands in `kept_by` for what officers of every agency may know. */
export const EVERYBODYS = '';

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
  const rows = [...terms].map(rowOf);
  if (rows.length === 0) return new Map();
  const known = await run<{ id: number; kind: TermKind; name: string; kept_by: AgencyId }>(
    `SELECT t.id, t.kind, t.name, t.kept_by FROM ${store.rowList(COLUMNS)} r
      JOIN audit_term t ON t.kind = r.kind AND t.name = r.name AND t.kept_by = r.kept_by`,
    [JSON.stringify(rows)],
  );
  return new Map(
    known.map(({ id, kind, name, kept_by: keptBy }) => [
      nameOf({ kind, name, ...(keptBy === EVERYBODYS ? {} : { keptBy }) }),
      id,
    ]),
  );
}

/** Who looks: the officers of an agency, nobody in particular, or whoever may know everything that the log has. */
export type Looking = { readonly as: AgencyId | undefined } | 'THE_LOG_ITSELF';

/** A condition on rows `t` of terms that whoever looks may know of, and its values. */
export function mayKnow(looking: Looking): { readonly condition: string; readonly values: readonly string[] } {
  if (looking === 'THE_LOG_ITSELF') return { condition: '', values: [] };
  return { condition: 'AND t.kept_by IN (?, ?)', values: [EVERYBODYS, looking.as ?? EVERYBODYS] };
}

/** The numbers under which whoever looks may know of a kind and name, in any of these lists. */
export async function idsKnownTo(
  store: Store,
  looking: Looking,
  terms: Iterable<Term>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = [...terms].map(({ kind, name }) => [kind, name]);
  const found = new Map<string, number[]>();
  if (rows.length === 0) return found;
  const { condition, values } = mayKnow(looking);
  for (const { id, kind, name } of await store.read<{ id: number; kind: TermKind; name: string }>(
    `SELECT t.id, t.kind, t.name FROM ${store.rowList(['kind', 'name'])} r
      JOIN audit_term t ON t.kind = r.kind AND t.name = r.name ${condition}`,
    [JSON.stringify(rows), ...values],
  ))
    push(found, nameOf({ kind, name }), id);
  return found;
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
  const named = COLUMNS.map((column) => `r.${column}`).join(', ');
  await run(`INSERT INTO audit_term (${COLUMNS.join(', ')}) SELECT ${named} FROM ${store.rowList(COLUMNS)} r`, [
    JSON.stringify(fresh.map(rowOf)),
  ]);
  return new Map([...known, ...(await knownIds(store, run, fresh))]);
}

const COLUMNS = ['kind', 'name', 'kept_by'];

function rowOf({ kind, name, keptBy = EVERYBODYS }: Term): readonly string[] {
  return [kind, name, keptBy];
}
