import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
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

it('says of an entry whether it is a fact, an opinion or a report, and nothing where its source says none of these', async () => {
  const folder = fileURLToPath(new URL('../../adapters/workbook/fixtures', import.meta.url));
  const { options, stop } = await simulateWorkbook(folder, {
    id: 'workbook',
    space: 'social-care',
    holder: 'council',
    now: () => '2025-11-23T10:00:00.000Z',
  });
  const source = createWorkbook(options);
  await source.start();
  const wants = (['ParentingAssessment', 'MonthlySummary', 'RagRating'] as const).map((type) => ({
    type,
    persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0104'],
  }));
  const { items } = await source.read({ wants }, { signal: AbortSignal.timeout(5000) });
  await source.stop();
  await stop();
  const natures = Object.fromEntries(
    items.map(({ label, content }) => [label.localId, [label.nature, content['nature']]]),
  );
  expect(natures).toEqual({
    'PA-1': ['OPINION', 'OPINION'],
    'PA-2': [undefined, null],
    'MS-1': ['FACT', 'FACT'],
    'MS-2': [undefined, null],
    'RG-1': ['OPINION', 'OPINION'],
    'RG-2': [undefined, null],
  });
});
