/** A mental health trust's FHIR R4 server as a source. */
import { type CircumstanceKind, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType } from '../../src/domain/records.js';
import type { AgencyId, LocalId, SourceId } from '../../src/domain/words.js';
import type { NumberedFindAsk, Source, SourceAnswer } from '../../src/sources/contract.js';
import {
  createFhirClient,
  escapeValue,
  type FhirClient,
  type FhirClientOptions,
  type Found,
  NOTHING_FOUND,
} from './client.js';
import { consentsOf, type Organisations } from './consent.js';
import { type Context, referenceReader } from './context.js';
import { identities } from './identities.js';
import { hasNumber, involvementOf, isProtected, NHS_NUMBER, passesModulus11, residencesOf } from './people.js';
import { createReader, keep, keepAsked, readPatient } from './read.js';
import { type Patient, RESOURCE_TYPES } from './wire.js';

export interface MentalHealthOptions extends FhirClientOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of patients and practitioners; its own id if not given. */
  readonly space?: SourceId;
  /** False where the trust keeps no Consents on this server: said by who connects it, never guessed. */
  readonly hasConsents?: boolean;
  /** Which organisations in its Consents are which agencies of ours. */
  readonly organisations?: Organisations;
}

const START_DEADLINE_MS = 10_000;

/**
 * Local person id = Patient.id, staff id = Practitioner.id, record id = `Type/id`. For every 100 persons one `read`
 * costs at most one search a resource type (and their further pages), `circumstances` three.
 * `start` throws SourceFailure or SourceNotReady; `workload` knows workers only: R4 searches no teams of an episode.
 */
export function createMentalHealth(options: MentalHealthOptions): Source {
  const client = createFhirClient(options);
  const context: Context = { source: options.id, idOf: referenceReader(options.baseUrl) };
  const reader = createReader(client, context);
  const { hasConsents = true, organisations = {} } = options;
  const kinds: readonly CircumstanceKind[] = ['involvements', 'residences', 'protectedPersons'];
  const types = RESOURCE_TYPES.filter((type) => hasConsents || type !== 'Consent');

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides: new Set<RecordType>(['PersonDetails', 'Involvement', 'MentalHealthRecord']),
    tells: new Set(hasConsents ? [...kinds, 'consents'] : kinds),
    finds: true,
    start: () => client.checkCapabilities(types, AbortSignal.timeout(START_DEADLINE_MS)),
    stop: () => client.close(),
    read: (ask, { signal }) => untilOneFails(signal, (own) => reader.read(ask, own)),
    readOne: (ask, { signal }) => untilOneFails(signal, (own) => reader.readOne(ask.type, ask.localId, own)),
    circumstances: (persons, options) =>
      untilOneFails(options.signal, async (signal) => {
        const asked = new Set(persons);
        const [found, care, said] = await Promise.all([
          reader.patients(asked, signal),
          reader.episodes(asked, signal),
          hasConsents ? reader.consents(asked, signal) : NOTHING_FOUND,
        ]);
        const consents = consentsOf(said, asked, context, organisations);
        const known = keepAsked(found, readPatient, (patient) => asked.has(patient.id));
        const guarded = new Set([...known.items.filter(isProtected).map(({ id }) => id), ...unreadable(found, asked)]);
        const told = {
          ...NO_CIRCUMSTANCES,
          involvements: care.items.flatMap((episode) => involvementOf(episode, context) ?? []),
          residences: known.items.flatMap(residencesOf),
          protectedPersons: [...guarded].map((person) => ({ person })),
          consents: consents.rows,
        };
        return { items: [told], rejected: known.rejected + care.rejected + consents.rejected };
      }),
    workload: ({ workers }, options) =>
      untilOneFails(options.signal, async (signal) => {
        const found = await reader.episodesManagedBy(new Set(workers), signal);
        const items = found.items.flatMap((episode) => involvementOf(episode, context) ?? []);
        return { items, rejected: found.rejected };
      }),
    find: (ask, { signal }) => untilOneFails(signal, (own) => find(client, ask, own)),
    persons: ({ signal }) => identities(client, context, options.space ?? options.id, signal),
  };
}

/** Once one request of a call has failed the others are given up: a server that said it is busy is left alone. */
async function untilOneFails<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const others = new AbortController();
  try {
    return await call(AbortSignal.any([signal, others.signal]));
  } catch (error) {
    others.abort(error);
    throw error;
  }
}

/** FHIR matches the beginnings of names; the contract asks for names that are the same, so the answer is sifted. */
async function find(client: FhirClient, ask: NumberedFindAsk, signal: AbortSignal): Promise<SourceAnswer<LocalId>> {
  const forename = fold(ask.forename);
  const surname = fold(ask.surname);
  const query = new Map<string, string>();
  if (surname) query.set('family', escapeValue(surname));
  if (forename) query.set('given', escapeValue(forename.split(' ')[0] ?? ''));
  if (ask.dateOfBirth) query.set('birthdate', escapeValue(ask.dateOfBirth));
  const { nhsNumber } = ask;
  if (nhsNumber !== undefined) query.set('identifier', `${NHS_NUMBER}|${escapeValue(nhsNumber)}`);
  const isEnough = nhsNumber === undefined ? query.size >= 2 : passesModulus11(nhsNumber);
  if (!isEnough) return { items: [], rejected: 0 };
  const isMeant = (patient: Patient) =>
    (nhsNumber === undefined || hasNumber(patient, nhsNumber)) &&
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
