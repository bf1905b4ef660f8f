import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { createWorkbook } from '../../adapters/workbook/index.js';
import { simulateWorkbook } from '../../adapters/workbook/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/workbook/fixtures', import.meta.url));

describeSource('workbook', async () => {
  const simulated = await simulateWorkbook(FIXTURES, {
    id: 'workbook',
    space: 'social-care',
    holder: 'council',
    now: () => '2025-11-23T10:00:00.000Z',
  });
  return {
    source: createWorkbook(simulated.options),
    stop: simulated.stop,
    transport: { kind: 'sqlite', file: simulated.file },
    known: { persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0104'], workers: [] },
    corrupt: async () => {
      const database = new Database(simulated.file);
      database.exec(`UPDATE gw_workbook_rag_rating SET rating = 'MAUVE' WHERE id = 'RG-1'`);
      database.close();
      return 1;
    },
    kill: () => writeFile(simulated.file, 'this was a database'),
  };
});
