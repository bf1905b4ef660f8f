/** The gate before a source and the budget of an operation, on a clock and with randomness of the test's own. */
import { describe, expect, it } from '@jest/globals';
import { Asking, openGates, type Reply } from '../../src/sources/ask.js';
import { startBudget } from '../../src/sources/budget.js';
import { type Source, SourceBusy, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { anyId } from '../../src/sources/expected.js';
import type { GateSettings } from '../../src/sources/gate.js';

const SOURCE = { id: 'provider', holder: 'haven', space: 'provider' } as unknown as Source;
const tick = () => performance.now();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The gates of one process, and operations that ask `answer` through them. */
function house(settings: Partial<GateSettings>, budgetMs = 2_000) {
  const codes: string[] = [];
  const warn = ({ code }: { code: string }) => void codes.push(code);
  const gates = openGates({
    now: () => new Date('2026-11-23T10:20:30.456Z'),
    tick,
    random: () => 0,
    log: { warn } as never,
    settings: { timeoutMs: 1_000, ...settings },
  });
  const operation = (purpose: 'S47_ENQUIRY' | 'SUPERVISION' = 'SUPERVISION') => {
    const asking = new Asking([SOURCE], gates, startBudget(budgetMs, tick), purpose);
    return (answer: (signal: AbortSignal) => Promise<readonly string[]>): Promise<Reply<string>> =>
      asking.ask(SOURCE, async ({ signal }) => ({ items: await answer(signal), rejected: 0 }), undefined, anyId);
  };
  return { codes, gates, operation };
}
const fails = async (): Promise<never> => {
  throw new SourceFailure('down');
};
const hangs = () => new Promise<never>(() => {});

describe('a budget', () => {
  it('gives each call half of what is left, no more than its own limit, and nothing at the end', () => {
    let now = 0;
    const budget = startBudget(1_000, () => now);
    expect(budget.share(300)).toBe(300);
    expect(budget.share(5_000)).toBe(500);
    now = 600;
    expect(budget.share(5_000)).toBe(200);
    now = 985;
    expect(budget.share(5_000)).toBe(0);
    now = 2_000;
    expect(budget.share(5_000)).toBe(0);
  });

  it('is kept by an operation whose source hangs at every level', async () => {
    const { operation } = house({ timeoutMs: 300 }, 1_000);
    const ask = operation();
    const began = tick();
    for (let level = 0; level < 6; level += 1) expect((await ask(hangs)).state).toBe('TIMED_OUT');
    // Waited for once; the levels after it do not wait again.
    expect(tick() - began).toBeLessThan(900);
  });
});

describe('trying again', () => {
  it('is for failures, so often and no more', async () => {
    const { operation } = house({ tries: 3 });
    let calls = 0;
    const flaky = async () => {
      calls += 1;
      if (calls < 3) throw new SourceFailure('once more');
      return ['found'];
    };
    expect(await operation()(flaky)).toMatchObject({ state: 'OK', items: ['found'] });
    calls = -10;
    expect((await operation()(flaky)).state).toBe('UNAVAILABLE');
    expect(calls).toBe(-7);
  });

  it('is not for a source that says it is not ready, nor for one that took all its time', async () => {
    const { operation, codes } = house({ timeoutMs: 100 });
    let calls = 0;
    const notReady = async () => {
      calls += 1;
      throw new SourceNotReady('reloading');
    };
    expect((await operation()(notReady)).state).toBe('NOT_READY');
    const slow = () => {
      calls += 1;
      return hangs();
    };
    expect((await operation()(slow)).state).toBe('TIMED_OUT');
    expect([calls, codes]).toEqual([2, ['NOT_READY', 'TIMED_OUT']]);
  });

  it('waits as long as a source asks where there is time, and else leaves it alone, for everybody', async () => {
    const { operation, codes } = house({});
    let calls = 0;
    const busy = (afterMs: number) => async () => {
      calls += 1;
      if (calls === 1) throw new SourceBusy('later', afterMs);
      return ['found'];
    };
    const began = tick();
    expect((await operation()(busy(150))).state).toBe('OK');
    expect(tick() - began).toBeGreaterThanOrEqual(140);
    calls = 0;
    expect((await operation()(busy(30_000))).state).toBe('UNAVAILABLE');
    expect((await operation('S47_ENQUIRY')(busy(0))).state).toBe('UNAVAILABLE');
    expect([calls, codes]).toEqual([1, ['UNAVAILABLE', 'ASKED_TO_WAIT']]);
  });
});

describe('the circuit', () => {
  const settings = { tries: 1, least: 3, outOf: 6, shutMs: 80 };

  it('opens when most reads fail, answers at once, lets one try after a while, and closes when it answers', async () => {
    const { operation, codes } = house(settings);
    for (let i = 0; i < 3; i += 1) await operation()(fails);
    let calls = 0;
    const good = async () => {
      calls += 1;
      await sleep(30);
      return ['found'];
    };
    expect((await operation()(good)).state).toBe('UNAVAILABLE');
    expect([calls, codes.slice(-2)]).toEqual([0, ['UNAVAILABLE', 'GATE_SHUT']]);
    await sleep(100);
    // Five at once: one of them is the trial, the others do not wait for what comes of it.
    const states = (await Promise.all(Array.from({ length: 5 }, () => operation()(good)))).map(({ state }) => state);
    expect([calls, states.filter((state) => state === 'OK')]).toEqual([1, ['OK']]);
    expect((await operation()(good)).state).toBe('OK');
    expect(codes).toContain('GATE_OPEN');
  });

  it('does not open for a source that says it is not ready, nor for calls that had no time of their own', async () => {
    const notReady = house(settings);
    for (let i = 0; i < 10; i += 1)
      await notReady.operation()(async () => {
        throw new SourceNotReady('reloading');
      });
    expect((await notReady.operation()(async () => ['found'])).state).toBe('OK');
    const hurried = house({ ...settings, timeoutMs: 1_000 }, 40);
    await Promise.all(Array.from({ length: 10 }, () => hurried.operation()(hangs)));
    expect((await hurried.operation()(async () => ['found'])).state).toBe('OK');
  });

  it('that everyday work has opened is not open to what is urgent', async () => {
    const { operation } = house(settings);
    for (let i = 0; i < 5; i += 1) await operation()(fails);
    expect((await operation()(async () => ['found'])).state).toBe('UNAVAILABLE');
    expect((await operation('S47_ENQUIRY')(async () => ['found'])).state).toBe('OK');
  });
});

describe('places', () => {
  it('are apart for each class: two hundred boards do not keep an enquiry waiting', async () => {
    const { operation, codes } = house({ waiting: 150 });
    let [underWay, most] = [0, 0];
    const slow = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await sleep(100);
      underWay -= 1;
      return ['found'];
    };
    const boards = Array.from({ length: 200 }, () => operation()(slow));
    const began = tick();
    expect((await operation('S47_ENQUIRY')(slow)).state).toBe('OK');
    expect(tick() - began).toBeLessThan(400);
    const states = (await Promise.all(boards)).map(({ state }) => state);
    // Eight at once and the enquiry; so many wait as may; some wait too long; all are told.
    expect(most).toBeLessThanOrEqual(9);
    expect(states.filter((state) => state === 'UNAVAILABLE')).toHaveLength(42);
    expect(codes.filter((code) => code === 'CROWDED')).toHaveLength(42);
    expect(states.filter((state) => state === 'OK').length).toBeGreaterThan(30);
    expect((await operation()(slow)).state).toBe('OK');
  });
});

describe('health', () => {
  it('tells the last good read in whole minutes, and the age of a copy', async () => {
    const { operation, gates } = house({});
    expect(gates.health(SOURCE)).toEqual({ lagSeconds: 0 });
    await operation()(fails);
    expect(gates.health(SOURCE)).toEqual({ lagSeconds: 0 });
    await operation()(async () => ['found']);
    expect(gates.health({ ...SOURCE, asOf: () => '2026-11-22T10:20:30.456Z' })).toEqual({
      lastGoodRead: '2026-11-23T10:20:00.000Z',
      lagSeconds: 86_400,
    });
    // A copy whose clock is ahead of ours is not behind.
    expect(gates.health({ ...SOURCE, asOf: () => undefined }).lagSeconds).toBeNull();
    expect(gates.health({ ...SOURCE, asOf: () => '2027-01-01T00:00:00.000Z' }).lagSeconds).toBe(0);
  });
});
