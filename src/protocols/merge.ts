/**
 * The values that hold where an authority picked several packs. Each value on its own: a pack that says nothing of it is
 * passed over; where two say different things the more restrictive holds, and the disagreement is told; what no pack
 * fixes, the house rules do. Of what is released by a value the house rules are a bound too: a pack may be stricter, and one
 * that is looser is a disagreement with the house, which holds (docs/decisions/0007).
 */
import {
  BOUND_BY_HOUSE,
  type Protocol,
  RUNG_LEVELS,
  type Rung,
  SWITCH_NAMES,
  SWITCHES,
  type Switch,
  TIMESCALE_NAMES,
  TIMESCALES,
  type Timescale,
} from '../domain/protocol.js';
import { nominalDays, sayDuration } from './duration.js';
import type { Cited, Pack } from './pack.js';
import { ProtocolError } from './yaml.js';

/** Who said a value: a pack (or the house), and the clauses it cites. */
export interface Said {
  readonly pack: string;
  readonly clauses: readonly string[];
  readonly value: string;
}

/** One value as it holds. `said` has more than one value where the packs disagree. */
export interface Finding {
  /** `switches.X`, `timescales.X`, `escalation`, `handover.stepDown` … */
  readonly place: string;
  readonly holds: string;
  readonly said: readonly Said[];
  readonly disagree: boolean;
}

export interface Merged {
  readonly protocol: Protocol;
  /** Every value that holds, in the order of the closed lists. */
  readonly findings: readonly Finding[];
}

/** Merges packs over the house rules. Throws ProtocolError when the house does not fix what every authority needs. */
export function mergePacks(house: Pack, packs: readonly Pack[]): Merged {
  const findings: Finding[] = [];
  const merge = <T>(
    place: string,
    read: (pack: Pack) => Cited<T> | undefined,
    rule: Rule<T>,
    isBound = false,
  ): T | undefined => {
    const fixed = sayings(house, packs, read);
    const said = isBound && isLooser(fixed, read(house), rule) ? [...fixed, ...sayings(house, [], read)] : fixed;
    const holds = strictest(said, rule);
    if (holds === undefined) return undefined;
    const lines = said.map(({ pack, cited }) => ({ pack, clauses: cited.clauses, value: rule.say(cited.value) }));
    const disagree = new Set(lines.map(({ value }) => value)).size > 1;
    findings.push({ place, holds: rule.say(holds), said: lines, disagree });
    return holds;
  };
  const switches = merged(SWITCH_NAMES, (name) =>
    merge(`switches.${name}`, (pack) => pack.switches[name], switchRule(name)),
  );
  const timescales = merged(TIMESCALE_NAMES, (name) =>
    merge(`timescales.${name}`, (pack) => pack.timescales[name], timescaleRule(name), BOUND_BY_HOUSE.includes(name)),
  );
  const escalation = merge('escalation', ladderOf, ladderRule) ?? [];
  const stepDown = merge('handover.stepDown', (pack) => listOf(pack.handover.stepDown), listRule, true);
  const assessmentNewerThan = merge(
    'handover.assessmentNewerThan',
    (pack) => pack.handover.assessmentNewerThan,
    shorter,
    true,
  );
  const exit = merge('handover.exit', (pack) => listOf(pack.handover.exit), listRule, true);
  if (!stepDown || !assessmentNewerThan || !exit)
    throw new ProtocolError('the house rules must say what a handover holds: stepDown, assessmentNewerThan, exit');
  const protocol: Protocol = {
    packs: packs.map(({ id }) => id),
    switches,
    timescales,
    escalation,
    handover: { stepDown, assessmentNewerThan, exit } as Protocol['handover'],
  };
  return { protocol, findings };
}

/** A disagreement in a sentence: who said what, and what holds. */
export function tellDisagreement({ place, holds, said }: Finding): string {
  const sides = said.map(({ pack, clauses, value }) => `${pack} (${clauses.join(', ')}) says ${value}`);
  return `the packs disagree on ${place}: ${sides.join('; ')}; what holds is the more restrictive: ${holds}`;
}

interface Rule<T> {
  /** What holds of two values: the more restrictive. Requires: the order of its arguments makes no difference. */
  stricter(a: T, b: T): T;
  say(value: T): string;
}

type Sayings<T> = readonly { readonly pack: string; readonly cited: Cited<T> }[];

function strictest<T>(said: Sayings<T>, rule: Rule<T>): T | undefined {
  const [first, ...others] = said;
  return first && others.reduce((held, { cited }) => rule.stricter(held, cited.value), first.cited.value);
}

/** Whether what the packs say together would hold more than the house does. */
function isLooser<T>(said: Sayings<T>, bound: Cited<T> | undefined, rule: Rule<T>): boolean {
  const held = strictest(said, rule);
  return held !== undefined && bound !== undefined && rule.say(rule.stricter(held, bound.value)) !== rule.say(held);
}

/** What the packs say; where none says anything, the house. */
function sayings<T>(house: Pack, packs: readonly Pack[], read: (pack: Pack) => Cited<T> | undefined): Sayings<T> {
  const of = (pack: Pack) => {
    const cited = read(pack);
    return cited ? [{ pack: pack.id, cited }] : [];
  };
  const said = packs.flatMap(of);
  return said.length > 0 ? said : of(house);
}

function merged<K extends string, T>(names: readonly K[], find: (name: K) => T | undefined): { [N in K]?: T } {
  const entries = names.map((name) => [name, find(name)] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [N in K]?: T };
}

function switchRule(name: Switch): Rule<boolean | number> {
  const { stricter } = SWITCHES[name];
  return {
    stricter: (a, b) => (stricter === 'LOWER' ? Math.min(Number(a), Number(b)) : a === stricter ? a : b),
    say: (value) => (typeof value === 'number' ? String(value) : value ? 'yes' : 'no'),
  };
}

const shorter: Rule<Parameters<typeof nominalDays>[0]> = {
  stricter: (a, b) => (nominalDays(b) < nominalDays(a) ? b : a),
  say: sayDuration,
};
const longer: typeof shorter = { ...shorter, stricter: (a, b) => (nominalDays(b) > nominalDays(a) ? b : a) };

function timescaleRule(name: Timescale): typeof shorter {
  const { sense } = TIMESCALES[name];
  return sense === 'WITHIN' || sense === 'EVERY' ? shorter : longer;
}

/** Only what every pack that speaks of it hands over is handed over. */
const listRule: Rule<readonly string[]> = {
  stricter: (a, b) => a.filter((item) => b.includes(item)),
  say: (items) => (items.length === 0 ? 'nothing' : items.join(', ')),
};

/** No rung that a pack names may be skipped: every rung of every ladder, from the lowest level to the highest. */
const ladderRule: Rule<readonly Rung[]> = {
  stricter: (a, b) =>
    [...a, ...b.filter(({ office }) => !a.some((rung) => rung.office === office))].sort(
      (one, other) => RUNG_LEVELS.indexOf(one.level) - RUNG_LEVELS.indexOf(other.level),
    ),
  say: (rungs) => rungs.map(({ office }) => office).join(' → '),
};

function ladderOf({ escalation }: Pack): Cited<readonly Rung[]> | undefined {
  if (escalation.length === 0) return undefined;
  return {
    value: escalation.map(({ clauses: _, ...rung }) => rung),
    clauses: [...new Set(escalation.flatMap(({ clauses }) => clauses))],
  };
}

function listOf(items: readonly Cited<string>[] | undefined): Cited<readonly string[]> | undefined {
  return (
    items && {
      value: items.map(({ value }) => value).sort(),
      clauses: [...new Set(items.flatMap(({ clauses }) => clauses))],
    }
  );
}
