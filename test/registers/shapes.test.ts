/** What comes to the registers from a world's file is whole, or refused. */
import { describe, expect, it } from '@jest/globals';
import { consentShape, exceptionShape, judgementShape } from '../../src/registers/statements.js';

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

const scope = { categories: ['PLAN', '*'], holders: ['csc'], recipients: ['*'], purposes: ['SUPERVISION', '*'] };

describe('a consent', () => {
  const consent = {
    id: 'c-1',
    subject: 'P-1',
    state: 'GIVEN',
    givenBy: 'P-1',
    capacity: 'SELF',
    ...scope,
    from: '2026-11-01T10:00:00+01:00',
    recordedAt: '2026-11-01T09:00:00Z',
    recordedBy: 'w-1',
    method: '',
  };
  const isGiven = (more: object) => consentShape.safeParse({ ...consent, ...more }).success;

  it('comes with its instants in the one form, and what it lacks left out', () => {
    const at = '2026-11-01T09:00:00.000Z';
    expect(consentShape.parse(consent)).toEqual({ ...consent, from: at, recordedAt: at });
    const more = { until: '2026-12-01T00:00:00.000Z', reviewOn: '2026-11-20', competence: 'Gillick' };
    expect(consentShape.parse({ ...consent, ...more })).toEqual({ ...consent, ...more, from: at, recordedAt: at });
  });

  it('is of closed words', () => {
    for (const state of ['GIVEN', 'REFUSED', 'WITHDRAWN']) expect(isGiven({ state })).toBe(true);
    for (const capacity of ['SELF', 'OWN_COMPETENCE', 'PARENTAL_RESPONSIBILITY'])
      expect(isGiven({ capacity })).toBe(true);
    for (const wrong of [
      { state: 'EXPIRED' },
      { capacity: 'FRIEND' },
      { categories: ['MOOD'] },
      { purposes: ['CURIOSITY'] },
      { reviewOn: 'soon' },
      { from: '2026-11-01' },
      { recordedAt: 'then' },
      { until: null },
    ])
      expect([wrong, isGiven(wrong)]).toEqual([wrong, false]);
  });

  it('names what it covers, by whom and of whom', () => {
    for (const part of ['categories', 'holders', 'recipients', 'purposes'])
      expect([part, isGiven({ [part]: [] })]).toEqual([part, false]);
    for (const part of ['id', 'subject', 'givenBy', 'recordedBy'])
      expect([part, isGiven({ [part]: '' })]).toEqual([part, false]);
    for (const part of ['holders', 'recipients']) expect([part, isGiven({ [part]: [''] })]).toEqual([part, false]);
    for (const part of ['method', 'from', 'recordedAt'])
      expect([part, isGiven({ [part]: undefined })]).toEqual([part, false]);
  });

  it('ends after it starts', () => {
    expect(isGiven({ until: '2026-11-01T09:00:00.001Z' })).toBe(true);
    for (const until of ['2026-11-01T09:00:00Z', '2026-10-01T09:00:00Z']) expect(isGiven({ until })).toBe(false);
    expect(consentShape.safeParse({ ...consent, until: consent.from }).error?.issues[0]?.message).toBe(
      'it ends before it starts',
    );
  });

  it('is given by another only by parental responsibility', () => {
    const other = { givenBy: 'P-mother' };
    expect(isGiven({ ...other, capacity: 'PARENTAL_RESPONSIBILITY' })).toBe(true);
    for (const capacity of ['SELF', 'OWN_COMPETENCE']) expect(isGiven({ ...other, capacity })).toBe(false);
    expect(consentShape.safeParse({ ...consent, ...other }).error?.issues[0]?.message).toBe(
      'given by another in the own name',
    );
  });
});

describe('a record of why consent is not required', () => {
  const exception = {
    id: 'e-1',
    subjects: ['P-1'],
    gateway: 'COURT_ORDER',
    ...scope,
    overridesRefusal: true,
    from: '2026-11-01T00:00:00Z',
    until: '2026-12-01T00:00:00Z',
    recordedAt: '2026-11-01T00:00:00Z',
    recordedBy: 'w-1',
    answers: { why: 'because' },
  };
  const isTakenToo = (more: object) => exceptionShape.safeParse({ ...exception, ...more }).success;

  it('comes with its instants in the one form, and approved where somebody approved', () => {
    const plain = exceptionShape.parse(exception);
    expect(plain).toEqual({
      ...exception,
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-12-01T00:00:00.000Z',
      recordedAt: '2026-11-01T00:00:00.000Z',
    });
    expect(exceptionShape.parse({ ...exception, approvedBy: 'w-9' })).toEqual({ ...plain, approvedBy: 'w-9' });
  });

  it('names whom it is about, under what, by whom, and what was answered', () => {
    for (const wrong of [
      { subjects: [] },
      { subjects: [''] },
      { categories: [] },
      { gateway: '' },
      { id: '' },
      { recordedBy: '' },
      { approvedBy: '' },
      { overridesRefusal: 'yes' },
      { answers: { why: 1 } },
      { answers: undefined },
      { from: 'then' },
      { until: undefined },
      { recordedAt: '2026-11-01' },
    ])
      expect([wrong, isTakenToo(wrong)]).toEqual([wrong, false]);
  });

  it('ends after it starts', () => {
    for (const until of ['2026-11-01T00:00:00Z', '2026-10-31T00:00:00Z']) {
      const { error } = exceptionShape.safeParse({ ...exception, until });
      expect(error?.issues.map(({ message }) => message)).toEqual(['it ends before it starts']);
    }
  });
});

describe('what is wrong with a judgement', () => {
  it('is said', () => {
    const said = (more: object) =>
      judgementShape.safeParse({ ...judged, ...more }).error?.issues.map(({ message }) => message);
    expect(said({ servesChild: 'P-2' })).toEqual(['it covers neither a record nor an episode']);
    expect(said({ localId: '1' })).toEqual(['it serves either a child or an adult']);
    for (const part of ['source', 'subject', 'holder', 'judgedBy', 'localId', 'episode', 'servesChild'])
      expect([part, isTaken({ localId: '1', servesChild: 'P-2', [part]: '' })]).toEqual([part, false]);
    expect(isTaken({ localId: '1', servesChild: 'P-2', factor: '' })).toBe(true);
    expect(isTaken({ localId: '1', servesChild: 'P-2', factor: undefined })).toBe(false);
    expect(isTaken({ localId: '1', servesAdult: '' })).toBe(false);
  });
});
