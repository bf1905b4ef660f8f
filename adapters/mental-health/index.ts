/** A mental health trust's FHIR R4 server as a source. */
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import type { AgencyId, LocalId, SourceId } from '../../src/domain/words.js';
import type { FindAsk, Source, SourceAnswer } from '../../src/sources/contract.js';
import { createFhirClient, escapeValue, type FhirClient, type FhirClientOptions, type Found } from './client.js';
import { type Context, referenceReader } from './context.js';
import { involvementOf, isProtected, residencesOf } from './people.js';
import { createReader, keep, keepAsked, readPatient } from './read.js';
import type { Patient } from './wire.js';

export interface MentalHealthOptions extends FhirClientOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of patients and practitioners; its own id if not given. */
  readonly space?: SourceId;
}

const START_DEADLINE_MS = 10_000;

/**
 * Local person id = Patient.id, staff id = Practitioner.id, record id = `Type/id`. For every 100 persons one `read`
 * costs at most one search a resource type (and their further pages), `circumstances` two.
 * `start` throws SourceFailure or SourceNotReady; `workload` knows workers only: R4 searches no teams of an episode.
 */
export function createMentalHealth(options: MentalHealthOptions): Source {
  const client = createFhirClient(options);
  const context: Context = { source: options.id, idOf: referenceReader(options.baseUrl) };
  const reader = createReader(client, context);

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides: new Set<RecordType>(['PersonDetails', 'Involvement', 'MentalHealthRecord']),
    tells: new Set(['involvements', 'residences', 'protectedPersons'] as const),
    finds: true,
    start: () => client.checkCapabilities(AbortSignal.timeout(START_DEADLINE_MS)),
    stop: async () => {},
    async read(ask, { signal }) {
      signal.throwIfAborted();
      return reader.read(ask, signal);
    },
    async readOne(ask, { signal }) {
      signal.throwIfAborted();
      return reader.readOne(ask.type, ask.localId, signal);
    },
    async circumstances(persons, { signal }) {
      signal.throwIfAborted();
      const asked = new Set(persons);
      const [found, care] = await Promise.all([reader.patients(asked, signal), reader.episodes(asked, signal)]);
      const known = keepAsked(found, readPatient, (patient) => asked.has(patient.id));
      const guarded = new Set([...known.items.filter(isProtected).map(({ id }) => id), ...unreadable(found, asked)]);
      const told = {
        ...NO_CIRCUMSTANCES,
        involvements: care.items.flatMap((episode) => involvementOf(episode, context) ?? []),
        residences: known.items.flatMap(residencesOf),
        protectedPersons: [...guarded].map((person) => ({ person })),
      };
      return { items: [told], rejected: known.rejected + care.rejected };
    },
    async workload({ workers }, { signal }) {
      signal.throwIfAborted();
      const found = await reader.episodesManagedBy(new Set(workers), signal);
      const items = found.items.flatMap((episode) => involvementOf(episode, context) ?? []);
      return { items, rejected: found.rejected };
    },
    async find(ask, { signal }) {
      signal.throwIfAborted();
      return find(client, ask, signal);
    },
  };
}

/** FHIR matches the beginnings of names; the contract asks for names that are the same, so the answer is sifted. */
async function find(client: FhirClient, ask: FindAsk, signal: AbortSignal): Promise<SourceAnswer<LocalId>> {
  const forename = fold(ask.forename);
  const surname = fold(ask.surname);
  const query = new Map<string, string>();
  if (surname) query.set('family', escapeValue(surname));
  if (forename) query.set('given', escapeValue(forename.split(' ')[0] ?? ''));
  if (ask.dateOfBirth) query.set('birthdate', escapeValue(ask.dateOfBirth));
  if (query.size < 2) return { items: [], rejected: 0 };
  const isMeant = (patient: Patient) =>
    (!ask.dateOfBirth || patient.birthDate === ask.dateOfBirth) &&
    patient.name.some(
      ({ family, given = [] }) =>
        (!surname || fold(family) === surname) &&
        (!forename || fold(given.join(' ')) === forename || given.some((one) => fold(one) === forename)),
    );
  const found = keep(await client.search('Patient', query, signal), readPatient, isMeant);
  return { items: found.items.map((patient) => patient.id), rejected: found.rejected };
}

/** Patients whose resource cannot be read: their label is unknown, so their whereabouts are protected. */
function unreadable(found: Found, asked: ReadonlySet<string>): string[] {
  return found.resources.flatMap((resource) => {
    const { id } = resource as { readonly id?: unknown };
    return typeof id === 'string' && asked.has(id) && readPatient(resource) === undefined ? [id] : [];
  });
}

function fold(name: string | undefined): string {
  return (name ?? '').normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');
}
