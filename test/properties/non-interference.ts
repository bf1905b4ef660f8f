/**
 * Silence is absence: for any operation of anybody, the answer in the world that holds a record which is silent to them is
 * byte for byte the answer in the world without it. `npm run prove -- --pairs N` runs any number of pairs. They are shared out
 * among test files, each with pairs of its own, so that workers of jest run them side by side.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEntryBody } from '../../src/audit/entry.js';
import type { RecordType } from '../../src/domain/records.js';
import { anyOperation } from './operations.js';
import { type Held, startTestWorld, type TestWorld } from './worlds.js';

/** How many files share the pairs. */
const PARTS = 2;
/** CI proves over 2,000 pairs in all; a contributor's run over fewer. */
const ALL_PAIRS = Number(process.env['THRESHOLD_PROVE_PAIRS'] ?? (process.env['CI'] ? 2000 : 60));
const PAIRS = Math.ceil(ALL_PAIRS / PARTS);
const UNKNOWN_PAIRS = Math.ceil(PAIRS / 20);
const FIRST_SEED = Number(process.env['THRESHOLD_PROVE_SEED'] ?? 20261123);
const WORLD = process.env['THRESHOLD_PROVE_WORLD'];
/** Made by the gateway from memberships, held by no system as a record. */
const MADE = 'FamilyMember';

/** The records that an operation reached and that are silent to who asked, in all their parts. */
function silentIn({ decisions, outcomes }: AuditEntryBody): Held[] {
  const shown = new Set<string>();
  const silent = new Map<string, Held>();
  for (const [index, , holder, type, ids] of outcomes) {
    for (const localId of ids) {
      const key = `${holder} ${type} ${localId}`;
      if (decisions[index]?.outcome === 'SILENT') silent.set(key, { holder, type: type as RecordType, localId });
      else shown.add(key);
    }
  }
  return [...silent].flatMap(([key, held]) => (shown.has(key) || held.type === MADE ? [] : held));
}

/** Worlds without some of these: all of them, and several by themselves. A list that hides several must not tell by the last. */
function taken(silent: readonly Held[], which: number): (readonly Held[])[] {
  if (silent.length === 1) return [silent];
  const singles = Array.from({ length: 7 }, (_, i) => (which + i * 7) % silent.length);
  return [silent, ...[...new Set(singles)].map((i) => [silent[i] as Held])];
}

/** Persons of whom an adult service's records are all silent to who asked, as the log has it. */
function unseenIn({ decisions, outcomes }: AuditEntryBody, services: ReadonlyMap<string, string>) {
  const all = new Map<string, { source: string; person: string; isSilent: boolean }>();
  for (const [index, person, holder] of outcomes) {
    const source = services.get(holder);
    if (source === undefined) continue;
    const key = `${source} ${person}`;
    const isSilent = decisions[index]?.outcome === 'SILENT' && all.get(key)?.isSilent !== false;
    all.set(key, { source, person, isSilent });
  }
  return [...all.values()].filter(({ isSilent }) => isSilent);
}

/** Everything that can be asked of a person. */
const WHOLE = (person: string, purpose: string) => {
  const id = JSON.stringify(Buffer.from(`Person:${person}`).toString('base64url'));
  return `query Whole @purpose(of: ${purpose}) { person(id: ${id}) { id forename surname withheld { outcome } sources { state }
    ... on Child { involvements { nodes { id } withheld { outcome } } relationships { nodes { id } } }
    ... on Adult { involvements { nodes { id } withheld { outcome } } relationships { nodes { id } }
      adultWork { nodes { id } withheld { outcome } } } } }`;
};

/** Proves one part of the pairs: 1 to `PARTS`. Every part draws from seeds of its own. */
export function proveNonInterference(part: 1 | 2): void {
  const seed = FIRST_SEED + 1000 * (part - 1);
  let world: TestWorld;

  beforeAll(async () => {
    world = await startTestWorld(WORLD);
  }, 120_000);
  afterAll(() => world.demo.stop());

  describe('what is silent', () => {
    it(`is absent: ${PAIRS} pairs of worlds, with and without the records`, async () => {
      const worker = fc.constantFrom(...world.workers);
      const operation = anyOperation(world.schema, world.pools);
      let checked = 0;
      await fc.assert(
        fc.asyncProperty(worker, operation, fc.nat(), async (who, query, which) => {
          if (checked >= PAIRS) return;
          const { answer, entry } = await world.ask(who, query);
          const silent = entry ? silentIn(entry) : [];
          fc.pre(silent.length > 0);
          for (const records of taken(silent, which)) {
            const without = await world.without(records, () => world.ask(who, query));
            checked += 1;
            if (without.answer !== answer) expect({ records, answer: without.answer }).toEqual({ records, answer });
          }
        }),
        { numRuns: PAIRS, seed, maxSkipsPerRun: 200 },
      );
      expect(checked).toBeGreaterThanOrEqual(PAIRS);
    }, 3_600_000);

    it(`is not known: ${UNKNOWN_PAIRS} pairs of worlds, in which an adult service knows a person and does not`, async () => {
      // Adult services of whose telling nothing but their own work and where the person lives rests: allegations and consents
      // that others tell change what may be known, and are meant to.
      const services = new Map(
        world.sources.flatMap(({ id, holder, tells, provides }) =>
          provides.has('SubstanceMisuseRecord') && !tells.has('consents') ? [[holder, id] as const] : [],
        ),
      );
      const operation = anyOperation(world.schema, world.pools);
      let checked = 0;
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...world.workers), operation, fc.nat(), async (who, query, which) => {
          if (checked >= UNKNOWN_PAIRS) return;
          const { answer, entry } = await world.ask(who, query);
          const unseen = entry ? unseenIn(entry, services) : [];
          const one = unseen[which % Math.max(1, unseen.length)];
          fc.pre(one !== undefined);
          if (!one) return;
          const purpose = entry?.purpose ?? '';
          const whole = await world.ask(who, WHOLE(one.person, purpose));
          fc.pre(
            whole.entry !== undefined &&
              unseenIn(whole.entry, services).some(
                ({ source, person }) => source === one.source && person === one.person,
              ),
          );
          await world.withoutPerson(one.source, one.person, async () => {
            checked += 1;
            for (const [asked, before] of [
              [query, answer],
              [WHOLE(one.person, purpose), whole.answer],
            ] as const) {
              const without = await world.ask(who, asked);
              if (without.answer !== before)
                expect({ ...one, answer: without.answer }).toEqual({ ...one, answer: before });
            }
          });
        }),
        { numRuns: PAIRS, seed: seed + 1, maxSkipsPerRun: 100 },
      );
      expect(checked).toBeGreaterThanOrEqual(UNKNOWN_PAIRS);
    }, 3_600_000);
  });
}
