/** The facts of small families told in a few lines: who works with whom, who is alleged to have hurt whom, who is protected. */
import { describe, expect, it } from '@jest/globals';
import type { Statements } from '../../src/disclosure/facts/basis.js';
import { FactGatherer } from '../../src/disclosure/facts/gather.js';
import { monthsBefore } from '../../src/disclosure/facts/handover.js';
import { View } from '../../src/disclosure/facts/view.js';
import { workOf } from '../../src/disclosure/facts/work.js';
import { type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { HandoverRules } from '../../src/domain/protocol.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { Agency, Standing } from '../../src/domain/requester.js';
import type { AgencyKind, Category, Purpose, Role } from '../../src/domain/words.js';
import { loadProtocol } from '../../src/protocols/load.js';
import type { ServiceConsent } from '../../src/registers/statements.js';

const NOW = '2026-11-23T12:00:00.000Z';
const AGENCIES: readonly (readonly [string, AgencyKind])[] = [
  ['csc', 'CHILDRENS_SOCIAL_CARE'],
  ['eh', 'EARLY_HELP'],
  ['haven', 'SUBSTANCE_MISUSE'],
  ['safe', 'DOMESTIC_ABUSE'],
  ['prob', 'PROBATION'],
];
/** The house rules, unless a requester's authority picked packs that say otherwise. */
const { handover } = loadProtocol('schema/protocols', []).protocol;
const agencies = new Map(
  AGENCIES.map(([id, kind]): [string, Agency] => [id, { id, name: id, kind, voluntary: false, dutyPoint: 'duty' }]),
);

interface Told {
  readonly care?: Partial<Circumstances<string>>;
  readonly help?: Partial<Circumstances<string>>;
  readonly safe?: Partial<Circumstances<string>>;
}

interface Who {
  readonly role?: Role;
  readonly agency?: string;
  readonly purpose?: Purpose;
  /** Persons the requester works with now; persons they worked with; persons whom somebody they manage works with. */
  readonly works?: readonly string[];
  readonly worked?: readonly string[];
  readonly manages?: readonly (readonly [Role, string])[];
  readonly standing?: Partial<Standing>;
  readonly gaps?: readonly string[];
  readonly handover?: HandoverRules;
  /** What was said to the gateway about being worked with. */
  readonly services?: ReadonlyMap<string, readonly ServiceConsent[]>;
}

const mother = 'P-mother';
const father = 'P-father';
const child = 'P-child';
const member = (person: string, isChild = false, included = true, family = 'F1') => ({
  family,
  person,
  included,
  isChild,
});
const FAMILY = { memberships: [member(mother), member(father), member(child, true)] };
const hurt = { victim: mother, perpetrator: father, recordedAt: '2026-01-01' };

function facts(
  told: Told,
  who: Who = {},
  record: Partial<RecordLabel<string>> & { category?: Category } = {},
  holder = 'csc',
) {
  const view = new View(NOW, new Set(['social-care']));
  const add = (space: string, by: string, part: Partial<Circumstances<string>> | undefined) =>
    part && view.add({ space, holder: by, circumstances: { ...NO_CIRCUMSTANCES, ...part } });
  add('social-care', 'csc', { ...FAMILY, ...told.care });
  add('early-help', 'eh', told.help);
  add('domestic-abuse', 'safe', told.safe);
  for (const source of who.gaps ?? []) {
    view.addGap({
      source,
      holder: source,
      tells: new Set(['allegations', 'protectedPersons', 'plans', 'enquiries']),
      persons: new Set([mother, father, child]),
    });
  }
  const agency = who.agency ?? 'csc';
  const role = who.role ?? 'SOCIAL_WORKER';
  const managed = (who.manages ?? []).map(([managedRole], i) => ({ worker: `m${i}`, role: managedRole }));
  const standing: Standing = {
    requester: { worker: 'me', name: 'Me', agency, agencyKind: agencies.get(agency)?.kind ?? 'PROBATION', role },
    teams: [],
    supports: [],
    manages: [],
    onDuty: false,
    managed,
    identities: new Map([
      ['social-care me', 'me'],
      ...managed.map(({ worker }): [string, string] => [`social-care ${worker}`, worker]),
    ]),
    conflicts: [],
    ...who.standing,
  };
  const rows = [
    ...(who.works ?? []).map((person) => ({ space: 'social-care', person, worker: 'me', from: '2026-01-01' })),
    ...(who.worked ?? []).map((person) => ({
      space: 'social-care',
      person,
      worker: 'me',
      from: '2025-01-01',
      until: '2026-01-01',
    })),
    ...(who.manages ?? []).map(([, person], i) => ({
      space: 'social-care',
      person,
      worker: `m${i}`,
      from: '2026-01-01',
    })),
  ];
  const nothing: Statements = {
    consents: new Map(),
    serviceConsents: who.services ?? new Map(),
    exceptions: new Map(),
    judgements: new Map(),
    grants: new Map(),
    emergencies: new Map(),
    untold: false,
  };
  const asker = { standing, work: workOf(standing, rows, [], NOW), purpose: who.purpose ?? 'DIRECT_WORK' };
  const gatherer = new FactGatherer(
    view,
    asker,
    nothing,
    agencies,
    new Map([['social-care', 'social-care']]),
    who.handover ?? handover,
  );
  const label: RecordLabel<string> = {
    type: 'Assessment',
    source: 'social-care',
    localId: '1',
    subject: child,
    names: [],
    fromWorkWith: [record.subject ?? child],
    category: 'SOCIAL_CARE',
    kind: 'OTHER',
    confidentiality: 'N',
    addresses: [],
    ...record,
  };
  return gatherer.gather(label, holder, label.category, label.confidentiality, [label]).facts;
}

describe('involvement', () => {
  it('reaches the included members of the family', () =>
    expect(facts({}, { works: [child] }, { subject: father }).involvement).toBe('ALLOCATED'));
  it('does not reach a member left out of the workflow (FS-19)', () => {
    const care = { memberships: [member(mother), member(father, false, false), member(child, true)] };
    expect(facts({ care }, { works: [child] }, { subject: father }).involvement).toBe('NONE');
    expect(facts({ care }, { works: [father] }, { subject: child }).involvement).toBe('NONE');
  });
  it('of those managed is managing (FS-21)', () =>
    expect(facts({}, { manages: [['SOCIAL_WORKER', child]] }).involvement).toBe('MANAGING'));
  it('that is over is ended (CF-02)', () => expect(facts({}, { worked: [child] }).involvement).toBe('ENDED'));
  it('current beats ended', () =>
    expect(facts({}, { worked: [mother], works: [child] }, { subject: mother }).involvement).toBe('ALLOCATED'));
  it('ends on its last day, which does not count', () => {
    const standing = { identities: new Map([['social-care me', 'me']]) };
    const view = facts({}, { works: [], standing });
    expect(view.involvement).toBe('NONE');
  });
  it('of the duty team is with whoever was referred in the last thirty days', () => {
    const duty = { standing: { onDuty: true } };
    expect(facts({ care: { received: [{ person: child, at: '2026-11-01' }] } }, duty).involvement).toBe('DUTY');
    expect(facts({ care: { received: [{ person: child, at: '2026-10-01' }] } }, duty).involvement).toBe('NONE');
  });
  it('of an enquiry’s workers reaches everyone it names, for the enquiry only', () => {
    const care = { enquiries: [{ id: 'E1', child, names: ['P-uncle'], worker: 'me', from: '2026-11-20' }] };
    expect(facts({ care }, { purpose: 'S47_ENQUIRY' }, { subject: 'P-uncle' }).involvement).toBe('ALLOCATED');
    expect(facts({ care }, { purpose: 'DIRECT_WORK' }, { subject: 'P-uncle' }).involvement).toBe('NONE');
  });
});

describe('a family', () => {
  it('of social care and of early help is one when they share a child', () => {
    const help = { memberships: [member(child, true, true, 'EH7'), member('P-aunt', false, true, 'EH7')] };
    expect(facts({ help }, { works: ['P-aunt'] }, { subject: child }).involvement).toBe('ALLOCATED');
  });
  it('keeps social care’s exclusions when early help includes the same person', () => {
    const care = { memberships: [member(father, false, false), member(child, true)] };
    const help = { memberships: [member(child, true, true, 'EH7'), member(father, false, true, 'EH7')] };
    expect(facts({ care, help }, { works: [father] }, { subject: child }).involvement).toBe('NONE');
  });
  it('of two separate early-help families stays two', () => {
    const help = { memberships: [member('P-a', true, true, 'EH1'), member('P-b', true, true, 'EH2')] };
    expect(facts({ help }, { works: ['P-a'] }, { subject: 'P-b' }).involvement).toBe('NONE');
  });
});

describe('sides', () => {
  const safe = { allegations: [hurt] };
  const officer: Who = { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [father] };
  it('oppose the perpetrator’s worker to the victim', () =>
    expect(facts({ safe }, officer, { subject: mother }).opposing).toBe(true));
  it('oppose the perpetrator’s officer even where they work with the victim too', () => {
    expect(facts({ safe }, { ...officer, works: [father, mother] }, { subject: mother }).opposing).toBe(true);
  });
  it('do not oppose a recovery worker who works with both', () => {
    expect(
      facts({ safe }, { role: 'RECOVERY_WORKER', agency: 'haven', works: [father, mother] }, { subject: mother })
        .opposing,
    ).toBe(false);
  });
  it('do not oppose the victim’s worker to the perpetrator', () => {
    expect(
      facts({ safe }, { role: 'DOMESTIC_ABUSE_PRACTITIONER', agency: 'safe', works: [mother] }, { subject: father })
        .opposing,
    ).toBe(false);
  });
  it('do not oppose whoever is merely named in a record', () => {
    expect(facts({ safe }, officer, { subject: child, names: [mother] }).opposing).toBe(false);
  });
  it('oppose what comes from work with the victim, whoever it is about', () => {
    const seen = facts({ safe }, officer, { subject: child, fromWorkWith: [mother] });
    expect([seen.opposing, seen.victimSide]).toEqual([true, true]);
  });
  it('oppose an address that locates the victim’s household', () => {
    const care = {
      residences: [
        { person: mother, address: 'uprn:1', from: '2026-01-01' },
        { person: child, address: 'uprn:1', from: '2026-01-01' },
      ],
    };
    expect(facts({ safe, care }, officer, { subject: child, category: 'CONTACT' }).opposing).toBe(true);
    expect(facts({ safe, care }, officer, { subject: child, category: 'STATUS' }).opposing).toBe(false);
  });
  it('reach the perpetrator worker’s manager', () => {
    const manager: Who = { role: 'AGENCY_MANAGER', agency: 'prob', manages: [['DOMESTIC_ABUSE_OFFICER', father]] };
    expect(facts({ safe }, manager, { subject: mother }).opposing).toBe(true);
  });
  it('never oppose the family’s own social work line', () => {
    expect(facts({ safe }, { works: [child, father] }, { subject: mother }).opposing).toBe(false);
    expect(
      facts({ safe }, { role: 'TEAM_MANAGER', manages: [['SOCIAL_WORKER', child]] }, { subject: mother }).opposing,
    ).toBe(false);
  });
  it('oppose a social worker of another family who works with the perpetrator', () => {
    const care = {
      memberships: [
        ...FAMILY.memberships,
        member(father, false, true, 'F2'),
        member('P-other-child', true, true, 'F2'),
      ],
    };
    expect(facts({ safe, care }, { works: [father] }, { subject: mother }).opposing).toBe(true);
  });
  it('are over when a review finds that the allegation does not stand', () => {
    expect(
      facts({ safe: { allegations: [{ ...hurt, review: 'DOES_NOT_STAND' }] } }, officer, { subject: mother }).opposing,
    ).toBe(false);
  });
  it('go both ways between two who each allege, until a review', () => {
    const both = [hurt, { victim: father, perpetrator: mother, recordedAt: '2026-02-01' }];
    const hers: Who = { role: 'DOMESTIC_ABUSE_PRACTITIONER', agency: 'safe', works: [mother] };
    expect(facts({ safe: { allegations: both } }, hers, { subject: father }).opposing).toBe(true);
    expect(facts({ safe: { allegations: both } }, officer, { subject: mother }).opposing).toBe(true);
    expect(facts({ safe: { allegations: both } }, hers, { subject: father }).victimOfSubject).toBe(true);
    const reviewed = [
      { ...hurt, review: 'STANDS' as const },
      { victim: father, perpetrator: mother, recordedAt: '2026-02-01' },
    ];
    expect(facts({ safe: { allegations: reviewed } }, hers, { subject: father }).opposing).toBe(false);
  });
  it('give victim-safety to the one first recorded as a victim only', () => {
    const both = [hurt, { victim: father, perpetrator: mother, recordedAt: '2026-02-01' }];
    expect(
      facts(
        { safe: { allegations: both } },
        { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [father] },
        { subject: mother },
      ).victimOfSubject,
    ).toBe(false);
  });
  it('are unknown, and so opposing, while the source that tells them is down', () => {
    const seen = facts(
      {},
      { role: 'RECOVERY_WORKER', agency: 'haven', works: [child], gaps: ['domestic-abuse'] },
      { subject: mother },
    );
    expect([seen.opposing, seen.victimSide]).toEqual([true, true]);
  });
});

describe('location', () => {
  const care = {
    protectedPersons: [{ person: mother }],
    residences: [
      { person: mother, address: 'uprn:1', from: '2026-01-01' },
      { person: child, address: 'uprn:1', from: '2026-01-01' },
    ],
  };
  it('of a child who lives with a protected person is protected', () =>
    expect(facts({ care }, {}, { category: 'CONTACT' }).locationProtected).toBe(true));
  it('is protected by an address that the protected person lives at', () => {
    expect(facts({ care }, {}, { subject: father, category: 'CONTACT', addresses: ['uprn:1'] }).locationProtected).toBe(
      true,
    );
    expect(facts({ care }, {}, { subject: father, category: 'CONTACT', addresses: ['uprn:2'] }).locationProtected).toBe(
      false,
    );
  });
  it('may be known to whoever works with her or a child of her household', () => {
    expect(facts({ care }, { works: [child] }, { category: 'CONTACT' }).worksWithProtected).toBe(true);
    expect(facts({ care }, { works: [father] }, { category: 'CONTACT' }).worksWithProtected).toBe(false);
  });
  it('may not be known to whoever works with who harmed her as well', () => {
    expect(
      facts({ care, safe: { allegations: [hurt] } }, { works: [child, father] }, { category: 'CONTACT' })
        .worksWithProtected,
    ).toBe(false);
  });
  it('is no matter where nothing locates', () =>
    expect(facts({ care }, {}, { category: 'STATUS' }).locationProtected).toBe(false));
});

describe('conflict', () => {
  it('is with oneself, one’s household and network, and whoever is registered', () => {
    const standing = { person: 'P-me' };
    expect(facts({}, { standing: { person: child } }).conflict).toBe(true);
    expect(
      facts(
        {
          care: { relationships: [{ person: child, other: 'P-me', kind: 'NEIGHBOUR', parentalResponsibility: false }] },
        },
        { standing },
      ).conflict,
    ).toBe(true);
    expect(
      facts(
        {
          care: {
            residences: [
              { person: child, address: 'a' },
              { person: 'P-me', address: 'a' },
            ],
          },
        },
        { standing },
      ).conflict,
    ).toBe(true);
    expect(facts({}, { standing: { conflicts: [child] } }).conflict).toBe(true);
    expect(facts({}, { standing: { conflicts: [mother] } }, { names: [mother] }).conflict).toBe(true);
    expect(facts({}, { standing: { person: 'P-me', conflicts: ['P-else'] } }).conflict).toBe(false);
  });
});

describe('stage', () => {
  const plan = (kind: 'CHILD_IN_NEED' | 'CHILD_PROTECTION' | 'EARLY_HELP', until?: string) => ({
    child,
    kind,
    from: '2026-01-01',
    ...(until ? { until } : {}),
  });
  const handover = { family: 'F1', direction: 'STEP_DOWN' as const, receivingWorker: 'me', from: '2026-11-01' };
  it('is the child’s own', () =>
    expect(facts({ care: { plans: [plan('CHILD_IN_NEED')] } }).stage).toBe('CHILD_IN_NEED'));
  it('of an adult is the gravest of the children', () => {
    const care = {
      memberships: [...FAMILY.memberships, member('P-sib', true)],
      plans: [plan('CHILD_IN_NEED'), { child: 'P-sib', kind: 'CHILD_PROTECTION' as const, from: '2026-01-01' }],
    };
    expect(facts({ care }, { works: [child] }, { subject: mother }).stage).toBe('CHILD_PROTECTION');
    expect(facts({ care }, { works: [child] }, { subject: child }).stage).toBe('CHILD_IN_NEED');
  });
  it('is stepping down only when every last plan is ending', () => {
    expect(facts({ care: { plans: [plan('CHILD_IN_NEED', '2026-12-01')], handovers: [handover] } }).stage).toBe(
      'STEPPING_DOWN',
    );
    expect(facts({ care: { plans: [plan('CHILD_IN_NEED')], handovers: [handover] } }).stage).toBe('CHILD_IN_NEED');
    expect(facts({ care: { plans: [plan('CHILD_PROTECTION', '2026-12-01')], handovers: [handover] } }).stage).toBe(
      'CHILD_PROTECTION',
    );
  });
  it('that cannot be told keeps a family from counting as open to both', () => {
    const care = { involvements: [{ person: child, worker: 'x', from: '2026-01-01' }] };
    const help = { involvements: [{ person: child, worker: 'y', from: '2026-01-01' }] };
    const keyworker: Who = { role: 'KEYWORKER', agency: 'eh' };
    expect(facts({ care, help }, keyworker).openToBoth).toBe(true);
    expect(facts({ care, help }, { ...keyworker, gaps: ['social-care'] }).openToBoth).toBe(false);
  });
  it('is closed where nothing is open', () => expect(facts({}).stage).toBe('CLOSED'));
});

describe('receiving', () => {
  const care = {
    handovers: [{ family: 'F1', direction: 'STEP_DOWN' as const, receivingWorker: 'me', from: '2026-11-01' }],
  };
  it('is the worker named on the handover', () => expect(facts({ care }).receiving).toBe(true));
  it('is over with the receiving episode', () => {
    expect(
      facts({
        care: {
          handovers: [
            { family: 'F1', direction: 'STEP_DOWN', receivingWorker: 'me', from: '2026-01-01', until: '2026-02-01' },
          ],
        },
      }).receiving,
    ).toBe(false);
  });
  it('takes what the packs hand over, and nothing beside it (BFS-01, CF-03)', () => {
    const plan = { type: 'ChildInNeedPlan', kind: 'CIN_PLAN' } as const;
    const details = { type: 'PersonDetails', category: 'IDENTITY' } as const;
    const summary = { kind: 'CLOSURE_SUMMARY' } as const;
    const inPack = (record: Parameters<typeof facts>[2], ...packs: string[]) =>
      facts({ care }, { handover: loadProtocol('schema/protocols', packs).protocol.handover }, record).inHandoverPack;
    for (const record of [plan, details, summary]) expect(inPack(record, 'birmingham-family-support')).toBe(true);
    expect(inPack({ category: 'SOCIAL_CARE' }, 'birmingham-family-support')).toBe(false);
    expect(inPack(details, 'connecting-families')).toBe(true);
    for (const record of [plan, summary]) expect(inPack(record, 'connecting-families')).toBe(false);
    for (const record of [plan, summary])
      expect(inPack(record, 'birmingham-family-support', 'connecting-families')).toBe(false);
  });
  it('takes an assessment as young as the packs say', () => {
    const aged = (months: number) => ({
      handover: { ...handover, assessmentNewerThan: { ...handover.assessmentNewerThan, months } },
    });
    const assessment = { kind: 'ASSESSMENT', at: '2026-08-01' } as const;
    expect(facts({ care }, aged(4), assessment).inHandoverPack).toBe(true);
    expect(facts({ care }, aged(3), assessment).inHandoverPack).toBe(false);
  });
  it('after an exit reads what was written before it, where the packs share it (FS-06)', () => {
    const exit = {
      handovers: [{ family: 'F1', direction: 'EXIT' as const, receivingWorker: 'me', from: '2026-11-01' }],
    };
    const summary = { category: 'WORKBOOK', kind: 'MONTHLY_SUMMARY' } as const;
    expect(facts({ care: exit }, {}, { ...summary, at: '2026-10-01' }).exited).toBe(true);
    expect(facts({ care: exit }, {}, { ...summary, at: '2026-11-01' }).exited).toBe(false);
    const unshared = { handover: { ...handover, exit: [] } };
    expect(facts({ care: exit }, unshared, { ...summary, at: '2026-10-01' }).exited).toBe(false);
  });
  it('takes an assessment under six calendar months old (CF-03)', () => {
    expect(facts({ care }, {}, { kind: 'ASSESSMENT', at: '2026-06-01' }).inHandoverPack).toBe(true);
    expect(facts({ care }, {}, { kind: 'ASSESSMENT', at: '2026-05-01' }).inHandoverPack).toBe(false);
  });
  it('counts calendar months to the last day of a shorter one', () =>
    expect(monthsBefore('2026-08-31T00:00:00.000Z', 6).slice(0, 10)).toBe('2026-02-28'));
  it('needs the family’s agreement, which a later refusal takes back (BFS-02, BFS-09, FS-17)', () => {
    const help = (rows: readonly ('GIVEN' | 'REFUSED')[]) => ({
      serviceConsents: rows.map((state, i) => ({ person: mother, state, at: `2026-10-0${i + 1}` })),
    });
    expect(facts({ help: help(['GIVEN']) }).serviceConsent).toBe(true);
    expect(facts({ help: help(['GIVEN', 'REFUSED']) }).serviceConsent).toBe(false);
    expect(facts({}).serviceConsent).toBe(false);
  });
  it('takes what was agreed to at the gateway beside what the service’s system says (FS-17)', () => {
    const agreed = (state: 'GIVEN' | 'REFUSED', day: string, changes: Partial<ServiceConsent> = {}) => ({
      services: new Map([
        [
          mother,
          [
            {
              id: 's-1',
              subject: mother,
              state,
              givenBy: mother,
              capacity: 'SELF' as const,
              service: 'csc',
              from: `${day}T10:00:00.000Z`,
              recordedAt: `${day}T10:00:00.000Z`,
              recordedBy: 'w-1',
              method: 'signed form',
              ...changes,
            },
          ],
        ],
      ]),
    });
    const help = (state: 'GIVEN' | 'REFUSED') => ({
      help: { serviceConsents: [{ person: mother, state, at: '2026-10-05' }] },
    });
    expect(facts({}, agreed('GIVEN', '2026-10-05')).serviceConsent).toBe(true);
    expect(facts({}, agreed('GIVEN', '2026-10-05', { service: 'eh' })).serviceConsent).toBe(false);
    expect(facts(help('REFUSED'), agreed('GIVEN', '2026-10-06')).serviceConsent).toBe(true);
    expect(facts(help('REFUSED'), agreed('GIVEN', '2026-10-05')).serviceConsent).toBe(false);
    expect(facts(help('GIVEN'), agreed('REFUSED', '2026-10-06')).serviceConsent).toBe(false);
  });
});

describe('an open enquiry', () => {
  const care = { enquiries: [{ id: 'E1', child, names: [mother], from: '2026-11-20' }] };
  it('is by itself a reason why consent is not required, overriding refusal, for the enquiry', () => {
    const seen = facts(
      { care },
      { works: [child], purpose: 'S47_ENQUIRY' },
      { subject: mother, category: 'MENTAL_HEALTH' },
      'haven',
    );
    expect([seen.basis, seen.exceptionOverridesRefusal, seen.s47Open]).toEqual(['EXCEPTION', true, true]);
  });
  it('is none for other purposes or other agencies', () => {
    expect(facts({ care }, { works: [child], purpose: 'DIRECT_WORK' }, { subject: mother }, 'haven').basis).toBe(
      'NONE',
    );
    expect(
      facts(
        { care },
        { works: [child], purpose: 'S47_ENQUIRY', agency: 'eh', role: 'KEYWORKER' },
        { subject: mother },
        'haven',
      ).basis,
    ).toBe('NONE');
  });
  it('ends with its end', () => {
    const ended = { enquiries: [{ id: 'E1', child, names: [mother], from: '2026-10-20', until: '2026-11-20' }] };
    expect(
      facts({ care: ended }, { works: [child], purpose: 'S47_ENQUIRY' }, { subject: mother }, 'haven').s47Open,
    ).toBe(false);
  });
});

describe('at the edges of sides', () => {
  const safe = { allegations: [hurt] };
  const both: Who = { role: 'DOMESTIC_ABUSE_OFFICER', agency: 'prob', works: [father, mother] };

  it('a record of the own agency whose subject one works with is not opposed, unless it is the victim’s or locates her', () => {
    expect(facts({ safe }, both, { subject: mother, fromWorkWith: [] }, 'prob').opposing).toBe(false);
    expect(facts({ safe }, both, { subject: mother, fromWorkWith: [] }, 'safe').opposing).toBe(true);
    expect(facts({ safe }, both, { subject: mother, fromWorkWith: [mother] }, 'prob').opposing).toBe(true);
    const located = { subject: mother, fromWorkWith: [], category: 'CONTACT' as const };
    expect(facts({ safe }, both, located, 'prob').opposing).toBe(true);
  });
  it('whoever manages a team around the family manages its involvement, while the team is there', () => {
    const team = (until?: string) => ({
      familyTeams: [{ family: 'F1', team: 't-1', from: '2026-01-01', ...(until ? { until } : {}) }],
    });
    const who = (manages: string[]): Who => ({ role: 'TEAM_MANAGER', standing: { manages } });
    expect(facts({ care: team() }, who(['t-1'])).involvement).toBe('MANAGING');
    expect(facts({ care: team('2026-11-01') }, who(['t-1'])).involvement).toBe('NONE');
    expect(facts({ care: team() }, who(['t-2'])).involvement).toBe('NONE');
  });
  it('a panel is that on whose list the family stands now, and on which the requester sits', () => {
    const panel = (workers: string[], until?: string) => ({
      panels: [{ family: 'F1', workers, from: '2026-11-01', ...(until ? { until } : {}) }],
    });
    expect(facts({ care: panel(['other', 'me']) }).onPanel).toBe(true);
    expect(facts({ care: panel(['other']) }).onPanel).toBe(false);
    expect(facts({ care: panel(['me'], '2026-11-20') }).onPanel).toBe(false);
    const elsewhere = { panels: [{ family: 'F2', workers: ['me'], from: '2026-11-01' }] };
    expect(facts({ care: elsewhere }).onPanel).toBe(false);
  });
  it('the ground of an early-help agency is the core group’s seat before any that is recorded', () => {
    const help = { protectionGrounds: [{ family: 'F1', ground: 'SPECIAL' as const }] };
    const care = { ...help, coreGroups: [{ child, worker: 'me', from: '2026-01-01' }] };
    expect(facts({ care: help }).cpGround).toBe('SPECIAL');
    expect(facts({ care }).cpGround).toBe('CORE_GROUP');
    expect(facts({}).cpGround).toBe('NONE');
  });
});

describe('where one of several says otherwise', () => {
  it('a family agrees to a service only where nobody of it refused', () => {
    const said = (person: string, state: 'GIVEN' | 'REFUSED') => ({ person, state, at: '2026-10-05' });
    expect(facts({ help: { serviceConsents: [said(mother, 'GIVEN'), said(father, 'GIVEN')] } }).serviceConsent).toBe(
      true,
    );
    expect(facts({ help: { serviceConsents: [said(mother, 'GIVEN'), said(father, 'REFUSED')] } }).serviceConsent).toBe(
      false,
    );
    expect(facts({ help: { serviceConsents: [{ ...said(mother, 'GIVEN'), at: '2026-12-01' }] } }).serviceConsent).toBe(
      false,
    );
  });
  it('who is a child of one family and an adult of another is a child', () => {
    const plans = [{ child: mother, kind: 'CHILD_IN_NEED' as const, from: '2026-01-01' }];
    const care = { plans, memberships: [...FAMILY.memberships, member(mother, true, true, 'F9')] };
    expect(facts({ care }, {}, { subject: mother }).stage).toBe('CHILD_IN_NEED');
    expect(facts({ care: { plans } }, {}, { subject: mother }).stage).toBe('CLOSED');
  });
});
