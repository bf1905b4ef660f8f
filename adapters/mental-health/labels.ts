/**
 * HL7 security labels (`meta.security`) as the gateway's confidentiality and category. Codes of v3-Confidentiality 5.0.0
 * and v3-ActCode 11.0.0 (HL7 terminology, CC0); what each does here is ours. What is not in these tables, and every label
 * of another system, is unknown, and an unknown label is very restricted.
 */
import { type Category, type Confidentiality, moreConfidential } from '../../src/domain/words.js';
import type { Coding, Meta } from './wire.js';

export const CONFIDENTIALITY_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const ACT_CODE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** The six codes in force. Those retired (ETH, HIV, PSY, SDV, B, D, I, C, S, T) are unknown, like any other. */
const CONFIDENTIALITY: ReadonlyMap<string, Confidentiality> = new Map([
  ['U', 'N'],
  ['L', 'N'],
  ['M', 'N'],
  ['N', 'N'],
  ['R', 'R'],
  ['V', 'V'],
]);

/** What a v3-ActCode label does to a record: the least it is protected as, and the work it is the content of. */
interface Meaning {
  readonly least: Confidentiality;
  readonly category?: Category;
}

const codes = (list: string, meaning: Meaning) => list.split(' ').map((code): [string, Meaning] => [code, meaning]);

const ACT_CODES: ReadonlyMap<string, Meaning> = new Map([
  // Sensitivity: the work itself. HL7 `DVD` is developmental disability; sexual and domestic violence is `SDV`.
  ...codes('SDV', { least: 'N', category: 'DOMESTIC_ABUSE_VICTIM' }),
  ...codes('ETH SUD ETHUD OPIOIDUD', { least: 'N', category: 'SUBSTANCE_MISUSE' }),
  ...codes('MH PSY BH EMOTDIS COGN DVD', { least: 'N', category: 'MENTAL_HEALTH' }),
  ...codes('SPI', { least: 'N' }),
  // Sensitivity: more than the ordinary of such work, or something that points at a place or a person.
  ...codes('PSYTHPN', { least: 'R', category: 'MENTAL_HEALTH' }),
  ...codes('VIO MST SEX PREGNANT STD HIV GDIS SCA TBOO ADOL CEL VIP DIA DRGIS PDS PHY PRS', { least: 'R' }),
  ...codes('IDS DEMO DOB GENDER LIVARG MARST PATLOC RACE REL B EMPL EMP LOCIS SSP', { least: 'R' }),
  // Obligations and refrains that every release here keeps: encrypted, logged, told to the holder, not stored, not passed on.
  ...codes('AUDIT AUDTR AOD ENCRYPT ENCRYPTR ENCRYPTT ENCRYPTU LABEL PERSISTLABEL PRIVMARK', { least: 'N' }),
  ...codes('CPLYPOL CPLYCC CPLYCD CPLYJPP CPLYJSP CPLYOPP CPLYOSP', { least: 'N' }),
  ...codes('NOCOLLECT NOINTEGRATE NOPERSISTP NOREUSE NORDSCLCD NORDSCLCDS NOPAT', { least: 'N' }),
  // All else (REDACT, MASK, HUAPRV, ORCON, NOAUTH, NODSCLCD, NOLIST …) asks for what only the holder can do: unknown, so V.
]);

const UNKNOWN: Meaning = { least: 'V' };
/** Where several kinds of work are named, the one that most protects decides. */
const PROTECTING: readonly Category[] = ['DOMESTIC_ABUSE_VICTIM', 'SUBSTANCE_MISUSE', 'MENTAL_HEALTH'];

function leastOf({ system, code = '' }: Coding): Confidentiality {
  if (system === CONFIDENTIALITY_SYSTEM) return CONFIDENTIALITY.get(code) ?? 'V';
  return (system === ACT_CODE_SYSTEM ? (ACT_CODES.get(code) ?? UNKNOWN) : UNKNOWN).least;
}

/**
 * The most protected that any label asks for. A resource without a label of v3-Confidentiality, or with any that is not
 * known, is very restricted.
 */
export function confidentialityOf(meta: Meta | undefined): Confidentiality {
  const labels = meta?.security ?? [];
  if (!labels.some(({ system }) => system === CONFIDENTIALITY_SYSTEM)) return 'V';
  return labels.map(leastOf).reduce(moreConfidential, 'N');
}

/** The category a sensitivity label names, if it names one. */
export function categoryNamed({ system, code = '' }: Coding): Category | undefined {
  return system === ACT_CODE_SYSTEM ? ACT_CODES.get(code)?.category : undefined;
}

/** MENTAL_HEALTH, unless a label says that the content is of other, more protected work. */
export function categoryOf(meta: Meta | undefined): Category {
  const named = (meta?.security ?? []).map(categoryNamed);
  return PROTECTING.find((category) => named.includes(category)) ?? 'MENTAL_HEALTH';
}
