import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ServiceConsentRow } from '../../src/domain/circumstances.js';
import { type ServiceAsk, serviceConsentFor, serviceConsentsTakenBackBy } from '../../src/registers/service-consent.js';
import type { ServiceConsent } from '../../src/registers/statements.js';
import { day, NOW } from './said.js';

const ADULT: ServiceAsk = {
  subject: 'P-1',
  isChild: false,
  guardians: [],
  allegedAgainstSubjectOrCarer: [],
  service: 'eh',
  serviceKind: 'EARLY_HELP',
  at: NOW,
};
const CHILD: ServiceAsk = { ...ADULT, isChild: true, guardians: ['P-mother', 'P-father'] };

function agreed(changes: Partial<ServiceConsent> = {}): ServiceConsent {
  const recordedAt = changes.recordedAt ?? day(5);
  return {
    id: 's-1',
    subject: 'P-1',
    state: 'GIVEN',
    givenBy: 'P-1',
    capacity: 'SELF',
    service: 'eh',
    from: recordedAt,
    recordedAt,
    recordedBy: 'w-1',
    method: 'in writing',
    ...changes,
  };
}
const byMother = (changes: Partial<ServiceConsent> = {}) =>
  agreed({ givenBy: 'P-mother', capacity: 'PARENTAL_RESPONSIBILITY', ...changes });
const byFather = (changes: Partial<ServiceConsent> = {}) =>
  agreed({ givenBy: 'P-father', capacity: 'PARENTAL_RESPONSIBILITY', ...changes });
const row = (state: ServiceConsentRow['state'], at: string, person = 'P-1') => ({ person, state, at });

describe('agreement to a service: register and source together', () => {
  it('the most recent counts, whichever of the two it stands in', () => {
    expect(serviceConsentFor([agreed()], [row('REFUSED', day(2))], ADULT)).toBe('GIVEN');
    expect(serviceConsentFor([agreed()], [row('REFUSED', day(6))], ADULT)).toBe('REFUSED');
    expect(serviceConsentFor([agreed({ state: 'WITHDRAWN' })], [row('GIVEN', day(6))], ADULT)).toBe('GIVEN');
    expect(serviceConsentFor([agreed({ state: 'WITHDRAWN' })], [row('GIVEN', day(4))], ADULT)).toBe('WITHDRAWN');
  });

  it('at equal times the more restrictive counts, and a day alone is equal to any time of that day', () => {
    expect(serviceConsentFor([agreed()], [row('REFUSED', day(5))], ADULT)).toBe('REFUSED');
    const noon = agreed({ recordedAt: '2026-11-05T12:00:00.000Z' });
    expect(serviceConsentFor([noon], [row('REFUSED', '2026-11-05')], ADULT)).toBe('REFUSED');
    expect(serviceConsentFor([{ ...noon, state: 'REFUSED' }], [row('GIVEN', '2026-11-05')], ADULT)).toBe('REFUSED');
    const before = agreed({ state: 'REFUSED', recordedAt: '2026-11-04T23:59:59.999Z' });
    expect(serviceConsentFor([before], [row('GIVEN', '2026-11-05')], ADULT)).toBe('GIVEN');
    const after = agreed({ recordedAt: '2026-11-06T00:00:00.000Z' });
    expect(serviceConsentFor([after], [row('REFUSED', '2026-11-05')], ADULT)).toBe('GIVEN');
    expect(serviceConsentFor([], [row('GIVEN', '2026-11-05'), row('WITHDRAWN', '2026-11-05')], ADULT)).toBe(
      'WITHDRAWN',
    );
  });

  it('a service is agreed to by name or by its kind, and not instead of another', () => {
    expect(serviceConsentFor([agreed({ service: 'EARLY_HELP' })], [], ADULT)).toBe('GIVEN');
    expect(serviceConsentFor([agreed({ service: 'eh-2' })], [], ADULT)).toBe('NONE');
    expect(
      serviceConsentFor(
        [agreed(), agreed({ id: 's-2', service: 'eh-2', state: 'REFUSED', recordedAt: day(9) })],
        [],
        ADULT,
      ),
    ).toBe('GIVEN');
  });

  it('what has not begun, is about another, or was said by another for an adult counts for nothing', () => {
    expect(serviceConsentFor([agreed({ from: day(25) })], [], ADULT)).toBe('NONE');
    expect(serviceConsentFor([], [row('GIVEN', day(25)), row('GIVEN', day(2), 'P-2')], ADULT)).toBe('NONE');
    expect(serviceConsentFor([byMother()], [], { ...ADULT, guardians: ['P-mother'] })).toBe('NONE');
  });

  it('for a child each holder of responsibility has a voice, the more restrictive of them counts', () => {
    expect(serviceConsentFor([byMother(), byFather()], [], CHILD)).toBe('GIVEN');
    expect(serviceConsentFor([byMother({ recordedAt: day(9) }), byFather({ state: 'REFUSED' })], [], CHILD)).toBe(
      'REFUSED',
    );
    expect(serviceConsentFor([byMother()], [], { ...CHILD, allegedAgainstSubjectOrCarer: ['P-mother'] })).toBe('NONE');
  });

  it('a source’s later agreement lifts nobody’s refusal for a child; a holder’s later agreement lifts a source’s refusal', () => {
    expect(serviceConsentFor([byFather({ state: 'REFUSED' })], [row('GIVEN', day(9))], CHILD)).toBe('REFUSED');
    expect(serviceConsentFor([byMother()], [row('REFUSED', day(2))], CHILD)).toBe('GIVEN');
    expect(serviceConsentFor([byMother()], [row('REFUSED', day(9))], CHILD)).toBe('REFUSED');
    expect(serviceConsentFor([], [row('GIVEN', day(2))], CHILD)).toBe('GIVEN');
    expect(serviceConsentFor([agreed({ givenBy: 'P-neighbour' })], [row('GIVEN', day(2))], CHILD)).toBe('GIVEN');
  });

  it('a refusal now is never followed by agreement, whatever stands where', () => {
    const statement = fc
      .record({
        state: fc.constantFrom('GIVEN', 'REFUSED', 'WITHDRAWN'),
        givenBy: fc.constantFrom('P-1', 'P-mother', 'P-father', 'P-neighbour'),
        capacity: fc.constantFrom('SELF', 'PARENTAL_RESPONSIBILITY', 'OWN_COMPETENCE'),
        recordedAt: fc.integer({ min: 1, max: 9 }).map(day),
      })
      .map((changes) => agreed(changes as Partial<ServiceConsent>));
    const told = fc
      .tuple(fc.constantFrom('GIVEN' as const, 'REFUSED' as const), fc.integer({ min: 1, max: 9 }))
      .map(([state, at]) => row(state, at === 5 ? '2026-11-05' : day(at)));
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 6 }),
        fc.array(told, { maxLength: 3 }),
        fc.boolean(),
        (list, rows, isChild) => {
          const asked = isChild ? CHILD : ADULT;
          const refusal = agreed({ id: 'now', state: 'REFUSED', recordedAt: day(15) });
          expect(serviceConsentFor([...list, refusal], rows, asked)).toBe('REFUSED');
          const inSource = serviceConsentFor(list, [...rows, row('REFUSED', day(15))], asked);
          expect(inSource).toBe('REFUSED');
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('what a statement about a service takes back', () => {
  const back = (changes: Partial<ServiceConsent> = {}) =>
    agreed({ id: 's-back', state: 'WITHDRAWN', recordedAt: day(9), ...changes });
  const taken = (...args: Parameters<typeof serviceConsentsTakenBackBy>) =>
    serviceConsentsTakenBackBy(...args).map(({ id }) => id);

  it('is what the same person agreed to with the same service, as it was said', () => {
    expect(taken(back(), [agreed(), agreed({ id: 's-kind', service: 'EARLY_HELP' })])).toEqual(['s-1']);
    expect(taken(back({ service: 'EARLY_HELP' }), [agreed()])).toEqual([]);
    expect(
      taken(byMother({ id: 's-no', state: 'REFUSED', recordedAt: day(9) }), [byMother(), byFather({ id: 's-father' })]),
    ).toEqual(['s-1']);
    expect(taken(back({ state: 'GIVEN' }), [agreed()])).toEqual([]);
  });
});
