/**
 * An instance that dies: sequences what is in a store and is killed (SIGKILL) before or after the n-th step that it takes there. Run by
 * kill.test.ts: `node dist/test/audit/sequencing-child.js FILE STEP before|after`. Prints how many steps
 * it took when it was not killed.
 */
import { openStore } from '../../src/store/store.js';
import { dyingAt, dyingStore } from './dying.js';
import { sequencerOf } from './sequenced.js';

const [, , file = '', step = '0', when = 'before'] = process.argv;

const steps = dyingAt(Number(step), when);
const store = await openStore({ kind: 'sqlite', file });
const sequencer = sequencerOf({
  ...dyingStore(store, steps),
  read: (sql, parameters) => steps.take(() => store.read(sql, parameters)),
});
while ((await sequencer.sequence()) > 0);
await sequencer.stop();
await store.close();
process.stdout.write(`${steps.taken}\n`);
