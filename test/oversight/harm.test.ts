/** What the person concerned is not told: every ground by itself, and what cannot be told to be harmless. */
import { describe, expect, it } from '@jest/globals';
import { type FactRecord, factsOf } from '../../src/domain/facts.js';
import { HARMS, type Harm, harmsOf, type TellingOf } from '../../src/oversight/questions/harm.js';

const facts = (changes: Partial<FactRecord> = {}): FactRecord => ({
  ...factsOf(0),
  ownAgency: false,
  category: 'SUBSTANCE_MISUSE',
  purpose: 'SUPERVISION',
  opposing: false,
  victimSide: false,
  locationProtected: false,
  victimOfSubject: false,
  emergency: false,
  s47Open: false,
  ...changes,
});
const harmless: TellingOf = {
  facts: facts(),
  askedBy: 'CHILDRENS_SOCIAL_CARE',
  heldBy: 'SUBSTANCE_MISUSE',
  isKnownToAsker: true,
  mayHaveHurt: false,
};

describe('a line of the log', () => {
  it('is told when nothing speaks against it', () => {
    expect(harmsOf(harmless)).toEqual([]);
  });

  const grounds: readonly (readonly [Harm, Partial<TellingOf>])[] = [
    ['UNREADABLE', { facts: undefined }],
    ['UNREADABLE', { askedBy: undefined }],
    ['UNREADABLE', { heldBy: undefined }],
    ['VICTIM_SIDE', { facts: facts({ victimSide: true }) }],
    ['OPPOSING', { facts: facts({ opposing: true }) }],
    ['LOCATION_PROTECTED', { facts: facts({ locationProtected: true }) }],
    ['LOCKED', { facts: facts({ confidentiality: 'V' }) }],
    ['VICTIMS_WORKER', { facts: facts({ victimOfSubject: true }) }],
    ['VICTIMS_WORKER', { mayHaveHurt: true, isKnownToAsker: false }],
    ['DOMESTIC_ABUSE', { askedBy: 'DOMESTIC_ABUSE' }],
    ['DOMESTIC_ABUSE', { heldBy: 'DOMESTIC_ABUSE' }],
    ['DOMESTIC_ABUSE', { facts: facts({ category: 'DOMESTIC_ABUSE_PERPETRATOR' }) }],
    ['DOMESTIC_ABUSE', { facts: facts({ role: 'DOMESTIC_ABUSE_PRACTITIONER' }) }],
    ['OTHERS_ADULT_WORK', { askedBy: 'MENTAL_HEALTH', isKnownToAsker: false }],
    ['ENQUIRY', { facts: facts({ s47Open: true }) }],
    ['ENQUIRY', { facts: facts({ purpose: 'S47_ENQUIRY' }) }],
    ['EMERGENCY', { facts: facts({ emergency: true }) }],
    ['EMERGENCY', { facts: facts({ purpose: 'EMERGENCY' }) }],
  ];

  it.each(grounds)('is not told by %s alone: %j', (harm, changes) => {
    expect(harmsOf({ ...harmless, ...changes })).toEqual([harm]);
  });

  it('has a case here for every ground', () => {
    expect([...new Set(grounds.map(([harm]) => harm))]).toEqual([...HARMS]);
  });
});
