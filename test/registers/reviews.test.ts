/** What reviews of an allegation amount to, and that they are held as they were said (RULES §2, Allegations; FS-21). */
import { describe, expect, it } from '@jest/globals';
import { View } from '../../src/disclosure/facts/view.js';
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import { openRegisters } from '../../src/registers/registers.js';
import { type AllegationReview, reviewStanding, reviewsOf } from '../../src/registers/reviews.js';
import { openEmpty, STORES } from '../store/test-stores.js';

const review = (more: Partial<AllegationReview> = {}): AllegationReview => ({
  id: 'r-1',
  holder: 'csc',
  victim: 'P-1',
  perpetrator: 'P-2',
  result: 'STANDS',
  why: 'Seen with the police; what she says holds.',
  reviewedAt: '2026-11-01T10:00:00.000Z',
  reviewedBy: 'tm',
  ...more,
});
const not = { result: 'DOES_NOT_STAND' } as const;

describe('reviews of an allegation', () => {
  it('amount to nothing where nobody reviewed it', () => expect(reviewStanding([], undefined)).toBeUndefined());
  it('amount to what the holder’s own system says, or the register, or both', () => {
    expect(reviewStanding([], 'DOES_NOT_STAND')).toBe('DOES_NOT_STAND');
    expect(reviewStanding([review()], undefined)).toBe('STANDS');
    expect(reviewStanding([review()], 'STANDS')).toBe('STANDS');
  });
  it('amount to the latest, in whatever order they are read', () => {
    const later = review({ id: 'r-2', ...not, reviewedAt: '2026-11-01T10:00:00.001Z' });
    expect(reviewStanding([review(), later], undefined)).toBe('DOES_NOT_STAND');
    expect(reviewStanding([later, review()], undefined)).toBe('DOES_NOT_STAND');
  });
  it('are disputed where two of one instant differ, or the holder’s own system says otherwise', () => {
    expect(reviewStanding([review(), review({ id: 'r-2', ...not })], undefined)).toBe('DISPUTED');
    expect(reviewStanding([review()], 'DOES_NOT_STAND')).toBe('DISPUTED');
    expect(reviewStanding([review(not)], 'STANDS')).toBe('DISPUTED');
  });
  it('are of one direction, between these two, of what one agency recorded', () => {
    const mine = review();
    const others = [
      review({ victim: 'P-2', perpetrator: 'P-1' }),
      review({ victim: 'P-3' }),
      review({ perpetrator: 'P-3' }),
      review({ holder: 'safe' }),
    ];
    expect(reviewsOf([...others, mine], { victim: 'P-1', perpetrator: 'P-2', holder: 'csc' })).toEqual([mine]);
  });
});

describe('what is known of an allegation', () => {
  const told = { victim: 'P-1', perpetrator: 'P-2', recordedAt: '2026-01-01' };
  const viewOf = (holder: string) => {
    const view = new View('2026-11-23T12:00:00.000Z', new Set());
    view.add({ space: 'a', holder, circumstances: { ...NO_CIRCUMSTANCES, allegations: [told] } });
    return view;
  };
  const reviewIn = (view: View) => view.of('allegations', 'P-1').map((row) => view.reviewOf(row));

  it('is what the register says of the agency that recorded it, and of no other', () => {
    const [mine, anothers] = [viewOf('csc'), viewOf('safe')];
    for (const view of [mine, anothers]) view.addReviews([review(not)]);
    expect(reviewIn(mine)).toEqual(['DOES_NOT_STAND']);
    expect(reviewIn(anothers)).toEqual([undefined]);
  });
  it('is the same when it is told twice', () => {
    const view = viewOf('csc');
    view.addReviews([review(not)]);
    view.addReviews([review(not)]);
    expect(reviewIn(view)).toEqual(['DOES_NOT_STAND']);
  });
  it('is disputed where the register cannot be read', () => {
    const view = viewOf('csc');
    view.addReviews([review(not)]);
    view.reviewsUntold();
    expect(reviewIn(view)).toEqual(['DISPUTED']);
  });
});

describe.each(STORES)('reviews on $kind', (config) => {
  it('are read with either of the two, moved by nobody else’s, and never stand before the last', async () => {
    const store = await openEmpty(config);
    const registers = openRegisters(store);
    const write = (one: AllegationReview) =>
      store.transaction((transaction) => registers.writeReview(transaction, one));
    await write(review());
    await write(review({ id: 'r-2', victim: 'P-3', reviewedAt: '2026-10-01T10:00:00+01:00' }));
    expect(await registers.version()).toBe(2);
    expect((await registers.read(['P-1'])).reviews).toEqual([review()]);
    const second = review({ id: 'r-2', victim: 'P-3', reviewedAt: '2026-10-01T09:00:00.000Z' });
    expect([...(await registers.read(['P-2'])).reviews].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      review(),
      second,
    ]);
    expect((await registers.read(['P-4'])).reviews).toEqual([]);
    await write(review({ id: 'r-3', ...not, reviewedAt: '2026-10-31T10:00:00.000Z' }));
    const held = (await registers.read(['P-1'])).reviews.find(({ id }) => id === 'r-3');
    expect(held?.reviewedAt).toBe(review().reviewedAt);
    await expect(write(review({ id: 'r-4', reviewedAt: 'soon' }))).rejects.toThrow(RangeError);
    expect(await registers.version()).toBe(3);
    await store.close();
  });
});
