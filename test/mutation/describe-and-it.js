/** What test files import from `@jest/globals`, kept as a list of what is to run; `expect` is jest's own. */
import { expect } from 'expect';
import { format } from 'node:util';

const block = (parent) => ({ parent, before: [], after: [], beforeEach: [], afterEach: [], items: [], skipped: parent?.skipped ?? false });

/** A new list; `globals` are to be imported by one test file, whose outermost block is `top`. */
export function collecting() {
  const top = block();
  let here = top;
  const within = (made, fill, ...row) => {
    const outer = here;
    here = made;
    fill(...row);
    here = outer;
  };
  const describe = (_name, fill) => {
    const made = block(here);
    here.items.push(made);
    within(made, fill);
  };
  const it = (name, run) => here.items.push({ name, run, parent: here });
  const rows = (table, each) => {
    for (const row of table) each(Array.isArray(row) ? row : [row]);
  };
  const each = (add) => (table) => (name, fill) => rows(table, (row) => add(format(String(name), ...row.filter((v) => typeof v !== 'object')), () => fill(...row)));
  describe.each = each(describe);
  describe.skip = () => {};
  describe.skip.each = () => () => {};
  it.each = each(it);
  it.skip = () => {};
  it.skip.each = () => () => {};
  const hook = (kind) => (run) => here[kind].push(run);
  const globals = { describe, it, test: it, expect, beforeAll: hook('before'), afterAll: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach') };
  return { top, globals };
}

/** The tests of a block in their order. */
export function testsOf(top) {
  return top.items.flatMap((item) => (item.run ? [item] : testsOf(item)));
}

/**
 * Runs the chosen tests with the hooks around them. `told` hears of the beginning of each hook (undefined) and test (its number);
 * a failing hook fails what it is for. Answers with the first failure, else undefined; after the first failure only `afterAll` run,
 * unless there is a set to `keepGoing` with: the numbers of all that fail.
 */
export async function runTests(top, isChosen, told, keepGoing) {
  const numbers = new Map(testsOf(top).map((one, i) => [one, i]));
  let failed;
  const fail = (number, error) => {
    failed ??= { number, error: String(error?.message ?? error).slice(0, 200) };
    keepGoing?.add(number);
    return !keepGoing;
  };
  const isWanted = (item) => (item.run ? isChosen(numbers.get(item)) : item.items.some(isWanted));
  const inTime = (run) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('took too long')), 120_000);
    });
    return Promise.race([Promise.resolve().then(run), late]).finally(() => clearTimeout(timer));
  };
  async function runBlock(one) {
    if (!isWanted(one)) return false;
    try {
      told(undefined);
      for (const hook of one.before) await inTime(hook);
      for (const item of one.items) {
        if (!item.run) {
          if (await runBlock(item)) return true;
          continue;
        }
        const number = numbers.get(item);
        if (!isChosen(number)) continue;
        const around = [];
        for (let outer = item.parent; outer; outer = outer.parent) around.unshift(outer);
        try {
          told(number);
          for (const outer of around) for (const hook of outer.beforeEach) await inTime(hook);
          await inTime(item.run);
        } catch (error) {
          if (fail(number, error)) return true;
        } finally {
          for (const outer of around.reverse()) for (const hook of outer.afterEach) await inTime(hook);
          told(undefined);
        }
      }
      return false;
    } catch (error) {
      return fail(-1, error);
    } finally {
      for (const hook of one.after) await inTime(hook).catch(() => {});
    }
  }
  await runBlock(top);
  return failed;
}
