/** What the facts of a record rest on beside who works with whom: what people said, what was approved, who wrote it. */
import { describe, expect, it } from '@jest/globals';
import type { Told } from '../../src/disclosure/facts/view.js';
import { type ConsentRow, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { EmergencyAbout } from '../../src/registers/emergency.js';
import type { GrantAbout } from '../../src/registers/grant.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../../src/registers/statements.js';
import {
  AUNT,
  CHILD,
  FAMILY,
  FATHER,
  gather,
  gatheredBy,
  gathererOf,
  home,
  hurt,
  labelOf,
  MOTHER,
  member,
  NOW,
  UNCLE,
  viewOf,
  type Who,
  type World,
} from './small-worlds.js';

const BEFORE = '2026-11-01T00:00:00.000Z';
const AFTER = '2026-12-01T00:00:00.000Z';
const SCOPE = { categories: ['*'], holders: ['*'], recipients: ['*'], purposes: ['*'] } as const;
const consent = (changes: Partial<ConsentStatement> = {}): ConsentStatement => ({
  id: 'c-1',
  subject: MOTHER,
  state: 'GIVEN',
  givenBy: changes.subject ?? MOTHER,
  capacity: 'SELF',
  ...SCOPE,
  from: BEFORE,
  recordedAt: BEFORE,
  recordedBy: 'w',
  method: 'in writing',
  ...changes,
});
const exception = (changes: Partial<ExceptionRecord> = {}): ExceptionRecord => ({
  id: 'e-1',
  subjects: [MOTHER],
  gateway: 'CHILDREN_ACT_1989_S17',
  ...SCOPE,
  overridesRefusal: false,
  from: BEFORE,
  until: AFTER,
  recordedAt: BEFORE,
  recordedBy: 'w',
  answers: {},
  ...changes,
});
const judgement = (changes: Partial<Judgement> = {}): Judgement => ({
  id: 'j-1',
  source: 'trust',
  type: 'MentalHealthRecord',
  localId: '1',
  subject: MOTHER,
  holder: 'mht',
  servesChild: CHILD,
  factor: '4B',
  decision: 'RELEVANT',
  why: 'it bears on the mornings',
  judgedAt: BEFORE,
  judgedBy: 'w',
  ...changes,
});
const grant = (changes: Partial<GrantAbout> = {}): GrantAbout => ({
  id: 'g-1',
  request: 'r',
  subject: MOTHER,
  holder: 'mht',
  worker: 'me',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  categories: ['MENTAL_HEALTH'],
  purpose: 'DIRECT_WORK',
  items: [],
  from: BEFORE,
  until: AFTER,
  recordedAt: BEFORE,
  approvedBy: 'w',
  cites: [],
  ...changes,
});
const emergency = (changes: Partial<EmergencyAbout> = {}): EmergencyAbout => ({
  id: 'm-1',
  subject: MOTHER,
  person: MOTHER,
  worker: 'me',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  gateway: 'VITAL_INTERESTS',
  answers: {},
  risk: 'a risk',
  phoned: 'the duty point',
  from: BEFORE,
  until: AFTER,
  recordedAt: BEFORE,
  ...changes,
});
/** A record of the trust's work with the mother. */
const WORK = { type: 'MentalHealthRecord', source: 'trust', subject: MOTHER, category: 'MENTAL_HEALTH' } as const;
const across = (world: World, who: Who = {}, record: Partial<RecordLabel<string>> = {}) =>
  gather(world, who, { ...WORK, ...record }, 'mht');
const basisOf = ({ facts, evidence }: ReturnType<typeof gather>) => [
  facts.basis,
  facts.consentState,
  facts.exceptionOverridesRefusal,
  evidence,
];

describe('the basis of a release across agencies (FS-01)', () => {
  it('is none where nothing was said, and nothing at all within an agency', () => {
    expect(basisOf(across({}))).toEqual(['NONE', 'NONE', false, []]);
    const said = { consents: [consent()], exceptions: [exception({ overridesRefusal: true })] };
    const own = gather(said, {}, { subject: MOTHER });
    expect([own.facts.ownAgency, ...basisOf(own)]).toEqual([true, 'NONE', 'NONE', false, []]);
  });

  it('is consent where the person agreed, and rests on that alone', () => {
    const seen = across({ consents: [consent()], exceptions: [exception()] });
    expect(basisOf(seen)).toEqual(['CONSENT', 'GIVEN', false, ['c-1']]);
    expect(seen.unknown).toEqual([]);
  });

  it('is consent to this holder and recipient, for this purpose and of this category', () => {
    for (const named of [
      { holders: ['mht'], recipients: ['csc'], categories: ['MENTAL_HEALTH'], purposes: ['DIRECT_WORK'] },
      { holders: ['MENTAL_HEALTH'], recipients: ['CHILDRENS_SOCIAL_CARE'] },
    ] as const)
      expect(across({ consents: [consent(named)] }).facts.basis).toBe('CONSENT');
    for (const other of [
      { holders: ['csc'] },
      { holders: ['CHILDRENS_SOCIAL_CARE'] },
      { recipients: ['mht'] },
      { recipients: ['MENTAL_HEALTH'] },
      { categories: ['PLAN'] },
      { purposes: ['ASSESSMENT'] },
    ] as const)
      expect([other, across({ consents: [consent(other)] }).facts.basis]).toEqual([other, 'NONE']);
  });

  it('is an exception where one covers it, which is named beside what was said', () => {
    const refused = consent({ state: 'REFUSED' });
    expect(basisOf(across({ consents: [refused], exceptions: [exception()] }))).toEqual([
      'EXCEPTION',
      'REFUSED',
      false,
      ['c-1', 'e-1'],
    ]);
    expect(across({ exceptions: [exception({ overridesRefusal: true })] }).facts.exceptionOverridesRefusal).toBe(true);
    expect(across({ exceptions: [exception({ subjects: [FATHER] })] }).facts.basis).toBe('NONE');
    expect(across({ exceptions: [exception({ holders: ['csc'] })] }).facts.basis).toBe('NONE');
  });

  it('is no exception under the Crime and Disorder Act to or from a voluntary body', () => {
    const s115 = { exceptions: [exception({ gateway: 'CRIME_AND_DISORDER_ACT_1998_S115' })] };
    const worker: Who = { role: 'RECOVERY_WORKER', agency: 'haven' };
    expect(across(s115).facts.basis).toBe('EXCEPTION');
    expect(gather(s115, {}, { ...WORK, source: 'drugs' }, 'haven').facts.basis).toBe('NONE');
    expect(across(s115, worker).facts.basis).toBe('NONE');
  });

  it('is none where holder or recipient is not known', () => {
    const said = { consents: [consent()] };
    expect(gather(said, {}, WORK, 'nobody').facts.basis).toBe('NONE');
    expect(across(said, { agency: 'elsewhere' }).facts.basis).toBe('NONE');
  });

  it('of a child is what those responsible say, but for whoever is alleged to have hurt the child or its carer', () => {
    const parents = [MOTHER, FATHER].map((other) => ({
      person: CHILD,
      other,
      kind: 'PARENT',
      parentalResponsibility: true,
    }));
    const agreed = consent({ subject: CHILD, givenBy: FATHER, capacity: 'PARENTAL_RESPONSIBILITY' });
    const state = (allegations: readonly (typeof hurt)[], relationships = parents) =>
      gather({ told: { care: { ...FAMILY, relationships, allegations } }, consents: [agreed] }, {}, {}, 'mht').facts
        .consentState;
    expect(state([])).toBe('GIVEN');
    expect(state([], parents.slice(0, 1))).toBe('NONE');
    expect(state([{ ...hurt, victim: CHILD }])).toBe('NONE');
    expect(state([hurt])).toBe('NONE');
    expect(state([{ ...hurt, victim: AUNT }])).toBe('GIVEN');
  });

  it('is told by the holder’s own system too, and by no other’s', () => {
    const row: ConsentRow = {
      id: 'Consent/1',
      person: MOTHER,
      state: 'REFUSED',
      inForce: true,
      categories: ['*'],
      recipients: ['*'],
      purposes: ['*'],
    };
    const told = { trust: { consents: [row] } };
    expect(basisOf(across({ told, consents: [consent()] }))).toEqual(['NONE', 'REFUSED', false, ['trust:Consent/1']]);
    expect(across({ told: { safe: { consents: [row] } }, consents: [consent()] }).facts.basis).toBe('CONSENT');
    const cscc = { trust: { consents: [{ ...row, recipients: ['elsewhere'] }] } };
    expect(across({ told: cscc, consents: [consent()] }).facts.consentState).toBe('REFUSED');
    const other = { trust: { consents: [{ ...row, recipients: ['eh'] }] } };
    expect(across({ told: other, consents: [consent()] }).facts.consentState).toBe('GIVEN');
  });

  it('is as if refused while the holder’s system, or what people said, cannot be told; the decision says so', () => {
    const gap = (...persons: string[]) => ({
      gaps: [['trust', ['consents'], persons]] as const,
      consents: [consent()],
    });
    for (const world of [gap(MOTHER), { consents: [consent()], untold: true }]) {
      const seen = across(world);
      expect(basisOf(seen)).toEqual(['NONE', 'REFUSED', false, []]);
      expect(seen.unknown).toEqual(['consentState']);
    }
    expect(across(gap(FATHER)).unknown).toEqual([]);
    expect(gather(gap(MOTHER), {}, { subject: MOTHER, category: 'PLAN' }, 'eh').facts.basis).toBe('CONSENT');
  });

  it('of the decision on a referral one made is a standing exception, that does not override a refusal (FIP-11)', () => {
    const decision = { kind: 'REFERRAL_DECISION', referredBy: 'csc' } as const;
    const seen = across({ consents: [consent({ state: 'REFUSED' })] }, {}, decision);
    expect(basisOf(seen)).toEqual(['EXCEPTION', 'REFUSED', false, ['c-1']]);
    expect(seen.facts.referredByRecipient).toBe(true);
    expect(across({}, {}, { ...decision, kind: 'REFERRAL' }).facts.basis).toBe('NONE');
    const ofOthers = across({}, {}, { ...decision, referredBy: 'eh' });
    expect([ofOthers.facts.basis, ofOthers.facts.referredByRecipient]).toEqual(['NONE', false]);
  });
});

describe('an open s47 enquiry is by itself an exception (CF-06)', () => {
  const enquiry = { id: 'E1', child: CHILD, names: [UNCLE], from: '2026-11-20' };
  const SIBLING = 'P-sibling';
  const care = {
    memberships: [...FAMILY.memberships, member(SIBLING, true)],
    residences: [home(CHILD, 'a'), home(MOTHER, 'a')],
    enquiries: [enquiry],
  };
  const about = (subject: string, who: Who = {}, told: World['told'] = { care }) =>
    gather({ told }, { purpose: 'S47_ENQUIRY', ...who }, { ...WORK, subject }, 'mht');

  it('for its child, whom it names and the family’s adults, evidenced by its id, against a refusal', () => {
    for (const subject of [CHILD, UNCLE, MOTHER, FATHER])
      expect([subject, ...basisOf(about(subject))]).toEqual([subject, 'EXCEPTION', 'NONE', true, ['care:E1']]);
    expect(about(AUNT).facts.basis).toBe('NONE');
  });

  it('for siblings in the household, and no others', () => {
    expect(about(SIBLING).facts.basis).toBe('NONE');
    const residences = [...care.residences, home(SIBLING, 'a')];
    expect(about(SIBLING, {}, { care: { ...care, residences } }).facts.basis).toBe('EXCEPTION');
  });

  it('for the enquiry and child protection, to social care', () => {
    expect(about(MOTHER, { purpose: 'CHILD_PROTECTION' }).facts.basis).toBe('EXCEPTION');
    expect(about(MOTHER, { purpose: 'DIRECT_WORK' }).facts.basis).toBe('NONE');
    const keyworker = about(MOTHER, { agency: 'eh', role: 'KEYWORKER' });
    expect([keyworker.facts.basis, keyworker.facts.exceptionOverridesRefusal]).toEqual(['NONE', false]);
  });

  it('until it ends', () => {
    const enquiries = [{ ...enquiry, until: '2026-11-23' }];
    expect(about(MOTHER, {}, { care: { ...care, enquiries } }).facts.basis).toBe('NONE');
  });
});

describe('relevance (FS-02)', () => {
  const relevance = ({ facts, evidence }: ReturnType<typeof gather>) => [facts.relevance, evidence];
  const joined: Who = { works: [CHILD] };

  it('is needed of adult work alone', () => {
    expect(relevance(across({}, {}, { category: 'INVOLVEMENT' }))).toEqual(['NOT_NEEDED', []]);
    expect(relevance(across({}))).toEqual(['UNJUDGED', []]);
  });

  it('is judged by name, or for a kind of record in an episode, for a child the requester works with', () => {
    const world = { judgements: [judgement()] };
    expect(relevance(across(world, joined))).toEqual(['RELEVANT', ['j-1']]);
    expect(relevance(across(world, joined, { localId: '2' }))).toEqual(['UNJUDGED', []]);
    expect(relevance(across(world, joined, { type: 'DomesticAbuseRecord' }))).toEqual(['UNJUDGED', []]);
    expect(relevance(across(world, joined, { source: 'safe' }))).toEqual(['UNJUDGED', []]);
    expect(relevance(across(world))).toEqual(['UNJUDGED', []]);
    const { localId: _, ...rest } = judgement();
    const standing = { judgements: [{ ...rest, episode: 'ep' }] };
    expect(relevance(across(standing, joined, { episode: 'ep' }))).toEqual(['RELEVANT', ['j-1']]);
    expect(relevance(across(standing, joined, { episode: 'other' }))).toEqual(['UNJUDGED', []]);
    expect(relevance(across(standing, joined))).toEqual(['UNJUDGED', []]);
  });

  it('is not asked of one’s own agency’s work', () => {
    const record = { ...WORK, source: 'care' };
    const world = { judgements: [judgement({ source: 'care' })] };
    expect(relevance(gather(world, joined, record))).toEqual(['UNJUDGED', []]);
  });

  it('that serves a child counts in a family that joins that child, the requester and the subject', () => {
    const world = { judgements: [judgement()] };
    expect(relevance(across(world, { works: [FATHER] }))[0]).toBe('RELEVANT');
    const left = { memberships: [member(MOTHER), member(FATHER), member(CHILD, true, false)] };
    expect(relevance(across({ ...world, told: { care: left } }, { works: [FATHER] }))[0]).toBe('UNJUDGED');
    const apart = { memberships: [member(MOTHER, false, false), member(CHILD, true)] };
    expect(relevance(across({ ...world, told: { care: apart } }, joined))[0]).toBe('UNJUDGED');
    const managing: Who = { role: 'TEAM_MANAGER', manages: [['SOCIAL_WORKER', CHILD]] };
    expect(relevance(across(world, managing))[0]).toBe('RELEVANT');
  });

  it('that serves an adult’s safety counts for whoever works with that adult', () => {
    const { servesChild: _, ...rest } = judgement({ subject: FATHER, localId: '1' });
    const world = {
      judgements: [{ ...rest, servesAdult: MOTHER }, judgement({ id: 'j-2', subject: FATHER, servesChild: AUNT })],
    };
    const seen = (who: Who) => relevance(across(world, who, { subject: FATHER }));
    expect(seen({ works: [MOTHER] })).toEqual(['RELEVANT', ['j-1']]);
    expect(seen({ works: [FATHER] })).toEqual(['UNJUDGED', []]);
    expect(seen({ manages: [['SOCIAL_WORKER', MOTHER]] })).toEqual(['RELEVANT', ['j-1']]);
  });

  it('that serves the child of an open enquiry counts for its workers, and nobody else', () => {
    const enquiries = [{ id: 'E1', child: CHILD, names: [UNCLE], worker: 'me', from: '2026-11-20' }];
    const world = { told: { care: { enquiries } }, judgements: [judgement({ subject: UNCLE })] };
    const seen = (who: Who) => relevance(across(world, who, { subject: UNCLE }))[0];
    expect(seen({ purpose: 'S47_ENQUIRY' })).toBe('RELEVANT');
    expect(seen({ purpose: 'DIRECT_WORK' })).toBe('UNJUDGED');
    expect(seen({ purpose: 'S47_ENQUIRY', standing: { identities: new Map() } })).toBe('UNJUDGED');
  });
});

describe('what was approved or opened', () => {
  it('is a grant to this requester, of this holder’s, in this role, of this category and purpose', () => {
    const seen = across({ grants: [grant()] });
    expect([seen.facts.grant, seen.evidence]).toEqual(['COVERS', ['g-1']]);
    for (const other of [
      { worker: 'another' },
      { agency: 'eh' },
      { role: 'TEAM_MANAGER' },
      { subject: FATHER },
      { holder: 'safe' },
      { purpose: 'ASSESSMENT' },
      { categories: ['PLAN'] },
      { until: NOW },
    ] as const)
      expect([other, across({ grants: [grant(other)] }).facts.grant]).toEqual([other, 'NONE']);
    expect(across({}).facts.grant).toBe('NONE');
  });

  it('is a grant by name of this record, and of a place only as it was', () => {
    const item = { source: 'trust', type: 'MentalHealthRecord', localId: '1', addresses: ['a'] } as const;
    const state = (changes: Partial<typeof item> = {}, record: Partial<RecordLabel<string>> = {}) =>
      across(
        { grants: [grant({ categories: ['MENTAL_HEALTH', 'CONTACT'], items: [{ ...item, ...changes }] })] },
        {},
        record,
      ).facts.grant;
    expect(state()).toBe('COVERS_BY_NAME');
    for (const other of [{ source: 'safe' }, { type: 'Visit' }, { localId: '2' }] as const)
      expect(state(other as never)).toBe('NONE');
    expect(state({}, { category: 'CONTACT', addresses: ['a'] })).toBe('COVERS_BY_NAME');
    expect(state({}, { category: 'CONTACT', addresses: ['b'] })).toBe('NONE');
  });

  it('is an emergency of the requester’s own, with its exception against a refusal, for the emergency alone', () => {
    const world = { consents: [consent({ state: 'REFUSED' })], emergencies: [emergency()] };
    const seen = across(world, { purpose: 'EMERGENCY' });
    expect([seen.facts.emergency, ...basisOf(seen)]).toEqual([true, 'EXCEPTION', 'REFUSED', true, ['c-1', 'm-1']]);
    const otherwise = across(world, { purpose: 'DIRECT_WORK' });
    expect([otherwise.facts.emergency, ...basisOf(otherwise)]).toEqual([
      true,
      'NONE',
      'REFUSED',
      false,
      ['c-1', 'm-1'],
    ]);
    for (const other of [
      { worker: 'another' },
      { agency: 'eh' },
      { role: 'TEAM_MANAGER' },
      { subject: FATHER },
      { until: NOW },
    ] as const) {
      const { facts, evidence } = across({ emergencies: [emergency(other)] }, { purpose: 'EMERGENCY' });
      expect([other, facts.emergency, facts.basis, evidence]).toEqual([other, false, 'NONE', []]);
    }
  });

  it('is an emergency whose exception does not depend on what people said being read', () => {
    const seen = across({ untold: true, emergencies: [emergency()] }, { purpose: 'EMERGENCY' });
    expect(basisOf(seen)).toEqual(['EXCEPTION', 'REFUSED', true, ['m-1']]);
  });

  it('stands with everything else that a release rests on, each once', () => {
    const world = {
      consents: [consent()],
      judgements: [judgement()],
      grants: [grant()],
      emergencies: [emergency()],
    };
    expect(across(world, { works: [CHILD] }).evidence).toEqual(['c-1', 'j-1', 'g-1', 'm-1']);
    const two = { ...world, emergencies: [emergency({ id: 'c-1' })] };
    expect(across(two, { works: [CHILD] }).evidence).toEqual(['c-1', 'j-1', 'g-1']);
  });
});

describe('whoever wrote it', () => {
  const care = { ...FAMILY, involvements: [{ person: MOTHER, worker: 'x', from: '2026-01-01' }] };
  const authored = (label: Partial<RecordLabel<string>>, who: Who = {}, told: World['told'] = { care }) =>
    gather({ told }, who, label).facts.authoredByRequester;

  it('wrote it while the family’s episode at their agency is open, by the staff ids of its source', () => {
    expect(authored({ author: 'me' })).toBe(true);
    expect(authored({ author: 'me', source: 'workbook' })).toBe(true);
    expect(authored({ author: 'x' })).toBe(false);
    expect(authored({})).toBe(false);
    expect(authored({ author: 'me', source: 'trust' })).toBe(false);
  });

  it('did not for an agency they left, or once its work with the family ended', () => {
    expect(authored({ author: 'me' }, { agency: 'eh', role: 'KEYWORKER' })).toBe(false);
    const ended = { ...FAMILY, involvements: [{ person: MOTHER, worker: 'x', until: '2026-11-01' }] };
    expect(authored({ author: 'me' }, {}, { care: ended })).toBe(false);
    const left = { ...care, memberships: [member(MOTHER, false, false), member(CHILD, true)] };
    expect(authored({ author: 'me' }, {}, { care: left })).toBe(false);
  });
});

describe('the duty team', () => {
  const involvement = (at: string, who: Who = {}, holder = 'csc', person: string = CHILD) =>
    gather(
      { told: { care: { ...FAMILY, received: [{ person, at }] } } },
      { standing: { onDuty: true }, ...who },
      {},
      holder,
    ).facts.involvement;

  it('is with whoever was referred in the last thirty days, the first instant of them included', () => {
    expect(involvement('2026-10-24T12:00:00.000Z')).toBe('DUTY');
    expect(involvement('2026-10-24T11:59:59.999Z')).toBe('NONE');
    expect(involvement(NOW)).toBe('DUTY');
    expect(involvement('2026-11-23T12:00:00.001Z')).toBe('NONE');
  });

  it('of the holder alone, and for the referral it received itself', () => {
    expect(involvement(NOW, {}, 'eh')).toBe('NONE');
    expect(involvement(NOW, { agency: 'eh', role: 'KEYWORKER', standing: { onDuty: true } }, 'eh')).toBe('NONE');
    expect(involvement(NOW, { standing: { onDuty: false } })).toBe('NONE');
    expect(involvement(NOW, {}, 'csc', MOTHER)).toBe('NONE');
  });

  it('is more than work that ended, and less than work there is', () => {
    expect(involvement(NOW, { standing: { onDuty: true }, worked: [CHILD] })).toBe('DUTY');
    expect(involvement(NOW, { worked: [CHILD], standing: {} })).toBe('ENDED');
    expect(involvement(NOW, { standing: { onDuty: true }, works: [CHILD] })).toBe('ALLOCATED');
    expect(involvement(NOW, { standing: { onDuty: true, manages: ['t-1'] } })).toBe('DUTY');
    const team = { ...FAMILY, familyTeams: [{ family: 'F1', team: 't-1' }], received: [{ person: CHILD, at: NOW }] };
    expect(gather({ told: { care: team } }, { standing: { onDuty: true, manages: ['t-1'] } }).facts.involvement).toBe(
      'MANAGING',
    );
  });
});

describe('a family open to both', () => {
  const works = (person: string, until?: string) => ({ person, worker: 'x', ...(until ? { until } : {}) });
  const open = (care: ReturnType<typeof works>[], help: ReturnType<typeof works>[], holder = 'csc') =>
    gather(
      { told: { care: { ...FAMILY, involvements: care }, help: { involvements: help } } },
      { agency: 'eh', role: 'KEYWORKER' },
      {},
      holder,
    ).facts.openToBoth;

  it('is one with which both agencies work now, through any of its members', () => {
    expect(open([works(MOTHER)], [works(FATHER)])).toBe(true);
    expect(open([works(MOTHER)], [])).toBe(false);
    expect(open([], [works(FATHER)])).toBe(false);
    expect(open([works(MOTHER, '2026-11-01')], [works(FATHER)])).toBe(false);
    expect(open([works(AUNT)], [works(FATHER)])).toBe(false);
    expect(open([works(MOTHER)], [works(FATHER)], 'eh')).toBe(false);
  });
});

describe('a member of the family, for whom it is asked', () => {
  it('is shown what FS-05 lets them see, and nobody else is asked for', () => {
    expect(gather({}, { member: MOTHER }, { type: 'PersonDetails', subject: MOTHER }).facts.forMember).toBe(true);
    expect(gather({}, { member: MOTHER }, { type: 'Assessment', subject: MOTHER }).facts.forMember).toBe(false);
    expect(gather({}, {}, { type: 'PersonDetails', subject: MOTHER }).facts.forMember).toBe(false);
  });

  it('is opposing where they are alleged to have hurt whom it is about', () => {
    const told = { care: { ...FAMILY, allegations: [hurt] } };
    const opposing = (who: Who, subject: string) => gather({ told }, who, { subject }).facts.opposing;
    expect(opposing({ member: FATHER, works: [CHILD] }, MOTHER)).toBe(true);
    expect(opposing({ member: MOTHER, works: [CHILD] }, MOTHER)).toBe(false);
    expect(opposing({ works: [CHILD] }, MOTHER)).toBe(false);
  });

  it('is not shown a child’s record where that child, competent, refused', () => {
    const relationships = [{ person: CHILD, other: MOTHER, kind: 'PARENT', parentalResponsibility: true }];
    const refused = consent({ subject: CHILD, capacity: 'OWN_COMPETENCE', state: 'REFUSED' });
    const shown = (consents: ConsentStatement[]) =>
      gather({ told: { care: { ...FAMILY, relationships } }, consents }, { member: MOTHER }, { type: 'PersonDetails' })
        .facts.forMember;
    expect([shown([]), shown([refused])]).toEqual([true, false]);
  });
});

describe('what else is asked about a person', () => {
  const told = {
    care: {
      ...FAMILY,
      involvements: [{ person: MOTHER, worker: 'x', until: '2025-01-01' }],
      allegations: [hurt],
      relationships: [
        { person: CHILD, other: MOTHER, kind: 'PARENT', parentalResponsibility: true },
        { person: CHILD, other: FATHER, kind: 'PARENT', parentalResponsibility: false },
        { person: MOTHER, other: MOTHER, kind: 'OTHER', parentalResponsibility: true },
      ],
    },
    safe: { allegations: [{ ...hurt, recordedAt: '2026-02-01' }] },
  };
  const review = {
    id: 'r-1',
    holder: 'safe',
    victim: MOTHER,
    perpetrator: FATHER,
    result: 'STANDS',
    why: 'seen',
    reviewedAt: BEFORE,
    reviewedBy: 'tm',
  } as const;
  const gatherer = gathererOf({ told, reviews: [review] });

  it('who is included with them: themselves, and the included of families that include them', () => {
    expect([...gatherer.includedWith(MOTHER)].sort()).toEqual([CHILD, FATHER, MOTHER]);
    expect(gatherer.includedWith(AUNT)).toEqual([AUNT]);
    const left = { memberships: [member(MOTHER), member(FATHER, false, false), member(CHILD, true)] };
    const others = gathererOf({ told: { care: left } });
    expect([...others.includedWith(MOTHER)].sort()).toEqual([CHILD, MOTHER]);
    expect(others.includedWith(FATHER)).toEqual([FATHER]);
  });

  it('whether an agency works, or worked, with them', () => {
    expect(gatherer.isKnownTo(MOTHER, 'csc')).toBe(true);
    expect([gatherer.isKnownTo(MOTHER, 'eh'), gatherer.isKnownTo(CHILD, 'csc')]).toEqual([false, false]);
  });

  it('what an agency’s own system has of allegations, with the reviews of what that agency recorded', () => {
    const told = { victim: MOTHER, perpetrator: FATHER };
    const held = (agency: string, person: string) => gatherer.allegationsHeldBy(agency, person);
    expect(held('safe', FATHER)).toMatchObject([{ ...told, recordedAt: '2026-02-01', reviews: [review] }]);
    expect(held('csc', MOTHER)).toMatchObject([{ ...told, recordedAt: '2026-01-01', reviews: [] }]);
    expect([held('eh', MOTHER), held('csc', CHILD)]).toEqual([[], []]);
  });

  it('whether they may have hurt anybody: where it cannot be told, yes', () => {
    expect([FATHER, MOTHER, CHILD].map((person) => gatherer.mayHaveHurt(person))).toEqual([true, false, false]);
    const down = gathererOf({ gaps: [['safe', ['allegations'], [CHILD]]] });
    expect([down.mayHaveHurt(CHILD), down.mayHaveHurt(MOTHER)]).toEqual([true, false]);
  });

  it('what a holder’s own system says they agreed to there, or that it does not answer', () => {
    const row: ConsentRow = {
      id: '1',
      person: MOTHER,
      state: 'GIVEN',
      inForce: false,
      categories: ['*'],
      recipients: ['*'],
      purposes: ['*'],
    };
    const others = gathererOf({
      told: { trust: { consents: [row] } },
      gaps: [['safe', ['consents'], [MOTHER]]],
    });
    const ids = (rows: readonly Told<'consents'>[] | undefined) => rows?.map(({ space, id }) => `${space}:${id}`);
    expect(ids(others.consentsToldBy('mht', MOTHER))).toEqual(['trust:1']);
    expect(ids(others.consentsToldBy('csc', MOTHER))).toEqual([]);
    expect(others.consentsToldBy('safe', MOTHER)).toBeUndefined();
    expect(ids(others.consentsToldBy('safe', FATHER))).toEqual([]);
  });

  it('who holds parental responsibility for a child; nobody for themselves', () => {
    expect(gatherer.isGuardian(CHILD, MOTHER)).toBe(true);
    expect([gatherer.isGuardian(CHILD, FATHER), gatherer.isGuardian(MOTHER, MOTHER)]).toEqual([false, false]);
    expect(gatherer.isGuardian(MOTHER, CHILD)).toBe(false);
  });
});

describe('the facts of an action', () => {
  const told = { care: { ...FAMILY, allegations: [hurt] } };
  const about = { ownAgency: true, party: true };

  it('are who asks, how they stand to the person, and what the action answers; nobody made what is not said', () => {
    const worker: Who = { role: 'TEAM_MANAGER', works: [CHILD] };
    expect(gathererOf({ told }, worker).actionFacts(MOTHER, about)).toEqual({
      role: 'TEAM_MANAGER',
      involvement: 'ALLOCATED',
      ownAgency: true,
      party: true,
      conflict: false,
      opposing: false,
      madeBy: 'NOBODY',
      overridesRefusal: false,
    });
    const more = { ownAgency: false, party: false, madeBy: 'REQUESTER', overridesRefusal: true } as const;
    expect(gathererOf({ told }, worker).actionFacts(MOTHER, more)).toMatchObject(more);
  });

  it('are opposing to who works with whoever is alleged to have hurt the person, their own agency’s or not', () => {
    const officer: Who = { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [FATHER, MOTHER] };
    const facts = (person: string) => gathererOf({ told }, officer).actionFacts(person, about).opposing;
    expect([facts(MOTHER), facts(FATHER), facts(CHILD)]).toEqual([true, false, false]);
  });

  it('are in conflict where the requester is registered as such with the person', () => {
    const conflicted: Who = { standing: { conflicts: [MOTHER] } };
    const facts = (person: string) => gathererOf({ told }, conflicted).actionFacts(person, about).conflict;
    expect([facts(MOTHER), facts(CHILD)]).toEqual([true, false]);
  });

  it('about nobody say nothing but the role', () => {
    expect(gathererOf({ told }, { role: 'DATA_STEWARD', works: [MOTHER] }).actionFactsOfNobody()).toEqual({
      role: 'DATA_STEWARD',
      involvement: 'NONE',
      ownAgency: false,
      party: false,
      conflict: false,
      opposing: false,
      madeBy: 'NOBODY',
      overridesRefusal: false,
    });
  });
});

describe('one gatherer for a whole operation', () => {
  const world: World = {
    told: {
      care: {
        ...FAMILY,
        memberships: [...FAMILY.memberships, member(AUNT, false, true, 'F2')],
        allegations: [hurt],
        residences: [home(MOTHER, 'a'), home(CHILD, 'a'), home(AUNT, 'b'), home(FATHER, 'c')],
        protectedPersons: [{ person: MOTHER }],
        involvements: [{ person: CHILD, worker: 'me' }],
        handovers: [{ family: 'F1', direction: 'STEP_DOWN', receivingWorker: 'me', from: '2026-11-01' }],
      },
      help: { involvements: [{ person: CHILD, worker: 'x' }] },
    },
    consents: [consent(), consent({ id: 'c-2', subject: FATHER, categories: ['CONTACT'] })],
    exceptions: [exception({ id: 'e-2', categories: ['IDENTITY'], holders: ['mht'] })],
    judgements: [judgement(), judgement({ id: 'j-2', subject: FATHER, localId: '2' })],
    grants: [grant()],
  };
  const who: Who[] = [
    { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [FATHER] },
    { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [FATHER, MOTHER] },
    { works: [CHILD], standing: { conflicts: [AUNT] } },
    { role: 'KEYWORKER', agency: 'eh' },
  ];
  const labels = [MOTHER, FATHER, CHILD].flatMap((subject) =>
    (['IDENTITY', 'CONTACT', 'MENTAL_HEALTH', 'PLAN'] as const).flatMap((category) =>
      [
        {},
        { names: [MOTHER] },
        { names: [AUNT, FATHER] },
        { fromWorkWith: [MOTHER] },
        { fromWorkWith: [] },
        { addresses: ['a'] },
        { addresses: ['b'] },
        { names: [AUNT], addresses: ['b', 'a'] },
        { kind: 'REFERRAL_DECISION', referredBy: 'prob' } as const,
        { type: 'MentalHealthRecord', source: 'trust', localId: '2' } as const,
        { type: 'ChildInNeedPlan', kind: 'CIN_PLAN', at: '2026-06-01' } as const,
      ].map((more) => labelOf({ subject, category, ...more })),
    ),
  );
  const asked = labels.flatMap((label) => ['csc', 'mht', 'prob'].map((holder) => ({ label, holder })));

  it.each(who)('finds of each record what one that saw nothing else would find (%#)', (one) => {
    // Forth and back: whatever is remembered of one record is met by every other before or after it.
    const view = viewOf(world);
    const alone = asked.map(({ label, holder }) => gatheredBy(gathererOf(world, one, view), label, holder, labels));
    for (const order of [asked.map((_, i) => i), asked.map((_, i) => asked.length - 1 - i)]) {
      const whole = gathererOf(world, one, view);
      for (const i of order) {
        const { label, holder } = asked[i] as (typeof asked)[number];
        expect({ label, holder, ...gatheredBy(whole, label, holder, labels) }).toEqual({ label, holder, ...alone[i] });
      }
    }
  });

  it('knows where people are as it stands when a batch is decided, though more has been told since', () => {
    const view = viewOf({ told: { care: { ...FAMILY, residences: [home(CHILD, 'a')] } } });
    const gatherer = gathererOf({}, {}, view);
    const label = labelOf({ category: 'CONTACT' });
    const isProtected = () => gatheredBy(gatherer, label, 'csc').facts.locationProtected;
    expect(isProtected()).toBe(false);
    view.add({
      space: 'safe',
      holder: 'safe',
      circumstances: {
        ...NO_CIRCUMSTANCES,
        residences: [home(MOTHER, 'a')],
        protectedPersons: [{ person: MOTHER }],
      },
    });
    expect(isProtected()).toBe(true);
  });
});
