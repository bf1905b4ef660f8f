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
  const connect = (baseUrl: string) =>
    createDomesticAbuse({ id: 'domestic-abuse', holder: 'dass', baseUrl, token: TOKEN });
  return {
    source: connect(server.url),
    stop: server.stop,
    transport: {
      kind: 'http',
      host: '127.0.0.1',
      port: Number(new URL(server.url).port),
      connect: (port) => connect(`http://127.0.0.1:${port}`),
    },
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
