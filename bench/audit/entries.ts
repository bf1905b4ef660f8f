/** Entries as the gateway writes them, invented: real facts, decided by the real policies, in the proportions of a working day. */
import type { AuditEntryBody, DecisionEntry, OutcomeEntry } from '../../src/audit/entry.js';
import { createDecide } from '../../src/disclosure/decide.js';
import type { Policies } from '../../src/disclosure/policies.js';
import { FACTS, type FactRecord } from '../../src/domain/facts.js';

/** What was asked: of one person, of one family, or a board of 25 families with 300 records. */
export type Shape = 'person' | 'family' | 'board';

const SHAPES = {
  person: { persons: 1, records: 6, decisions: 4 },
  family: { persons: 5, records: 24, decisions: 8 },
  board: { persons: 100, records: 300, decisions: 16 },
} as const;
/** Kinds of record and who holds them; those of a person stand together, as the door is asked. */
const KINDS = [
  ['PersonDetails', 'csc'],
  ['ChildInNeedPlan', 'csc'],
  ['Visit', 'csc'],
  ['SupportPlan', 'eh'],
  ['SubstanceMisuseRecord', 'sms'],
  ['MentalHealthRecord', 'mht'],
] as const;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Distinct fact records of one role and purpose in use; all in all some thousands. */
const FACTS_OF_A_ROLE = 60;
const ROLES = ['SOCIAL_WORKER', 'TEAM_MANAGER', 'KEYWORKER', 'RECOVERY_WORKER', 'MENTAL_HEALTH_PRACTITIONER'] as const;
const PURPOSES = ['SUPERVISION', 'DIRECT_WORK', 'CHILD_PROTECTION', 'ASSESSMENT'] as const;

/** Numbers below a bound, the same for the same seed (mulberry32). */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export interface Entries {
  /** The next entry; ids rise with time. */
  next(shape: Shape): AuditEntryBody;
  /** As they come in: 55 of 100 of a person, 43 of a family, 2 boards. */
  mixed(): AuditEntryBody;
}

export function generateEntries(policies: Policies, seed: number): Entries {
  const below = chanceOf(seed);
  const decide = createDecide(policies, () => undefined);
  const idOf = (length: number) => Array.from({ length }, () => DIGITS[below(32)]).join('');
  const persons = Array.from({ length: 20_000 }, () => `01K${idOf(23)}`);
  const lines = new Map<string, DecisionEntry[]>();
  let count = 0;

  function pick<T>(list: readonly T[]): T {
    return list[below(list.length)] as T;
  }

  function linesOf(role: FactRecord['role'], purpose: FactRecord['purpose']): DecisionEntry[] {
    const key = `${role} ${purpose}`;
    let known = lines.get(key);
    if (!known) {
      known = Array.from({ length: FACTS_OF_A_ROLE }, () => lineOf(role, purpose));
      lines.set(key, known);
    }
    return known;
  }

  function lineOf(role: FactRecord['role'], purpose: FactRecord['purpose']): DecisionEntry {
    const random = Object.fromEntries(Object.entries(FACTS).map(([name, values]) => [name, pick<unknown>(values)]));
    const facts = {
      ...random,
      role,
      purpose,
      involvement: pick(['ALLOCATED', 'ALLOCATED', 'MANAGING', 'ENDED'] as const),
      basis: pick(['CONSENT', 'CONSENT', 'NONE'] as const),
      confidentiality: 'N',
      conflict: false,
      opposing: false,
      onFamilyTeam: below(4) > 0,
      locationProtected: false,
    } as FactRecord;
    const { outcome, permits, vetoes, reasons, obligations, facts: key } = decide(facts);
    const some = (list: readonly string[]) => (list.length > 0 ? list : undefined);
    // In the order in which the ledger puts them down.
    return {
      basis: facts.basis === 'NONE' ? undefined : facts.basis,
      category: facts.category,
      evidence: undefined,
      facts: key,
      obligations: some(obligations),
      outcome,
      permits: some(permits),
      reasons: some(reasons),
      vetoes: some(vetoes),
    };
  }

  function next(shape: Shape): AuditEntryBody {
    const { persons: around, records, decisions } = SHAPES[shape];
    const [role, purpose] = [pick(ROLES), pick(PURPOSES)];
    const known = linesOf(role, purpose);
    const from = below(persons.length - around);
    const evidence = () => ({ evidence: [`01K${idOf(23)}`] });
    const said = Array.from({ length: decisions }, () => {
      const line = pick(known);
      return line.basis === 'CONSENT' ? { ...line, ...evidence() } : line;
    });
    const each = records / around;
    const outcomes: OutcomeEntry[] = Array.from({ length: records }, (_, i) => {
      // Of a person the first kinds always, the others by chance; what is decided goes by kind, and by person a little.
      const kind = i % each < 2 ? Math.floor(i % each) : 2 + below(KINDS.length - 2);
      const [type, holder] = KINDS[kind] as (typeof KINDS)[number];
      const subject = persons[from + Math.floor(i / each)] as string;
      return [(kind + below(2)) % decisions, subject, holder, type, [String(10_000_000 + below(90_000_000))]];
    });
    count += 1;
    const at = new Date(Date.UTC(2026, 10, 2, 8) + count * 7).toISOString();
    return {
      at,
      decisions: said,
      id: `01KB${String(count).padStart(6, '0')}${idOf(16)}`,
      operation: {
        name: shape === 'board' ? 'TeamBoard' : 'OneFamily',
        sha256: `${shape.length}e`.repeat(32),
        type: 'query',
      },
      outcomes,
      policyVersion: policies.version,
      purpose,
      registersVersion: 1000,
      requester: { agency: 'csc', role, worker: `w-${below(900)}` },
      result: 'ANSWERED',
      v: 1,
    };
  }

  return {
    next,
    mixed() {
      const of = below(100);
      return next(of < 55 ? 'person' : of < 98 ? 'family' : 'board');
    },
  };
}
