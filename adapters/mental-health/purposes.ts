/**
 * Purposes of use in a FHIR Consent. HL7 has no purpose for safeguarding, so a trust names ours in a code system of ours;
 * what HL7's own (v3-ActReason 4.0.0) may stand for is said here.
 */
import { PURPOSES, type Purpose } from '../../src/domain/words.js';
import type { Coding } from './wire.js';

export const PURPOSE_SYSTEM = 'urn:threshold:purpose';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** The nearest of HL7's, where an agreement to it is surely one to ours: coordinating care, and preventing harm. */
const PERMITTING: ReadonlyMap<string, readonly Purpose[]> = new Map([
  ['COC', ['DIRECT_WORK']],
  ['THREAT', ['CHILD_PROTECTION', 'S47_ENQUIRY']],
]);
/** Uses that the gateway serves nobody for: denying these (the national data opt-out) says nothing about safeguarding. */
const NEVER_OURS = new Set(['HRESCH', 'CLINTRCH', 'HMARKT', 'HPAYMT', 'DONAT', 'MLTRAINING', 'TRAIN']);

function own({ system, code }: Coding): Purpose | undefined {
  return system === PURPOSE_SYSTEM ? PURPOSES.find((purpose) => purpose === code) : undefined;
}

/** The purposes that a permit names; none for a permit that names none. */
export function purposesPermitted(codings: readonly Coding[]): readonly Purpose[] {
  return codings.flatMap((coding) => {
    const named = own(coding);
    return named ? [named] : coding.system === ACT_REASON ? (PERMITTING.get(coding.code ?? '') ?? []) : [];
  });
}

/** The purposes that a denial is about: all, unless each it names is one of ours or none of ours; then perhaps none. */
export function purposesDenied(codings: readonly Coding[]): readonly (Purpose | '*')[] {
  if (codings.length === 0) return ['*'];
  return codings.flatMap((coding) => {
    if (coding.system === ACT_REASON && NEVER_OURS.has(coding.code ?? '')) return [];
    return [own(coding) ?? '*'];
  });
}
