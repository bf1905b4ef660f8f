import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createEarlyHelp } from '../../adapters/early-help/index.js';
import { simulateEarlyHelp } from '../../adapters/early-help/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/early-help/fixtures', import.meta.url));

describeSource('early-help', async () => {
  const now = () => '2025-11-23T10:00:00.000Z';
  const simulated = await simulateEarlyHelp(FIXTURES, { id: 'early-help', holder: 'early-help-service', now });
  return {
    source: createEarlyHelp(simulated.options),
    stop: simulated.stop,
    transport: { kind: 'sqlite', file: simulated.file },
    known: {
      persons: ['EH-01', 'EH-02', 'EH-03'],
      workers: ['K-1', 'K-2'],
      teams: ['T-EH'],
      find: { ask: { forename: 'Corby', surname: 'Mockingly', dateOfBirth: '1990-08-08' }, person: 'EH-02' },
    },
    corrupt: async () => {
      const database = new Database(simulated.file);
      database.exec(`UPDATE gw_eh_support_plan SET review_due_on = 'soon' WHERE plan_id = 'SP-1'`);
      database.close();
      return 1;
    },
    kill: () => writeFile(simulated.file, 'this was a database'),
  };
});
