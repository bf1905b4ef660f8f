/**
 * Readers at several instances over one store, while what they rest on is given and taken away; then the log is checked in its
 * own order, and what readers saw against when each fact was surely gone.
 *
 * Promised of what people say: a release whose entry stands after a withdrawal, a refusal, a judgement never rests on what
 * that took away. Of what ends by itself: no release that rests on it becomes durable after its end, by the clock of the
 * instance that answers. Of what the source systems tell, which no register orders: from the next operation on; one that had begun may have asked before.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { simulateSocialCare } from '../../../adapters/social-care/seed.js';
import { simulateSubstanceMisuse } from '../../../adapters/substance-misuse/seed.js';
import { type Guard, openAudit } from '../../../src/audit/audit.js';
import type { AuditEntryBody } from '../../../src/audit/entry.js';
import type { Grant } from '../../../src/registers/grant.js';
import { openRegisters } from '../../../src/registers/registers.js';
import { openStore, type Store, type StoreConfig } from '../../../src/store/store.js';
import { loadWorld } from '../../../src/worlds/load-world.js';
import type { Counted, Told } from './gateway.js';
import { type Checked, checkLogOrder } from './log-order.js';
import { type Hands, queryOf, RACES, type Race, READINGS, StatementRefused, shownIn } from './races.js';

export interface RaceOptions {
  /** A file of its own in a temporary folder unless told. */
  readonly store?: StoreConfig;
  readonly reads: number;
  readonly instances: number;
  /** Reads under way at once, over all instances. */
  readonly readers: number;
  /** The longest a race pauses between giving and taking, ms. */
  readonly pauseMs: number;
  readonly seed: number;
}

export interface Raced {
  readonly log: Checked;
  readonly reads: number;
  /** Reads that showed something, and reads that were refused because facts changed three times. */
  readonly shown: number;
  readonly refused: number;
  /** Reads that failed otherwise, by code: a busy SQL Server may not be read in time. They show nothing. */
  readonly failed: { readonly [code: string]: number };
  /** How often operations were decided again because facts had changed. */
  readonly decidedAgain: number;
  /** What the store failed with, in the driver's words. */
  readonly storeFailures: { readonly [message: string]: number };
  /** Times each fact was given and taken, by race. */
  readonly turns: { readonly [race: string]: number };
  /** Reads begun and ended while a fact they need was surely gone. */
  readonly readsWhileGone: number;
  /** What a reader saw though it was gone: none, or races by name. */
  readonly seenThoughGone: readonly string[];
  readonly seconds: number;
}

const WORLD = fileURLToPath(new URL('../../worlds/walsall-road', import.meta.url));
const GATEWAY = fileURLToPath(new URL('./gateway.ts', import.meta.url));
const TYPESCRIPT = new URL('../typescript.js', import.meta.url).href;
/** How far the instances' clocks are off, ms: statements recorded by one that is ahead, releases by one that is behind. */
const CLOCKS_OFF_MS = [0, 25, -25, 0];
const LONGEST_OFF_MS = 25;
/** Codes of an operation that failed for the store's sake. */
const OUT_OF_REACH: readonly string[] = ['INTERNAL', 'NOT_RECORDED'];

export async function race(options: RaceOptions): Promise<Raced> {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-race-'));
  const where = options.store ?? ({ kind: 'sqlite', file: join(folder, 'store.sqlite') } as const);
  const store = await openStore(where);
  await loadWorld(store, WORLD);
  const socialCare = await simulateSocialCare(join(WORLD, 'sources/social-care'), {
    id: 'social-care',
    holder: 'csc',
    directory: folder,
    now: () => new Date().toISOString(),
  });
  const { now: _, ...council } = socialCare.options;
  const haven = await simulateSubstanceMisuse(join(WORLD, 'sources/substance-misuse'), {
    id: 'substance-misuse',
    holder: 'haven',
  });
  const instances = await Promise.all(
    Array.from({ length: options.instances }, (_each, i) =>
      startInstance({
        store: where,
        socialCare: council,
        substanceMisuse: haven.options,
        clockOffMs: CLOCKS_OFF_MS[i % CLOCKS_OFF_MS.length] ?? 0,
      }),
    ),
  );
  const file = new Database(socialCare.file, { timeout: 0 });
  try {
    const began = performance.now();
    const run = await readWhileFactsChange(options, instances, file);
    const seconds = (performance.now() - began) / 1000;
    const counted = await Promise.all(instances.map(({ stop }) => stop()));
    const opened = counted.reduce((sum, one) => sum + one.opened, 0);
    const { asked, ...seen } = run;
    const log = await checkLog(store, run.firstVersion);
    const storeFailures: Record<string, number> = {};
    for (const [said, times] of counted.flatMap((one) => Object.entries(one.storeFailures)))
      storeFailures[said] = (storeFailures[said] ?? 0) + times;
    return { ...withoutVersion(seen), log, decidedAgain: opened - asked, storeFailures, seconds };
  } finally {
    for (const { child } of instances) child.kill();
    file.close();
    await Promise.all([haven.stop(), store.close()]);
    rmSync(folder, { recursive: true, force: true });
  }

  async function readWhileFactsChange(
    { reads, readers, pauseMs, seed }: RaceOptions,
    at: readonly Instance[],
    database: Database.Database,
  ) {
    const firstVersion = await openRegisters(store).version();
    const random = randomFrom(seed);
    const anyUrl = () => at[Math.floor(random() * at.length)]?.url ?? '';
    let asked = 0;
    const failed: Record<string, number> = {};
    const ask = (worker: string, query: string, variables: object = {}) => {
      asked += 1;
      return post(anyUrl(), worker, query, variables);
    };
    const approving = approvingOver(store);
    const hands: Hands = {
      ...approving,
      socialCare: database,
      now: () => Date.now(),
      random,
      async say(worker, mutation, variables) {
        for (let tries = 1; ; tries += 1) {
          const { data, errors } = await ask(worker, mutation, variables);
          if (data) return data as Awaited<ReturnType<Hands['say']>>;
          const code = errors?.[0]?.extensions.code;
          // A busy server may not answer in time: nothing was said, or it was and is said again.
          if (code !== undefined && OUT_OF_REACH.includes(code)) failed[code] = (failed[code] ?? 0) + 1;
          else if (code !== 'FACTS_CHANGED') throw new StatementRefused(code);
          if (tries > 200) throw new StatementRefused(code);
        }
      },
    };
    const gone = new Map(RACES.map(({ name }) => [name, new Fact()]));
    const turns: Record<string, number> = {};
    let left = reads;
    let [shown, refused, readsWhileGone] = [0, 0, 0];
    const seenThoughGone: string[] = [];

    const pause = () => new Promise((resolve) => setTimeout(resolve, random() * pauseMs));
    const turn = async ({ name, give, take }: Race) => {
      const fact = gone.get(name) as Fact;
      while (left > 0) {
        await pause();
        if (take) {
          await take(hands);
          fact.isGone();
          await pause();
        }
        fact.comes();
        const given = await give(hands);
        // By the slowest clock of them all it has ended.
        if (given?.endsAt !== undefined) {
          await new Promise((resolve) =>
            setTimeout(resolve, (given.endsAt as number) + LONGEST_OFF_MS + 1 - Date.now()),
          );
          fact.isGone();
          await pause();
        }
        turns[name] = (turns[name] ?? 0) + 1;
      }
    };
    const read = async () => {
      while (left > 0) {
        left -= 1;
        const reading = READINGS[Math.floor(random() * READINGS.length)] as (typeof READINGS)[number];
        const before = reading.needs.map((name) => gone.get(name)?.absence);
        const { data, errors } = await ask(reading.worker, queryOf(reading));
        if (errors?.[0]?.extensions.code === 'FACTS_CHANGED') refused += 1;
        else if (errors) {
          const code = errors[0]?.extensions.code ?? 'NONE';
          failed[code] = (failed[code] ?? 0) + 1;
        }
        const away = reading.needs.filter(
          (name, i) => before[i] !== undefined && before[i] === gone.get(name)?.absence,
        );
        if (away.length > 0) readsWhileGone += 1;
        if (!shownIn(data)) continue;
        shown += 1;
        seenThoughGone.push(...away);
      }
    };
    await Promise.all([...RACES.map(turn), ...Array.from({ length: readers }, read)]);
    return { asked, firstVersion, reads, shown, refused, failed, turns, readsWhileGone, seenThoughGone };
  }
}

/** Grants as the workflow of sharing requests makes and ends them: each with its entry, in one transaction that moves the clock. */
function approvingOver(store: Store): Pick<Hands, 'grant' | 'endGrant'> {
  const [audit, registers] = [openAudit(store), openRegisters(store)];
  const approver = { worker: 'am-sable-frost', agency: 'haven', role: 'AGENCY_MANAGER' } as const;
  let last = 0;
  async function write(did: string, id: string, subjects: readonly string[], guard: Guard): Promise<void> {
    last += 1;
    const at = new Date().toISOString();
    const body: AuditEntryBody = {
      v: 1,
      id: `approving-${last}`,
      at,
      operation: { name: 'Approve', sha256: '', type: 'mutation' },
      requester: approver,
      purpose: 'INFORMATION_GOVERNANCE',
      result: 'ANSWERED',
      policyVersion: 'race',
      decisions: [],
      outcomes: [],
      statements: [{ did, ids: [id], subjects, policies: [] }],
    };
    await audit.append(body, guard);
  }
  return {
    async grant(terms) {
      const id = `grant-${last + 1}`;
      const now = Date.now();
      const grant: Grant = {
        ...terms,
        id,
        request: 'race',
        holder: approver.agency,
        items: [],
        // Before the slowest clock's now: it counts at every instance at once.
        from: new Date(now - 1000).toISOString(),
        recordedAt: new Date(now).toISOString(),
        approvedBy: approver.worker,
        cites: ['race'],
      };
      await write('GRANT', id, terms.subjects, { write: (manager) => registers.writeGrant(manager, grant) });
      return id;
    },
    async endGrant(id) {
      const end = { at: new Date().toISOString(), by: approver.worker, why: 'It is over.' };
      await write('GRANT_END', id, [], { write: (manager) => registers.endAccess(manager, id, end) });
    },
  };
}

/** Whether a fact is surely gone, and since which of its endings. */
class Fact {
  #endings = 0;
  #isAway = false;
  isGone(): void {
    this.#endings += 1;
    this.#isAway = true;
  }
  comes(): void {
    this.#isAway = false;
  }
  /** The number of the ending since which it has been gone without a break; undefined while it is or may be there. */
  get absence(): number | undefined {
    return this.#isAway ? this.#endings : undefined;
  }
}

function withoutVersion<T extends { readonly firstVersion: number }>({ firstVersion: _, ...rest }: T) {
  return rest;
}

async function checkLog(store: Store, firstVersion: number): Promise<Checked> {
  const audit = openAudit(store);
  const entries = [];
  for (;;) {
    const more = await audit.after(entries.at(-1)?.seq ?? 0, 500);
    if (more.length === 0) break;
    entries.push(...more);
  }
  const persons = await store.read<{ person: string }>('SELECT DISTINCT person_id AS person FROM person_link');
  const written = await openRegisters(store).read(persons.map(({ person }) => person));
  return checkLogOrder(entries, written, firstVersion, 2 * LONGEST_OFF_MS);
}

interface Instance {
  readonly child: ChildProcess;
  readonly url: string;
  stop(): Promise<Counted>;
}

function startInstance(told: Told): Promise<Instance> {
  const child = fork(GATEWAY, [], {
    execArgv: ['--no-warnings', '--import', TYPESCRIPT],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send(told);
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`an instance exited with ${code}`));
    child.once('exit', fail);
    child.once('message', (message) => {
      child.off('exit', fail);
      resolve({
        child,
        url: (message as { url: string }).url,
        stop: () =>
          new Promise((stopped) => {
            child.once('message', (counted) => stopped(counted as Counted));
            child.send('stop');
          }),
      });
    });
  });
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function post(url: string, worker: string, query: string, variables: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${worker}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return (await response.json()) as Answer;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
