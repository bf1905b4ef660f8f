/** What is opened on the way to something that runs is stopped when a later step throws. */

/** Takes note of how to stop what was just opened. */
export type Opened = (stop: () => Promise<unknown>) => void;

/**
 * Takes steps that open things. When one throws, what was opened before is stopped, the last first, and then it rejects with what
 * was thrown: a stop that fails as well neither hides that nor keeps the others from being stopped.
 */
export async function allOrNothing<T>(steps: (opened: Opened) => Promise<T>): Promise<T> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    return await steps((stop) => stops.unshift(stop));
  } catch (error) {
    for (const stop of stops) await stop().catch(() => undefined);
    throw error;
  }
}

/** Opens several at once, each to be stopped. Rejects when all have settled and one could not be opened. */
export async function openTogether<T extends { stop(): Promise<unknown> }>(
  opened: Opened,
  opening: readonly Promise<T>[],
): Promise<T[]> {
  const each = opening.map(async (one) => {
    const open = await one;
    opened(() => open.stop());
    return open;
  });
  await Promise.allSettled(each);
  return Promise.all(each);
}
