import { readFileSync } from 'node:fs';
import { createProbation } from '../../adapters/probation/index.js';
import { probationHandler } from '../../adapters/probation/seed.js';
import { listen } from '../adapters/http-server.js';
import { describeSource } from './source-conformance.js';

const TOKEN = 'test-token';
const cases = () =>
  JSON.parse(readFileSync(new URL('../../adapters/probation/fixtures/cases.json', import.meta.url), 'utf8'));

describeSource('probation', async () => {
  const server = await listen(probationHandler(cases(), TOKEN));
  const connect = (baseUrl: string) =>
    createProbation({ id: 'probation', holder: 'probation-west', baseUrl, token: TOKEN });
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
      persons: ['Z900001', 'Z900004'],
      workers: ['FixtureOfficerOne'],
      teams: ['team-probation-walsall'],
      find: {
        ask: { forename: 'Bramwell', surname: 'Samplesson', dateOfBirth: '1988-07-08' },
        person: 'Z900001',
      },
      listsNobody: true,
      onBehalfOf: 'fixtureofficerone@probation.example',
    },
    corrupt: async () => {
      const damaged = cases();
      damaged[0].supervisions.dynamicRisks[1].code = 7;
      server.handle(probationHandler(damaged, TOKEN));
      return 1;
    },
    kill: server.stop,
  };
});
