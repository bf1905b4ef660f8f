/**
 * What a domestic abuse service sends: case.schema.json, read part by part so that what is malformed costs no more than
 * itself. A case without a readable confidentiality is very restricted.
 */
import { z } from 'zod';

/** Ids of cases, persons, entries, workers and teams: what may stand in a path. */
export const ID = /^[A-Za-z0-9_:@-][A-Za-z0-9._:@-]*$/;

const id = z.string().regex(ID);
const date = z.iso.date();
const words = z.string().nullish();
const workWith = z.enum(['victim', 'alleged_perpetrator']);
const role = z.enum(['victim', 'alleged_perpetrator', 'child', 'other']);

const address = z.object({
  house: words,
  street: words,
  town: words,
  postcode: words,
  from: date.nullish(),
  until: date.nullish(),
});
export type WireAddress = z.infer<typeof address>;

const person = z.object({
  personId: id,
  role,
  forename: z.string(),
  surname: z.string(),
  dateOfBirth: date.nullish(),
  sex: words,
  aliases: z.array(z.string()).nullish(),
  addresses: z.array(address).nullish(),
  phones: z.array(z.string()).nullish(),
  locationProtected: z.boolean(),
});
export type WirePerson = z.infer<typeof person>;

const entry = z.object({
  entryId: id,
  at: z.union([date, z.iso.datetime({ offset: true })]),
  kind: z.string(),
  text: z.string(),
  nature: z.enum(['FACT', 'OPINION', 'THIRD_PARTY_REPORT']),
  author: id,
});
export type WireEntry = z.infer<typeof entry>;

const referral = z.object({
  referralId: id,
  madeOn: date,
  direction: z.enum(['in', 'out']),
  agency: z.string(),
  reason: words,
  outcome: words,
});
export type WireReferral = z.infer<typeof referral>;

const caseDocument = z.object({
  caseId: id,
  openedOn: date,
  closedOn: date.nullish(),
  workWith,
  confidentiality: z.enum(['N', 'R', 'V']).catch('V'),
  worker: z.object({ id, name: words, teamId: id.nullish() }),
  persons: z.array(person).min(1),
  risk: z
    .object({
      dashScore: z.int().nonnegative(),
      level: z.string(),
      assessedOn: date,
      professionalJudgement: z.union([z.boolean(), z.string()]).nullish(),
    })
    .nullish(),
  marac: z.object({ heardOn: date, outcome: words }).nullish(),
  safetyPlan: words,
  safeContact: words,
  referrals: z.array(z.unknown()).nullish(),
  entries: z.array(z.unknown()).nullish(),
});

/** One case and the one person the service works with on it. */
export interface Case extends Omit<z.infer<typeof caseDocument>, 'entries' | 'referrals'> {
  readonly workedWith: WirePerson;
  readonly referrals: readonly WireReferral[];
  readonly entries: readonly WireEntry[];
}

/** A case as far as circumstances rest on it: a fault elsewhere in it must not hide who hurt whom. */
export interface CaseOutline {
  readonly openedOn: string;
  readonly closedOn?: string | null | undefined;
  readonly worker?: { readonly id: string; readonly teamId?: string | null | undefined } | undefined;
  readonly persons: readonly z.infer<typeof outlinePerson>[];
  /** Absent when the case does not say clearly whom the service works with: then it involves nobody. */
  readonly workedWith?: string;
  /** Everybody on the case by id, however malformed the rest of what it says of them. */
  readonly on: readonly string[];
}

const outlinePerson = z.object({
  personId: id,
  role,
  addresses: z.array(z.unknown()).nullish().catch(null),
  /** Unreadable: protected. */
  locationProtected: z.boolean().catch(true),
});

const outline = z.object({
  openedOn: date,
  closedOn: date.nullish(),
  workWith: workWith.optional().catch(undefined),
  worker: z.object({ id, teamId: id.nullish() }).optional().catch(undefined),
  persons: z.array(z.unknown()),
});

export interface Parsed<T> {
  readonly items: readonly T[];
  readonly rejected: number;
}

/** Cases that keep the contract; an entry or referral that does not is dropped alone, a case otherwise malformed is dropped whole. */
export function parseCases(documents: readonly unknown[]): Parsed<Case> {
  const items: Case[] = [];
  let rejected = 0;
  for (const document of documents) {
    const parsed = caseDocument.safeParse(document);
    const found = parsed.data?.persons.filter((one) => one.role === parsed.data.workWith) ?? [];
    const workedWith = found.length === 1 ? found[0] : undefined;
    if (!parsed.success || !workedWith || hasTwins(parsed.data.persons)) {
      rejected += 1;
      continue;
    }
    const entries = parseEach(entry, parsed.data.entries ?? []);
    const referrals = parseEach(referral, parsed.data.referrals ?? []);
    rejected += entries.rejected + referrals.rejected;
    items.push({ ...parsed.data, workedWith, entries: entries.items, referrals: referrals.items });
  }
  return { items, rejected };
}

/** The outlines of cases; a malformed person is dropped alone. */
export function parseOutlines(documents: readonly unknown[]): Parsed<CaseOutline> {
  const items: CaseOutline[] = [];
  let rejected = 0;
  for (const document of documents) {
    const parsed = outline.safeParse(document);
    if (!parsed.success) {
      rejected += 1;
      continue;
    }
    const persons = parseEach(outlinePerson, parsed.data.persons);
    const { openedOn, closedOn, worker, workWith: side } = parsed.data;
    const found = persons.items.filter((one) => one.role === side);
    const isClear = found.length === 1 && worker !== undefined && !hasTwins(persons.items);
    rejected += persons.rejected + (isClear ? 0 : 1);
    const workedWith = isClear ? found[0]?.personId : undefined;
    const on = personsOn(document).flatMap((one) => one ?? []);
    items.push({ openedOn, closedOn, worker, persons: persons.items, on, ...(workedWith ? { workedWith } : {}) });
  }
  return { items, rejected };
}

/** The addresses of an outline's person that can be read. */
export function parseAddresses(raw: readonly unknown[] | null | undefined): Parsed<WireAddress> {
  return parseEach(address, raw ?? []);
}

/** Somebody twice on one case: their part on it is not clear. */
function hasTwins(persons: readonly { readonly personId: string }[]): boolean {
  return new Set(persons.map(({ personId }) => personId)).size !== persons.length;
}

function parseEach<T>(schema: z.ZodType<T>, raw: readonly unknown[]): { items: T[]; rejected: number } {
  const items = raw.flatMap((one) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  return { items, rejected: raw.length - items.length };
}

export const healthAnswer = z.object({ status: z.literal('ok'), contract: z.literal('1') });
export const casesAnswer = z.object({ cases: z.array(z.unknown()) });

/** Somebody of the listing. Whose protection cannot be read is protected. */
export const listedPerson = z.object({
  personId: id,
  nhsNumber: words,
  forename: z.string(),
  surname: z.string(),
  aliases: z.array(z.string()).nullish(),
  dateOfBirth: date.nullish(),
  sex: words,
  addresses: z.array(z.object({ house: words, postcode: words })).nullish(),
  protected: z.boolean().catch(true),
});
export type ListedPerson = z.infer<typeof listedPerson>;

export function parseListed(raw: readonly unknown[]): Parsed<ListedPerson> {
  return parseEach(listedPerson, raw);
}

export const listAnswer = z.object({ persons: z.array(z.unknown()), next: z.string().min(1).nullable() });
export const personsAnswer = z.object({ personIds: z.array(z.unknown()) });
/** The id by which the same case in two answers is known; nothing for one too malformed to have any. */
export const caseIdOf = (document: unknown): string | undefined =>
  z.object({ caseId: id }).safeParse(document).data?.caseId;
const persons = z.object({ persons: z.array(z.object({ personId: id }).nullable().catch(null)) });
/** Who stands on a case: their ids, undefined for one that cannot be read; nobody for a document that is no case. */
export const personsOn = (document: unknown): readonly (string | undefined)[] =>
  persons.safeParse(document).data?.persons.map((one) => one?.personId) ?? [];
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
