/**
 * Two years of a county's log, invented: some thousand workers of seven agencies with their own caseloads, busy by a power law;
 * families that are worked with for some months and a few that everybody asks about; boards of many families beside single
 * ones, searches, statements, refusals, officers. The same seed gives the same log, entry by entry.
 */
import type { AuditEntryBody, DecisionEntry, OutcomeEntry, StatementEntry } from '../../src/audit/entry.js';
import { type FactRecord, factKey, factsOf } from '../../src/domain/facts.js';

export interface LogSettings {
  readonly entries: number;
  readonly seed: number;
  /** First and last instant, ms. */
  readonly from: number;
  readonly until: number;
}

const WORKERS = 3_000;
const FAMILIES = 80_000;
const SLOTS = 16;
const EPISODE = 150 * 86_400_000;
const VERSION_DAYS = 30;
const DAY = 86_400_000;
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** [agency, share of the workers, roles] */
const AGENCIES = [
  ['csc', 0.45, 'SOCIAL_WORKER', 'CHILDRENS'],
  ['eh', 0.16, 'KEYWORKER', 'EARLY'],
  ['sub', 0.08, 'RECOVERY_WORKER', 'SUBSTANCE_MISUSE'],
  ['mht', 0.12, 'MENTAL_HEALTH_PRACTITIONER', 'MENTAL_HEALTH'],
  ['safe', 0.06, 'DOMESTIC_ABUSE_PRACTITIONER', 'DOMESTIC_ABUSE_VICTIM'],
  ['haven', 0.04, 'DOMESTIC_ABUSE_PRACTITIONER', 'DOMESTIC_ABUSE_VICTIM'],
  ['prob', 0.09, 'DOMESTIC_ABUSE_OFFICER', 'DOMESTIC_ABUSE_PERPETRATOR'],
] as const;

/** Keys in their order: what is then written by `JSON.stringify` is the canonical form (checked on the first entries). */
function inOrder<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

interface Template {
  readonly line: DecisionEntry;
  readonly holder: string | null;
  readonly type: string;
  readonly rests: 'consent' | 'exception' | undefined;
}

const PLAIN = factsOf(0);
const line = (
  changes: Partial<FactRecord>,
  said: Omit<DecisionEntry, 'facts' | 'category'> & { category: FactRecord['category'] },
  type: string,
  holder: string | null = null,
  rests?: Template['rests'],
): Template => ({
  line: inOrder({
    facts: factKey({ ...PLAIN, conflict: false, involvement: 'ALLOCATED', category: said.category, ...changes }),
    ...said,
  }),
  type,
  holder,
  rests,
});
const given = (permits: string[], category: FactRecord['category'], type: string, changes: Partial<FactRecord> = {}) =>
  line(changes, { outcome: 'RELEASED', category, permits }, type);
const shared = (permits: string[], category: FactRecord['category'], type: string, holder: string) =>
  line(
    { ownAgency: false, basis: 'CONSENT' },
    { outcome: 'RELEASED', category, permits, basis: 'CONSENT', obligations: ['NOT_TO_BE_PASSED_ON'] },
    type,
    holder,
    'consent',
  );

/** What an operation about a family usually gets. */
const USUAL: readonly Template[] = [
  given(['own-records'], 'IDENTITY', 'PersonDetails'),
  given(['own-records', 'family-team'], 'INVOLVEMENT', 'Involvement'),
  given(['family-team'], 'WORKBOOK', 'MonthlySummary'),
  given(['own-records'], 'SOCIAL_CARE', 'Visit'),
  given(['own-records', 'core-group'], 'PLAN', 'ChildProtectionPlan'),
  shared(['relevant-adult-work'], 'MENTAL_HEALTH', 'MentalHealthRecord', 'mht'),
  shared(['relevant-adult-work'], 'SUBSTANCE_MISUSE', 'SubstanceMisuseRecord', 'sub'),
  shared(['co-working-early-help'], 'EARLY_HELP', 'SupportPlan', 'eh'),
  line(
    { ownAgency: false },
    { outcome: 'WITHHELD', category: 'CONTACT', reasons: ['REQUEST_NEEDED'] },
    'PersonDetails',
    'safe',
  ),
  line(
    { ownAgency: false },
    { outcome: 'BROKERED', category: 'DOMESTIC_ABUSE_VICTIM', reasons: ['NOT_JUDGED_RELEVANT'] },
    'DomesticAbuseRecord',
    'haven',
  ),
];
/** What happens now and then: [share of the operations, template]. */
const RARE: readonly (readonly [number, Template])[] = [
  [
    0.004,
    line(
      { consentState: 'REFUSED', basis: 'EXCEPTION', ownAgency: false },
      { outcome: 'RELEASED', category: 'MENTAL_HEALTH', permits: ['s47'], basis: 'EXCEPTION' },
      'MentalHealthRecord',
      'mht',
      'exception',
    ),
  ],
  [
    0.0006,
    line(
      { emergency: true, purpose: 'EMERGENCY', basis: 'EXCEPTION' },
      {
        outcome: 'RELEASED',
        category: 'CONTACT',
        permits: ['emergency'],
        basis: 'EXCEPTION',
        obligations: ['NOTIFY_HOLDER', 'REVIEW'],
      },
      'PersonDetails',
      'csc',
      'exception',
    ),
  ],
  [
    0.003,
    line(
      { locationProtected: true },
      { outcome: 'WITHHELD', category: 'CONTACT', vetoes: ['protected-location'], reasons: ['LOCATION_PROTECTED'] },
      'PersonDetails',
      'safe',
    ),
  ],
  [
    0.0015,
    line(
      { confidentiality: 'V' },
      { outcome: 'SILENT', category: 'SOCIAL_CARE', vetoes: ['locked'], reasons: ['LOCKED'] },
      'Visit',
      'csc',
    ),
  ],
  [
    0.0012,
    line(
      { opposing: true },
      { outcome: 'SILENT', category: 'DOMESTIC_ABUSE_VICTIM', vetoes: ['opposing-party'], reasons: ['OPPOSING_PARTY'] },
      'DomesticAbuseRecord',
      'haven',
    ),
  ],
  [
    0.0008,
    line(
      { conflict: true },
      { outcome: 'SILENT', category: 'IDENTITY', vetoes: ['conflict'], reasons: ['CONFLICT_OF_INTEREST'] },
      'PersonDetails',
      'csc',
    ),
  ],
  [
    0.01,
    line(
      { involvement: 'ENDED' },
      { outcome: 'WITHHELD', category: 'PLAN', vetoes: ['ended'], reasons: ['CASE_CLOSED'] },
      'ChildInNeedPlan',
      'csc',
    ),
  ],
  [
    0.0005,
    line(
      { involvement: 'ENDED', receiving: true },
      { outcome: 'RELEASED', category: 'WORKBOOK', permits: ['exit-workbook'], obligations: ['READ_ONLY'] },
      'MonthlySummary',
      'csc',
    ),
  ],
  [0.002, given(['granted'], 'SOCIAL_CARE', 'Visit', { grant: 'COVERS' })],
  [0.003, given(['court'], 'PLAN', 'ChildProtectionPlan')],
];
const PURPOSES = [
  'DIRECT_WORK',
  'SUPERVISION',
  'ASSESSMENT',
  'CHILD_IN_NEED',
  'CHILD_PROTECTION',
  'S47_ENQUIRY',
  'STEP_DOWN',
  'COURT_PROCEEDINGS',
] as const;
const PURPOSE_SHARES = [0.42, 0.2, 0.1, 0.11, 0.1, 0.04, 0.02, 0.01];
const STATEMENTS = ['CONSENT', 'WITHDRAWAL', 'EXCEPTION', 'JUDGEMENT', 'SERVICE_CONSENT'];

export const workerName = (worker: number) => `w-${1000 + worker}`;
const persons: string[] = [];
export function personName(family: number, member: number): string {
  const at = family * 8 + member;
  persons[at] ??= idText(0x50_0000_0000 + at, family * 31 + member);
  return persons[at];
}
const consents: string[] = [];
export function consentName(family: number): string {
  consents[family] ??= idText(0x51_0000_0000 + family, family * 17 + 5);
  return consents[family];
}

/** 26 characters in the form of the gateway's own ids. */
export function idText(time: number, chance: number): string {
  let text = '';
  for (let rest = time, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32)) text = `${BASE32[rest % 32]}${text}`;
  let state = Math.imul(chance, 0x9e3779b1) >>> 0;
  for (let i = 0; i < 16; i += 1) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b1) >>> 0;
    text += BASE32[state >>> 27];
  }
  return text;
}

/** Numbers in [0, 1), the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function cumulated(weights: readonly number[]): (chance: number) => number {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, i) => {
    sum += weight;
    sums[i] = sum;
  });
  return (chance) => {
    let [low, high] = [0, weights.length - 1];
    for (const wanted = chance * sum; low < high; ) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** When people work: mostly Monday to Friday by day, some at night and at weekends. Answers with instants in order. */
function instants({ entries, from, until }: LogSettings): (n: number, chance: number) => number {
  const days = Math.floor((until - from) / DAY);
  const weights = Array.from({ length: days * 24 }, (_, hour) => {
    const day = new Date(from + hour * 3_600_000);
    const isWeekend = day.getUTCDay() % 6 === 0;
    const isDay = day.getUTCHours() >= 8 && day.getUTCHours() < 18;
    return isWeekend ? 0.15 : isDay ? 1 : 0.08;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let hour = 0;
  let before = 0;
  let last = from;
  return (n, chance) => {
    const wanted = (n / entries) * total;
    while (hour < weights.length - 1 && before + (weights[hour] as number) < wanted)
      before += weights[hour++] as number;
    const within = Math.min(1, (wanted - before) / (weights[hour] as number));
    last = Math.max(last + 1, Math.floor(from + (hour + within) * 3_600_000 + chance * 3));
    return last;
  };
}

/** Every entry of the log, in order. */
export function* logOf(settings: LogSettings): Generator<AuditEntryBody> {
  const chance = chances(settings.seed);
  const whole = (below: number) => Math.floor(chance() * below);
  const timeOf = instants(settings);
  const pickWorker = cumulated(Array.from({ length: WORKERS }, (_, i) => 1 / (i + 40) ** 0.75));
  const pickHot = cumulated(Array.from({ length: FAMILIES }, (_, i) => 1 / (i + 3) ** 1.05));
  const pickPurpose = cumulated(PURPOSE_SHARES);
  const bounds = AGENCIES.map(
    (
      (sum: number) =>
      ([, share]) =>
        (sum += share)
    )(0),
  );
  const agencyOf = (worker: number) => {
    const at = ((worker * 7919) % WORKERS) / WORKERS;
    return (
      AGENCIES[
        Math.max(
          0,
          bounds.findIndex((bound) => at < bound),
        )
      ] ?? AGENCIES[0]
    );
  };
  const familyOf = (worker: number, slot: number, at: number) => {
    const episode = Math.floor((at + ((worker * 131 + slot * 17) % 150) * DAY) / EPISODE);
    return Math.abs((worker * SLOTS + slot) * 40_503 + episode * 7_919) % FAMILIES;
  };

  for (let n = 0; n < settings.entries; n += 1) {
    const at = timeOf(n, chance());
    const worker = pickWorker(chance());
    const [agency, , role] = agencyOf(worker);
    const purpose = PURPOSES[pickPurpose(chance())] ?? 'DIRECT_WORK';
    const kind = chance();
    const id = idText(at, n);
    const requester = { agency, role, worker: workerName(worker) };
    const version = policyVersion(Math.floor((at - settings.from) / (VERSION_DAYS * DAY)));
    const entry = (
      operation: AuditEntryBody['operation'],
      { decisions = [], outcomes = [], ...more }: Partial<AuditEntryBody>,
    ): AuditEntryBody => ({
      at: new Date(at).toISOString(),
      ...(more.code === undefined ? {} : { code: more.code }),
      decisions: agreeing(decisions, more.requester ?? requester, more.purpose ?? purpose),
      id,
      operation,
      outcomes,
      policyVersion: version,
      purpose: more.purpose ?? purpose,
      ...(more.registersVersion === undefined ? {} : { registersVersion: more.registersVersion }),
      requester: more.requester ?? requester,
      result: more.result ?? 'ANSWERED',
      ...(more.statements === undefined ? {} : { statements: more.statements }),
      v: 1,
    });
    const operation = (name: string, type = 'query') => ({ name, sha256: OPERATION_HASHES[name] as string, type });
    if (kind < 0.05) {
      yield entry(operation('OneFamily'), { result: 'REFUSED', code: 'NOT_PERMITTED' });
      continue;
    }
    if (kind < 0.06) {
      const subjects = chance() < 0.5 ? [personName(pickHot(chance()), 0)] : [];
      const statements = [{ did: 'AUDIT_ASKED', ids: ['operations'], policies: ['may-ask-audit'], subjects }];
      const requester = { agency: 'csc', role: 'INFORMATION_GOVERNANCE_OFFICER', worker: `ig-${whole(4)}` };
      yield entry(operation('Ask'), { requester, purpose: 'INFORMATION_GOVERNANCE', statements });
      continue;
    }
    const own = () => (chance() < 0.03 ? pickHot(chance()) : familyOf(worker, whole(SLOTS), at));
    if (kind < 0.14) {
      const family = own();
      const did = STATEMENTS[whole(STATEMENTS.length)] as string;
      const ids = [did === 'CONSENT' ? consentName(family) : idText(at, n ^ 0x5555)];
      const statements: StatementEntry[] = [
        { did, ids, policies: ['may-record-consent'], subjects: [personName(family, whole(4))] },
      ];
      yield entry(operation('Say', 'mutation'), { registersVersion: Math.floor(n / 12), statements });
      continue;
    }
    const families = kind < 0.32 ? 0 : kind < 0.35 ? 6 + whole(20) : 1;
    const name = families === 0 ? 'FindPerson' : families === 1 ? 'OneFamily' : 'TeamBoard';
    const decisions: DecisionEntry[] = [];
    const outcomes: OutcomeEntry[] = [];
    const known = new Map<string, number>();
    const decided = ({ line: said, rests }: Template, family: number): number => {
      const evidence =
        rests === undefined
          ? undefined
          : rests === 'consent'
            ? consentName(family)
            : idText(0x52_0000_0000 + family, family);
      const key = `${said.facts} ${said.category} ${evidence ?? ''}`;
      const there = known.get(key);
      if (there !== undefined) return there;
      known.set(key, decisions.length);
      decisions.push(evidence === undefined ? said : inOrder({ ...said, evidence: [evidence] }));
      return decisions.length - 1;
    };
    const add = (template: Template, family: number, member: number, records: number) =>
      outcomes.push([
        decided(template, family),
        personName(family, member),
        template.holder ?? agency,
        template.type,
        Array.from({ length: records }, (_, i) => `${template.type[0]}-${family * 100 + member * 10 + i}`),
      ]);
    if (families === 0) {
      const family = own();
      for (let member = whole(4); member < 4; member += 2) add(USUAL[0] as Template, family, member, 1);
    }
    for (let i = 0; i < families; i += 1) {
      const family = families === 1 ? own() : familyOf(worker, i % SLOTS, at - Math.floor(i / SLOTS) * EPISODE);
      const members = 3 + (family % 3);
      for (let member = 0; member < members; member += 1) {
        add(USUAL[0] as Template, family, member, 1);
        if (member === 0 || (families === 1 && member === 1))
          add(USUAL[1 + ((family + member) % (USUAL.length - 1))] as Template, family, member, 1 + whole(3));
      }
    }
    const rare = chance();
    let sum = 0;
    for (const [share, template] of RARE) {
      if (rare >= sum && rare < sum + share) add(template, own(), 0, 1);
      sum += share;
    }
    yield entry(operation(name), { registersVersion: Math.floor(n / 12), decisions, outcomes });
  }
}

const versions: string[] = [];
function policyVersion(number: number): string {
  versions[number] ??= idText(number, number + 7)
    .toLowerCase()
    .repeat(3)
    .slice(0, 64);
  return versions[number];
}
const OPERATION_HASHES: { readonly [name: string]: string } = Object.fromEntries(
  ['OneFamily', 'TeamBoard', 'FindPerson', 'Ask', 'Say'].map((name, i) => [name, (i + 10).toString(16).repeat(64)]),
);

/** Facts that say what the entry says in words: of others an officer takes it that they may be locked. */
function agreeing(
  decisions: readonly DecisionEntry[],
  { role }: AuditEntryBody['requester'],
  purpose: string | null,
): readonly DecisionEntry[] {
  return decisions.map((said) => {
    const key = `${said.facts} ${said.basis} ${role} ${purpose}`;
    const known = agreed.get(key);
    const words = { role, purpose, basis: said.basis ?? 'NONE' } as Pick<FactRecord, 'role' | 'purpose' | 'basis'>;
    const facts = known ?? factKey({ ...factsOf(said.facts), ...words });
    if (known === undefined) agreed.set(key, facts);
    return { ...said, facts };
  });
}
const agreed = new Map<string, number>();

const BOARD_WORKERS = 400;

/** A team's board of 300 releases, of 100 people in 25 families; a worker looks at the same one again and again. */
export function boardOf(n: number): AuditEntryBody {
  const worker = n % BOARD_WORKERS;
  const decisions: DecisionEntry[] = [];
  const outcomes: OutcomeEntry[] = [];
  const add = ({ line: said, type, holder, rests }: Template, family: number, member: number) => {
    const evidence = rests === undefined ? undefined : consentName(family);
    let at = decisions.findIndex(
      (known) => known.facts === said.facts && known.category === said.category && known.evidence?.[0] === evidence,
    );
    if (at === -1) at = decisions.push(evidence === undefined ? said : inOrder({ ...said, evidence: [evidence] })) - 1;
    outcomes.push([at, personName(family, member), holder ?? 'csc', type, [`${type[0]}-${family * 100 + member}`]]);
  };
  for (let i = 0; i < 25; i += 1)
    for (let member = 0; member < 4; member += 1) {
      const family = (worker * 25 + i) % FAMILIES;
      add(USUAL[0] as Template, family, member);
      add(USUAL[1] as Template, family, member);
      add(USUAL[i % 3 === 0 && member === 0 ? 5 : 2] as Template, family, member);
    }
  const at = Date.UTC(2026, 10, 2) + n * 60_000;
  const requester = { agency: 'csc', role: 'TEAM_MANAGER', worker: workerName(worker) };
  return {
    at: new Date(at).toISOString(),
    decisions: agreeing(decisions, requester, 'SUPERVISION'),
    id: idText(at, n),
    operation: { name: 'TeamBoard', sha256: OPERATION_HASHES['TeamBoard'] as string, type: 'query' },
    outcomes,
    policyVersion: policyVersion(0),
    purpose: 'SUPERVISION',
    registersVersion: n,
    requester,
    result: 'ANSWERED',
    v: 1,
  };
}
