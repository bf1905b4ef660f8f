import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/social-care/fixtures', import.meta.url));

describeSource('social-care', async () => {
  const now = () => '2025-11-23T10:00:00.000Z';
  const simulated = await simulateSocialCare(FIXTURES, { id: 'social-care', holder: 'council', now });
  return {
    source: createSocialCare(simulated.options),
    stop: simulated.stop,
    transport: { kind: 'sqlite', file: simulated.file },
    known: {
      persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0104', 'SC-0109'],
      workers: ['ST-01', 'ST-02', 'ST-03'],
      teams: ['T-EAST'],
      find: { ask: { forename: 'Dorrick', surname: 'Placeholder', dateOfBirth: '1988-02-29' }, person: 'SC-0104' },
    },
    corrupt: async () => {
      const database = new Database(simulated.file);
      database.exec(`UPDATE ssd_cp_plans SET cppl_cp_plan_start_date = '2025-02-31' WHERE cppl_cp_plan_id = 'CP-1'`);
      database.close();
      return 1;
    },
    kill: () => writeFile(simulated.file, 'this was a database'),
  };
});
