/** What a notice says of a denial: the safe form of its reasons, and nothing where silence or the duty point is the answer. */
import { describe, expect, it } from '@jest/globals';
import { shownAs } from '../../src/disclosure/door.js';
import { isRequestable, reasonsOf, reasonTold, safeReasons } from '../../src/disclosure/reason.js';
import type { FactRecord } from '../../src/domain/facts.js';

describe('the safe form of reasons', () => {
  it('leaves out what only the full form says, and is never empty', () => {
    expect(safeReasons(['LOCATION_PROTECTED', 'CONSENT_REFUSED', 'REQUEST_NEEDED'])).toEqual([
      'CONSENT_REFUSED',
      'REQUEST_NEEDED',
    ]);
    for (const full of ['CONFLICT_OF_INTEREST', 'OPPOSING_PARTY', 'LOCATION_PROTECTED', 'LOCKED'] as const)
      expect(safeReasons([full])).toEqual(['ROLE_NOT_PERMITTED']);
    expect(safeReasons([])).toEqual(['ROLE_NOT_PERMITTED']);
  });
  it('is told by its first alone, of what is withheld alone', () => {
    expect(reasonTold('WITHHELD', ['LOCKED', 'NOT_ON_TEAM', 'REQUEST_NEEDED'], false)).toBe('NOT_ON_TEAM');
    for (const outcome of ['SILENT', 'BROKERED', 'RELEASED'] as const)
      expect([reasonTold(outcome, ['NOT_ON_TEAM'], false), reasonTold(outcome, ['NOT_ON_TEAM'], true)]).toEqual([
        null,
        null,
      ]);
  });
  it('is that a fact could not be told where one could not', () =>
    expect(reasonTold('WITHHELD', ['NOT_ON_TEAM'], true)).toBe('FACT_UNAVAILABLE'));
});

/** Rules of a test: what must hold, and the vetoes named where it does not. */
const evaluating =
  (isAllowed: (facts: FactRecord) => boolean, vetoes: readonly string[] = []) =>
  (facts: FactRecord) => ({
    allowed: isAllowed(facts),
    permits: [],
    vetoes: isAllowed(facts) ? [] : vetoes,
    errors: [],
  });
const facts = {
  involvement: 'NONE',
  onFamilyTeam: false,
  basis: 'NONE',
  consentState: 'NONE',
  relevance: 'UNJUDGED',
  purpose: 'DIRECT_WORK',
  grant: 'NONE',
} as FactRecord;
const reasons = (
  isAllowed: (f: FactRecord) => boolean,
  of: Partial<FactRecord> = {},
  vetoes: readonly string[] = [],
) => {
  const evaluate = evaluating(isAllowed, vetoes);
  const record = { ...facts, ...of };
  return reasonsOf(record, evaluate(record), evaluate);
};

describe('reasons', () => {
  it('never name consent within an agency, where it changes nothing, nor across where it is given', () => {
    const onConsent = (f: FactRecord) => f.basis === 'CONSENT';
    expect(reasons(onConsent, { ownAgency: true })).toEqual(['ROLE_NOT_PERMITTED']);
    expect(reasons(onConsent, { ownAgency: false })).toEqual(['CONSENT_NOT_GIVEN']);
    const both = (f: FactRecord) => f.basis === 'CONSENT' && f.onFamilyTeam;
    expect(reasons(both, { ownAgency: false, basis: 'CONSENT' })).toEqual(['NOT_ON_TEAM']);
  });
  it('are the least that would have to change: one thing before two, in their order', () => {
    expect(reasons((f) => f.onFamilyTeam)).toEqual(['NOT_ON_TEAM']);
    expect(reasons((f) => f.onFamilyTeam && f.relevance === 'RELEVANT')).toEqual([
      'NOT_ON_TEAM',
      'NOT_JUDGED_RELEVANT',
    ]);
    expect(reasons((f) => (f.onFamilyTeam && f.relevance === 'RELEVANT') || f.grant === 'COVERS')).toEqual([
      'REQUEST_NEEDED',
    ]);
    expect(reasons((f) => f.onFamilyTeam || f.relevance === 'RELEVANT')).toEqual(['NOT_ON_TEAM']);
  });
  it('say how consent stands', () => {
    const consented = (f: FactRecord) => f.basis === 'CONSENT';
    for (const [consentState, reason] of [
      ['NONE', 'CONSENT_NOT_GIVEN'],
      ['REFUSED', 'CONSENT_REFUSED'],
      ['WITHDRAWN', 'CONSENT_WITHDRAWN'],
      ['EXPIRED', 'CONSENT_EXPIRED'],
    ] as const)
      expect(reasons(consented, { consentState })).toEqual([reason]);
  });
  it('say whether involvement was, and what was judged', () => {
    const involved = (f: FactRecord) => f.involvement === 'ALLOCATED';
    expect(reasons(involved)).toEqual(['NOT_INVOLVED']);
    expect(reasons(involved, { involvement: 'ENDED' })).toEqual(['CASE_CLOSED']);
    const relevant = (f: FactRecord) => f.relevance === 'RELEVANT';
    expect(reasons(relevant)).toEqual(['NOT_JUDGED_RELEVANT']);
    expect(reasons(relevant, { relevance: 'NOT_RELEVANT' })).toEqual(['JUDGED_NOT_RELEVANT']);
    expect(reasons((f) => f.purpose === 'SUPERVISION')).toEqual(['PURPOSE_DOES_NOT_COVER']);
  });
  it('name the role where nothing in two changes would do', () => {
    expect(reasons(() => false)).toEqual(['ROLE_NOT_PERMITTED']);
    expect(reasons((f) => f.onFamilyTeam && f.relevance === 'RELEVANT' && f.basis === 'CONSENT')).toEqual([
      'ROLE_NOT_PERMITTED',
    ]);
  });
  it('of what no change lifts look for none', () => {
    for (const [veto, full] of [
      ['conflict', ['CONFLICT_OF_INTEREST']],
      ['opposing-party', ['OPPOSING_PARTY']],
      ['no-content-roles', []],
    ] as const)
      expect(reasons((f) => f.onFamilyTeam, {}, [veto])).toEqual([...full, 'ROLE_NOT_PERMITTED']);
    expect(reasons((f) => f.grant === 'COVERS_BY_NAME', {}, ['locked'])).toEqual(['LOCKED', 'REQUEST_NEEDED']);
    expect(reasons((f) => f.onFamilyTeam, {}, ['protected-location'])).toEqual(['LOCATION_PROTECTED', 'NOT_ON_TEAM']);
  });
  it('say that it may be requested where a grant alone, of either kind, would release it', () => {
    expect(
      isRequestable(
        facts,
        evaluating((f) => f.grant === 'COVERS'),
      ),
    ).toBe(true);
    expect(
      isRequestable(
        facts,
        evaluating((f) => f.grant === 'COVERS_BY_NAME'),
      ),
    ).toBe(true);
    expect(
      isRequestable(
        facts,
        evaluating((f) => f.grant !== 'NONE' && f.onFamilyTeam),
      ),
    ).toBe(false);
  });
});

describe('what an adult service holds shows no further than its work would', () => {
  const agency = (kind: 'MENTAL_HEALTH' | 'EARLY_HELP') => ({
    id: 'a',
    name: 'a',
    kind,
    voluntary: false,
    dutyPoint: 'd',
  });
  const as = (
    outcome: 'WITHHELD' | 'BROKERED' | 'RELEASED' | 'SILENT',
    more: Partial<FactRecord>,
    type: 'PersonDetails' | 'Involvement',
    kind: 'MENTAL_HEALTH' | 'EARLY_HELP' = 'MENTAL_HEALTH',
  ) =>
    shownAs(
      { outcome, facts: 0, permits: [], vetoes: [], obligations: [], reasons: [], requestable: false },
      {
        facts: {
          ...facts,
          ownAgency: false,
          involvement: 'ALLOCATED',
          coreGroup: false,
          emergency: false,
          ...more,
        } as FactRecord,
      },
      { type },
      agency(kind),
    );
  it('across agencies: a person’s details not at all, anything else to the connected as a duty point', () => {
    expect(as('WITHHELD', {}, 'PersonDetails')).toBe('SILENT');
    expect(as('BROKERED', {}, 'PersonDetails')).toBe('SILENT');
    expect(as('WITHHELD', {}, 'Involvement')).toBe('BROKERED');
    expect(as('BROKERED', {}, 'Involvement')).toBe('BROKERED');
    expect(as('WITHHELD', { involvement: 'DUTY' }, 'Involvement')).toBe('SILENT');
    expect(as('WITHHELD', { consentState: 'REFUSED' }, 'Involvement')).toBe('SILENT');
  });
  it('not to its own, not of other services, and not where it is released', () => {
    expect(as('WITHHELD', { ownAgency: true }, 'PersonDetails')).toBe('WITHHELD');
    expect(as('WITHHELD', {}, 'PersonDetails', 'EARLY_HELP')).toBe('WITHHELD');
    expect(as('RELEASED', {}, 'PersonDetails')).toBe('RELEASED');
    expect(as('SILENT', {}, 'Involvement')).toBe('SILENT');
  });
});
