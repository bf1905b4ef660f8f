/** HL7 security labels (`meta.security`) as the gateway's confidentiality and category. */
import { type Category, type Confidentiality, moreConfidential } from '../../src/domain/words.js';
import type { Coding, Meta } from './wire.js';

export const CONFIDENTIALITY_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const ACT_CODE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

const CONFIDENTIALITY: ReadonlyMap<string, Confidentiality> = new Map([
  ['U', 'N'],
  ['L', 'N'],
  ['M', 'N'],
  ['N', 'N'],
  ['R', 'R'],
  ['V', 'V'],
]);

function labels(meta: Meta | undefined, system: string): readonly Coding[] {
  return (meta?.security ?? []).filter((label) => label.system === system);
}

/**
 * The most protected of the resource's confidentiality labels. A resource without one, or with a code that
 * v3-Confidentiality 5.0.0 does not hold or has retired (ETH, PSY, SDV …), is very restricted.
 */
export function confidentialityOf(meta: Meta | undefined): Confidentiality {
  const levels = labels(meta, CONFIDENTIALITY_SYSTEM).map((label) => CONFIDENTIALITY.get(label.code ?? '') ?? 'V');
  return levels.length === 0 ? 'V' : levels.reduce(moreConfidential, 'N');
}

/** MENTAL_HEALTH, but what v3-ActCode marks SDV (sexual assault, abuse or domestic violence) is work with a victim. */
export function categoryOf(meta: Meta | undefined): Category {
  const isVictimWork = labels(meta, ACT_CODE_SYSTEM).some((label) => label.code === 'SDV');
  return isVictimWork ? 'DOMESTIC_ABUSE_VICTIM' : 'MENTAL_HEALTH';
}
