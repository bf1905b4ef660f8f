import { fileURLToPath } from 'node:url';
import { EXPECTATION } from '../../adapters/workbook/deployment.js';
import { createWorkbook } from '../../adapters/workbook/index.js';
import { simulateWorkbook } from '../../adapters/workbook/seed.js';
import { describeSqlSource } from './sql-source.js';

describeSqlSource({
  folder: fileURLToPath(new URL('../../adapters/workbook/fixtures', import.meta.url)),
  identity: { id: 'workbook', space: 'social-care', holder: 'council', now: () => '2025-11-23T10:00:00.000Z' },
  expectation: EXPECTATION,
  create: createWorkbook,
  simulate: simulateWorkbook,
  known: { persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0104'], workers: [] },
  corrupt: { table: 'gw_workbook_rag_rating', column: 'rating', value: 'MAUVE', where: `id = 'RG-1'` },
});
