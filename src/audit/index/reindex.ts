/**
 * The index made anew from the entries. Marks that rest on more than an entry (a watch added them) stay, with their counts;
 * everything else goes, in slices, and then whoever indexes begins at the first entry. What was erased is counted no more. Questions asked meanwhile find what is
 * indexed so far, and `LogState.indexed` says how far that is.
 */
import type { Store } from '../../store/store.js';
import { claimState } from './state.js';
import { ENTRY_MARKS } from './terms.js';

/** Rows cleared in one transaction. */
const SLICE = 5_000;
const CLEARING = -1;

/** Has the index made anew: from now on an indexer clears it and begins again. Says how many marks of a watch are kept. */
export async function beginReindex(store: Store): Promise<number> {
  return store.transaction(async (transaction) => {
    const run = transaction.run;
    await claimState(run);
    await run('UPDATE audit_indexed SET size = ?, merged = 0, epoch = epoch + 1 WHERE id = 1', [CLEARING]);
    const [kept] = await run<{ marks: number | null }>(
      `SELECT SUM(y.entries) AS marks FROM audit_tally y WHERE y.term IN (${WATCHED(store)})`,
      [JSON.stringify(ENTRY_MARKS)],
    );
    return kept?.marks ?? 0;
  });
}

/** Clears a slice of an index that is to be made anew; the last of them lets indexing begin. */
export async function clearSlice(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    const run = transaction.run;
    const { size } = await claimState(run);
    if (size >= 0) return;
    const watched = (await run<{ id: number }>(WATCHED(store), [JSON.stringify(ENTRY_MARKS)])).map(({ id }) => id);
    const kept = JSON.stringify(watched);
    const [first] = await run<{ tier: number; segment: number; term: number }>(
      `SELECT tier, segment, term FROM audit_block WHERE term NOT IN ${store.keyList}
        ORDER BY tier, segment, term ${store.first}`,
      [kept, 1],
    );
    if (first) {
      const { tier, segment, term } = first;
      const [last] = await run<{ term: number }>(
        `SELECT MAX(s.term) AS term FROM (SELECT term FROM audit_block WHERE tier = ? AND segment = ? AND term >= ?
          ORDER BY term ${store.first}) s`,
        [tier, segment, term, SLICE],
      );
      await run(
        `DELETE FROM audit_block WHERE tier = ? AND segment = ? AND term >= ? AND term <= ? AND term NOT IN ${store.keyList}`,
        [tier, segment, term, last?.term ?? term, kept],
      );
      return;
    }
    await run(`DELETE FROM audit_tally WHERE term NOT IN ${store.keyList}`, [kept]);
    await run('DELETE FROM audit_day', []);
    await run('UPDATE audit_indexed SET size = 0, merged = 0 WHERE id = 1', []);
  });
}

/** Terms of marks that no entry tells by itself. */
const WATCHED = (store: Store) => `SELECT id FROM audit_term WHERE kind = 'mark' AND name NOT IN ${store.keyList}`;
