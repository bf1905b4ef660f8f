/** An alert that rests on a lock is of the officers of its holder: of two holders each has one, and neither the other's. */
import { describe, expect, it } from '@jest/globals';
import { openAudit } from '../../../src/audit/audit.js';
import { openIndexer } from '../../../src/audit/index/indexer.js';
import { openSearch } from '../../../src/audit/index/search.js';
import { factKey, factsOf } from '../../../src/domain/facts.js';
import type { Category } from '../../../src/domain/words.js';
import { openAlertRows } from '../../../src/oversight/alerts/alert-rows.js';
import { judgeAsKnown } from '../../../src/oversight/alerts/judging-as-known.js';
import { judgePair } from '../../../src/oversight/alerts/rules.js';
import { deedOf, seenIn } from '../../../src/oversight/alerts/sightings.js';
import { placeAlerts } from '../../../src/oversight/alerts/unplaced.js';
import { entry } from '../../audit/entries.js';
import { sequencerOf } from '../../audit/sequenced.js';
import { openEmpty, STORES } from '../../store/test-stores.js';

const facts = { ...factsOf(0), role: 'SOCIAL_WORKER', purpose: 'SUPERVISION', basis: 'NONE' } as const;
const line = (category: Category, confidentiality: 'N' | 'V') => ({
  facts: factKey({ ...facts, involvement: 'NONE', conflict: false, category, confidentiality }),
  outcome: 'SILENT',
  category,
  ...(confidentiality === 'V' ? { vetoes: ['locked'] } : {}),
});
/** Of a stranger whose identity is refused, and of whom two agencies keep something locked. */
const probe = (id: string, day: string) =>
  entry(id, {
    at: `2026-11-${day}T10:00:00.000Z`,
    decisions: [line('IDENTITY', 'N'), line('MENTAL_HEALTH', 'V'), line('SUBSTANCE_MISUSE', 'V')],
    outcomes: [
      [0, 'P-1', 'csc', 'PersonDetails', ['d']],
      [1, 'P-1', 'mht', 'MentalHealthRecord', ['m']],
      [2, 'P-1', 'haven', 'SubstanceMisuseRecord', ['s']],
    ],
  });
const probes = [probe('e-1', '17'), probe('e-2', '19')];

describe('probing of two agencies’ locks', () => {
  it('is found for each of them by what it may know, and for nobody else', async () => {
    const findings = await judgeAsKnown(
      probes.map((body, index) => deedOf(index, body)),
      (deeds) =>
        judgePair({
          seen: deeds.flatMap((deed) => seenIn(deed, 'P-1')),
          near: new Set(),
          isTold: false,
          isStanding: true,
          isFrontDoor: false,
          workerSince: '2026-09-01T10:00:00.000Z',
          now: '2026-11-19T10:00:00.000Z',
        }),
    );
    expect(findings.map(({ rule, keptBy, indexes }) => [rule, keptBy, indexes])).toEqual([
      ['LOCKED_PROBED', 'mht', [0, 1]],
      ['LOCKED_PROBED', 'haven', [0, 1]],
    ]);
  });

  it('has no sighting, no record and no person in what everybody may know of it', () => {
    const deed = deedOf(0, probes[0] as (typeof probes)[number]);
    expect(deed.sightings.map(({ lockedRefused, records }) => [lockedRefused, records])).toEqual([
      [false, ['csc PersonDetails d']],
    ]);
    const [trust, haven] = ['mht', 'haven'].map((agency) => deed.kept?.get(agency)?.sightings[0]?.records);
    expect(trust).toEqual(['csc PersonDetails d', 'mht MentalHealthRecord m']);
    expect(haven).toEqual(['csc PersonDetails d', 'haven SubstanceMisuseRecord s']);
  });
});

describe.each(STORES)('alerts in a store on $kind', (config) => {
  it('are about one person, though the log first knew them by a lock alone, and then openly too', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    const sequencer = sequencerOf(store);
    const indexer = openIndexer(store);
    const rows = openAlertRows(store);
    const about = {
      worker: 'w-1',
      person: 'P-1',
      keptBy: 'mht',
      rule: 'LOCKED_PROBED',
      at: '2026-11-19T10:00:00.000Z',
    } as const;
    const opened: boolean[] = [];
    const byLock = { ...probes[0], outcomes: probes[0]?.outcomes.filter(([, , holder]) => holder === 'mht') };
    for (const [index, body] of [byLock, probes[1]].entries()) {
      await audit.append(body as (typeof probes)[number]);
      await sequencer.sequence();
      await indexer.index();
      opened.push(
        await store.transaction((transaction) =>
          rows.open(transaction, { ...about, id: `a-${index}`, indexes: [index] }),
        ),
      );
    }
    expect(opened).toEqual([true, false]);
    expect(await rows.operations('a-0')).toEqual([0, 1]);
    await sequencer.stop();
    await store.close();
  });

  it('from before it was kept whose they are, are nobody’s until the operations behind them tell', async () => {
    const store = await openEmpty(config);
    const audit = openAudit(store);
    for (const body of probes) await audit.append(body);
    const sequencer = sequencerOf(store);
    await sequencer.sequence();
    await sequencer.stop();
    await openIndexer(store).index();
    const rows = openAlertRows(store);
    const about = { id: 'old', worker: 'w-1', person: 'P-1', keptBy: '?', at: '2026-11-19T10:00:00.000Z' } as const;
    await store.transaction((transaction) =>
      rows.open(transaction, { ...about, rule: 'LOCKED_PROBED', indexes: [0, 1] }),
    );
    const listed = async (knownTo: string) => (await rows.list({ knownTo, limit: 9 })).map(({ id }) => id);
    expect(await Promise.all(['csc', 'mht', 'haven'].map(listed))).toEqual([[], [], []]);
    let ids = 0;
    const newId = () => {
      ids += 1;
      return `new-${ids}`;
    };
    for (let i = 0; i < 2; i += 1) await placeAlerts({ rows, search: openSearch(store), newId });
    expect(await Promise.all(['csc', 'mht', 'haven'].map(listed))).toEqual([[], ['old'], ['new-1']]);
    expect(await rows.operations('new-1')).toEqual([0, 1]);
    expect(await rows.get('old', 'haven')).toBeUndefined();
    await store.close();
  });
});
