import type { Store } from '../../src/store/store.js';

/** How the tests' children die: at the n-th statement or commit that they come to, before it or after it (SIGKILL). */
export interface Steps {
  /** Takes one step, and dies there when it is the one. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** How many were taken. */
  readonly taken: number;
}

/** A store whose transactions and statements are steps. */
export function dyingStore(store: Store, steps: Steps): Store {
  return {
    ...store,
    transaction: (work) =>
      steps.take(() =>
        store.transaction((transaction) =>
          work({
            run: (...statement) => steps.take(() => transaction.run(...statement)),
            insert: (...rows) => steps.take(() => transaction.insert(...rows)),
          }),
        ),
      ),
  };
}

/** `step` counts from 1; 0 never dies. */
export function dyingAt(step: number, when: string): Steps {
  let taken = 0;
  return {
    async take(work) {
      taken += 1;
      const isLast = taken === step;
      if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL');
      const result = await work();
      if (isLast) process.kill(process.pid, 'SIGKILL');
      return result;
    },
    get taken() {
      return taken;
    },
  };
}
