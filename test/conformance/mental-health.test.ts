import { fileURLToPath } from 'node:url';
import { createMentalHealth } from '../../adapters/mental-health/index.js';
import { simulateMentalHealth } from '../../adapters/mental-health/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/mental-health/fixtures', import.meta.url));

describeSource('mental-health', async () => {
  const simulated = await simulateMentalHealth(FIXTURES, { id: 'mental-health', holder: 'trust', token: 'fixture' });
  return {
    source: createMentalHealth(simulated.options),
    stop: simulated.stop,
    transport: {
      kind: 'http',
      host: '127.0.0.1',
      port: Number(new URL(simulated.options.baseUrl).port),
      connect: (port) => createMentalHealth({ ...simulated.options, baseUrl: `http://127.0.0.1:${port}/r4` }),
    },
    known: {
      persons: ['mh-pat-1', 'mh-pat-2', 'mh-pat-3'],
      workers: ['mh-staff-1', 'mh-staff-2'],
      find: {
        ask: { forename: 'Alphie', surname: 'Fixture-Oak', dateOfBirth: '1991-04-12' },
        person: 'mh-pat-1',
      },
    },
    async corrupt() {
      simulated.put({ resourceType: 'Condition', id: 'mh-con-2', subject: { reference: 'Patient/mh-pat-2' }, code: 7 });
      return 1;
    },
    kill: simulated.stop,
  };
});
