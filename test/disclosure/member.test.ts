/** What may be shown to a member of the family (FS-05), decided on small families: everything unknown or of others stays. */
import { describe, expect, it } from '@jest/globals';
import { isOtherSideOf, mayBeShownTo } from '../../src/disclosure/facts/member.js';
import { View } from '../../src/disclosure/facts/view.js';
import { type CircumstanceKind, type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { ConsentStatement } from '../../src/registers/statements.js';

const [MOTHER, FATHER, CHILD, AUNT] = ['P-mother', 'P-father', 'P-child', 'P-aunt'] as const;
const in1 = (person: string, isChild = false, included = true) => ({ family: 'F1', person, included, isChild });
const parent = (other: string, parentalResponsibility = true) => ({
  person: CHILD,
  other,
  kind: 'PARENT',
  parentalResponsibility,
});
const home = (person: string, address = 'a', until?: string) => ({ person, address, ...(until ? { until } : {}) });
const FAMILY: Partial<Circumstances<string>> = {
  memberships: [in1(MOTHER), in1(FATHER), in1(CHILD, true)],
  relationships: [parent(MOTHER), parent(FATHER)],
  residences: [home(MOTHER), home(CHILD), home(FATHER, 'b')],
};
const hurt = { victim: MOTHER, perpetrator: FATHER, recordedAt: '2026-01-01' };
const GAPS = ['allegations', 'protectedPersons', 'relationships', 'residences', 'memberships', 'enquiries'] as const;

function viewOf(told: Partial<Circumstances<string>> = {}, gap?: { kind: CircumstanceKind; person: string }): View {
  const view = new View('2026-11-23T12:00:00.000Z', new Set(['care']));
  view.add({ space: 'care', holder: 'csc', circumstances: { ...NO_CIRCUMSTANCES, ...FAMILY, ...told } });
  if (gap) view.addGap({ source: 'x', holder: 'x', tells: new Set([gap.kind]), persons: new Set([gap.person]) });
  return view;
}
const label = (more: Partial<RecordLabel<string>> = {}): RecordLabel<string> => ({
  type: 'PersonDetails',
  source: 'care',
  localId: '1',
  subject: MOTHER,
  names: [],
  fromWorkWith: [],
  category: 'IDENTITY',
  kind: 'OTHER',
  confidentiality: 'N',
  addresses: [],
  ...more,
});
const own = (
  state: ConsentStatement['state'],
  day: number,
  capacity: ConsentStatement['capacity'] = 'OWN_COMPETENCE',
) => ({
  id: `c-${day}-${state}`,
  subject: CHILD,
  state,
  givenBy: CHILD,
  capacity,
  categories: ['*' as const],
  holders: ['*'],
  recipients: ['*'],
  purposes: ['*' as const],
  from: `2026-11-0${day}T00:00:00.000Z`,
  recordedAt: `2026-11-0${day}T00:00:00.000Z`,
  recordedBy: 'w',
  method: 'said so',
});

const shown = (
  member: string,
  more: Partial<RecordLabel<string>> = {},
  view = viewOf(),
  said: readonly ConsentStatement[] = [],
) => mayBeShownTo(view, new Map(said.length > 0 ? [[CHILD, said]] : []), member, label(more));
const ofChild = { subject: CHILD } as const;
const plan = { type: 'ChildProtectionPlan', subject: CHILD } as const;

describe('a member of the family is shown', () => {
  it('who they are, and who a child of theirs is', () => {
    expect(shown(MOTHER)).toBe(true);
    expect(shown(MOTHER, ofChild)).toBe(true);
    expect(shown(FATHER, ofChild)).toBe(true);
  });
  it.each(['ChildInNeedPlan', 'ChildProtectionPlan', 'LookedAfterPlan', 'PlanReview', 'SupportPlan'] as const)(
    'a %s of a child of theirs, and their own',
    (type) => {
      expect(shown(MOTHER, { type, subject: CHILD })).toBe(true);
      expect(shown(MOTHER, { type })).toBe(true);
    },
  );
  it.each(['ParentingAssessment', 'MonthlySummary'] as const)('a %s of themselves, as its writer states it', (type) => {
    for (const nature of ['FACT', 'OPINION'] as const) expect(shown(MOTHER, { type, nature })).toBe(true);
    expect(shown(MOTHER, { type })).toBe(false);
    expect(shown(MOTHER, { type, nature: 'THIRD_PARTY_REPORT' as never })).toBe(false);
    expect(shown(MOTHER, { type, nature: 'FACT', subject: CHILD })).toBe(false);
  });
  it('a rating that names them, as its writer states it', () => {
    const rating = { type: 'RagRating', subject: CHILD, nature: 'OPINION' } as const;
    expect(shown(MOTHER, { ...rating, names: [MOTHER] })).toBe(true);
    expect(shown(MOTHER, { ...rating, names: [] })).toBe(false);
    expect(shown(MOTHER, { type: 'RagRating', subject: CHILD, names: [MOTHER] })).toBe(false);
  });
  it('nothing of another kind', () => {
    for (const type of ['Assessment', 'Supervision', 'Visit', 'Contact', 'MentalHealthRecord'] as const)
      expect([type, shown(MOTHER, { type, nature: 'FACT' })]).toEqual([type, false]);
  });
});

describe('a member of the family is not shown', () => {
  it('what is of, names, or comes from work with another adult', () => {
    expect(shown(MOTHER, { subject: FATHER })).toBe(false);
    expect(shown(MOTHER, { names: [FATHER] })).toBe(false);
    expect(shown(MOTHER, { fromWorkWith: [AUNT] })).toBe(false);
  });
  it('a child for whom they hold no responsibility, who is left out, or of another family', () => {
    expect(shown(MOTHER, ofChild, viewOf({ relationships: [parent(MOTHER, false), parent(FATHER)] }))).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf({ memberships: [in1(MOTHER), in1(CHILD, true, false)] }))).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf({ memberships: [in1(MOTHER, false, false), in1(CHILD, true)] }))).toBe(false);
    expect(shown(AUNT, ofChild)).toBe(false);
  });
  it('what the child is said to be of the parent, the other way round', () => {
    const turned = { person: MOTHER, other: CHILD, kind: 'CHILD', parentalResponsibility: true };
    expect(shown(MOTHER, ofChild, viewOf({ relationships: [turned] }))).toBe(false);
  });
  it.each(GAPS)('anything where %s cannot be told of anybody concerned', (kind) => {
    for (const person of [MOTHER, CHILD, FATHER])
      expect([person, shown(MOTHER, ofChild, viewOf({}, { kind, person }))]).toEqual([person, false]);
    expect(shown(MOTHER, ofChild, viewOf({}, { kind, person: AUNT }))).toBe(true);
  });
  it('a child who lives with, or whose other parent is, somebody they are alleged to have hurt', () => {
    expect(shown(FATHER, ofChild, viewOf({ allegations: [hurt] }))).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf({ allegations: [hurt] }))).toBe(true);
    const withAunt = { residences: [home(CHILD, 'c'), home(AUNT, 'c'), home(MOTHER)] };
    const aunt = { ...hurt, victim: AUNT, perpetrator: MOTHER };
    expect(shown(MOTHER, ofChild, viewOf({ ...withAunt, allegations: [aunt] }))).toBe(false);
    const moved = { residences: [home(CHILD, 'c'), home(AUNT, 'c', '2026-11-01'), home(MOTHER)] };
    expect(shown(MOTHER, ofChild, viewOf({ ...moved, allegations: [aunt] }))).toBe(true);
  });
  it('a child with whom a protected person lives who does not live with them', () => {
    const guarded = { protectedPersons: [{ person: MOTHER }] };
    expect(shown(FATHER, ofChild, viewOf(guarded))).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf(guarded))).toBe(true);
    const together = { ...guarded, residences: [home(MOTHER), home(CHILD), home(FATHER)] };
    expect(shown(FATHER, ofChild, viewOf(together))).toBe(true);
  });
  it('a child who last refused, or took back, sharing in their own name', () => {
    expect(shown(MOTHER, ofChild, viewOf(), [own('REFUSED', 2)])).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf(), [own('GIVEN', 1), own('WITHDRAWN', 2)])).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf(), [own('REFUSED', 1), own('GIVEN', 2)])).toBe(true);
    expect(shown(MOTHER, ofChild, viewOf(), [own('GIVEN', 2), own('REFUSED', 1)])).toBe(true);
    expect(shown(MOTHER, ofChild, viewOf(), [own('GIVEN', 2), own('REFUSED', 2)])).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf(), [own('REFUSED', 2), own('GIVEN', 2)])).toBe(false);
    expect(shown(MOTHER, ofChild, viewOf(), [own('REFUSED', 2, 'PARENTAL_RESPONSIBILITY')])).toBe(true);
  });
  it('more than names while an enquiry on the child, or on them, is open', () => {
    const enquiry = (child: string, until?: string) => ({
      enquiries: [{ id: 'E', child, names: [], from: '2026-11-01', ...(until ? { until } : {}) }],
    });
    expect(shown(MOTHER, plan, viewOf(enquiry(CHILD)))).toBe(false);
    expect(shown(MOTHER, plan, viewOf(enquiry(MOTHER)))).toBe(false);
    expect(shown(MOTHER, plan, viewOf(enquiry(CHILD, '2026-11-20')))).toBe(true);
    expect(shown(MOTHER, plan, viewOf(enquiry(AUNT)))).toBe(true);
    expect(shown(MOTHER, ofChild, viewOf(enquiry(CHILD)))).toBe(true);
  });
});

describe('the other side', () => {
  it('is whoever is alleged to have hurt the subject, or somebody from work with whom it comes', () => {
    const view = viewOf({ allegations: [hurt] });
    expect(isOtherSideOf(view, FATHER, { subject: MOTHER, fromWorkWith: [] })).toBe(true);
    expect(isOtherSideOf(view, FATHER, { subject: CHILD, fromWorkWith: [CHILD, MOTHER] })).toBe(true);
    expect(isOtherSideOf(view, FATHER, { subject: CHILD, fromWorkWith: [CHILD] })).toBe(false);
    expect(isOtherSideOf(view, MOTHER, { subject: FATHER, fromWorkWith: [] })).toBe(false);
  });
  it('may be anybody where allegations cannot be told', () => {
    const view = viewOf({}, { kind: 'allegations', person: MOTHER });
    expect(isOtherSideOf(view, FATHER, { subject: MOTHER, fromWorkWith: [] })).toBe(true);
    expect(isOtherSideOf(view, FATHER, { subject: CHILD, fromWorkWith: [MOTHER] })).toBe(true);
    expect(isOtherSideOf(view, FATHER, { subject: CHILD, fromWorkWith: [] })).toBe(false);
  });
});
