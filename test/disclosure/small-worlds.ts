/** Small worlds told in a few lines: what each source tells, which does not answer, what people said, and who asks. */
import type { Statements } from '../../src/disclosure/facts/basis.js';
import { FactGatherer, type Gathered } from '../../src/disclosure/facts/gather.js';
import { View } from '../../src/disclosure/facts/view.js';
import { type WorkRow, workOf } from '../../src/disclosure/facts/work.js';
import {
  type AllegationRow,
  type CircumstanceKind,
  type Circumstances,
  NO_CIRCUMSTANCES,
} from '../../src/domain/circumstances.js';
import { push } from '../../src/domain/entry.js';
import type { HandoverRules } from '../../src/domain/protocol.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { Agency, Standing } from '../../src/domain/requester.js';
import type { AgencyKind, Purpose, Role } from '../../src/domain/words.js';
import { loadProtocol } from '../../src/protocols/load.js';
import type { EmergencyAbout } from '../../src/registers/emergency.js';
import type { GrantAbout } from '../../src/registers/grant.js';
import type { AllegationReview } from '../../src/registers/reviews.js';
import type { ConsentStatement, ExceptionRecord, Judgement, ServiceConsent } from '../../src/registers/statements.js';

export const NOW = '2026-11-23T12:00:00.000Z';
export const [MOTHER, FATHER, CHILD, AUNT, UNCLE] = ['P-mother', 'P-father', 'P-child', 'P-aunt', 'P-uncle'] as const;

/** Sources by their id, each of the agency beside it; social care's families lead. */
export const HOLDERS = { care: 'csc', help: 'eh', drugs: 'haven', trust: 'mht', safe: 'safe', prob: 'prob' } as const;
export type SourceName = keyof typeof HOLDERS;
const KINDS: { readonly [id: string]: AgencyKind } = {
  csc: 'CHILDRENS_SOCIAL_CARE',
  eh: 'EARLY_HELP',
  haven: 'SUBSTANCE_MISUSE',
  mht: 'MENTAL_HEALTH',
  safe: 'DOMESTIC_ABUSE',
  prob: 'PROBATION',
};
/** The two voluntary bodies are the drug service and the one for victims. */
export const agencies: ReadonlyMap<string, Agency> = new Map(
  Object.entries(KINDS).map(([id, kind]) => [
    id,
    { id, name: id, kind, voluntary: id === 'haven' || id === 'safe', dutyPoint: 'duty' },
  ]),
);
/** The house rules. */
export const { handover } = loadProtocol('schema/protocols', []).protocol;

export interface World {
  readonly told?: { readonly [S in SourceName]?: Partial<Circumstances<string>> };
  /** Kinds that a source does not tell of these persons, for it does not answer. */
  readonly gaps?: readonly (readonly [SourceName, readonly CircumstanceKind[], readonly string[]])[];
  readonly reviews?: readonly AllegationReview[] | 'UNTOLD';
  readonly consents?: readonly ConsentStatement[];
  readonly services?: readonly ServiceConsent[];
  readonly exceptions?: readonly ExceptionRecord[];
  readonly judgements?: readonly Judgement[];
  readonly grants?: readonly GrantAbout[];
  readonly emergencies?: readonly EmergencyAbout[];
  /** What people said cannot be read. */
  readonly untold?: boolean;
}

export interface Who {
  readonly role?: Role;
  readonly agency?: string;
  readonly purpose?: Purpose;
  /** Persons they work with now, worked with, and whom somebody of a role that they manage works with. */
  readonly works?: readonly string[];
  readonly worked?: readonly string[];
  readonly manages?: readonly (readonly [Role, string])[];
  readonly rows?: readonly WorkRow[];
  readonly workGaps?: readonly string[];
  readonly standing?: Partial<Standing>;
  readonly member?: string;
  readonly handover?: HandoverRules;
}

export const member = (person: string, isChild = false, included = true, family = 'F1') => ({
  family,
  person,
  included,
  isChild,
});
/** A mother, a father and a child, all in the workflow. */
export const FAMILY = { memberships: [member(MOTHER), member(FATHER), member(CHILD, true)] };
export const hurt: AllegationRow<string> = { victim: MOTHER, perpetrator: FATHER, recordedAt: '2026-01-01' };
export const home = (person: string, address: string, until?: string) => ({
  person,
  address,
  from: '2026-01-01',
  ...(until ? { until } : {}),
});

function bySubject<T extends { readonly subject: string }>(rows: readonly T[] = []): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const row of rows) push(map, row.subject, row);
  return map;
}

export function statementsOf(world: World): Statements {
  const exceptions = new Map<string, ExceptionRecord[]>();
  for (const record of world.exceptions ?? []) for (const one of record.subjects) push(exceptions, one, record);
  return {
    consents: bySubject(world.consents),
    serviceConsents: bySubject(world.services),
    exceptions,
    judgements: bySubject(world.judgements),
    grants: bySubject(world.grants),
    emergencies: bySubject(world.emergencies),
    untold: world.untold ?? false,
  };
}

export function viewOf({ told = {}, gaps = [], reviews = [] }: World): View {
  const view = new View(NOW, new Set(['care']));
  for (const [name, holder] of Object.entries(HOLDERS)) {
    const family = name === 'care' ? FAMILY : {};
    const circumstances = { ...NO_CIRCUMSTANCES, ...family, ...told[name as SourceName] };
    view.add({ space: name, holder, circumstances });
  }
  for (const [source, kinds, persons] of gaps)
    view.addGap({ source, holder: HOLDERS[source], tells: new Set(kinds), persons: new Set(persons) });
  if (reviews === 'UNTOLD') view.reviewsUntold();
  else view.addReviews(reviews);
  return view;
}

export function standingOf({ role = 'SOCIAL_WORKER', agency = 'csc', manages = [], standing = {} }: Who): Standing {
  const managed = manages.map(([managedRole], i) => ({ worker: `m${i}`, role: managedRole }));
  return {
    requester: { worker: 'me', name: 'Me', agency, agencyKind: KINDS[agency] ?? 'PROBATION', role },
    teams: [],
    supports: [],
    manages: [],
    onDuty: false,
    managed,
    identities: new Map([
      ['care me', 'me'],
      ...managed.map(({ worker }): [string, string] => [`care ${worker}`, worker]),
    ]),
    conflicts: [],
    ...standing,
  };
}

/** A gatherer for one requester, over the world or a view of it that may grow. */
export function gathererOf(world: World, who: Who = {}, view = viewOf(world)): FactGatherer {
  const standing = standingOf(who);
  const row = (worker: string, person: string, until?: string): WorkRow => ({
    space: 'care',
    person,
    worker,
    from: '2025-01-01',
    ...(until ? { until } : {}),
  });
  const rows = [
    ...(who.works ?? []).map((person) => row('me', person)),
    ...(who.worked ?? []).map((person) => row('me', person, '2026-01-01')),
    ...(who.manages ?? []).map(([, person], i) => row(`m${i}`, person)),
    ...(who.rows ?? []),
  ];
  const asker = {
    standing,
    work: workOf(standing, rows, who.workGaps ?? [], NOW),
    purpose: who.purpose ?? 'DIRECT_WORK',
    ...(who.member === undefined ? {} : { member: who.member }),
  };
  // The workbook's staff are social care's.
  const spaces = new Map([['workbook', 'care']]);
  return new FactGatherer(view, asker, statementsOf(world), agencies, spaces, who.handover ?? handover);
}

/** An assessment of the child by social care, from work with its subject, unless said. */
export function labelOf(changes: Partial<RecordLabel<string>> = {}): RecordLabel<string> {
  return {
    type: 'Assessment',
    source: 'care',
    localId: '1',
    subject: CHILD,
    names: [],
    fromWorkWith: [changes.subject ?? CHILD],
    category: 'SOCIAL_CARE',
    kind: 'OTHER',
    confidentiality: 'N',
    addresses: [],
    ...changes,
  };
}

export function gatheredBy(
  gatherer: FactGatherer,
  label: RecordLabel<string>,
  holder: string,
  batch: readonly RecordLabel<string>[] = [label],
): Gathered {
  return gatherer.gather(label, holder, label.category, label.confidentiality, batch);
}

export function gather(
  world: World,
  who: Who = {},
  record: Partial<RecordLabel<string>> = {},
  holder = 'csc',
): Gathered {
  return gatheredBy(gathererOf(world, who), labelOf(record), holder);
}
