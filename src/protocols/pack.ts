/**
 * One protocol pack: what one published protocol fixes, each value with the clause it comes from. A pack cites its own
 * document only, so that nobody's practice is put into another council's mouth; what it leaves open, the house rules fill.
 */
import { z } from 'zod';
import {
  type Duration,
  EXIT_ITEMS,
  type ExitItem,
  RUNG_LEVELS,
  type Rung,
  STEP_DOWN_ITEMS,
  type StepDownItem,
  SWITCHES,
  type Switch,
  TIMESCALES,
  type Timescale,
} from '../domain/protocol.js';
import { ROLES } from '../domain/words.js';
import { type Clauses, documentOf } from './clauses.js';
import { readDuration } from './duration.js';
import { ProtocolError, readYaml } from './yaml.js';

/** The packs that the project carries, in the order in which they are listed. */
export const PACKS = [
  'walsall-family-safeguarding',
  'cambridgeshire-family-safeguarding',
  'cambridgeshire-fip',
  'connecting-families',
  'birmingham-family-support',
] as const;
export type PackId = (typeof PACKS)[number];

/** A value and the clauses it comes from. */
export interface Cited<T> {
  readonly value: T;
  readonly clauses: readonly string[];
}

export interface Pack {
  readonly id: string;
  readonly title: string;
  /** Short name of the document it renders; absent for the house rules, which may cite any. */
  readonly document?: string;
  readonly switches: { readonly [K in Switch]?: Cited<boolean | number> };
  readonly timescales: { readonly [K in Timescale]?: Cited<Duration> };
  readonly escalation: readonly (Rung & { readonly clauses: readonly string[] })[];
  readonly handover: {
    readonly stepDown?: readonly Cited<StepDownItem>[];
    readonly assessmentNewerThan?: Cited<Duration>;
    readonly exit?: readonly Cited<ExitItem>[];
  };
  /** Cedar files of the pack, relative to its folder. */
  readonly policies: readonly string[];
}

/** One clause, or several. */
const clause = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((cited) => (typeof cited === 'string' ? [cited] : cited));
const duration = z.string().transform((text, context) => {
  const read = readDuration(text);
  if (read) return read;
  context.addIssue({ code: 'custom', message: `${text} is no duration: write P6M, P7D, PT24H or 5 working days` });
  return z.NEVER;
});
/** An age is reckoned on the calendar. */
const age = z.string().transform((text, context) => {
  const read = readDuration(text);
  if (read && read.workingDays === 0) return read;
  context.addIssue({ code: 'custom', message: `${text} is no calendar duration: write P6M or P180D` });
  return z.NEVER;
});
const cited = <S extends z.ZodType>(value: S) =>
  z.strictObject({ value, clause }).transform((read) => {
    const { value, clause } = read as { value: z.output<S>; clause: string[] };
    return { value, clauses: clause };
  });
const listed = <T extends string>(items: readonly [T, ...T[]]) =>
  z
    .array(
      z
        .strictObject({ item: z.enum(items), clause })
        .transform(({ item, clause }) => ({ value: item, clauses: clause })),
    )
    .min(1)
    .refine((list) => new Set(list.map(({ value }) => value)).size === list.length, { error: 'an item stands twice' });

const switchShape = (name: Switch) =>
  cited(SWITCHES[name].stricter === 'LOWER' ? z.number().int().min(1).max(25) : z.boolean()).optional();
const optionalKeys = <K extends string, S extends z.ZodType>(names: readonly K[], shapeOf: (name: K) => S) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, shapeOf(name)])) as { [N in K]: S });

const shape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'must be small letters, digits and dashes' }),
  title: z.string().min(1),
  document: z.string().optional(),
  switches: optionalKeys(Object.keys(SWITCHES) as Switch[], switchShape).default({}),
  timescales: optionalKeys(Object.keys(TIMESCALES) as Timescale[], () => cited(duration).optional()).default({}),
  escalation: z
    .array(
      z
        .strictObject({ level: z.enum(RUNG_LEVELS), office: z.string().min(1), roles: z.array(z.enum(ROLES)), clause })
        .transform(({ clause, ...rung }) => ({ ...rung, clauses: clause })),
    )
    .default([])
    .refine((rungs) => isRising(rungs.map(({ level }) => RUNG_LEVELS.indexOf(level))), {
      error: 'rungs stand from the lowest to the highest',
    }),
  handover: z
    .strictObject({
      stepDown: listed(STEP_DOWN_ITEMS).optional(),
      assessmentNewerThan: cited(age).optional(),
      exit: listed(EXIT_ITEMS).optional(),
    })
    .default({}),
  policies: z
    .array(z.string().regex(/^[\w/-]+\.cedar$/, { error: 'must be a .cedar file beside the pack' }))
    .default([]),
});

/**
 * Reads a pack. Throws ProtocolError naming the file and what is wrong: an unknown key or value, a clause that does not
 * exist, one of another document, or (`house` apart) no document.
 */
export function readPack(text: string, where: string, clauses: Clauses, isHouse = false): Pack {
  const pack = readYaml(text, shape, where) as Pack;
  const wrong: string[] = [];
  if (!isHouse && pack.document === undefined) wrong.push('it names no document');
  if (pack.document !== undefined && !clauses.documents.has(pack.document))
    wrong.push(`the document ${pack.document} is not one of ${[...clauses.documents.keys()].join(', ')}`);
  for (const [place, ids] of citations(pack)) {
    for (const id of ids) {
      if (!clauses.byId.has(id)) wrong.push(`${place} cites ${id}, which is no clause of clauses.yaml`);
      else if (pack.document !== undefined && documentOf(id) !== pack.document)
        wrong.push(`${place} cites ${id}, which is not of its own document ${pack.document}`);
    }
  }
  if (wrong.length > 0) throw new ProtocolError(wrong.map((line) => `${where}: ${line}`).join('\n'));
  return pack;
}

/** Every value of a pack by its place (`timescales.SUPERVISION`, `handover.stepDown`), with the clauses it cites there. */
export function citations(pack: Pack): readonly (readonly [place: string, clauses: readonly string[]])[] {
  const { switches, timescales, escalation, handover } = pack;
  const { stepDown = [], exit = [], assessmentNewerThan } = handover;
  const named = (group: string, values: { readonly [name: string]: Cited<unknown> | undefined }) =>
    Object.entries(values).flatMap(([name, value]) => (value ? [[`${group}.${name}`, value.clauses] as const] : []));
  return [
    ...named('switches', switches),
    ...named('timescales', timescales),
    ...escalation.map(({ clauses }) => ['escalation', clauses] as const),
    ...stepDown.map(({ clauses }) => ['handover.stepDown', clauses] as const),
    ...named('handover', { assessmentNewerThan }),
    ...exit.map(({ clauses }) => ['handover.exit', clauses] as const),
  ];
}

function isRising(levels: readonly number[]): boolean {
  return levels.every((level, i) => i === 0 || level >= (levels[i - 1] ?? 0));
}
