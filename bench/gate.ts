/** What asking through the gate adds to a call that is answered at once: `node dist/bench/gate.js`. */
import { Asking, openGates } from '../src/sources/ask.js';
import { startBudget } from '../src/sources/budget.js';
import type { Source } from '../src/sources/contract.js';
import { anyId } from '../src/sources/expected.js';

const CALLS = 200_000;
const source = { id: 'bench', holder: 'bench', space: 'bench' } as unknown as Source;
const tick = () => performance.now();
const gates = openGates({ now: () => new Date(), tick, random: Math.random, log: { warn: () => undefined } as never });
const answer = { items: ['found'], rejected: 0 };
const call = async () => answer;
const asking = () => new Asking([source], gates, startBudget(3_600_000, tick), 'S47_ENQUIRY');

async function perCall(run: () => Promise<unknown>): Promise<number> {
  const began = tick();
  for (let i = 0; i < CALLS; i += 1) await run();
  return ((tick() - began) * 1000) / CALLS;
}

const one = asking();
const { signal } = new AbortController();
for (const round of ['warming', 'measured']) {
  const bare = await perCall(call);
  const gate = await perCall(() => gates.of(source).read(call, 'urgent', signal, Number.POSITIVE_INFINITY));
  const asked = await perCall(() => one.ask(source, call, undefined, anyId));
  const us = (value: number) => `${value.toFixed(2)} µs`;
  process.stdout.write(`${round}: bare ${us(bare)}, through the gate ${us(gate)}, asked ${us(asked)} a call\n`);
}
