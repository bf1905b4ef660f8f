/** The parts of FHIR R4 (4.0.1) resources that this adapter reads. Other elements are allowed and dropped. */
import { z } from 'zod';
import { isFhirDate } from './dates.js';

/** R4 `id`: what may stand in a reference, a search value or a path without escaping. */
export const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

const text = z.string().optional();
const id = z.string().regex(FHIR_ID);
const date = z.string().refine(isFhirDate).optional();
const coding = z.object({ system: text, code: text, display: text });
const concept = z.object({ coding: z.array(coding).optional(), text });
const period = z.object({ start: date, end: date });
const identifier = z.object({ system: text, value: text });
const reference = z.object({ reference: text, display: text, identifier: identifier.optional() });
const notes = z.array(z.object({ text: z.string() })).optional();
const concepts = z.array(concept).optional();
const extension = z.object({ url: z.string(), valueString: text, valueCodeableConcept: concept.optional() });
const extensions = z.array(extension).optional();
/** Tags a resource of which the server left elements out (R4 §3.1.1.5.8): perhaps its label, perhaps that it was a mistake. */
const isSubsetted = ({ system, code: tag }: { system?: string | undefined; code?: string | undefined }) =>
  tag === 'SUBSETTED' && (system === undefined || system.endsWith('v3-ObservationValue'));
const meta = z
  .object({
    security: z.array(coding).optional(),
    tag: z.array(coding).optional(),
    lastUpdated: date,
  })
  .refine(({ tag }) => !tag?.some(isSubsetted), 'the resource is not whole')
  .optional();
/** What changes the meaning of a resource in a way that is not known here: such a resource is not read (R4 §2.4.0.2). */
const modifierExtension = z.array(z.unknown()).max(0).optional();
const common = { id, meta, modifierExtension };
const humanName = z.object({
  use: text,
  text,
  family: text,
  given: z.array(z.string()).optional(),
});

export type Coding = z.infer<typeof coding>;
export type Concept = z.infer<typeof concept>;
export type Reference = z.infer<typeof reference>;
export type HumanName = z.infer<typeof humanName>;
export type Meta = NonNullable<z.infer<typeof meta>>;

const address = z.object({
  use: text,
  type: text,
  line: z.array(z.string()).optional(),
  city: text,
  postalCode: text,
  period: period.optional(),
  /** UK Core address key: `{ url: type, valueCoding UPRN }, { url: value, valueString }`. */
  extension: z
    .array(
      z.object({
        url: z.string(),
        extension: z.array(z.object({ url: z.string(), valueCoding: coding.optional(), valueString: text })).optional(),
      }),
    )
    .optional(),
});
export type FhirAddress = z.infer<typeof address>;

export const patientSchema = z.object({
  resourceType: z.literal('Patient'),
  ...common,
  extension: extensions,
  identifier: z.array(identifier.extend({ extension: extensions })).optional(),
  name: z.array(humanName).min(1),
  gender: text,
  birthDate: date,
  telecom: z.array(z.object({ system: text, value: text })).optional(),
  address: z.array(address).optional(),
  generalPractitioner: z.array(reference).optional(),
});
export type Patient = z.infer<typeof patientSchema>;

export const practitionerSchema = z.object({
  resourceType: z.literal('Practitioner'),
  ...common,
  name: z.array(humanName).optional(),
  qualification: z.array(z.object({ code: concept })).optional(),
});
export type Practitioner = z.infer<typeof practitionerSchema>;

export const practitionerRoleSchema = z.object({
  resourceType: z.literal('PractitionerRole'),
  ...common,
  active: z.boolean().optional(),
  period: period.optional(),
  practitioner: reference.optional(),
  organization: reference.optional(),
  code: concepts,
});
export type PractitionerRole = z.infer<typeof practitionerRoleSchema>;

export const episodeOfCareSchema = z.object({
  resourceType: z.literal('EpisodeOfCare'),
  ...common,
  status: z.enum(['planned', 'waitlist', 'active', 'onhold', 'finished', 'cancelled', 'entered-in-error']),
  patient: reference,
  careManager: reference.optional(),
  managingOrganization: reference.optional(),
  period: period.optional(),
});
export type EpisodeOfCare = z.infer<typeof episodeOfCareSchema>;

const clinical = { ...common, subject: reference, encounter: reference.optional(), note: notes };

export const clinicalSchema = z.discriminatedUnion('resourceType', [
  z.object({
    resourceType: z.literal('Condition'),
    ...clinical,
    code: concept.optional(),
    clinicalStatus: concept.optional(),
    verificationStatus: concept.optional(),
    onsetDateTime: date,
    onsetPeriod: period.optional(),
    abatementDateTime: date,
    abatementPeriod: period.optional(),
    recordedDate: date,
    recorder: reference.optional(),
    asserter: reference.optional(),
  }),
  z.object({
    resourceType: z.literal('CarePlan'),
    ...clinical,
    status: z.string(),
    title: text,
    description: text,
    category: concepts,
    period: period.optional(),
    created: date,
    author: reference.optional(),
  }),
  z.object({
    resourceType: z.literal('Flag'),
    ...clinical,
    status: z.string(),
    code: concept,
    period: period.optional(),
    author: reference.optional(),
  }),
  z.object({
    resourceType: z.literal('RiskAssessment'),
    ...clinical,
    status: z.string(),
    code: concept.optional(),
    occurrenceDateTime: date,
    occurrencePeriod: period.optional(),
    performer: reference.optional(),
    prediction: z
      .array(z.object({ outcome: concept.optional(), qualitativeRisk: concept.optional(), rationale: text }))
      .optional(),
    mitigation: text,
  }),
  z.object({
    resourceType: z.literal('Encounter'),
    ...clinical,
    status: z.string(),
    class: coding,
    type: concepts,
    reasonCode: concepts,
    period: period.optional(),
    participant: z.array(z.object({ individual: reference.optional() })).optional(),
    episodeOfCare: z.array(reference).optional(),
  }),
]);
export type Clinical = z.infer<typeof clinicalSchema>;

/** The resource types that become a MentalHealthRecord. */
export const CLINICAL_TYPES = ['Condition', 'CarePlan', 'Flag', 'RiskAssessment', 'Encounter'] as const;
/** Every resource type the adapter searches, and the parameters it does so by, beside `_id`. */
export const SEARCHED = {
  Patient: ['identifier', 'family', 'given', 'birthdate'],
  Practitioner: [],
  PractitionerRole: ['practitioner'],
  EpisodeOfCare: ['patient', 'care-manager'],
  Condition: ['patient'],
  CarePlan: ['patient'],
  Flag: ['patient'],
  RiskAssessment: ['patient'],
  Encounter: ['patient'],
  Consent: ['patient'],
} as const satisfies { readonly [type: string]: readonly string[] };
export type ResourceType = keyof typeof SEARCHED;
export const RESOURCE_TYPES = Object.keys(SEARCHED) as readonly ResourceType[];

/** A rule of a consent; nested ones are exceptions to the one that holds them. */
const provision = z.object({
  type: z.enum(['deny', 'permit']).optional(),
  modifierExtension,
  period: period.optional(),
  actor: z.array(z.object({ role: concept.optional(), reference: reference.optional() })).optional(),
  action: concepts,
  securityLabel: z.array(coding).optional(),
  purpose: z.array(coding).optional(),
  class: z.array(coding).optional(),
  code: concepts,
  dataPeriod: period.optional(),
  data: z.array(z.unknown()).optional(),
  get provision() {
    return z.array(provision).optional();
  },
});
export type Provision = z.infer<typeof provision>;

export const consentSchema = z.object({
  resourceType: z.literal('Consent'),
  ...common,
  status: z.enum(['draft', 'proposed', 'active', 'rejected', 'inactive', 'entered-in-error']),
  scope: concept.optional(),
  patient: reference,
  dateTime: date,
  performer: z.array(reference).optional(),
  policyRule: concept.optional(),
  verification: z.array(z.object({ verified: z.boolean() })).optional(),
  provision: provision.optional(),
});
export type Consent = z.infer<typeof consentSchema>;

export const operationOutcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(z.object({ severity: z.string(), code: z.string() })),
});

/** Entries stay unread: a malformed resource must not lose the bundle. */
export const bundleSchema = z.object({
  resourceType: z.literal('Bundle'),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).optional(),
  entry: z.array(z.object({ resource: z.unknown().optional() })).optional(),
});

const names = z.array(z.string()).optional();
const served = z.object({
  type: z.string(),
  interaction: z.array(z.object({ code: z.string() })).optional(),
  searchParam: z.array(z.object({ name: z.string() })).optional(),
  searchInclude: names,
  searchRevInclude: names,
});

export const capabilitySchema = z.object({
  resourceType: z.literal('CapabilityStatement'),
  fhirVersion: z.string(),
  format: names,
  rest: z.array(z.object({ mode: z.string(), resource: z.array(served).optional() })),
});
