import { fileURLToPath } from 'node:url';
import { EXPECTATION } from '../../adapters/early-help/deployment.js';
import { createEarlyHelp } from '../../adapters/early-help/index.js';
import { simulateEarlyHelp } from '../../adapters/early-help/seed.js';
import { describeSqlSource } from './sql-source.js';

describeSqlSource({
  folder: fileURLToPath(new URL('../../adapters/early-help/fixtures', import.meta.url)),
  identity: { id: 'early-help', holder: 'early-help-service', now: () => '2025-11-23T10:00:00.000Z' },
  expectation: EXPECTATION,
  create: createEarlyHelp,
  simulate: simulateEarlyHelp,
  known: {
    persons: ['EH-01', 'EH-02', 'EH-03'],
    workers: ['K-1', 'K-2'],
    teams: ['T-EH'],
    find: { ask: { forename: 'Corby', surname: 'Mockingly', dateOfBirth: '1990-08-08' }, person: 'EH-02' },
  },
  corrupt: { table: 'gw_eh_support_plan', column: 'review_due_on', value: 'soon', where: `plan_id = 'SP-1'` },
});
