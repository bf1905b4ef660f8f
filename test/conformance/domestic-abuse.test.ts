import { readFileSync } from 'node:fs';
import { createDomesticAbuse } from '../../adapters/domestic-abuse/index.js';
import { domesticAbuseHandler } from '../../adapters/domestic-abuse/seed.js';
import { listen } from '../adapters/http-server.js';
import { describeSource } from './source-conformance.js';

const TOKEN = 'test-token';
const cases = () =>
  JSON.parse(readFileSync(new URL('../../adapters/domestic-abuse/fixtures/cases.json', import.meta.url), 'utf8'));

describeSource('domestic-abuse', async () => {
  const server = await listen(domesticAbuseHandler(cases(), TOKEN));
  return {
    source: createDomesticAbuse({ id: 'domestic-abuse', holder: 'dass', baseUrl: server.url, token: TOKEN }),
    stop: server.stop,
    known: {
      persons: ['DA-P-1', 'DA-P-2', 'DA-P-4'],
      workers: ['da-w1'],
      teams: ['team-da-behaviour'],
      find: {
        ask: { forename: 'Quillan', surname: 'Testcase', dateOfBirth: '1991-02-03' },
        person: 'DA-P-1',
      },
    },
    corrupt: async () => {
      const damaged = cases();
      damaged[0].entries[1].nature = 'RUMOUR';
      server.handle(domesticAbuseHandler(damaged, TOKEN));
      return 1;
    },
    kill: server.stop,
  };
});
