/** What people have said, as officers list it: the latest first, page by page, each with whom it is about. */
import { describe, expect, it } from '@jest/globals';
import type { EmergencyAccess } from '../../src/registers/emergency.js';
import type { Grant } from '../../src/registers/grant.js';
import { type After, openListing } from '../../src/registers/listing.js';
import { openRegisters } from '../../src/registers/registers.js';
import type { ExceptionRecord, Judgement } from '../../src/registers/statements.js';
import { openEmpty, STORES } from '../store/test-stores.js';
import { day, excepted, judged, said, standing } from './said.js';

const granted = (id: string, recordedAt: string, changes: Partial<Grant> = {}): Grant => ({
  id,
  request: 'r-1',
  subjects: ['P-2', 'P-1'],
  holder: 'trust-a',
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  categories: ['MENTAL_HEALTH'],
  purpose: 'CHILD_PROTECTION',
  items: [],
  from: day(1),
  until: day(28),
  recordedAt,
  approvedBy: 'w-9',
  cites: [],
  ...changes,
});
const opened = (id: string, recordedAt: string, changes: Partial<EmergencyAccess> = {}): EmergencyAccess => ({
  id,
  person: 'P-1',
  subjects: ['P-2', 'P-1'],
  worker: 'w-1',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  gateway: 'VITAL_INTERESTS',
  answers: { why: 'because' },
  risk: 'a risk',
  phoned: 'the duty point',
  from: day(1),
  until: day(2),
  recordedAt,
  ...changes,
});
const sorted = <T extends { readonly subjects: readonly string[] }>(one: T): T => ({
  ...one,
  subjects: [...one.subjects].sort(),
});
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
const all = { limit: 10 };
const over = { at: day(9), by: 'w-3', why: 'over' };
const review = { at: day(10), reviewedBy: 'w-4', finding: 'NOT_JUSTIFIED', why: 'nobody was at risk' } as const;

describe.each(STORES)('what was said, listed, on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const registers = openRegisters(store);
    const write = (work: Parameters<typeof store.transaction>[0]) => store.transaction(work);
    return {
      store,
      listing: openListing(store),
      write,
      grants: async (...list: Grant[]) => {
        for (const one of list) await write((transaction) => registers.writeGrant(transaction, one));
      },
      emergencies: async (...list: EmergencyAccess[]) => {
        for (const one of list) await write((transaction) => registers.writeEmergency(transaction, one));
      },
      exceptions: async (...list: ExceptionRecord[]) => {
        for (const one of list) await write((transaction) => registers.writeException(transaction, one));
      },
      judgements: async (...list: Judgement[]) => {
        for (const one of list) await write((transaction) => registers.writeJudgement(transaction, one));
      },
      registers,
    };
  }
  /** Every page of one row, until there is none. */
  async function onePerPage<T extends { readonly id: string; readonly recordedAt: string }>(
    page: (page: { limit: number; after?: After }) => Promise<readonly T[]>,
  ): Promise<string[]> {
    const seen: string[] = [];
    for (let after: After | undefined; ; ) {
      const [row, ...others] = await page({ limit: 1, ...(after ? { after } : {}) });
      expect(others).toEqual([]);
      if (!row) return seen;
      seen.push(row.id);
      after = { at: row.recordedAt, id: row.id };
    }
  }

  it('emergency accesses stand the latest first, by their id where they are of one time, each once over the pages', async () => {
    const { store, listing, emergencies } = await open();
    await emergencies(opened('b', day(3)), opened('d', day(1)), opened('a', day(3)), opened('c', day(2)));
    expect(ids(await listing.emergencies(all, false))).toEqual(['b', 'a', 'c', 'd']);
    expect(ids(await listing.emergencies({ limit: 3 }, false))).toEqual(['b', 'a', 'c']);
    expect(await onePerPage((page) => listing.emergencies(page, false))).toEqual(['b', 'a', 'c', 'd']);
    await store.close();
  });

  it('an emergency access is listed whole, with its end and review; those without a review apart', async () => {
    const { store, listing, emergencies, write, registers } = await open();
    await emergencies(opened('a', day(1)), opened('b', day(2), { subjects: ['P-3'] }));
    await write((transaction) => registers.endAccess(transaction, 'a', over));
    await write((transaction) => registers.reviewEmergency(transaction, 'a', review));
    const reviewed = { ...sorted(opened('a', day(1))), endedAt: day(9), review };
    const other = opened('b', day(2), { subjects: ['P-3'] });
    expect(await listing.emergencies(all, false)).toEqual([other, reviewed]);
    expect(await listing.emergencies(all, true)).toEqual([other]);
    expect(await listing.emergencies({ ...all, after: { at: day(2), id: 'b' } }, true)).toEqual([]);
    await store.close();
  });

  it('grants stand the latest first, whole, with their end', async () => {
    const { store, listing, grants, write, registers } = await open();
    const [a, b, c] = [granted('a', day(1)), granted('b', day(2), { subjects: ['P-3'] }), granted('c', day(1))];
    await grants(a, b, c);
    await write((transaction) => registers.endAccess(transaction, 'b', over));
    expect(await listing.grants(all)).toEqual([{ ...b, endedAt: day(9) }, sorted(c), sorted(a)]);
    expect(ids(await listing.grants({ limit: 2 }))).toEqual(['b', 'c']);
    expect(await onePerPage((page) => listing.grants(page))).toEqual(['b', 'c', 'a']);
    await store.close();
  });

  it('exceptions that wait are those somebody was asked to approve and nobody has', async () => {
    const { store, listing, exceptions, write, registers } = await open();
    const waiting = (id: string, recordedAt: string) => excepted({ id, recordedAt, awaits: 'w-9' });
    await exceptions(waiting('a', day(1)), excepted({ id: 'b' }), waiting('c', day(2)), waiting('d', day(3)));
    await write((transaction) => registers.approveException(transaction, 'd', { at: day(4), by: 'w-9' }));
    expect(await listing.exceptionsAwaiting(all)).toEqual([waiting('c', day(2)), waiting('a', day(1))]);
    expect(await onePerPage((page) => listing.exceptionsAwaiting(page))).toEqual(['c', 'a']);
    await store.close();
  });

  it('what was recorded under a gateway is named by its ids, exceptions and emergencies together, the latest first', async () => {
    const { store, listing, exceptions, emergencies } = await open();
    const under = { gateway: 'VITAL_INTERESTS' };
    await exceptions(
      excepted({ id: 'e-1', ...under, recordedAt: day(1) }),
      excepted({ id: 'e-2', recordedAt: day(2) }),
      excepted({ id: 'e-3', ...under, recordedAt: day(3) }),
    );
    await emergencies(opened('m-1', day(2)), opened('m-2', day(4), { gateway: 'COURT_ORDER' }), opened('m-3', day(3)));
    expect(await listing.underGateway('VITAL_INTERESTS', 10)).toEqual(['m-3', 'e-3', 'm-1', 'e-1']);
    expect(await listing.underGateway('VITAL_INTERESTS', 2)).toEqual(['m-3', 'e-3']);
    expect(await listing.underGateway('COURT_ORDER', 10)).toEqual(['m-2']);
    expect(await listing.underGateway('NONE', 10)).toEqual([]);
    await store.close();
  });

  it('statements are found by their ids, of every kind, and no other', async () => {
    const { store, listing, grants, emergencies, exceptions, judgements, write, registers } = await open();
    for (const id of ['c-1', 'c-2']) await write((transaction) => registers.writeConsent(transaction, said({ id })));
    await exceptions(excepted({ awaits: 'w-9' }), excepted({ id: 'e-2' }));
    await judgements(judged(), standing());
    await grants(granted('g-1', day(1)), granted('g-2', day(1)));
    await emergencies(opened('m-1', day(1)), opened('m-2', day(1)));
    expect(await listing.byIds(['c-1', 'e-1', 'j-1', 'g-1', 'm-1', 'none'])).toEqual({
      consents: [said()],
      exceptions: [excepted({ awaits: 'w-9' })],
      judgements: [judged()],
      grants: [sorted(granted('g-1', day(1)))],
      emergencies: [sorted(opened('m-1', day(1)))],
    });
    expect(await listing.byIds([])).toEqual({
      consents: [],
      exceptions: [],
      judgements: [],
      grants: [],
      emergencies: [],
    });
    await store.close();
  });

  describe('a record that another agency asked for', () => {
    async function openAsked() {
      const parts = await open();
      const { store } = parts;
      return {
        ...parts,
        asked: async (
          localId: string,
          at: string,
          changes: Partial<Record<'holder' | 'type' | 'agency', string>> = {},
        ) => {
          const { holder = 'trust-a', type = 'MentalHealthRecord', agency = 'csc' } = changes;
          await store.transaction((transaction) =>
            transaction.run(
              'INSERT INTO relevance_request (holder, type, local_id, agency, at, for_relevance) VALUES (?, ?, ?, ?, ?, 1)',
              [holder, type, localId, agency, at],
            ),
          );
        },
      };
    }

    it('is one for each agency that asked, with the first and last time and how often; the first asked for last', async () => {
      const { store, listing, asked } = await openAsked();
      await asked('r-1', day(2));
      await asked('r-2', day(3));
      await asked('r-1', day(5));
      await asked('r-1', day(4), { agency: 'eh' });
      const one = { holder: 'trust-a', type: 'MentalHealthRecord', agency: 'csc' };
      const seen = await listing.relevanceAsked(all, false);
      expect(seen.map(({ key: _, ...row }) => row)).toEqual([
        { ...one, agency: 'eh', askedAt: day(4), askedLastAt: day(4), times: 1 },
        { ...one, askedAt: day(3), askedLastAt: day(3), times: 1 },
        { ...one, askedAt: day(2), askedLastAt: day(5), times: 2 },
      ]);
      const [latest, middle, first] = seen;
      expect(await listing.relevanceAsked({ limit: 2 }, false)).toEqual([latest, middle]);
      expect(await listing.relevanceAsked({ limit: 2, after: middle?.key ?? 0 }, false)).toEqual([first]);
      await store.close();
    });

    it('has the first judgement by name that was made since it was first asked for, and is open until then', async () => {
      const { store, listing, asked, judgements } = await openAsked();
      await asked('r-1', day(3));
      await asked('r-2', day(3));
      await asked('r-1', day(3), { holder: 'trust-b' });
      await asked('r-1', day(3), { type: 'SubstanceMisuseRecord' });
      await judgements(judged({ id: 'before', judgedAt: day(2) }));
      expect((await listing.relevanceAsked(all, false)).every(({ judgement }) => judgement === undefined)).toBe(true);
      expect(await listing.relevanceAsked(all, true)).toHaveLength(4);
      await judgements(
        judged({ id: 'since', judgedAt: day(4), decision: 'NOT_RELEVANT' }),
        judged({ id: 'later', judgedAt: day(5) }),
        standing({ judgedAt: day(6) }),
      );
      const judgement = { id: 'since', decision: 'NOT_RELEVANT', factor: '4B', judgedAt: day(4), judgedBy: 'w-2' };
      const seen = await listing.relevanceAsked(all, false);
      expect(seen.map((row) => row.judgement)).toEqual([undefined, undefined, undefined, judgement]);
      const open = await listing.relevanceAsked(all, true);
      expect(open.map(({ key }) => key)).toEqual(seen.slice(0, 3).map(({ key }) => key));
      await store.close();
    });

    it('stands once though two judgements are of one time, and is judged at the very time it was asked for', async () => {
      const { store, listing, asked, judgements } = await openAsked();
      await asked('r-1', day(3));
      await asked('r-2', day(3));
      await judgements(judged({ id: 'a', judgedAt: day(3) }), judged({ id: 'b', judgedAt: day(3) }));
      const seen = await listing.relevanceAsked(all, false);
      expect(seen.map(({ judgement }) => judgement?.judgedAt)).toEqual([undefined, day(3)]);
      await store.close();
    });
  });
});
