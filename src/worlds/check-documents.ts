/** The JSON and NDJSON of a world folder's sources: who is in them, which records they hold, and what they point at. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datedDocument } from './check-dates.js';
import { FHIR_TYPES } from './columns.js';

export interface Documents {
  readonly persons: ReadonlySet<string>;
  /** Ids of records as the adapter gives them, and `episode …` for each episode. */
  readonly records: ReadonlySet<string>;
  /** `to` is `local`, `staff` or `team`. */
  readonly references: readonly { readonly place: string; readonly to: string; readonly id: string }[];
}

/** FHIR R4 `id`. */
const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

type Json = { readonly [key: string]: unknown };

interface Found {
  readonly persons: Set<string>;
  readonly records: Set<string>;
  readonly references: { place: string; to: string; id: string }[];
}

/** Reads a source's documents. What is no JSON, or lacks an id, is named among the problems. `at` is the folder as told. */
export function readDocuments(folder: string, adapter: string, at: string, problems: string[]): Documents {
  const found: Found = { persons: new Set(), records: new Set(), references: [] };
  if (adapter === 'mental-health') fhir(folder, at, found, problems);
  else if (existsSync(join(folder, 'cases.json'))) {
    const place = `${at}/cases.json`;
    const cases = parseOrName(readFileSync(join(folder, 'cases.json'), 'utf8'), place, problems);
    if (!Array.isArray(cases)) problems.push(`${place} is no array`);
    else {
      const read = adapter === 'probation' ? probation : domesticAbuse;
      for (const [i, item] of cases.entries()) {
        read(objectOf(item), `${place} case ${i + 1}`, found, problems);
        datedDocument(item, adapter, `${place} case ${i + 1}`, problems);
      }
    }
  }
  return found;
}

function fhir(folder: string, at: string, found: Found, problems: string[]): void {
  const clinical: { place: string; subject: string }[] = [];
  for (const type of FHIR_TYPES) {
    const path = join(folder, `${type}.ndjson`);
    if (!existsSync(path)) continue;
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((line, i) => {
        if (line.trim() === '') return;
        const place = `${at}/${type}.ndjson line ${i + 1}`;
        const resource = objectOf(parseOrName(line, place, problems));
        const id = textOf(resource.id);
        if (!FHIR_ID.test(id) || resource.resourceType !== type) problems.push(`${place} is no ${type} with an id`);
        datedDocument(resource, 'mental-health', place, problems);
        if (type === 'Patient') found.persons.add(id);
        found.records.add(type === 'EpisodeOfCare' ? `episode ${id}` : `${type}/${id}`);
        if (type === 'Patient' || type === 'Practitioner') return;
        if (type === 'PractitionerRole') {
          found.references.push({ place, to: 'staff', id: idOf(resource.practitioner) });
          return;
        }
        clinical.push({ place, subject: idOf(resource.patient ?? resource.subject) });
        if (type === 'Consent') return;
        for (const by of [resource.careManager, resource.recorder, resource.author, resource.performer]) {
          if (by !== undefined) found.references.push({ place, to: 'staff', id: idOf(by) });
        }
      });
  }
  for (const { place, subject } of clinical) found.references.push({ place, to: 'local', id: subject });
}

function domesticAbuse(item: Json, place: string, found: Found, problems: string[]): void {
  const id = textOf(item.caseId);
  const [persons, entries, worker] = [listOf(item.persons), listOf(item.entries), objectOf(item.worker)];
  found.records.add(id).add(`episode ${id}`);
  for (const entry of entries) {
    found.records.add(`${id}/${textOf(entry.entryId)}`);
    found.references.push({ place, to: 'staff', id: textOf(entry.author) });
  }
  for (const person of persons) found.persons.add(textOf(person.personId));
  found.references.push(
    { place, to: 'staff', id: textOf(worker.id) },
    { place, to: 'team', id: textOf(worker.teamId) },
  );
  if (id === '' || persons.filter(({ role }) => role === item.workWith).length !== 1)
    problems.push(`${place} does not say whom the service works with`);
}

function probation(item: Json, place: string, found: Found, problems: string[]): void {
  const crn = textOf(item.crn);
  const sentences = objectOf(item.supervisions);
  const manager = objectOf(sentences.communityManager);
  if (crn === '' || objectOf(objectOf(item.detail).otherIds).crn !== crn)
    problems.push(`${place} does not have one CRN`);
  if (item.accessLimitations === undefined) problems.push(`${place} does not say who may see it`);
  found.persons.add(crn);
  found.records.add(`episode ${crn}`).add(`${crn}/mappa`);
  for (const { number } of listOf(sentences.supervisions)) found.records.add(`${crn}/supervision/${String(number)}`);
  for (const { code } of listOf(sentences.dynamicRisks)) found.records.add(`${crn}/risk/${String(code)}`);
  for (const staff of [manager.username, manager.email])
    found.references.push({ place, to: 'staff', id: textOf(staff) });
  found.references.push({ place, to: 'team', id: textOf(objectOf(manager.team).code) });
}

function parseOrName(text: string, place: string, problems: string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    problems.push(`${place} is no JSON`);
    return undefined;
  }
}

function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `Patient/x` → `x`. */
function idOf(reference: unknown): string {
  return textOf(objectOf(reference).reference).split('/').at(-1) ?? '';
}
