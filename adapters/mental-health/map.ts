/** Clinical resources as MentalHealthRecords: each type's own elements first, then one record of them all. */
import type { SourceRecord } from '../../src/domain/records.js';
import type { IsoDate } from '../../src/domain/words.js';
import { type Context, labelOf } from './context.js';
import { contains, dayOf, pointOf } from './dates.js';
import { categoryOf, confidentialityOf } from './labels.js';
import { careOf } from './people.js';
import type { Clinical, Concept, EpisodeOfCare, Reference } from './wire.js';

/** What one resource says, whatever its type calls it. */
interface Said {
  readonly coded: Concept | undefined;
  readonly words: readonly (string | undefined)[];
  readonly status: string | undefined;
  readonly started: string | undefined;
  readonly ended: string | undefined;
  /** When it was written down, as far as it says. */
  readonly written: string | undefined;
  readonly author: Reference | undefined;
  /** Who reported it, where that may be somebody else than a professional. */
  readonly reporter?: Reference | undefined;
  readonly verification?: string | undefined;
}

function said(resource: Clinical): Said {
  switch (resource.resourceType) {
    case 'Condition':
      return {
        coded: resource.code,
        words: [resource.code?.text],
        status: codeOf(resource.clinicalStatus),
        started: resource.onsetDateTime ?? resource.onsetPeriod?.start,
        ended: resource.abatementDateTime ?? resource.abatementPeriod?.start,
        written: resource.recordedDate,
        author: resource.recorder,
        reporter: resource.asserter,
        verification: codeOf(resource.verificationStatus),
      };
    case 'CarePlan':
      return {
        coded: resource.category?.[0],
        words: [resource.title, resource.description],
        status: resource.status,
        started: resource.period?.start,
        ended: resource.period?.end,
        written: resource.created ?? resource.period?.start,
        author: resource.author,
      };
    case 'Flag':
      return {
        coded: resource.code,
        words: [resource.code.text],
        status: resource.status,
        started: resource.period?.start,
        ended: resource.period?.end,
        written: resource.period?.start,
        author: resource.author,
        reporter: resource.author,
      };
    case 'RiskAssessment':
      return {
        coded: resource.code,
        words: [resource.code?.text, ...(resource.prediction ?? []).map(predictionText), resource.mitigation],
        status: resource.status,
        started: resource.occurrenceDateTime ?? resource.occurrencePeriod?.start,
        ended: resource.occurrencePeriod?.end,
        written: resource.occurrenceDateTime ?? resource.occurrencePeriod?.start,
        author: resource.performer,
        reporter: resource.performer,
      };
    case 'Encounter':
      return {
        coded: resource.type?.[0],
        words: [resource.type?.[0]?.text, ...(resource.reasonCode ?? []).map(meaningOf)],
        status: resource.status,
        started: resource.period?.start,
        ended: resource.period?.end,
        written: resource.period?.start,
        author: resource.participant?.find(({ individual }) => individual?.reference?.includes('Practitioner/'))
          ?.individual,
      };
  }
}

/** Records that were retracted at the source are not records. */
export function isRetracted(resource: Clinical): boolean {
  const { status, verification } = said(resource);
  return status === 'entered-in-error' || verification === 'entered-in-error';
}

/** A patient's episodes, and the encounters that say which episode they belong to. */
export interface Placing {
  readonly episodes: readonly EpisodeOfCare[];
  /** Encounter id → EpisodeOfCare id. */
  readonly ofEncounter: ReadonlyMap<string, string>;
}

/** The record of a clinical resource, or none if it is about nobody this server knows as a patient. */
export function recordOf(resource: Clinical, placing: Placing, context: Context): SourceRecord | undefined {
  const subject = context.idOf(resource.subject, 'Patient');
  if (subject === undefined) return undefined;
  const facts = said(resource);
  const coding = facts.coded?.coding?.[0];
  const recorded = facts.written ?? facts.started;
  const at = pointOf(recorded);
  const author = context.idOf(facts.author, 'Practitioner');
  const episode = episodeOf(resource, facts, placing, context);
  const summary = [...facts.words, ...(resource.note ?? []).map((note) => note.text)];
  const words = summary.map((part) => part?.trim()).filter((part) => part !== undefined && part !== '');
  return {
    label: {
      ...labelOf(context, 'MentalHealthRecord', `${resource.resourceType}/${resource.id}`, subject),
      category: categoryOf(resource.meta),
      confidentiality: confidentialityOf(resource.meta),
      addresses: [],
      ...(author === undefined ? {} : { author }),
      ...(episode === undefined ? {} : { episode }),
      ...(at === undefined ? {} : { at }),
    },
    content: {
      recordedOn: day(recorded),
      kind: resource.resourceType,
      summary: words.length > 0 ? [...new Set(words)].join(' – ') : (coding?.display ?? null),
      nature: natureOf(facts),
      code: coding?.code ?? null,
      meaning: coding?.display ?? null,
      status: facts.status ?? null,
      startedOn: day(facts.started),
      endedOn: day(facts.ended),
    },
    persons: { adult: subject },
  };
}

function natureOf({ reporter, verification }: Said): 'FACT' | 'OPINION' | 'THIRD_PARTY_REPORT' {
  if (verification === 'reported' || reporter?.reference?.includes('RelatedPerson/')) return 'THIRD_PARTY_REPORT';
  return verification === 'confirmed' ? 'FACT' : 'OPINION';
}

/**
 * The episode as the encounter states it; else the one episode whose period contains the day it was written; else,
 * where no such day is known, the patient's only episode. None when it cannot be told: a standing judgement on an
 * episode must not cover what may belong to another.
 */
function episodeOf(resource: Clinical, facts: Said, placing: Placing, context: Context): string | undefined {
  const encounter = resource.resourceType === 'Encounter' ? resource.id : context.idOf(resource.encounter, 'Encounter');
  const stated = encounter === undefined ? undefined : placing.ofEncounter.get(encounter);
  if (placing.episodes.some((episode) => episode.id === stated)) return stated;
  const written = pointOf(facts.written);
  const fitting = placing.episodes.filter((episode) => {
    const care = careOf(episode);
    return care !== undefined && (written === undefined || contains(care, written));
  });
  return fitting.length === 1 ? fitting[0]?.id : undefined;
}

function codeOf(concept: Concept | undefined): string | undefined {
  return concept?.coding?.[0]?.code;
}

function meaningOf(concept: Concept | undefined): string | undefined {
  return concept?.text ?? concept?.coding?.[0]?.display;
}

function predictionText(prediction: {
  outcome?: Concept | undefined;
  qualitativeRisk?: Concept | undefined;
  rationale?: string | undefined;
}): string | undefined {
  const outcome = [meaningOf(prediction.outcome), meaningOf(prediction.qualitativeRisk)].filter(Boolean).join(': ');
  return [outcome, prediction.rationale].filter(Boolean).join('. ') || undefined;
}

function day(value: string | undefined): IsoDate | null {
  return dayOf(value) ?? null;
}
