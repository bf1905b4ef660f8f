/** A FHIR R4 AuditEvent, as far as the gateway writes one. */
import { z } from 'zod';

// http://hl7.org/fhir/R4/auditevent.html: cardinalities and types of the elements that are used; no other element may be there.
const text = z.string().regex(/\S/);
const code = z.string().regex(/^[^\s]+(\s[^\s]+)*$/);
const uri = z.string().regex(/^\S+$/);
const instant = z.iso.datetime({ offset: true });
const coding = z.strictObject({ system: uri, code, display: text.optional() });
const concept = z.strictObject({ coding: z.array(coding).min(1) });
const reference = z.strictObject({
  type: z.enum(['Practitioner', 'Organization', 'Patient']).optional(),
  identifier: z.strictObject({ system: uri, value: text }),
  display: text.optional(),
});
export const AUDIT_EVENT = z.strictObject({
  resourceType: z.literal('AuditEvent'),
  id: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
  type: coding,
  subtype: z.array(coding).min(1).optional(),
  action: z.enum(['C', 'R', 'U', 'D', 'E']),
  recorded: instant,
  outcome: z.enum(['0', '4', '8', '12']),
  outcomeDesc: text.optional(),
  purposeOfEvent: z.array(concept).min(1).optional(),
  agent: z
    .array(
      z.strictObject({
        type: concept.optional(),
        role: z.array(concept).min(1).optional(),
        who: reference,
        requestor: z.boolean(),
        policy: z.array(uri).min(1).optional(),
        purposeOfUse: z.array(concept).min(1).optional(),
      }),
    )
    .min(1),
  source: z.strictObject({ observer: reference, type: z.array(coding).min(1) }),
  entity: z
    .array(
      z
        .strictObject({
          what: reference.optional(),
          type: coding,
          role: coding,
          detail: z.array(z.strictObject({ type: text, valueString: text })).min(1),
        })
        // sev-1: either a name or a query, not both: neither is here.
        .refine((entity) => !('name' in entity && 'query' in entity)),
    )
    .min(1)
    .optional(),
});
