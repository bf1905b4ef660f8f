/**
 * How a long text lies in its row: deflated (RFC 1951) with a dictionary of what the log's entries say, a quarter of its size. The one place
 * that packs and unpacks.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A parameter of `Transaction.insert` that is to lie packed in its row: who writes the row packs it. */
export interface ToPack {
  readonly pack: string;
}

/** The first byte of `packed`: with which dictionary. */
const FIRST_FORM = 1;
/** Of a board 57 % of the time that the best takes, and 9 % more bytes. */
const LEVEL = 2;
/** Of a text shorter than SHORT a window and tables of a tenth hold all there is, and to set them up takes half as long; it is unpacked as any other. */
const SMALL = { windowBits: 14, memLevel: 6, chunkSize: 4096 };
const SHORT = 12_000;
/** No text comes near it: a row that says so was not written here. */
const LONGEST_TEXT = 1 << 28;

/**
 * What most entries of the log say, the commonest last. Never to be changed: rows packed with it are read with it. Another would be another form,
 * beside this one.
 */
const DICTIONARY = Buffer.from(
  '"gaps":[["UNAVAILABLE"]],"statements":[{"did":"CONSENT","ids":[""],"policies":["may-record-consent"],"subjects":[""]}],"code":"","result":"REFUSED","FAILED",' +
    '"unknown":["consentState"],"decided":"WITHHELD","DOMESTIC_ABUSE_PRACTITIONER","MENTAL_HEALTH_PRACTITIONER","RECOVERY_WORKER","SENIOR_PRACTITIONER","TEAM_MANAGER","KEYWORKER",' +
    '"COURT_PROCEEDINGS","S47_ENQUIRY","CHILD_IN_NEED","ASSESSMENT","DIRECT_WORK","CHILD_PROTECTION","DOMESTIC_ABUSE_PERPETRATOR","DOMESTIC_ABUSE_VICTIM","EARLY_HELP","SOCIAL_CARE",' +
    '"reasons":["PURPOSE_DOES_NOT_COVER","NOT_JUDGED_RELEVANT","CONSENT_NOT_GIVEN","NOT_INVOLVED","NOT_ON_TEAM","CASE_CLOSED","REQUEST_NEEDED","ROLE_NOT_PERMITTED"],"vetoes":["protected-location","opposing-party","purpose-fits","lawful-basis","relevance","ended"]},' +
    '"outcome":"BROKERED","outcome":"WITHHELD","outcome":"SILENT","basis":"EXCEPTION","obligations":["READ_ONLY","NOTIFY_HOLDER","REVIEW","TELL_LEAD_PROFESSIONAL","NOT_TO_BE_PASSED_ON"],' +
    '"MentalHealthRecord","SubstanceMisuseRecord","DomesticAbuseRecord","Relationship","Referral","RagRating","SupportPlan","Assessment","Involvement","ChildInNeedPlan","Visit","FamilyMembership","PersonDetails",' +
    '"category":"MENTAL_HEALTH","category":"SUBSTANCE_MISUSE","category":"WORKBOOK","category":"CONTACT","category":"STATUS","category":"NETWORK","category":"PLAN","category":"INVOLVEMENT","category":"IDENTITY",' +
    '{"at":"2026-11-20T09:00:00.000Z","decisions":[{"basis":"CONSENT","category":"IDENTITY","evidence":["01K"],"facts":1234567890123456,"obligations":["NOT_TO_BE_PASSED_ON"],"outcome":"RELEASED","permits":["relevant-adult-work","core-group","family-team","own-records"]},' +
    '{"category":"INVOLVEMENT","facts":10,"outcome":"RELEASED","permits":["own-records"]}],"id":"01K","operation":{"name":"","sha256":"","type":"query"},"outcomes":[[0,"01K","csc","PersonDetails",["1"]],[1,"01K","csc","Involvement",["1"]]],' +
    '"policyVersion":"","purpose":"SUPERVISION","registersVersion":1,"requester":{"agency":"csc","role":"SOCIAL_WORKER","worker":"sw-"},"result":"ANSWERED","v":1}',
);

export function packText(text: string): Buffer {
  const options = { dictionary: DICTIONARY, level: LEVEL, ...(text.length < SHORT ? SMALL : {}) };
  return Buffer.concat([Buffer.of(FIRST_FORM), deflateRawSync(text, options)]);
}

/** Parameters as a driver takes them. */
export function packedParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (isToPack(value) ? packText(value.pack) : value));
}

function isToPack(value: unknown): value is ToPack {
  return typeof value === 'object' && value !== null && 'pack' in value;
}

/** What `packText` packed. Throws for bytes that are none. */
export function unpackText(bytes: Uint8Array): string {
  if (bytes[0] !== FIRST_FORM) throw new Error('a text is packed in a form that is not known');
  return inflateRawSync(bytes.subarray(1), { dictionary: DICTIONARY, maxOutputLength: LONGEST_TEXT }).toString();
}
