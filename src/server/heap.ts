/** How the gateway's memory grows and is collected while it answers. */
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/**
 * From now on, in all threads of the process; called before there is much to collect. Nearly all that a request makes is gone with its answer:
 *
 * - The heap grows by half of what lives in it before all of it is collected, where V8 would let it double and more. With what is young held to
 *   three times 8 MB (`--max-semi-space-size=8`, where the gateway is started: V8 reads it once), a third less memory under load, for a tenth
 *   fewer answers (README, what it costs).
 * - What is made is young, wherever it is made. V8 would learn from one stall, in which requests waited, that what such code makes lives long, and
 *   from then on make it among the old; there the dead hold what they refer to, a log's entries whole, until all is collected. Four times the
 *   collector's work when appending, and pauses that a hundredth of the answers waited for.
 * - Where there are no more than two processors, what lives is found by the thread that answers: a helper would take the processor of the thread
 *   that makes answers durable.
 */
export function tuneHeap(processors = availableParallelism()): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--no-allocation-site-pretenuring');
  if (processors <= 2) setFlagsFromString('--no-concurrent-marking');
}
