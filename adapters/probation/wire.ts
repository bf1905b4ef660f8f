/**
 * The parts of nDelius's API that this adapter reads (hmpps-integration-api `ndelius.json`, OpenAPI 3.1). The API marks
 * nothing as required; what is required here is what a record cannot be without. Elements of lists are read one by one.
 */
import { z } from 'zod';

/** Case reference numbers as this adapter accepts them: what may stand in a path. */
export const CRN = /^[A-Za-z0-9_-]+$/;

const text = z.string().nullish();
const date = z.iso.date().nullish();
const crn = z.string().regex(CRN);
const list = z.array(z.unknown()).nullish();
const flag = z.boolean().nullish();

const name = z.object({ forename: text, surname: text });
const coded = z.object({ code: text, description: text });

export const manager = z.object({ name: name.nullish(), username: text, team: coded.nullish(), allocated: flag });
export type Manager = z.infer<typeof manager>;

const offence = z.object({ description: text });
export const supervision = z.object({
  number: z.int(),
  active: flag,
  date,
  sentence: z
    .object({ description: text, date, length: z.int().nullish(), lengthUnits: text, custodial: flag })
    .nullish(),
  mainOffence: offence.nullish(),
});
export type Supervision = z.infer<typeof supervision>;

export const dynamicRisk = z.object({ code: z.string().min(1), description: text, startDate: date, notes: text });
export type DynamicRisk = z.infer<typeof dynamicRisk>;

export const mappaDetail = z.object({
  level: z.int().nullish(),
  levelDescription: text,
  category: z.int().nullish(),
  categoryDescription: text,
  startDate: date,
  notes: text,
});
export type MappaDetail = z.infer<typeof mappaDetail>;

/** Whether an object that marks nothing as required is what it should be: it has a part of it, or nothing at all. */
const hasAnyOf =
  (...parts: readonly string[]) =>
  (object: object) =>
    Object.keys(object).length === 0 || parts.some((part) => part in object);

/** SupervisionResponse, its parts unread. */
export const supervisionResponse = z
  .looseObject({
    communityManager: z.unknown().optional(),
    mappaDetail: z.unknown().optional(),
    supervisions: list,
    dynamicRisks: list,
  })
  .refine(hasAnyOf('communityManager', 'mappaDetail', 'supervisions', 'dynamicRisks'));

export const caseAddress = z.object({
  noFixedAbode: flag,
  buildingName: text,
  addressNumber: text,
  streetName: text,
  town: text,
  district: text,
  postcode: text,
  from: date,
  to: date,
});
export type CaseAddress = z.infer<typeof caseAddress>;
export const addressWrapper = z
  .looseObject({ contactDetails: z.looseObject({ addresses: list }).refine(hasAnyOf('addresses')).nullish() })
  .refine(hasAnyOf('contactDetails'));

const alias = z.object({ firstName: text, surname: text });
/** ProbationCaseDetail, without what is not read. */
export const probationCase = z.object({
  otherIds: z.object({ crn }),
  firstName: text,
  surname: text,
  dateOfBirth: date,
  gender: text,
  offenderProfile: z.object({ ethnicity: text }).nullish(),
  contactDetails: z.object({ phoneNumbers: z.array(z.object({ number: text })).nullish() }).nullish(),
  offenderAliases: z.array(alias).nullish(),
});
export type ProbationCase = z.infer<typeof probationCase>;
export const searchResponse = z.array(z.unknown());

/** LimitedAccessDetail, one of its lists at least (an object without either says nothing of access, so opens nothing): an element without an e-mail names somebody we cannot know. Read strictly: a fault fails the read. */
const named = z.array(z.object({ email: text })).nullish();
export const limitedAccess = z
  .object({ excludedFrom: named, restrictedTo: named })
  .refine(({ excludedFrom, restrictedTo }) => excludedFrom !== undefined || restrictedTo !== undefined);
export type LimitedAccess = z.infer<typeof limitedAccess>;

/** GET /reference-data, of which only the shape is checked. */
export const referenceData = z.object({ probationReferenceData: z.record(z.string(), z.unknown()) });

/** Our extension (README): who manages, or managed, which case. */
export const caseloadResponse = z.object({ crns: z.array(z.unknown()) });
export const caseloadRow = z.object({ crn, username: z.string().min(1), teamCode: text, from: date, until: date });
export type CaseloadRow = z.infer<typeof caseloadRow>;

/** Items of the promised shape, and how many were not. */
export interface Parsed<T> {
  readonly items: readonly T[];
  readonly rejected: number;
}

export function parseEach<T>(schema: z.ZodType<T>, raw: readonly unknown[] | null | undefined): Parsed<T> {
  const all = raw ?? [];
  const items = all.flatMap((one) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
  return { items, rejected: all.length - items.length };
}

/** A single part that may be absent. */
export function parseOptional<T>(schema: z.ZodType<T>, raw: unknown): Parsed<T> {
  return raw === undefined || raw === null ? { items: [], rejected: 0 } : parseEach(schema, [raw]);
}

/** What the supervisions endpoint says of one case, read. */
export interface Sentences {
  readonly manager?: Manager;
  readonly mappa?: MappaDetail;
  readonly supervisions: readonly Supervision[];
  readonly risks: readonly DynamicRisk[];
  readonly rejected: number;
}

export function parseSentences(raw: unknown): Sentences {
  const parsed = supervisionResponse.safeParse(raw);
  if (!parsed.success) return { supervisions: [], risks: [], rejected: 1 };
  const managers = parseOptional(manager, parsed.data.communityManager);
  const mappa = parseOptional(mappaDetail, parsed.data.mappaDetail);
  const supervisions = parseEach(supervision, parsed.data.supervisions);
  const risks = parseEach(dynamicRisk, parsed.data.dynamicRisks);
  return {
    ...(managers.items[0] ? { manager: managers.items[0] } : {}),
    ...(mappa.items[0] ? { mappa: mappa.items[0] } : {}),
    supervisions: supervisions.items,
    risks: risks.items,
    rejected: [managers, mappa, supervisions, risks].reduce((sum, part) => sum + part.rejected, 0),
  };
}

export function parseAddresses(raw: unknown): Parsed<CaseAddress> {
  const parsed = addressWrapper.safeParse(raw);
  return parsed.success ? parseEach(caseAddress, parsed.data.contactDetails?.addresses) : { items: [], rejected: 1 };
}
