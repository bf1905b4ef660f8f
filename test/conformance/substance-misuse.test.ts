import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSubstanceMisuse } from '../../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../../adapters/substance-misuse/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/substance-misuse/fixtures', import.meta.url));

describeSource('substance-misuse', async () => {
  const simulated = await simulateSubstanceMisuse(FIXTURES, { id: 'substance-misuse', holder: 'provider' });
  const extract = join(simulated.options.folder, 'extract.csv');
  return {
    source: createSubstanceMisuse(simulated.options),
    stop: simulated.stop,
    transport: { kind: 'csv', files: [extract, join(simulated.options.folder, 'client-index.csv')] },
    known: {
      persons: ['SM-0001', 'SM-0002', 'SM-0003'],
      workers: ['sm-kw-1', 'sm-kw-2'],
      teams: ['sm-team-1', 'sm-team-2'],
      find: { ask: { forename: 'Dapple', surname: 'Fixture-Ash', dateOfBirth: '1990-06-01' }, person: 'SM-0001' },
    },
    async corrupt() {
      await writeFile(extract, (await readFile(extract, 'utf8')).replace('"2026-06-30"', '"2026-06-31"'));
      return 1;
    },
    kill: () => rm(extract),
  };
});
