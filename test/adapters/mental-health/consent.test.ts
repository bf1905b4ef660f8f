import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AGENCY_KIND_SYSTEM, AGENCY_SYSTEM, consentsOf } from '../../../adapters/mental-health/consent.js';
import { referenceReader } from '../../../adapters/mental-health/context.js';
import { ACT_CODE_SYSTEM } from '../../../adapters/mental-health/labels.js';
import { PURPOSE_SYSTEM } from '../../../adapters/mental-health/purposes.js';

const BASE = 'https://fhir.trust.example/r4';
const context = { source: 'mh', idOf: referenceReader(BASE) };
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
const organisations = { [`${ODS}|XYZ`]: 'csc', 'Organization/haven-1': 'haven' };
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

type Json = Record<string, unknown>;
const concept = (code: string) => ({ coding: [{ code }] });
const to = (identifier: Json | string, role = 'IRCP') => ({
  role: concept(role),
  reference: typeof identifier === 'string' ? { reference: identifier } : { identifier },
});
const CSC = to({ system: AGENCY_SYSTEM, value: 'csc' });
const purpose = (...codes: string[]) => codes.map((code) => ({ system: PURPOSE_SYSTEM, code }));
const PERMIT = { type: 'permit', actor: [CSC], purpose: purpose('CHILD_PROTECTION') };
const DENIES_ALL = { categories: ['*'], recipients: ['*'], purposes: ['*'] };

function consent(changes: Json = {}): Json {
  return {
    resourceType: 'Consent',
    id: 'c1',
    status: 'active',
    scope: concept('patient-privacy'),
    patient: { reference: 'Patient/p1' },
    dateTime: '2026-03-01',
    policyRule: concept('OPTIN'),
    provision: PERMIT,
    ...changes,
  };
}
const rowsOf = (...resources: unknown[]) =>
  consentsOf({ resources, included: [], rejected: 0 }, new Set(['p1', 'p2']), context, organisations);
const only = (changes: Json) => {
  const { rows, rejected } = rowsOf(consent(changes));
  expect(rejected).toBe(0);
  return rows.map(({ id: _i, person: _p, ...row }) => row);
};
const permits = (provision: Json, changes: Json = {}) =>
  only({ provision, ...changes }).filter((r) => r.state === 'GIVEN');
const denials = (provision: Json, changes: Json = {}) => only({ provision, ...changes }).filter((row) => row.inForce);

describe('a permit', () => {
  it('agrees to what it states, from the day it was said', () => {
    expect(rowsOf(consent())).toEqual({
      rows: [
        {
          id: 'Consent/c1',
          person: 'p1',
          state: 'GIVEN',
          inForce: false,
          categories: ['MENTAL_HEALTH', 'INVOLVEMENT'],
          recipients: ['csc'],
          purposes: ['CHILD_PROTECTION'],
          at: '2026-03-01',
        },
      ],
      rejected: 0,
    });
  });

  it('names recipients by our ids, by our kinds, by identifiers and references that the administrator mapped', () => {
    const recipients = (actor: Json) => permits({ ...PERMIT, actor: [actor] })[0]?.recipients;
    expect(recipients(to({ system: AGENCY_KIND_SYSTEM, value: 'PROBATION' }))).toEqual(['PROBATION']);
    expect(recipients(to({ system: ODS, value: 'XYZ' }))).toEqual(['csc']);
    expect(recipients(to('Organization/haven-1'))).toEqual(['haven']);
    expect(recipients(to(`${BASE}/Organization/haven-1`, 'PRCP'))).toEqual(['haven']);
  });

  it.each([
    ['no recipient', { type: 'permit', purpose: PERMIT.purpose }],
    ['a recipient not known', { ...PERMIT, actor: [to({ system: ODS, value: 'ABC' })] }],
    ['a kind that is none', { ...PERMIT, actor: [to({ system: AGENCY_KIND_SYSTEM, value: 'POLICE' })] }],
    ['somebody who is no recipient', { ...PERMIT, actor: [to({ system: AGENCY_SYSTEM, value: 'csc' }, 'CST')] }],
    ['no purpose', { type: 'permit', actor: [CSC] }],
    ['a purpose of care, not of safeguarding', { ...PERMIT, purpose: [{ system: ACT_REASON, code: 'TREAT' }] }],
    ['a purpose not known', { ...PERMIT, purpose: purpose('CURIOSITY') }],
    ['a label not known', { ...PERMIT, securityLabel: [{ system: ACT_CODE_SYSTEM, code: 'NEW' }] }],
    ['one document only', { ...PERMIT, data: [{ meaning: 'instance', reference: { reference: 'Condition/1' } }] }],
    ['one kind of resource only', { ...PERMIT, class: [{ code: 'Condition' }] }],
    ['some years only', { ...PERMIT, dataPeriod: { start: '2020' } }],
    ['collecting only', { ...PERMIT, action: [concept('collect')] }],
  ])('with %s agrees to nothing', (_, provision) => expect(only({ provision })).toEqual([]));

  it.each([
    ['without a date', { dateTime: undefined }],
    ['of another scope', { scope: concept('treatment') }],
    ['of no scope', { scope: undefined }],
    ['by somebody else', { performer: [{ reference: 'RelatedPerson/r1' }] }],
    ['that a check found untrue', { verification: [{ verified: false }] }],
    ['not yet in force', { status: 'proposed' }],
    ['entered in error', { status: 'entered-in-error' }],
  ])('%s agrees to nothing', (_, changes) => expect(only(changes)).toEqual([]));

  it('takes the purposes of HL7 that are surely one of ours, and sensitive work by its own label', () => {
    const [row] = permits({
      ...PERMIT,
      action: [concept('disclose')],
      purpose: [{ system: ACT_REASON, code: 'THREAT' }],
      securityLabel: [{ system: ACT_CODE_SYSTEM, code: 'SDV' }],
    });
    expect(row).toMatchObject({ categories: ['DOMESTIC_ABUSE_VICTIM'], purposes: ['CHILD_PROTECTION', 'S47_ENQUIRY'] });
  });

  it('holds as long as every period around it does, and no longer where a date is vague', () => {
    const inner = { ...PERMIT, period: { start: '2026-02', end: '2027-03-31' } };
    const nested = only({
      policyRule: undefined,
      provision: { period: { start: '2026-01-01', end: '2027' }, provision: [inner] },
    });
    expect(nested).toEqual([expect.objectContaining({ state: 'GIVEN', from: '2026-02-28', until: '2027-01-01' })]);
    expect(permits({ ...PERMIT, period: { end: '2026-12-31' } })[0]?.until).toBe('2027-01-01');
  });

  it('rejected is a refusal, no longer active a withdrawal, as late as it can have been', () => {
    expect(only({ status: 'rejected' })).toEqual([
      expect.objectContaining({ state: 'REFUSED', inForce: false, at: '2026-03-02', recipients: ['csc'] }),
    ]);
    const ended = { status: 'inactive', meta: { lastUpdated: '2026-07-01T09:00:00Z' } };
    expect(only(ended)).toEqual([expect.objectContaining({ state: 'WITHDRAWN', at: '2026-07-01T09:00:00.000Z' })]);
    expect(only({ status: 'inactive', dateTime: undefined })).toEqual([
      expect.objectContaining({ state: 'REFUSED', inForce: true }),
    ]);
  });

  it('that does not say that it is one is refused or taken back like one', () => {
    const { type: _, ...untyped } = PERMIT;
    const refused = (changes: Json) => only({ status: 'rejected', ...changes });
    expect(refused({ provision: untyped })).toEqual([
      expect.objectContaining({ state: 'REFUSED', recipients: ['csc'] }),
    ]);
    expect(refused({ provision: undefined })).toEqual([expect.objectContaining({ state: 'REFUSED', ...DENIES_ALL })]);
    expect(refused({ provision: { provision: [PERMIT, { type: 'deny' }] } })).toEqual([
      expect.objectContaining({ state: 'REFUSED', inForce: false, recipients: ['csc'] }),
    ]);
    expect(refused({ policyRule: concept('OPTOUT') })).toEqual([]);
  });

  it('replaced by a later one ended when it was said, so that the later one counts', () => {
    const former = consent({ id: 'former', status: 'inactive', meta: { lastUpdated: '2026-07-01T09:00:00Z' } });
    const { rows } = rowsOf(former, consent({ id: 'later', dateTime: '2026-06-30' }));
    expect(rows.map(({ id, state, at }) => [id, state, at])).toEqual([
      ['Consent/former', 'WITHDRAWN', '2026-03-02'],
      ['Consent/later', 'GIVEN', '2026-06-30'],
    ]);
  });
});

describe('a denial', () => {
  it('is in force while the consent is active, to whom and for what it says', () => {
    expect(denials({ ...PERMIT, type: 'deny', securityLabel: [{ system: ACT_CODE_SYSTEM, code: 'MH' }] })).toEqual([
      {
        state: 'REFUSED',
        inForce: true,
        categories: ['MENTAL_HEALTH'],
        recipients: ['csc'],
        purposes: ['CHILD_PROTECTION'],
        at: '2026-03-01',
      },
    ]);
    expect(only({ status: 'inactive', provision: { type: 'deny' } })).toEqual([]);
  });

  it.each([
    ['that states nothing more', { type: 'deny' }, {}],
    ['of a rule that does not say which way', {}, { policyRule: undefined }],
    ['of no scope', { type: 'deny' }, { scope: undefined }],
    ['by somebody else', { type: 'deny' }, { performer: [{ reference: 'RelatedPerson/r1' }] }],
    ['to somebody not known', { type: 'deny', actor: [to({ system: ODS, value: 'ABC' })] }, {}],
    ['for care', { type: 'deny', purpose: [{ system: ACT_REASON, code: 'TREAT' }] }, {}],
    ['of one document', { type: 'deny', data: [{ meaning: 'instance' }] }, {}],
    ['of a label not known', { type: 'deny', securityLabel: [{ system: 'urn:other', code: 'X' }] }, {}],
  ])('%s denies everything', (_, provision, changes) =>
    expect(denials(provision, changes)).toEqual([expect.objectContaining(DENIES_ALL)]),
  );

  it.each([
    ['for research', { type: 'deny', purpose: [{ system: ACT_REASON, code: 'HRESCH' }] }, {}],
    ['to a relative', { type: 'deny', actor: [to('RelatedPerson/r1')] }, {}],
    ['of collecting', { type: 'deny', action: [concept('collect')] }, {}],
    ['in a consent to treatment', { type: 'deny' }, { scope: concept('treatment') }],
  ])('%s is about something else', (_, provision, changes) => expect(only({ provision, ...changes })).toEqual([]));

  it('is what a root without a type says of whom it names: so R4’s own example (notThem) withholds from one under a policy of opting in', () => {
    const { type: _, ...untyped } = PERMIT;
    expect(only({ provision: untyped })).toEqual([
      expect.objectContaining({ state: 'REFUSED', inForce: true, recipients: ['csc'], purposes: ['CHILD_PROTECTION'] }),
    ]);
    expect(only({ provision: { ...untyped, provision: [PERMIT] } }).map(({ state }) => state)).toEqual(['REFUSED']);
  });

  it('is what opting out says, whatever is excepted from it and however many codings say so', () => {
    const policyRule = { coding: [{ code: 'a local code' }, { code: 'OPTOUT' }] };
    for (const provision of [undefined, PERMIT, { provision: [PERMIT] }, { actor: [CSC] }])
      expect(only({ policyRule, provision })).toEqual([expect.objectContaining({ state: 'REFUSED', ...DENIES_ALL })]);
  });

  it('is not what opting in says; nor does that agree to anything without naming to what', () => {
    expect(only({ provision: undefined })).toEqual([]);
    expect(only({ provision: { period: { start: '2026-01-01' } } })).toEqual([]);
    expect(only({ provision: { provision: [PERMIT] } })).toEqual([
      expect.objectContaining({ state: 'GIVEN', recipients: ['csc'] }),
    ]);
  });

  it('inside a permit is honoured at any depth, with what it does not say itself from around it', () => {
    const provision = {
      ...PERMIT,
      provision: [
        {
          ...PERMIT,
          provision: [{ type: 'deny', securityLabel: [{ system: ACT_CODE_SYSTEM, code: 'SDV' }] }],
        },
        {
          type: 'deny',
          actor: [to({ system: AGENCY_SYSTEM, value: 'prob' })],
          period: { start: '2026-04', end: '2026-06' },
        },
      ],
    };
    expect(permits(provision)).toHaveLength(1);
    expect(denials(provision)).toEqual([
      expect.objectContaining({
        categories: ['DOMESTIC_ABUSE_VICTIM'],
        recipients: ['csc'],
        purposes: ['CHILD_PROTECTION'],
      }),
      expect.objectContaining({ recipients: ['prob'], from: '2026-04-01', until: '2026-07-01' }),
    ]);
  });

  it('is not opened by a permit inside it', () => {
    expect(only({ provision: { type: 'deny', provision: [{ ...PERMIT }] } })).toEqual([
      expect.objectContaining({ state: 'REFUSED', inForce: true, ...DENIES_ALL }),
    ]);
  });
});

describe('a Consent that cannot be read', () => {
  it.each([
    ['malformed', { dateTime: 'yesterday' }],
    ['of a status not known', { status: 'whatever' }],
    ['of which the server left elements out', { meta: { tag: [{ code: 'SUBSETTED' }] } }],
    ['with a modifier not known', { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }],
    ['with a modifier in a rule', { provision: { ...PERMIT, modifierExtension: [{ url: 'urn:x' }] } }],
  ])('%s denies everything of its patient, and is counted', (_, changes) => {
    const { rows, rejected } = rowsOf(consent(changes), consent({ id: 'c2', patient: { reference: 'Patient/p2' } }));
    expect(rejected).toBe(1);
    expect(rows.filter(({ person }) => person === 'p1')).toEqual([
      { id: 'Consent/c1', person: 'p1', state: 'REFUSED', inForce: true, ...DENIES_ALL },
    ]);
    expect(rows.filter(({ person }) => person === 'p2').map(({ state }) => state)).toEqual(['GIVEN']);
  });

  it('and names nobody denies everything of everybody asked about', () => {
    for (const changes of [{ patient: undefined }, { patient: { reference: 'Patient/x y' } }]) {
      const { rows, rejected } = rowsOf(consent(changes));
      expect([rows.map(({ person, inForce }) => [person, inForce]), rejected]).toEqual([
        [
          ['p1', true],
          ['p2', true],
        ],
        1,
      ]);
    }
    const { rows } = consentsOf({ resources: [], included: [], rejected: 1 }, new Set(['p1']), context, {});
    expect(rows).toEqual([expect.objectContaining({ person: 'p1', inForce: true, ...DENIES_ALL })]);
  });

  it('is nobody’s here when it is about somebody not asked about', () => {
    expect(rowsOf(consent({ patient: { reference: 'Patient/other' }, status: 'whatever' }))).toEqual({
      rows: [],
      rejected: 0,
    });
  });
});

describe('whatever a Consent says', () => {
  const codes = (...list: string[]) => fc.constantFrom(...list).map(concept);
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const rule: fc.Arbitrary<Json> = fc.letrec<{ rule: Json }>((tie) => ({
    rule: fc.record(
      {
        type: maybe(fc.constantFrom('permit', 'deny')),
        actor: maybe(
          fc.subarray([
            CSC,
            to({ system: ODS, value: 'ABC' }),
            to('RelatedPerson/r1'),
            to('Organization/haven-1', 'CST'),
          ]),
        ),
        purpose: maybe(
          fc.subarray([...purpose('CHILD_PROTECTION'), { system: ACT_REASON, code: 'HRESCH' }, { code: 'X' }]),
        ),
        action: maybe(fc.subarray([concept('access'), concept('collect')])),
        securityLabel: maybe(fc.subarray([{ system: ACT_CODE_SYSTEM, code: 'SDV' }, { code: 'X' }])),
        data: maybe(fc.constant([{ meaning: 'instance' }])),
        period: maybe(fc.constantFrom({ start: '2026' }, { end: '2026-06' })),
        provision: fc.array(tie('rule'), { maxLength: 2, depthIdentifier: 'rules' }),
      },
      { requiredKeys: [] },
    ),
  })).rule;
  const any = fc.record({
    status: fc.constantFrom('active', 'active', 'inactive', 'rejected', 'draft', 'nonsense'),
    scope: maybe(codes('patient-privacy', 'patient-privacy', 'treatment', 'other')),
    dateTime: maybe(fc.constantFrom('2026', '2026-03-01', '2026-03-01T10:00:00Z', 'never')),
    policyRule: maybe(codes('OPTIN', 'OPTOUT', 'LOCAL')),
    performer: maybe(fc.constantFrom([], [{ reference: 'Patient/p1' }], [{ reference: 'RelatedPerson/r1' }])),
    provision: maybe(rule),
  });

  it('it agrees to nothing that it does not plainly permit', () => {
    fc.assert(
      fc.property(any, (changes) => {
        const given = rowsOf(consent(changes)).rows.filter(({ state }) => state === 'GIVEN');
        if (given.length === 0) return;
        const said = JSON.stringify(changes);
        expect(changes.status).toBe('active');
        expect(changes.scope).toEqual(concept('patient-privacy'));
        expect(said).toContain('"type":"permit"');
        expect(said).not.toContain('OPTOUT');
        for (const { recipients, purposes } of given)
          expect([recipients, purposes]).toEqual([['csc'], ['CHILD_PROTECTION']]);
      }),
      { numRuns: 2000 },
    );
  });

  it('a denial put into it is in force, and lifts nothing that it denied before', () => {
    fc.assert(
      fc.property(any, (changes) => {
        if (changes.status !== 'active' || changes.scope?.coding[0]?.code === 'treatment') return;
        const denial = { type: 'deny', actor: [CSC], purpose: purpose('SUPERVISION'), action: [concept('access')] };
        const before = rowsOf(consent(changes)).rows.filter(({ inForce }) => inForce);
        const { provision = {} } = changes;
        const nested = [...((provision['provision'] as Json[] | undefined) ?? []), denial];
        const after = rowsOf(consent({ ...changes, provision: { ...provision, provision: nested } })).rows;
        expect(after.some((row) => row.inForce && ['*', 'csc'].some((to) => row.recipients.includes(to)))).toBe(true);
        const bare = before.filter(({ recipients, purposes }) => recipients.includes('*') && purposes.includes('*'));
        // Without any rule it denies everything for want of a meaning; a rule gives it one.
        const hasRule =
          nested.length > 1 || provision['type'] === 'deny' || changes.policyRule?.coding[0]?.code === 'OPTOUT';
        if (hasRule) for (const row of bare) expect(after).toContainEqual(row);
      }),
      { numRuns: 2000 },
    );
  });
});
