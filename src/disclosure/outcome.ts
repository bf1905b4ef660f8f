/**
 * What a denial shows: the first line that matches. Silence is indistinguishable from absence.
 * Brokered says only that this agency holds something and where its duty point is.
 */
import type { FactRecord } from '../domain/facts.js';
import { ADULT_WORK, type Outcome } from '../domain/words.js';

type Denial = Exclude<Outcome, 'RELEASED'>;

/** `vetoes` tells which vetoes applied. */
export function denialOf(facts: FactRecord, vetoes: { includes(id: string): boolean }): Denial {
  const vetoed = (id: string) => vetoes.includes(id);
  if (vetoed('conflict') || vetoed('no-content-roles')) return 'SILENT';
  if (vetoed('ended') && !isOwnEnded(facts)) return 'SILENT';
  if (facts.confidentiality === 'V' && !facts.ownAgency) return 'SILENT';
  if (vetoed('opposing-party')) return 'SILENT';
  if (!facts.ownAgency && ADULT_WORK.includes(facts.category)) return adultWorkDenial(facts);
  return 'WITHHELD';
}

/** Own agency's ended involvement is still a connection, for all but locked records. */
function isOwnEnded(facts: FactRecord): boolean {
  return facts.ownAgency && facts.involvement === 'ENDED' && facts.confidentiality !== 'V';
}

/**
 * How the existence of work with an adult may show across agencies: not at all where it was judged not relevant or
 * where the person refused (a refusal covers existence too), a duty point to those who work with the family, else nothing.
 */
export function adultWorkDenial(facts: FactRecord): Denial {
  if (facts.relevance === 'NOT_RELEVANT') return 'SILENT';
  const refused = facts.consentState === 'REFUSED' || facts.consentState === 'WITHDRAWN';
  if (refused && !facts.exceptionOverridesRefusal) return 'SILENT';
  const connected = facts.involvement === 'ALLOCATED' || facts.involvement === 'MANAGING';
  return connected || facts.coreGroup || facts.grant !== 'NONE' || facts.emergency ? 'BROKERED' : 'SILENT';
}
