/** A world folder's mental health records as what they would be: a FHIR server. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AgencyId, SourceId } from '../../src/domain/words.js';
import { type FhirServerOptions, startFhirServer } from './fhir-server.js';
import { createFhirStore } from './fhir-store.js';
import type { MentalHealthOptions } from './index.js';
import { RESOURCE_TYPES } from './wire.js';

export interface Identity {
  readonly id: SourceId;
  readonly holder: AgencyId;
  readonly space?: SourceId;
  /** A bearer token that the server then insists on. */
  readonly token?: string;
  /** What else of the server is not as usual; its `token` before the one above. */
  readonly server?: FhirServerOptions;
}

export interface SimulatedMentalHealth {
  readonly options: MentalHealthOptions;
  /** Adds a resource to the running server, or puts it in the place of one of its type and id. */
  put(resource: object): void;
  stop(): Promise<void>;
}

/**
 * Serves `<folder>/<Type>.ndjson` (a type without a file has no resources) on 127.0.0.1, a free port.
 * Throws, naming file and line, on a line that is not a resource.
 */
export async function simulateMentalHealth(folder: string, identity: Identity): Promise<SimulatedMentalHealth> {
  const store = createFhirStore();
  for (const type of RESOURCE_TYPES) {
    const file = join(folder, `${type}.ndjson`);
    if (!existsSync(file)) continue;
    let number = 0;
    for await (const line of createInterface({
      input: createReadStream(file, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      number += 1;
      if (line.trim() === '') continue;
      try {
        store.put(line);
      } catch {
        throw new TypeError(`${type}.ndjson line ${number} is not a FHIR resource`);
      }
    }
  }
  const { token, server: asked, ...rest } = identity;
  const server = await startFhirServer(store, { ...(token === undefined ? {} : { token }), ...asked });
  return {
    options: { ...rest, baseUrl: server.baseUrl, ...(token === undefined ? {} : { token }) },
    put: (resource) => store.put(JSON.stringify(resource)),
    stop: server.stop,
  };
}
