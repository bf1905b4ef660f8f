/** What comes to the registers from a world's file is whole, or refused. */
import { describe, expect, it } from '@jest/globals';
import { judgementShape } from '../../src/registers/statements.js';

const judged = {
  id: 'j-1',
  source: 'haven',
  type: 'SubstanceMisuseRecord',
  subject: 'P-1',
  holder: 'haven',
  factor: '2B',
  decision: 'RELEVANT',
  why: 'It bears on the mornings.',
  judgedAt: '2026-11-01T10:00:00+01:00',
  judgedBy: 'w-1',
};
const isTaken = (more: object) => judgementShape.safeParse({ ...judged, ...more }).success;

describe('a judgement', () => {
  it('covers a record or an episode, and serves a child or an adult: one of the two', () => {
    expect(isTaken({ localId: '1', servesChild: 'P-2' })).toBe(true);
    expect(isTaken({ episode: 'e', servesAdult: 'P-2' })).toBe(true);
    expect(isTaken({ servesChild: 'P-2' })).toBe(false);
    expect(isTaken({ localId: '1' })).toBe(false);
    expect(isTaken({ localId: '1', servesChild: 'P-2', servesAdult: 'P-3' })).toBe(false);
  });
  it('says why, when and of what', () => {
    for (const part of ['why', 'judgedAt', 'type', 'decision', 'id'])
      expect([part, isTaken({ localId: '1', servesChild: 'P-2', [part]: '' })]).toEqual([part, false]);
    expect(judgementShape.parse({ ...judged, localId: '1', servesChild: 'P-2' }).judgedAt).toBe(
      '2026-11-01T09:00:00.000Z',
    );
  });
});
