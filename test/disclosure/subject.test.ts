/** How a requester stands to a person, and what cannot be told of it: the edges of involvement, stage, sides and families. */
import { describe, expect, it } from '@jest/globals';
import { isWithin, localsIn, View } from '../../src/disclosure/facts/view.js';
import { workOf } from '../../src/disclosure/facts/work.js';
import { type CircumstanceKind, type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { FactName } from '../../src/domain/facts.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { ServiceConsent } from '../../src/registers/statements.js';
import {
  AUNT,
  CHILD,
  FAMILY,
  FATHER,
  gather,
  gatheredBy,
  gathererOf,
  handover,
  home,
  hurt,
  labelOf,
  MOTHER,
  member,
  NOW,
  standingOf,
  UNCLE,
  type Who,
  type World,
} from './small-worlds.js';

type Care = Partial<Circumstances<string>>;
const careOf = (care: Care = {}): World => ({ told: { care: { ...FAMILY, ...care } } });
const subject = (care: Care, who: Who = {}, person: string = CHILD) => gathererOf(careOf(care), who).subject(person);
const SIBLING = 'P-sibling';
const me: Who = {};
const since = '2026-01-01';
const over = '2026-11-23';

describe('involvement', () => {
  const team = (more: object = {}) => ({ familyTeams: [{ family: 'F1', team: 't-1', from: since, ...more }] });

  it('of whoever manages a team around the family is managing, while it is theirs', () => {
    const who: Who = { standing: { manages: ['t-1'] } };
    expect(subject(team(), who).involvement).toBe('MANAGING');
    expect(subject(team({ until: over }), who).involvement).toBe('NONE');
    expect(subject(team(), { standing: { teams: ['t-1'] } }).involvement).toBe('NONE');
    const left = { ...team(), memberships: [member(MOTHER), member(CHILD, true, false)] };
    expect(subject(left, who).involvement).toBe('NONE');
  });

  it('that ended with one member has ended with the others', () => {
    expect(subject({}, { worked: [MOTHER] }).involvement).toBe('ENDED');
    expect(subject({}, { worked: [AUNT] }).involvement).toBe('NONE');
  });

  it('of the strongest kind counts: one’s own, then that of those managed, then what ended', () => {
    const manages = [['SOCIAL_WORKER', CHILD]] as const;
    expect(subject({}, { works: [MOTHER], manages, worked: [FATHER] }).involvement).toBe('ALLOCATED');
    expect(subject({}, { manages, worked: [FATHER] }).involvement).toBe('MANAGING');
  });

  describe('on an open enquiry', () => {
    const enquiry = { id: 'E1', child: CHILD, names: [UNCLE], worker: 'me', from: '2026-11-20' };
    const on = (who: Who, person: string = UNCLE, more: Partial<typeof enquiry> & { until?: string } = {}) =>
      subject({ enquiries: [{ ...enquiry, ...more }] }, { purpose: 'S47_ENQUIRY', ...who }, person).involvement;
    const nobody = { standing: { identities: new Map<string, string>() } };

    it('of who completes it reaches its child and everyone it names, for it and for child protection', () => {
      expect([on(me), on(me, CHILD)]).toEqual(['ALLOCATED', 'ALLOCATED']);
      expect(on({ purpose: 'CHILD_PROTECTION' })).toBe('ALLOCATED');
      for (const purpose of ['DIRECT_WORK', 'ASSESSMENT', 'EMERGENCY'] as const) expect(on({ purpose })).toBe('NONE');
      expect(on(me, MOTHER)).toBe('NONE');
      expect(on(me, UNCLE, { until: over })).toBe('NONE');
    });

    it('of its child’s allocated social worker does too, and of no other worker with the child', () => {
      expect(on({ ...nobody, works: [], rows: [] })).toBe('NONE');
      const { worker: _, ...unnamed } = enquiry;
      const with_ = (who: Who) =>
        subject({ enquiries: [unnamed] }, { purpose: 'S47_ENQUIRY', works: [CHILD], ...who }, UNCLE).involvement;
      expect(with_({})).toBe('ALLOCATED');
      expect(with_({ role: 'CHILD_PRACTITIONER' })).toBe('NONE');
      expect(with_({ works: [MOTHER] })).toBe('NONE');
    });

    it('of the managers of either is managing', () => {
      const { worker: _, ...unnamed } = enquiry;
      const managing = (enquiries: Care['enquiries'], who: Who) =>
        subject({ enquiries: enquiries ?? [] }, { purpose: 'S47_ENQUIRY', role: 'TEAM_MANAGER', ...who }, UNCLE)
          .involvement;
      expect(managing([{ ...enquiry, worker: 'm0' }], { manages: [['SENIOR_PRACTITIONER', AUNT]] })).toBe('MANAGING');
      expect(managing([{ ...enquiry, worker: 'm1' }], { manages: [['SENIOR_PRACTITIONER', AUNT]] })).toBe('NONE');
      expect(managing([unnamed], { manages: [['SOCIAL_WORKER', CHILD]] })).toBe('MANAGING');
      expect(managing([unnamed], { manages: [['CHILD_PRACTITIONER', CHILD]] })).toBe('NONE');
      expect(managing([unnamed], { manages: [['SOCIAL_WORKER', MOTHER]] })).toBe('NONE');
      // A team that works with the child, no worker named: not its allocated social worker's manager.
      const rows = [{ space: 'care', person: CHILD, team: 't-m', from: since }];
      expect(managing([unnamed], { rows, standing: { manages: ['t-m'] } })).toBe('NONE');
    });
  });

  it('is of what the staff ids of each source say, and of teams supported or managed', () => {
    const standing = standingOf({ manages: [['KEYWORKER', AUNT]], standing: { supports: ['t-s'], manages: ['t-m'] } });
    const row = (more: object) => [{ space: 'care', person: CHILD, from: since, ...more }];
    const work = (more: object) => {
      const { own, managed, ended, rolesWith } = workOf(standing, row(more), [], NOW);
      return [own.has(CHILD), managed.has(CHILD), ended.has(CHILD), [...(rolesWith.get(CHILD) ?? [])]];
    };
    expect(work({ worker: 'me' })).toEqual([true, false, false, ['SOCIAL_WORKER']]);
    expect(work({ worker: 'me', space: 'help' })).toEqual([false, false, false, []]);
    expect(work({ worker: 'm0' })).toEqual([false, true, false, ['KEYWORKER']]);
    expect(work({ team: 't-s' })).toEqual([true, false, false, ['SOCIAL_WORKER']]);
    expect(work({ team: 't-m' })).toEqual([false, true, false, []]);
    expect(work({ team: 't-x' })).toEqual([false, false, false, []]);
    // Of a team that is supported every row counts, whichever worker it names, but for those of whom they manage.
    expect(work({ team: 't-s', worker: 'stranger' })).toEqual([true, false, false, ['SOCIAL_WORKER']]);
    expect(work({ team: 't-s', worker: 'm0' })).toEqual([false, true, false, ['KEYWORKER']]);
    expect(work({ worker: 'me', until: over })).toEqual([false, false, true, []]);
    expect(work({ worker: 'm0', until: over })).toEqual([false, false, true, []]);
    for (const until of [{}, { until: over }]) {
      expect(work({ worker: 'stranger', ...until })).toEqual([false, false, false, []]);
      expect(work({ ...until })).toEqual([false, false, false, []]);
    }
  });

  it('that goes on is not among what ended', () => {
    const rows = [
      { space: 'care', person: CHILD, worker: 'me', until: over },
      { space: 'care', person: CHILD, worker: 'me', from: since },
      { space: 'care', person: MOTHER, worker: 'm0', until: over },
      { space: 'care', person: MOTHER, worker: 'm0', from: since },
    ];
    const work = workOf(standingOf({ manages: [['KEYWORKER', AUNT]] }), rows, ['help'], NOW);
    expect([work.own, work.managed, work.ended, work.gaps]).toEqual([
      new Set([CHILD]),
      new Set([MOTHER]),
      new Set(),
      ['help'],
    ]);
  });
});

describe('a seat, a panel, a team', () => {
  it('is the requester’s own seat, now, on this child’s core group', () => {
    const seat = (more: object = {}) => ({ coreGroups: [{ child: CHILD, worker: 'me', from: since, ...more }] });
    expect(subject(seat()).coreGroup).toBe(true);
    expect(subject(seat({ until: over })).coreGroup).toBe(false);
    expect(subject(seat({ worker: 'm0' }), { manages: [['KEYWORKER', AUNT]] }).coreGroup).toBe(false);
    expect(subject(seat(), me, MOTHER).coreGroup).toBe(false);
  });

  it('is a panel on whose list a family stands that includes the person', () => {
    const panel = { panels: [{ family: 'F1', workers: ['x', 'me'], from: since }] };
    expect(subject(panel).onPanel).toBe(true);
    const left = [member(MOTHER), member(CHILD, true, false)];
    expect(subject({ ...panel, memberships: left }).onPanel).toBe(false);
    const another = { panels: [{ family: 'F1', workers: ['x'], from: since }] };
    expect(subject(another).onPanel).toBe(false);
  });

  it('is a team around the family that the requester belongs to, supports or manages, now', () => {
    const team = (more: object = {}) => ({ familyTeams: [{ family: 'F1', team: 't', from: since, ...more }] });
    for (const belonging of ['teams', 'supports', 'manages'] as const) {
      expect(subject(team(), { standing: { [belonging]: ['t'] } }).onFamilyTeam).toBe(true);
      expect(subject(team({ until: over }), { standing: { [belonging]: ['t'] } }).onFamilyTeam).toBe(false);
    }
    expect(subject(team(), { standing: { teams: ['u'] } }).onFamilyTeam).toBe(false);
    const left = [member(MOTHER), member(CHILD, true, false)];
    expect(subject({ ...team(), memberships: left }, { standing: { teams: ['t'] } }).onFamilyTeam).toBe(false);
  });
});

describe('what cannot be told', () => {
  const unknown = (kind: CircumstanceKind, persons: string[], person: string = CHILD): readonly FactName[] =>
    gathererOf({ gaps: [['help', [kind], persons]] }).subject(person).unknown;

  it('is named, fact by fact', () => {
    expect(unknown('memberships', [CHILD])).toEqual(['involvement', 'onFamilyTeam', 'onPanel', 'stage']);
    expect(unknown('plans', [CHILD])).toEqual(['stage']);
    expect(unknown('enquiries', [CHILD])).toEqual(['s47Open']);
    expect(unknown('coreGroups', [CHILD])).toEqual(['coreGroup']);
    expect(unknown('residences', [CHILD])).toEqual([]);
  });

  it('of plans and enquiries is what concerns anybody of the family; of membership and seats, the person', () => {
    expect(unknown('plans', [MOTHER])).toEqual(['stage']);
    expect(unknown('enquiries', [FATHER])).toEqual(['s47Open']);
    expect(unknown('memberships', [MOTHER])).toEqual([]);
    expect(unknown('coreGroups', [MOTHER])).toEqual([]);
    expect(unknown('plans', [AUNT])).toEqual([]);
  });
});

describe('an enquiry', () => {
  const enquiry = (id: string, child: string, names: string[] = [], until?: string) => ({
    id,
    child,
    names,
    ...(until ? { until } : {}),
  });

  it('is open for whom it names, and for everybody of a family that it concerns, included or not', () => {
    const about = (person: string, enquiries: Care['enquiries'], memberships = FAMILY.memberships) => {
      const { s47Open, enquiries: found } = subject({ enquiries: enquiries ?? [], memberships }, me, person);
      return [s47Open, found.map(({ id }) => id)];
    };
    expect(about(MOTHER, [enquiry('E1', CHILD)])).toEqual([true, ['E1']]);
    expect(about(UNCLE, [enquiry('E1', CHILD, [UNCLE])])).toEqual([true, ['E1']]);
    expect(about(AUNT, [enquiry('E1', CHILD, [UNCLE])])).toEqual([false, []]);
    expect(about(MOTHER, [enquiry('E1', CHILD, [], over)])).toEqual([false, []]);
    expect(about(MOTHER, [enquiry('E1', CHILD, [MOTHER, FATHER]), enquiry('E2', MOTHER)])[1]).toHaveLength(2);
    expect(about(MOTHER, [enquiry('E1', CHILD)], [member(MOTHER, false, false), member(CHILD, true)])[0]).toBe(true);
  });

  it('of one id at two sources is two', () => {
    const told = {
      care: { ...FAMILY, enquiries: [enquiry('E1', CHILD)] },
      help: { enquiries: [enquiry('E1', CHILD)] },
    };
    expect(gathererOf({ told }).subject(CHILD).enquiries).toHaveLength(2);
  });
});

describe('the stage', () => {
  type Kind = Circumstances<string>['plans'][number]['kind'];
  const plan = (kind: Kind, child: string = CHILD, until?: string) => ({
    child,
    kind,
    from: since,
    ...(until ? { until } : {}),
  });
  const ending = '2026-12-01';
  const moving = (direction: 'STEP_DOWN' | 'STEP_UP' | 'EXIT', more: object = {}) => ({
    handovers: [{ family: 'F1', direction, receivingWorker: 'x', from: '2026-11-01', ...more }],
  });
  const stage = (care: Care, who: Who = {}, person: string = CHILD) => subject(care, who, person).stage;
  const withSibling = [...FAMILY.memberships, member(SIBLING, true)];

  it('of a child is that of the gravest plan it is on now', () => {
    const grave: Kind[] = ['PRE_PROCEEDINGS', 'LOOKED_AFTER', 'CHILD_PROTECTION', 'CHILD_IN_NEED', 'EARLY_HELP'];
    for (const [i, kind] of grave.entries())
      expect(
        stage({
          plans: grave
            .slice(i)
            .reverse()
            .map((each) => plan(each)),
        }),
      ).toBe(kind);
    expect(stage({ plans: [plan('CHILD_PROTECTION', CHILD, over)] })).toBe('CLOSED');
    expect(stage({ plans: [plan('CHILD_PROTECTION', SIBLING)], memberships: withSibling })).toBe('CLOSED');
  });

  it('steps up and down with a handover that is open, of a family that includes the person', () => {
    expect(stage(moving('STEP_UP'))).toBe('STEPPING_UP');
    expect(stage(moving('STEP_DOWN'))).toBe('STEPPING_DOWN');
    expect(stage(moving('EXIT'))).toBe('CLOSED');
    expect(stage(moving('STEP_UP', { until: over }))).toBe('CLOSED');
    expect(stage({ ...moving('STEP_UP'), memberships: [member(MOTHER), member(CHILD, true, false)] })).toBe('CLOSED');
    expect(stage({ ...moving('STEP_UP'), plans: [plan('EARLY_HELP')] })).toBe('STEPPING_UP');
    expect(stage({ ...moving('STEP_UP'), plans: [plan('CHILD_IN_NEED')] })).toBe('CHILD_IN_NEED');
    expect(stage({ ...moving('STEP_UP'), plans: [plan('CHILD_PROTECTION')] })).toBe('CHILD_PROTECTION');
  });

  it('steps down only when the last plan of every child is ending', () => {
    const down = moving('STEP_DOWN');
    const memberships = withSibling;
    const endingPlan = plan('CHILD_IN_NEED', CHILD, ending);
    expect(stage({ ...down, memberships, plans: [endingPlan] })).toBe('STEPPING_DOWN');
    expect(stage({ ...down, memberships, plans: [endingPlan, plan('CHILD_IN_NEED', SIBLING)] })).toBe('CHILD_IN_NEED');
    expect(stage({ ...down, memberships, plans: [endingPlan, plan('CHILD_PROTECTION', SIBLING, ending)] })).toBe(
      'CHILD_IN_NEED',
    );
    expect(stage({ ...down, memberships, plans: [endingPlan, plan('EARLY_HELP', SIBLING)] })).toBe('STEPPING_DOWN');
    expect(stage({ ...down, memberships, plans: [endingPlan, plan('CHILD_PROTECTION', SIBLING, over)] })).toBe(
      'STEPPING_DOWN',
    );
    expect(stage({ ...down, plans: [endingPlan, plan('EARLY_HELP')] })).toBe('STEPPING_DOWN');
  });

  it('of an adult is the gravest of the children who join them and the requester, else of their own families', () => {
    const two = {
      memberships: [
        member(MOTHER),
        member(CHILD, true),
        member(MOTHER, false, true, 'F2'),
        member(SIBLING, true, true, 'F2'),
      ],
      plans: [plan('CHILD_IN_NEED'), plan('CHILD_PROTECTION', SIBLING)],
    };
    expect(stage(two, { works: [CHILD] }, MOTHER)).toBe('CHILD_IN_NEED');
    expect(stage(two, { works: [SIBLING] }, MOTHER)).toBe('CHILD_PROTECTION');
    expect(stage(two, {}, MOTHER)).toBe('CHILD_PROTECTION');
    expect(stage(two, {}, AUNT)).toBe('CLOSED');
  });
});

describe('receiving', () => {
  const named = (receivingWorker: string, more: object = {}) => ({
    handovers: [{ family: 'F1', direction: 'STEP_UP' as const, receivingWorker, from: since, ...more }],
  });
  it('is whoever the handover names, or manages them, while the episode is open', () => {
    expect(subject(named('me')).receiving).toBe(true);
    expect(subject(named('m0'), { manages: [['KEYWORKER', AUNT]] }).receiving).toBe(true);
    expect(subject(named('m0')).receiving).toBe(false);
    expect(subject(named('me', { until: over })).receiving).toBe(false);
    expect(subject(named('me', { from: '2026-12-01' })).receiving).toBe(false);
    expect(subject(named('me'), me, AUNT).receiving).toBe(false);
  });
});

describe('allegations', () => {
  const back = { victim: FATHER, perpetrator: MOTHER, recordedAt: '2026-02-01' };
  const stands = { review: 'STANDS' as const };
  const falls = { review: 'DOES_NOT_STAND' as const };
  const hers: Who = { role: 'DOMESTIC_ABUSE_PRACTITIONER', agency: 'safe', works: [MOTHER] };
  const his: Who = { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [FATHER] };
  const victimOf = (allegations: Care['allegations'], who: Who, person: string, more: Partial<World> = {}) =>
    gathererOf({ ...careOf({ allegations: allegations ?? [] }), ...more }, who).subject(person).victimOfSubject;

  it('give victim-safety to whoever works with somebody whom the person is alleged to have hurt', () => {
    expect(victimOf([hurt], hers, FATHER)).toBe(true);
    expect(victimOf([hurt], hers, MOTHER)).toBe(false);
    expect(victimOf([hurt], his, FATHER)).toBe(false);
    expect(victimOf([hurt], { ...hers, works: [], manages: [['KEYWORKER', MOTHER]] }, FATHER)).toBe(true);
    expect(victimOf([{ ...hurt, ...falls }], hers, FATHER)).toBe(false);
    expect(victimOf([{ ...hurt, ...stands }], hers, FATHER)).toBe(true);
  });

  it('of two against each other give it to the one first recorded, until a review, and then to whom it found for', () => {
    expect([victimOf([hurt, back], hers, FATHER), victimOf([hurt, back], his, MOTHER)]).toEqual([true, false]);
    const same = { ...back, recordedAt: hurt.recordedAt };
    expect([victimOf([hurt, same], hers, FATHER), victimOf([hurt, same], his, MOTHER)]).toEqual([false, false]);
    const forHim = [hurt, { ...back, ...stands }];
    expect([victimOf(forHim, hers, FATHER), victimOf(forHim, his, MOTHER)]).toEqual([false, true]);
    const both = [
      { ...hurt, ...stands },
      { ...back, ...stands },
    ];
    expect([victimOf(both, hers, FATHER), victimOf(both, his, MOTHER)]).toEqual([true, true]);
    const against = [{ ...hurt, ...falls }, back];
    expect([victimOf(against, hers, FATHER), victimOf(against, his, MOTHER)]).toEqual([false, false]);
    const third = { victim: CHILD, perpetrator: MOTHER, recordedAt: '2025-01-01' };
    expect(victimOf([hurt, third], hers, FATHER)).toBe(true);
  });

  it('whose reviews differ, or cannot be read, give it to nobody', () => {
    const review = { id: 'r', holder: 'csc', victim: MOTHER, perpetrator: FATHER, why: '', reviewedBy: 'tm' } as const;
    const reviews = [{ ...review, result: 'DOES_NOT_STAND', reviewedAt: NOW }] as const;
    expect(victimOf([{ ...hurt, ...stands }], hers, FATHER, { reviews })).toBe(false);
    expect(victimOf([hurt], hers, FATHER, { reviews: 'UNTOLD' })).toBe(false);
    expect(
      gather({ ...careOf({ allegations: [hurt] }), reviews: 'UNTOLD' }, his, { subject: MOTHER }).facts.opposing,
    ).toBe(true);
  });

  const facts = (
    allegations: Care['allegations'],
    who: Who,
    record: Partial<RecordLabel<string>>,
    holder = 'csc',
    care: Care = {},
  ) => gather(careOf({ allegations: allegations ?? [], ...care }), who, record, holder).facts;

  it('make what comes from work with a victim victim-side, whoever it is about', () => {
    expect(facts([hurt], me, { subject: MOTHER }).victimSide).toBe(true);
    expect(facts([hurt], me, { subject: CHILD, fromWorkWith: [CHILD, MOTHER] }).victimSide).toBe(true);
    expect(facts([hurt], me, { subject: MOTHER, fromWorkWith: [CHILD] }).victimSide).toBe(false);
    expect(facts([hurt], me, { subject: FATHER }).victimSide).toBe(false);
    expect(facts([{ ...hurt, ...falls }], me, { subject: MOTHER }).victimSide).toBe(false);
    expect(facts([hurt, { ...back, ...stands }], me, { subject: MOTHER }).victimSide).toBe(false);
  });

  it('oppose whoever works with a perpetrator, where nobody can tell with whom else they work', () => {
    const recovery: Who = { role: 'RECOVERY_WORKER', agency: 'haven' };
    const opposing = (who: Who) => facts([hurt], { ...recovery, ...who }, { subject: MOTHER }, 'mht').opposing;
    expect(opposing({ works: [FATHER] })).toBe(true);
    expect(opposing({ works: [FATHER, MOTHER] })).toBe(false);
    expect(opposing({ works: [CHILD] })).toBe(false);
    expect(opposing({ workGaps: ['drugs'] })).toBe(true);
    expect(facts([], { ...recovery, workGaps: ['drugs'] }, { subject: MOTHER }, 'mht').opposing).toBe(false);
    expect(facts([hurt], { ...recovery, workGaps: ['drugs'] }, { subject: FATHER }, 'mht').opposing).toBe(false);
  });

  it('oppose the perpetrator line, officer and manager, though they work with the victim too', () => {
    const manager: Who = { role: 'AGENCY_MANAGER', agency: 'prob' };
    const opposing = (manages: Who['manages']) =>
      facts([hurt], { ...manager, manages: manages ?? [] }, { subject: MOTHER }, 'mht').opposing;
    expect(
      opposing([
        ['DOMESTIC_ABUSE_OFFICER', FATHER],
        ['DOMESTIC_ABUSE_OFFICER', MOTHER],
      ]),
    ).toBe(true);
    expect(
      opposing([
        ['RECOVERY_WORKER', FATHER],
        ['DOMESTIC_ABUSE_OFFICER', MOTHER],
      ]),
    ).toBe(false);
  });

  it('oppose the perpetrator line by any of the perpetrators', () => {
    const two = [hurt, { ...hurt, perpetrator: UNCLE }];
    const manages = [
      ['RECOVERY_WORKER', FATHER],
      ['DOMESTIC_ABUSE_OFFICER', UNCLE],
      ['RECOVERY_WORKER', MOTHER],
    ] as const;
    expect(facts(two, { role: 'AGENCY_MANAGER', agency: 'prob', manages }, { subject: MOTHER }, 'mht').opposing).toBe(
      true,
    );
  });

  it('never oppose the social work line of the family: by role and agency, and by whom they work with', () => {
    const social = (who: Who, person: string = MOTHER) =>
      facts([hurt], { works: [FATHER], ...who }, { subject: person }).opposing;
    for (const role of ['SOCIAL_WORKER', 'SENIOR_PRACTITIONER', 'CHILD_PRACTITIONER', 'TEAM_MANAGER'] as const) {
      expect([role, social({ role, works: [FATHER, CHILD] })]).toEqual([role, false]);
      expect([role, social({ role })]).toEqual([role, true]);
    }
    expect(social({ role: 'CLINICAL_PSYCHOLOGIST', works: [FATHER, CHILD] })).toBe(true);
    expect(social({ agency: 'eh', works: [FATHER, CHILD] })).toBe(true);
    expect(facts([{ ...hurt, victim: CHILD }], { works: [FATHER, CHILD] }, { subject: CHILD }).opposing).toBe(false);
    // Working with an adult of the family alone is not the family's line.
    const memberships = [...FAMILY.memberships, member(AUNT)];
    expect(
      facts([hurt], { works: [FATHER, AUNT] }, { subject: CHILD, fromWorkWith: [MOTHER] }, 'csc', { memberships })
        .opposing,
    ).toBe(true);
  });

  it('oppose, of what locates, by everybody whom it locates', () => {
    const residences = [home(MOTHER, 'a'), home(CHILD, 'a'), home(FATHER, 'b')];
    const contact = (record: Partial<RecordLabel<string>>) =>
      facts([hurt], his, { category: 'CONTACT', fromWorkWith: [], ...record }, 'csc', { residences }).opposing;
    expect(contact({ subject: CHILD })).toBe(true);
    expect(contact({ subject: FATHER })).toBe(false);
    expect(contact({ subject: FATHER, names: [MOTHER] })).toBe(true);
    expect(contact({ subject: FATHER, addresses: ['a'] })).toBe(true);
    expect(contact({ subject: FATHER, addresses: ['b', 'c'] })).toBe(false);
  });

  it('may be of anybody where they cannot be told of whom it is about, comes from, or locates', () => {
    const gap = (person: string): World => ({ ...careOf(), gaps: [['safe', ['allegations'], [person]]] });
    const seen = (person: string, record: Partial<RecordLabel<string>>) => {
      const { opposing, victimSide } = gather(gap(person), { ...his, works: [] }, record).facts;
      return [opposing, victimSide];
    };
    expect(seen(MOTHER, { subject: MOTHER })).toEqual([true, true]);
    expect(seen(MOTHER, { subject: MOTHER, fromWorkWith: [] })).toEqual([true, false]);
    expect(seen(MOTHER, { subject: CHILD, fromWorkWith: [MOTHER] })).toEqual([true, true]);
    expect(seen(MOTHER, { subject: CHILD, names: [MOTHER] })).toEqual([false, false]);
    expect(seen(MOTHER, { subject: CHILD, names: [MOTHER], category: 'CONTACT' })).toEqual([true, false]);
    const line = gather(gap(CHILD), { works: [CHILD] }).facts;
    expect([line.opposing, line.victimSide]).toEqual([false, true]);
  });
});

describe('a protected location', () => {
  const residences = [home(MOTHER, 'a'), home(CHILD, 'a'), home(AUNT, 'a'), home(FATHER, 'b'), home(UNCLE, 'a', over)];
  const seen = (who: Who, record: Partial<RecordLabel<string>> = {}, more: Care = {}, gaps: World['gaps'] = []) => {
    const world = { ...careOf({ residences, protectedPersons: [{ person: MOTHER }], ...more }), gaps };
    const { locationProtected, worksWithProtected } = gather(world, who, { category: 'CONTACT', ...record }).facts;
    return [locationProtected, worksWithProtected];
  };

  it('is that of whoever lives with her now, and of what names her', () => {
    expect(seen(me)).toEqual([true, false]);
    expect(seen(me, { subject: FATHER })).toEqual([false, false]);
    expect(seen(me, { subject: FATHER, names: [MOTHER] })).toEqual([true, false]);
    expect(seen(me, { subject: UNCLE })).toEqual([false, false]);
    expect(seen(me, { category: 'STATUS' })).toEqual([false, false]);
  });

  it('may be known to who works with her, a child of hers or somebody protected there with her; not with who hurt her', () => {
    expect(seen({ works: [MOTHER] })).toEqual([true, true]);
    expect(seen({ works: [CHILD] })).toEqual([true, true]);
    expect(seen({ manages: [['SOCIAL_WORKER', CHILD]] })).toEqual([true, true]);
    expect(seen({ works: [AUNT] })).toEqual([true, false]);
    const both = { protectedPersons: [{ person: MOTHER }, { person: AUNT }] };
    expect(seen({ works: [AUNT] }, {}, both)).toEqual([true, true]);
    expect(seen({ works: [FATHER] })).toEqual([true, false]);
    expect(seen({ works: [CHILD, FATHER] }, {}, { allegations: [hurt] })).toEqual([true, false]);
    expect(seen({ works: [CHILD, FATHER] })).toEqual([true, true]);
  });

  it('of several who are protected is known to who works for each of them', () => {
    const apart = { protectedPersons: [{ person: MOTHER }, { person: FATHER }] };
    expect(seen({ works: [MOTHER] }, { names: [FATHER] }, apart)).toEqual([true, false]);
    expect(seen({ works: [MOTHER, FATHER] }, { names: [FATHER] }, apart)).toEqual([true, true]);
  });

  it('is protected where it cannot be told whether it is, and nobody’s where it cannot be told who hurt her', () => {
    const gap = (kind: CircumstanceKind, person: string) => [['safe', [kind], [person]]] as const;
    expect(seen({ works: [CHILD] }, {}, { protectedPersons: [] }, gap('protectedPersons', AUNT))).toEqual([true, true]);
    expect(seen(me, { subject: FATHER }, {}, gap('protectedPersons', MOTHER))).toEqual([false, false]);
    expect(seen({ works: [CHILD] }, {}, {}, gap('allegations', MOTHER))).toEqual([true, false]);
    expect(seen({ works: [CHILD] }, {}, {}, gap('allegations', AUNT))).toEqual([true, true]);
  });
});

describe('conflict', () => {
  const standing = { standing: { person: AUNT } };
  const conflict = (
    care: Care,
    who: Who = standing,
    record: Partial<RecordLabel<string>> = {},
    gaps: World['gaps'] = [],
  ) => gather({ ...careOf(care), gaps }, who, record).facts.conflict;
  const related = (person: string, other: string) => ({
    relationships: [{ person, other, kind: 'FRIEND', parentalResponsibility: false }],
  });

  it('is with whoever is of the requester’s household or network, either way round, now', () => {
    expect(conflict({})).toBe(false);
    expect(conflict(related(CHILD, AUNT))).toBe(true);
    expect(conflict(related(AUNT, CHILD))).toBe(true);
    expect(conflict(related(CHILD, UNCLE))).toBe(false);
    expect(conflict({ residences: [home(CHILD, 'a'), home(AUNT, 'a')] })).toBe(true);
    expect(conflict({ residences: [home(CHILD, 'a'), home(AUNT, 'a', over)] })).toBe(false);
    expect(conflict({}, { standing: { person: CHILD } })).toBe(true);
  });

  it('is judged on everybody whom the record concerns', () => {
    const care = related(MOTHER, AUNT);
    expect(conflict(care, standing, { names: [MOTHER] })).toBe(true);
    expect(conflict(care, standing, { fromWorkWith: [MOTHER] })).toBe(true);
    expect(conflict(care, standing, { subject: MOTHER })).toBe(true);
    expect(conflict(care, standing, {})).toBe(false);
    const registered = { standing: { conflicts: [MOTHER] } };
    expect([conflict({}, registered, { names: [FATHER, MOTHER] }), conflict({}, registered)]).toEqual([true, false]);
  });

  it('may be with anybody of whom it cannot be told, where the requester is a person of ours', () => {
    for (const kind of ['relationships', 'residences'] as const) {
      const gap = [['help', [kind], [CHILD]]] as const;
      expect(conflict({}, standing, {}, gap)).toBe(true);
      expect(conflict({}, {}, {}, gap)).toBe(false);
      expect(conflict({}, standing, { subject: MOTHER, fromWorkWith: [] }, gap)).toBe(false);
    }
    expect(conflict({}, standing, {}, [['help', ['plans'], [CHILD]]])).toBe(false);
  });
});

describe('agreement to be worked with (FS-17)', () => {
  const said = (state: 'GIVEN' | 'REFUSED', subject: string = MOTHER): ServiceConsent => ({
    id: `s-${subject}-${state}`,
    subject,
    state,
    givenBy: subject,
    capacity: 'SELF',
    service: 'csc',
    from: '2026-10-05T10:00:00.000Z',
    recordedAt: '2026-10-05T10:00:00.000Z',
    recordedBy: 'w',
    method: 'in writing',
  });
  const agrees = (world: World, who: Who = {}) => gathererOf(world, who).subject(CHILD).serviceConsent;

  it('is by anybody of the person’s families to this service, and needs nobody’s last word to be another', () => {
    expect(agrees({ services: [said('GIVEN')] })).toBe(true);
    expect(agrees({ services: [said('GIVEN', AUNT)] })).toBe(false);
    expect(agrees({ services: [said('GIVEN')] }, { agency: 'eh', role: 'KEYWORKER' })).toBe(false);
    expect(agrees({ services: [{ ...said('GIVEN'), service: 'CHILDRENS_SOCIAL_CARE' }] })).toBe(true);
    expect(agrees({ services: [said('GIVEN'), said('REFUSED', FATHER)] })).toBe(false);
  });

  it('is nobody’s while a service that should tell does not answer of anybody of the family', () => {
    const gap = (person: string) => [['help', ['serviceConsents'], [person]]] as const;
    expect(agrees({ services: [said('GIVEN')], gaps: gap(FATHER) })).toBe(false);
    expect(agrees({ services: [said('GIVEN')], gaps: gap(AUNT) })).toBe(true);
    expect(agrees({ gaps: gap(AUNT) })).toBe(false);
  });

  it('of a child is for those responsible to give, but not for whoever is alleged to have hurt the child or its carer', () => {
    const relationships = [MOTHER, FATHER].map((other) => ({
      person: CHILD,
      other,
      kind: 'PARENT',
      parentalResponsibility: true,
    }));
    const byFather: ServiceConsent = {
      ...said('GIVEN', CHILD),
      givenBy: FATHER,
      capacity: 'PARENTAL_RESPONSIBILITY',
    };
    const agreed = (care: Care) => agrees({ ...careOf({ relationships, ...care }), services: [byFather] });
    expect(agreed({})).toBe(true);
    expect(agreed({ relationships: relationships.slice(0, 1) })).toBe(false);
    expect(agreed({ allegations: [{ ...hurt, victim: CHILD }] })).toBe(false);
    expect(agreed({ allegations: [hurt] })).toBe(false);
  });
});

describe('families', () => {
  const F = 'F1';
  const view = (care: Care['memberships'], help: Care['memberships'] = [], leading = new Set(['care'])) => {
    const made = new View(NOW, leading);
    made.add({ space: 'care', holder: 'csc', circumstances: { ...NO_CIRCUMSTANCES, memberships: care ?? [] } });
    made.add({ space: 'help', holder: 'eh', circumstances: { ...NO_CIRCUMSTANCES, memberships: help } });
    return made;
  };
  const plain = (made: View, person: string) =>
    made.familiesOf(person).map(({ id, aliases, members, children, included, includedChildren }) => ({
      id,
      aliases: [...aliases].sort(),
      members: [...members.keys()].sort(),
      children: [...children].sort(),
      included: [...included].sort(),
      includedChildren: [...includedChildren].sort(),
    }));

  it('of social care and early help that share a child are one, as social care has it', () => {
    const made = view(
      [member(MOTHER), member(FATHER, false, false), member(CHILD, true)],
      [member(CHILD, true, true, 'E1'), member(FATHER, false, true, 'E1'), member(SIBLING, true, false, 'E1')],
    );
    const one = {
      id: 'care:F1',
      aliases: ['care:F1', 'help:E1'],
      members: [CHILD, FATHER, MOTHER, SIBLING],
      children: [CHILD, SIBLING],
      included: [CHILD, MOTHER],
      includedChildren: [CHILD],
    };
    for (const person of [CHILD, FATHER, SIBLING]) expect(plain(made, person)).toEqual([one]);
    expect(made.includingFamiliesOf(FATHER)).toEqual([]);
    expect(made.includingFamiliesOf(MOTHER).map(({ id }) => id)).toEqual(['care:F1']);
  });

  it('are one whichever source told first, and through several children', () => {
    const care = [member(CHILD, true), member(SIBLING, true)];
    const help = [member(CHILD, true, true, 'E1'), member(SIBLING, true, true, 'E2'), member(AUNT, false, true, 'E2')];
    const made = new View(NOW, new Set(['care']));
    made.add({ space: 'help', holder: 'eh', circumstances: { ...NO_CIRCUMSTANCES, memberships: help } });
    made.add({ space: 'care', holder: 'csc', circumstances: { ...NO_CIRCUMSTANCES, memberships: care } });
    expect(plain(made, AUNT).map(({ id, aliases }) => [id, aliases])).toEqual([
      ['care:F1', ['care:F1', 'help:E1', 'help:E2']],
    ]);
  });

  it('that share an adult alone stay two, and so do two of one kind that share a child', () => {
    const shared = view([member(MOTHER), member(CHILD, true)], [member(MOTHER, false, true, 'E1')]);
    expect(
      plain(shared, MOTHER)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['care:F1', 'help:E1']);
    const twice = view([member(CHILD, true), member(CHILD, true, true, 'F2'), member(AUNT, false, true, 'F2')]);
    expect(plain(twice, CHILD).map(({ id }) => id)).toEqual(['care:F1', 'care:F2']);
    expect(plain(twice, AUNT).map(({ members }) => members)).toEqual([[AUNT, CHILD]]);
  });

  it('grow as more is told, and what is told twice stands as once', () => {
    const made = view([member(MOTHER)]);
    expect(made.familiesOf(CHILD)).toEqual([]);
    const more = { ...NO_CIRCUMSTANCES, memberships: [member(CHILD, true), member(MOTHER)] };
    for (const _ of [1, 2]) made.add({ space: 'care', holder: 'csc', circumstances: more });
    expect(plain(made, CHILD).map(({ members }) => members)).toEqual([[CHILD, MOTHER]]);
    expect([made.isChild(CHILD), made.isChild(MOTHER), made.isChild(AUNT)]).toEqual([true, false, false]);
  });

  it('are found at family level by every id under which a source knows them', () => {
    const made = view([member(CHILD, true)], [member(CHILD, true, true, 'E1')]);
    const team = (family: string, team: string) => ({ ...NO_CIRCUMSTANCES, familyTeams: [{ family, team }] });
    const [family] = made.familiesOf(CHILD);
    if (!family) throw new Error('no family');
    expect(made.ofFamily('familyTeams', family)).toEqual([]);
    made.add({ space: 'care', holder: 'csc', circumstances: team(F, 't-1') });
    made.add({ space: 'help', holder: 'eh', circumstances: team('E1', 't-2') });
    made.add({ space: 'help', holder: 'eh', circumstances: team(F, 't-3') });
    expect([...made.ofFamily('familyTeams', family)].sort((a, b) => (a.team < b.team ? -1 : 1))).toEqual([
      { family: F, team: 't-1', space: 'care', holder: 'csc' },
      { family: 'E1', team: 't-2', space: 'help', holder: 'eh' },
    ]);
    expect(made.ofFamily('panels', family)).toEqual([]);
  });
});

describe('a view', () => {
  const viewWith = (circumstances: Care, personOf?: (local: string) => string) => {
    const made = new View(NOW, new Set(['care']));
    made.add({
      space: 'care',
      holder: 'csc',
      circumstances: { ...NO_CIRCUMSTANCES, ...circumstances },
      ...(personOf ? { personOf } : {}),
    });
    return made;
  };

  it('has rows by every person of ours that they hold, with where they came from', () => {
    const made = viewWith(
      {
        enquiries: [{ id: 'E', child: '1', names: ['2', '3'] }],
        allegations: [{ ...hurt, victim: '1', perpetrator: '2' }],
      },
      (local) => `P${local}`,
    );
    const row = { id: 'E', child: 'P1', names: ['P2', 'P3'], space: 'care', holder: 'csc' };
    for (const person of ['P1', 'P2', 'P3']) expect(made.of('enquiries', person)).toEqual([row]);
    expect([made.of('enquiries', '1'), made.of('plans', 'P1')]).toEqual([[], []]);
    for (const person of ['P1', 'P2'])
      expect(made.of('allegations', person)).toMatchObject([{ victim: 'P1', perpetrator: 'P2' }]);
  });

  it('knows of every person that a telling speaks of', () => {
    const told = {
      ...NO_CIRCUMSTANCES,
      enquiries: [{ id: 'E', child: '1', names: ['2', '3'] }],
      plans: [{ child: '4', kind: 'CHILD_IN_NEED' as const }],
    };
    expect([...localsIn([told])].sort()).toEqual(['1', '2', '3', '4']);
    const team = { ...NO_CIRCUMSTANCES, panels: [{ family: 'F', workers: ['w'] }] };
    expect([...localsIn([team])]).toEqual([]);
  });

  it('takes a period to count from its start and no more at its end, a day from its first moment', () => {
    const within = (from?: string, until?: string) =>
      isWithin({ ...(from ? { from } : {}), ...(until ? { until } : {}) }, NOW);
    expect([
      within(NOW),
      within(undefined, NOW),
      within(),
      within('2026-11-23'),
      within(undefined, '2026-11-23'),
    ]).toEqual([true, false, true, true, false]);
    expect([within('2026-11-24'), within(undefined, '2026-11-24'), within(NOW, '2026-11-24')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('knows who lives where now, and with whom', () => {
    const made = viewWith({
      residences: [home(CHILD, 'a'), home(MOTHER, 'a'), home(FATHER, 'a', over), home(MOTHER, 'b'), home(AUNT, 'b')],
    });
    expect(made.residentsOf('a')).toEqual(new Set([CHILD, MOTHER]));
    expect(made.residentsOf('x')).toEqual(new Set());
    expect(made.householdOf(CHILD)).toEqual(new Set([CHILD, MOTHER]));
    expect(made.householdOf(MOTHER)).toEqual(new Set([MOTHER, CHILD, AUNT]));
    expect(made.householdOf(FATHER)).toEqual(new Set([FATHER]));
    expect(made.householdOf(UNCLE)).toEqual(new Set([UNCLE]));
  });

  it('tells that something is not known of whom, by kind and by holder', () => {
    const made = viewWith({});
    expect(made.isUnknown('plans', [CHILD])).toBe(false);
    expect([
      made.mayHold('plans'),
      viewWith({ plans: [{ child: CHILD, kind: 'EARLY_HELP' }] }).mayHold('plans'),
    ]).toEqual([false, true]);
    made.addGap({ source: 'help', holder: 'eh', tells: new Set(['plans']), persons: new Set([CHILD]) });
    expect(made.isUnknown('plans', [MOTHER, CHILD])).toBe(true);
    expect([made.isUnknown('plans', [MOTHER]), made.isUnknown('panels', [CHILD]), made.isUnknown('plans', [])]).toEqual(
      [false, false, false],
    );
    expect(made.isUntold('plans', 'eh', CHILD)).toBe(true);
    for (const [kind, holder, person] of [
      ['panels', 'eh', CHILD],
      ['plans', 'csc', CHILD],
      ['plans', 'eh', MOTHER],
    ] as const)
      expect([kind, holder, person, made.isUntold(kind, holder, person)]).toEqual([kind, holder, person, false]);
    expect(made.mayHold('plans')).toBe(true);
  });
});

describe('what a handover covers', () => {
  const handovers = (direction: 'STEP_DOWN' | 'STEP_UP' | 'EXIT', from?: string) => ({
    handovers: [{ family: 'F1', direction, receivingWorker: 'me', ...(from ? { from } : {}) }],
  });
  const facts = (care: Care, record: Partial<RecordLabel<string>>) => gather(careOf(care), me, record).facts;

  it('in a step down is the family’s identity, network and contact, and nothing else of them', () => {
    const down = handovers('STEP_DOWN');
    for (const type of ['PersonDetails', 'FamilyMember', 'Relationship'] as const) {
      for (const category of ['IDENTITY', 'NETWORK', 'CONTACT'] as const)
        expect(facts(down, { type, category }).inHandoverPack).toBe(true);
      expect(facts(down, { type, category: 'STATUS' }).inHandoverPack).toBe(false);
    }
    expect(facts(handovers('STEP_UP'), { type: 'PersonDetails', category: 'IDENTITY' }).inHandoverPack).toBe(false);
    expect(facts(down, { type: 'Visit', category: 'IDENTITY' }).inHandoverPack).toBe(false);
    const both = { handovers: [...handovers('EXIT').handovers, ...down.handovers] };
    expect(facts(both, { type: 'PersonDetails', category: 'IDENTITY' }).inHandoverPack).toBe(true);
  });

  it('in a step down is the latest assessment that is young enough and says when it was made', () => {
    const down = handovers('STEP_DOWN');
    const made = { type: 'Assessment', kind: 'ASSESSMENT', at: '2026-10-01' } as const;
    expect(facts(down, made).inHandoverPack).toBe(true);
    expect(facts(down, { ...made, type: 'EarlyHelpAssessment' }).inHandoverPack).toBe(false);
    const { at: _, ...undated } = made;
    expect(facts(down, undated).inHandoverPack).toBe(false);
    expect(facts(down, { ...made, at: '2026-05-23T12:00:00.000Z' }).inHandoverPack).toBe(false);
    expect(facts(down, { ...made, at: '2026-05-23T12:00:00.001Z' }).inHandoverPack).toBe(true);
  });

  it('in a step down is the latest of each child by itself, and of each type of record', () => {
    const gatherer = gathererOf(
      careOf({ ...handovers('STEP_DOWN'), memberships: [...FAMILY.memberships, member(SIBLING, true)] }),
    );
    const plan = { type: 'ChildInNeedPlan', kind: 'CIN_PLAN', category: 'PLAN' } as const;
    const assessment = { type: 'Assessment', kind: 'ASSESSMENT' } as const;
    const batch = [
      labelOf({ ...plan, localId: '1', at: '2026-06-01' }),
      labelOf({ ...plan, localId: '2', at: '2026-07-01' }),
      labelOf({ ...plan, localId: '3', subject: SIBLING, at: '2026-08-01' }),
      labelOf({ ...assessment, localId: '4', at: '2026-09-01' }),
      labelOf({ ...assessment, localId: '5', at: '2026-09-01' }),
      labelOf({ ...assessment, localId: '6', at: '2026-08-01' }),
      labelOf({ type: 'Visit', localId: '7', at: '2026-11-01' }),
    ];
    const handedOver = batch.filter((label) => gatheredBy(gatherer, label, 'csc', batch).facts.inHandoverPack);
    expect(handedOver.map(({ localId }) => localId)).toEqual(['2', '3', '4', '5']);
    const { at: _, ...undated } = labelOf({ ...plan, localId: '8' });
    expect(gatheredBy(gatherer, undated, 'csc', [undated]).facts.inHandoverPack).toBe(true);
    expect(gatheredBy(gatherer, undated, 'csc', [undated, ...batch]).facts.inHandoverPack).toBe(false);
  });

  it('in a step down is an assessment newer than the packs say, in months, days and minutes', () => {
    const rules = {
      ...handover,
      assessmentNewerThan: { ...handover.assessmentNewerThan, months: 1, days: 2, minutes: 30 },
    };
    const isNew = (at: string) =>
      gather(careOf(handovers('STEP_DOWN')), { handover: rules }, { kind: 'ASSESSMENT', at }).facts.inHandoverPack;
    expect(isNew('2026-10-21T11:30:00.001Z')).toBe(true);
    expect(isNew('2026-10-21T11:30:00.000Z')).toBe(false);
  });

  it('after an exit is what was written before it; of no date, or while the exit has none, nothing', () => {
    expect(facts(handovers('EXIT', '2026-11-01'), { at: '2026-10-31' }).exited).toBe(true);
    expect(facts(handovers('EXIT', '2026-11-01'), { at: '2026-11-01' }).exited).toBe(false);
    expect(facts(handovers('EXIT', '2026-11-01'), {}).exited).toBe(false);
    expect(facts(handovers('EXIT'), { at: '2026-10-31' }).exited).toBe(false);
    expect(facts(handovers('STEP_DOWN', '2026-11-01'), { at: '2026-10-31' }).exited).toBe(false);
  });
});
