/** Every fault of the list, done to a source that is asked as the gateway asks it: through its gate, within a budget. */
import { describe, expect, it } from '@jest/globals';
import { CIRCUMSTANCE_KINDS, type Circumstances } from '../../src/domain/circumstances.js';
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { SourceState } from '../../src/domain/words.js';
import { Asking, openGates, type Reply } from '../../src/sources/ask.js';
import { startBudget } from '../../src/sources/budget.js';
import type { CallOptions, Source, SourceAnswer } from '../../src/sources/contract.js';
import { anyId, circumstancesOf, recordsOf, recordWith, workOf } from '../../src/sources/expected.js';
import { PATIENCE } from '../databases.js';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.js';
import { canBeDone, doFault, FAULTS, type Fault, HUGE_BYTES, othersOf, type Rig, type Transport } from './faults.js';
import type { Prepared } from './source-conformance.js';

/**
 * Of one call; the whole operation has twice as long. A database server is asked dozens of statements a call, over connections
 * that are opened anew in every test.
 */
const deadlineOf = ({ kind }: Transport) => (kind === 'tcp' ? 5_000 * PATIENCE : 1_000);
/** What the machine itself may take beside the waiting. */
const SLACK_MS = 1_500 * PATIENCE;

/** One run of every method; what each says. */
type Answers = { readonly [method: string]: { readonly state: SourceState; readonly items: readonly string[] } };

export function describeFaults(prepare: () => Promise<Prepared>, canonical: (value: unknown) => string): void {
  describe('when things go wrong', () => {
    it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
      '%s: told, in time, and nothing in silence',
      async (_, fault) => {
        const prepared = await prepare();
        try {
          if (canBeDone(fault, prepared.transport)) await tryFault(fault, prepared, canonical);
        } finally {
          await prepared.source.stop();
          await prepared.stop();
        }
      },
      60_000 * PATIENCE,
    );
  });
}

async function tryFault(
  fault: Fault,
  { transport, source: direct, known }: Prepared,
  canonical: (value: unknown) => string,
): Promise<void> {
  const isWeb = transport.kind === 'http' || transport.kind === 'tcp';
  const proxy: FaultProxy | undefined = isWeb ? await startFaultProxy(transport) : undefined;
  const source = isWeb && proxy ? transport.connect(proxy.port) : direct;
  const staff = [...known.workers, ...(known.teams ?? [])];
  const asked = [...known.persons, ...staff];
  const others = asked.flatMap(othersOf).filter((id) => !asked.includes(id));
  const rig: Rig = { persons: known.persons, staff, after: [], ...(proxy ? { proxy } : {}) };
  const mayLose = fault.mayLose === true && transport.kind === 'sqlite';
  /** What is told, each thing once: circumstances row by row. */
  const sorted = (items: readonly unknown[]) => [...new Set(items.flatMap(rowsOf).map(canonical))].sort();
  const lines: Record<string, unknown>[] = [];
  const deadlineMs = deadlineOf(transport);
  const rounds = { source, known, deadlineMs };
  try {
    await source.start();
    const before = await askAll(rounds, lines, sorted);
    expect(Object.values(before).map(({ state }) => state)).toEqual(Object.keys(before).map(() => 'OK'));
    expect(lines).toEqual([]);

    const undo = await doFault(fault, transport, rig);
    const began = performance.now();
    const during = await askAll(rounds, lines, sorted);
    const took = performance.now() - began;
    if (proxy) expect(proxy.done.bytes).toBeLessThan(HUGE_BYTES / 2);
    await undo();

    expect(took).toBeLessThan(deadlineMs * 2 + SLACK_MS);
    // An extract that cannot be taken leaves the one before it in place, and says so.
    const states = transport.kind === 'csv' ? [...fault.states, 'DEGRADED'] : fault.states;
    const told = Object.entries(during).filter(([, { state }]) => state !== 'OK');
    for (const [method, { state, items }] of Object.entries(during)) {
      const good = before[method]?.items ?? [];
      // As good as without the fault, or said to be otherwise: never fewer rows in silence, never of anybody else.
      if (state !== 'OK') expect([method, states]).toEqual([method, expect.arrayContaining([state])]);
      if (fault.but?.includes(method)) continue;
      if (state === 'OK' && !mayLose) expect([method, items]).toEqual([method, good]);
      const named = new Set(good.flatMap(nameOf));
      expect(items.flatMap(nameOf).filter((name) => !named.has(name))).toEqual([]);
      expect(items.filter((item) => others.some((other) => item.includes(`"${other}"`)))).toEqual([]);
    }
    const isDone = proxy === undefined || fault.tcp !== undefined || proxy.done.spoilt > 0;
    if (!fault.mayBeHarmless) expect(isDone).toBe(true);
    if (!fault.mayBeHarmless && !mayLose)
      expect([fault.name, told.length > 0]).toEqual([fault.name, fault.states.length > 0]);
    // Each is in the log by its source, its holder and a code; nobody is in it by an id.
    expect(lines.filter(({ code }) => typeof code === 'string').length).toBeGreaterThanOrEqual(told.length);
    for (const line of lines) expect(line).toMatchObject({ source: source.id, holder: source.holder });
    const written = JSON.stringify(lines, (_, value) => (value instanceof Error ? value.message : value));
    expect(known.persons.filter((person) => written.includes(`${person}`))).toEqual([]);

    expect(await settled(() => askAll(rounds, [], sorted), before)).toEqual(before);
  } finally {
    for (const each of rig.after.splice(0)) each();
    if (source !== direct) await source.stop();
    await proxy?.stop();
  }
}

/** Every method of a source in one operation, through a gate that knows nothing of earlier ones. */
async function askAll(
  {
    source,
    known,
    deadlineMs,
  }: { readonly source: Source; readonly known: Prepared['known']; readonly deadlineMs: number },
  lines: Record<string, unknown>[],
  sorted: (items: readonly unknown[]) => string[],
): Promise<Answers> {
  const { persons, workers, teams = [], find, onBehalfOf } = known;
  const warn = (fields: object) => void lines.push({ ...fields });
  const tick = () => performance.now();
  const gates = openGates({
    now: () => new Date(),
    tick,
    random: () => 0.5,
    log: { warn } as never,
    settings: { timeoutMs: deadlineMs },
  });
  const asking = new Asking([source], gates, startBudget(deadlineMs * 2, tick), 'S47_ENQUIRY');
  const types = [...source.provides];
  const one = { type: types[0] as RecordType, localId: known.record ?? 'no-such-record' };
  const asked = new Map(types.map((type) => [type, new Set(persons)]));
  const calls: { readonly [method: string]: Promise<Reply<unknown>> } = {
    read: asking.ask(
      source,
      (options) => source.read({ wants: types.map((type) => ({ type, persons })) }, options),
      onBehalfOf,
      recordsOf(asked),
    ),
    readOne: asking.ask(
      source,
      (options) => source.readOne(one, options),
      onBehalfOf,
      recordWith(one.type, one.localId),
    ),
    circumstances: asking.ask(
      source,
      (options) => source.circumstances(persons, options),
      undefined,
      circumstancesOf(persons),
    ),
    workload: asking.ask(
      source,
      (options) => source.workload({ workers, teams }, options),
      undefined,
      workOf(workers, teams),
    ),
    ...(source.persons
      ? {
          persons: asking.ask(
            source,
            (options) => everybody(source, options),
            undefined,
            (a) => a,
          ),
        }
      : {}),
    ...(find ? { find: asking.ask(source, (options) => source.find(find.ask, options), onBehalfOf, anyId) } : {}),
  };
  const replies = await Promise.all(Object.entries(calls).map(async ([method, call]) => [method, await call] as const));
  return Object.fromEntries(replies.map(([method, { state, items }]) => [method, { state, items: sorted(items) }]));
}

/** Everybody as one answer. */
async function everybody(source: Source, options: CallOptions): Promise<SourceAnswer<PersonIdentity>> {
  const items: PersonIdentity[] = [];
  let rejected = 0;
  for await (const page of source.persons?.(options) ?? []) {
    items.push(...page.items);
    rejected += page.rejected;
  }
  return { items, rejected };
}

/** What is answered once a source has come to itself: files that were put back are seen as changed, connections are new. */
async function settled(askAgain: () => Promise<Answers>, before: Answers): Promise<Answers> {
  let answers = await askAgain();
  for (let tries = 0; tries < 20 && JSON.stringify(answers) !== JSON.stringify(before); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    answers = await askAgain();
  }
  return answers;
}

/** Which record it is and whom it is about. */
function nameOf(item: string): string[] {
  const { label } = JSON.parse(item) as Partial<SourceRecord>;
  return label ? [`${label.type} ${label.localId} of ${label.subject}`] : [];
}

function rowsOf(item: unknown): unknown[] {
  if (item === null || typeof item !== 'object' || !('memberships' in item)) return [item];
  const once = (value: unknown) => (Array.isArray(value) ? [...new Set(value)].sort() : value);
  return CIRCUMSTANCE_KINDS.flatMap((kind) =>
    (item as Circumstances)[kind].map((row) => ({
      kind,
      row: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, once(value)])),
    })),
  );
}
