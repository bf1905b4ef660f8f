/**
 * An instance that answers: appends groups of entries and writes each receipt to its output the moment that the append resolves, as an
 * answer leaves. Killed (SIGKILL) before or after the n-th step that it takes in the store. Run by kill.test.ts with
 * `node dist/test/audit/appending-child.js FILE STEP before|after PREFIX`; prints its steps last.
 */
import { writeSync } from 'node:fs';
import { openAudit } from '../../src/audit/audit.js';
import { openStore } from '../../src/store/store.js';
import { dyingAt, dyingStore } from './dying.js';
import { entry } from './entries.js';

const [, , file = '', step = '0', when = 'before', prefix = ''] = process.argv;
const GROUPS = 2;
const IN_A_GROUP = 5;

const steps = dyingAt(Number(step), when);
const store = await openStore({ kind: 'sqlite', file });
const audit = openAudit(dyingStore(store, steps));
const [clock] = await store.read<{ version: number }>('SELECT version FROM register_clock WHERE id = 1');
for (let group = 0; group < GROUPS; group += 1)
  await Promise.all(
    Array.from({ length: IN_A_GROUP }, (_, i) =>
      audit
        .append(entry(`${prefix}-${group}-${i}`), { registersVersion: clock?.version ?? 0 })
        .then(({ entry, hash }) => writeSync(1, `${entry} ${hash}\n`)),
    ),
  );
await store.close();
writeSync(1, `steps ${steps.taken}\n`);
