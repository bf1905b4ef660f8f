/**
 * An instance that dies: sequences what is in a store and is killed (SIGKILL) before or after the n-th step that it takes there. Run by
 * kill.test.ts: `node --import ./test/properties/typescript.js test/audit/sequencing-child.ts FILE STEP before|after`. Prints how many steps
 * it took when it was not killed.
 */
import { openStore, type Store } from '../../src/store/store.js';
import { sequencerOf } from './sequenced.js';

const [, , file = '', step = '0', when = 'before'] = process.argv;
let steps = 0;

/** One step: a statement or a commit. */
async function take<T>(work: () => Promise<T>): Promise<T> {
  steps += 1;
  const isLast = steps === Number(step);
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL');
  const result = await work();
  if (isLast) process.kill(process.pid, 'SIGKILL');
  return result;
}

const store = await openStore({ kind: 'sqlite', file });
const dying: Store = {
  ...store,
  read: (sql, parameters) => take(() => store.read(sql, parameters)),
  run: (manager, sql, parameters) => take(() => store.run(manager, sql, parameters)),
  transaction: (work) => take(() => store.transaction(work)),
};
const sequencer = sequencerOf(dying);
while ((await sequencer.sequence()) > 0);
await sequencer.stop();
await store.close();
process.stdout.write(`${steps}\n`);
