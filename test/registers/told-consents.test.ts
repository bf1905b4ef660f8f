import { describe, expect, it } from '@jest/globals';
import type { ConsentRow } from '../../src/domain/circumstances.js';
import { consentFor } from '../../src/registers/consent.js';
import { consentBeside } from '../../src/registers/told-consents.js';
import { ASK, day, said } from './said.js';

const isAgency = (id: string) => ['trust-a', 'csc', 'eh'].includes(id);

/** What the trust's own system says, covering what ASK asks for. */
function told(changes: Partial<ConsentRow> = {}): ConsentRow {
  return {
    id: 'trust-a:Consent/1',
    person: 'P-1',
    state: 'GIVEN',
    inForce: false,
    categories: ['MENTAL_HEALTH'],
    recipients: ['csc'],
    purposes: ['CHILD_PROTECTION'],
    at: day(5),
    ...changes,
  };
}
const denied = (changes: Partial<ConsentRow> = {}) => told({ state: 'REFUSED', inForce: true, ...changes });
const beside = (statements: Parameters<typeof consentBeside>[0], rows: readonly ConsentRow[], ask = ASK) =>
  consentBeside(statements, rows, ask, isAgency);

describe("what the holder's own system says", () => {
  it('changes nothing where it says nothing of the person', () => {
    expect(beside([said()], [])).toEqual(consentFor([said()], ASK));
    expect(beside([said()], [denied({ person: 'P-2' })])).toEqual(consentFor([said()], ASK));
  });

  it('is an agreement where nothing else was said, and is cited', () => {
    expect(beside([], [told()])).toEqual({ state: 'GIVEN', statements: ['trust-a:Consent/1'] });
  });

  it('is one statement among the others: the most recent counts, at equal times the more restrictive', () => {
    expect(beside([said({ state: 'REFUSED', recordedAt: day(4) })], [told()]).state).toBe('GIVEN');
    expect(beside([said({ state: 'WITHDRAWN', recordedAt: day(6) })], [told()]).state).toBe('WITHDRAWN');
    expect(beside([said({ state: 'REFUSED', recordedAt: day(5) })], [told()]).state).toBe('REFUSED');
    expect(beside([said({ recordedAt: day(4) })], [told({ state: 'WITHDRAWN' })]).state).toBe('WITHDRAWN');
    expect(beside([said({ recordedAt: day(6) })], [told({ state: 'WITHDRAWN' })]).state).toBe('GIVEN');
  });

  it('expires', () => {
    expect(beside([], [told({ until: day(20) })]).state).toBe('EXPIRED');
    expect(beside([], [told({ until: '2026-11-21' })]).state).toBe('GIVEN');
    expect(beside([], [told({ from: day(21) })]).state).toBe('NONE');
  });

  it('that agrees from before it was said does not agree before it was said; one that takes back does', () => {
    expect(beside([], [told({ at: day(25), from: day(1) })]).state).toBe('NONE');
    expect(beside([], [told({ from: day(1) })]).state).toBe('GIVEN');
    const back = told({ id: 'back', state: 'WITHDRAWN', at: day(25), from: day(1) });
    expect(beside([said()], [back]).state).toBe('WITHDRAWN');
  });

  it('cites each denial once, and the statements otherwise', () => {
    const two = [denied(), denied(), denied({ id: 'trust-a:Consent/2' })];
    expect(beside([said()], two).statements).toEqual(['trust-a:Consent/1', 'trust-a:Consent/2']);
    expect(beside([said({ recordedAt: day(5) })], [told()]).statements).toEqual(['c-1', 'trust-a:Consent/1']);
  });

  it('denies as long as it stands there, whatever was agreed to since and elsewhere', () => {
    expect(beside([said({ recordedAt: day(19) })], [denied({ at: day(1) })])).toEqual({
      state: 'REFUSED',
      statements: ['trust-a:Consent/1'],
    });
    expect(beside([], [told({ id: 'later', at: day(19) }), denied({ at: day(1) })]).state).toBe('REFUSED');
    const { at: _, ...undated } = denied();
    expect(beside([said()], [undated]).state).toBe('REFUSED');
  });

  it('denies no longer than it says, nor before', () => {
    expect(beside([said()], [denied({ until: day(20) })]).state).toBe('GIVEN');
    expect(beside([said()], [denied({ from: day(21) })]).state).toBe('GIVEN');
    expect(beside([said()], [denied({ from: day(21), at: day(21) })]).state).toBe('REFUSED');
  });

  it('denies what it covers, and nothing else', () => {
    for (const other of [{ categories: ['SUBSTANCE_MISUSE'] }, { recipients: ['eh'] }, { purposes: ['SUPERVISION'] }])
      expect(beside([said()], [denied(other as Partial<ConsentRow>)]).state).toBe('GIVEN');
    for (const same of [{ categories: ['*'] }, { recipients: ['CHILDRENS_SOCIAL_CARE'] }, { purposes: ['*'] }])
      expect(beside([said()], [denied(same as Partial<ConsentRow>)]).state).toBe('REFUSED');
  });

  it('denies to everybody what it denies to somebody the directory does not know; and lets nobody in by such a name', () => {
    expect(beside([said()], [denied({ recipients: ['cscc'] })]).state).toBe('REFUSED');
    expect(beside([], [told({ recipients: ['cscc'] })]).state).toBe('NONE');
  });

  it('is an adult’s own word: for a child nobody’s agreement is told, but every refusal counts', () => {
    const child = { ...ASK, isChild: true, guardians: ['P-mother'] };
    expect(beside([], [told()], child).state).toBe('NONE');
    const byMother = said({ givenBy: 'P-mother', capacity: 'PARENTAL_RESPONSIBILITY' });
    expect(beside([byMother], [], child).state).toBe('GIVEN');
    expect(beside([byMother], [denied()], child).state).toBe('REFUSED');
    expect(beside([byMother], [told({ state: 'WITHDRAWN' })], child).state).toBe('WITHDRAWN');
  });
});
