/** How the tests' children die: at the n-th statement or commit that they come to, before it or after it (SIGKILL). */
export interface Steps {
  /** Takes one step, and dies there when it is the one. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** How many were taken. */
  readonly taken: number;
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
