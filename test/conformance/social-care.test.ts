import { fileURLToPath } from 'node:url';
import { EXPECTATION } from '../../adapters/social-care/deployment.js';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import { describeSqlSource } from './sql-source.js';

describeSqlSource({
  folder: fileURLToPath(new URL('../../adapters/social-care/fixtures', import.meta.url)),
  identity: { id: 'social-care', holder: 'council', now: () => '2025-11-23T10:00:00.000Z' },
  expectation: EXPECTATION,
  create: createSocialCare,
  simulate: simulateSocialCare,
  known: {
    persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0104', 'SC-0109'],
    workers: ['ST-01', 'ST-02', 'ST-03'],
    teams: ['T-EAST'],
    find: { ask: { forename: 'Dorrick', surname: 'Placeholder', dateOfBirth: '1988-02-29' }, person: 'SC-0104' },
  },
  corrupt: {
    table: 'ssd_cp_plans',
    column: 'cppl_cp_plan_start_date',
    value: '2025-02-31',
    where: `cppl_cp_plan_id = 'CP-1'`,
  },
});
