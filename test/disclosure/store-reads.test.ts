/** What a board costs the store does not grow with the board: everything about everybody on it is read together. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { generateWorld } from '../../src/worlds/generate.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';

const folder = mkdtempSync(join(tmpdir(), 'threshold-reads-'));
let demo: Demo;
let reads = 0;
beforeAll(async () => {
  await generateWorld({ families: 60, seed: 3, out: folder, today: '2026-11-23' });
  demo = await startDemo({ THRESHOLD_WORLD: folder });
  // It reads by itself.
  await demo.sequencer.stop();
  // What the gateway was wired with is this very store: from here on its reads are counted.
  const { read, readAll } = demo.store;
  Object.assign(demo.store, {
    read: (...statement: Parameters<typeof read>) => {
      reads += 1;
      return read(...statement);
    },
    readAll: (statements: Parameters<typeof readAll>[0]) => {
      reads += statements.length;
      return readAll(statements);
    },
  });
}, 120_000);
afterAll(async () => {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function board(worker: string, first: number) {
  reads = 0;
  const { data, errors } = await ask(
    demo,
    worker,
    `query B @purpose(of: SUPERVISION) { families(first: ${first}) { nodes { id members { person { id forename
      addresses { postcode } involvements { nodes { id } } relationships { nodes { id } } withheld { outcome }
      ... on Child { assessments { nodes { id } } childInNeedPlans { nodes { id } } statuses { nodes { id } } }
      ... on Adult { adultWork { nodes { id } withheld { outcome } } } } } } } }`,
  );
  expect(errors).toBeUndefined();
  const asked = reads;
  const body = (await demo.audit.read({ limit: 1 }))[0]?.body;
  return {
    reads: asked,
    families: (data['families'].nodes as Json[]).length,
    persons: new Set(body?.outcomes.map(([, person]) => person)).size,
    categories: new Set(body?.decisions.map(({ category }) => category)).size,
  };
}

it('a board of a hundred persons in ten categories is decided in as many reads of the store as one of a few', async () => {
  const boards: { readonly id: string; readonly persons: number }[] = [];
  for (const { id, roles } of demo.workers)
    if (roles.includes('TEAM_MANAGER')) boards.push({ id, persons: (await board(id, 100)).persons });
  const [largest] = boards.sort((a, b) => b.persons - a.persons);
  if (!largest) throw new Error('the world has no team manager');
  const [few, whole] = [await board(largest.id, 2), await board(largest.id, 100)];
  expect(whole.persons).toBeGreaterThanOrEqual(100);
  expect(whole.categories).toBeGreaterThanOrEqual(10);
  expect(few.families).toBe(2);
  expect(whole.reads).toBeGreaterThan(0);
  expect(whole.reads).toBe(few.reads);
}, 120_000);
