/**
 * What people have said about sharing: plain rows, added and never changed. Instants are UTC with milliseconds, so that
 * their text order is their order; periods are [from, until). Lists hold ids, closed words or `*` (everything).
 */
import { z } from 'zod';
import { RECORD_TYPES, type RecordType } from '../domain/records.js';
import {
  type AgencyId,
  CATEGORIES,
  type Category,
  type IsoDate,
  type IsoInstant,
  type LocalId,
  type PersonId,
  PURPOSES,
  type Purpose,
  type SourceId,
  type WorkerId,
} from '../domain/words.js';

/** Everything, where a statement lists what it covers. */
export const EVERYTHING = '*';

export const STATEMENT_STATES = ['GIVEN', 'REFUSED', 'WITHDRAWN'] as const;
export const CAPACITIES = ['SELF', 'PARENTAL_RESPONSIBILITY', 'OWN_COMPETENCE'] as const;
export const RELEVANCE_DECISIONS = ['RELEVANT', 'NOT_RELEVANT'] as const;

/** What a statement covers. Holders and recipients are agency ids, or agency kinds where the person said so. */
export interface Scope {
  readonly categories: readonly (Category | '*')[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly purposes: readonly (Purpose | '*')[];
}

export interface ConsentStatement extends Scope {
  readonly id: string;
  readonly subject: PersonId;
  readonly state: (typeof STATEMENT_STATES)[number];
  readonly givenBy: PersonId;
  /** SELF an adult for themselves, PARENTAL_RESPONSIBILITY for a child, OWN_COMPETENCE a child competent to decide. */
  readonly capacity: (typeof CAPACITIES)[number];
  readonly from: IsoInstant;
  readonly until?: IsoInstant;
  readonly recordedAt: IsoInstant;
  readonly recordedBy: WorkerId;
  readonly method: string;
  /** When it is to be talked about again. It counts beyond that day. */
  readonly reviewOn?: IsoDate;
  /** How the practitioner who recorded it judged that the child is competent to decide (Gillick). */
  readonly competence?: string;
}

/** Agreement to be worked with by a service (FS-17): apart from consent to share, which it neither implies nor cancels. */
export interface ServiceConsent
  extends Pick<
    ConsentStatement,
    'id' | 'subject' | 'state' | 'givenBy' | 'capacity' | 'from' | 'recordedAt' | 'recordedBy' | 'method' | 'competence'
  > {
  /** An agency, or a kind of agency where the person said so. */
  readonly service: string;
}

/** Why consent is not required (FS-01), under a lawful gateway. */
export interface ExceptionRecord extends Scope {
  readonly id: string;
  readonly subjects: readonly PersonId[];
  /** Id of a lawful gateway (schema/policies/lawful-gateways.yaml). */
  readonly gateway: string;
  readonly overridesRefusal: boolean;
  readonly from: IsoInstant;
  readonly until: IsoInstant;
  readonly recordedAt: IsoInstant;
  readonly recordedBy: WorkerId;
  readonly approvedBy?: WorkerId;
  /** The manager who was asked to approve and has not yet: until then it covers nothing. */
  readonly awaits?: WorkerId;
  /** The gateway's questions and what was answered. */
  readonly answers: { readonly [question: string]: string };
}

/** Whether a record of adult work serves somebody. With `localId` it is made by name; without, it stands for `type` in `episode`. */
export interface Judgement {
  readonly id: string;
  readonly source: SourceId;
  readonly type: RecordType;
  readonly localId?: LocalId;
  readonly episode?: string;
  readonly subject: PersonId;
  readonly holder: AgencyId;
  /** The child whose need, or the adult whose safety, it serves: one of the two. */
  readonly servesChild?: PersonId;
  readonly servesAdult?: PersonId;
  /** An assessment factor of the children in need census, such as 2B. */
  readonly factor: string;
  readonly decision: (typeof RELEVANCE_DECISIONS)[number];
  readonly why: string;
  readonly judgedAt: IsoInstant;
  readonly judgedBy: WorkerId;
}

const id = z.string().min(1);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const scope = {
  categories: z.array(z.enum([...CATEGORIES, EVERYTHING])).min(1),
  holders: z.array(id).min(1),
  recipients: z.array(id).min(1),
  purposes: z.array(z.enum([...PURPOSES, EVERYTHING])).min(1),
};

/** Reads a consent statement from outside (a world's CSV); instants are brought to the register's form. */
export const consentShape = z
  .object({
    id,
    subject: id,
    state: z.enum(STATEMENT_STATES),
    givenBy: id,
    capacity: z.enum(CAPACITIES),
    ...scope,
    from: instant,
    until: instant.exactOptional(),
    recordedAt: instant,
    recordedBy: id,
    method: z.string(),
    reviewOn: z.iso.date().exactOptional(),
    competence: z.string().exactOptional(),
  })
  .refine(({ from, until }) => until === undefined || from < until, 'it ends before it starts')
  .refine(
    ({ subject, givenBy, capacity }) => capacity === 'PARENTAL_RESPONSIBILITY' || givenBy === subject,
    'given by another in the own name',
  );

export const exceptionShape = z
  .object({
    id,
    subjects: z.array(id).min(1),
    gateway: id,
    ...scope,
    overridesRefusal: z.boolean(),
    from: instant,
    until: instant,
    recordedAt: instant,
    recordedBy: id,
    approvedBy: id.exactOptional(),
    answers: z.record(z.string(), z.string()),
  })
  .refine(({ from, until }) => from < until, 'it ends before it starts');

export const judgementShape = z
  .object({
    id,
    source: id,
    type: z.enum(RECORD_TYPES),
    localId: id.exactOptional(),
    episode: id.exactOptional(),
    subject: id,
    holder: id,
    servesChild: id.exactOptional(),
    servesAdult: id.exactOptional(),
    factor: z.string(),
    decision: z.enum(RELEVANCE_DECISIONS),
    why: z.string().min(1),
    judgedAt: instant,
    judgedBy: id,
  })
  .refine((row) => (row.localId ?? row.episode) !== undefined, 'it covers neither a record nor an episode')
  .refine(
    (row) => (row.servesChild === undefined) !== (row.servesAdult === undefined),
    'it serves either a child or an adult',
  );
