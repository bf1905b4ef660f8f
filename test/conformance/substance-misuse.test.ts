import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSubstanceMisuse } from '../../adapters/substance-misuse/index.js';
import { simulateSubstanceMisuse } from '../../adapters/substance-misuse/seed.js';
import { describeSource } from './source-conformance.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/substance-misuse/fixtures', import.meta.url));

describeSource('substance-misuse', async () => {
  const simulated = await simulateSubstanceMisuse(FIXTURES, { id: 'substance-misuse', holder: 'provider' });
  const extract = join(simulated.options.folder, 'extract.csv');
  // One bad row of five is more than the share that is allowed by default.
  const source = createSubstanceMisuse({ ...simulated.options, mostRejected: 0.5 });
  const ask = { wants: [{ type: 'SubstanceMisuseRecord' as const, persons: ['SM-0001'] }] };
  /** A folder is looked at when something in it changes, and a file is taken once it stands still: seen in the answers, or never. */
  async function noticed() {
    const answer = () =>
      source.read(ask, { signal: AbortSignal.timeout(5000) }).then(
        ({ rejected }) => `${rejected}`,
        (error: Error) => error.message,
      );
    const before = await answer();
    for (let tries = 0; tries < 150 && (await answer()) === before; tries += 1) await wait(10);
  }
  return {
    source,
    stop: simulated.stop,
    transport: { kind: 'csv', files: [extract, join(simulated.options.folder, 'client-index.csv')], noticed },
    known: {
      persons: ['SM-0001', 'SM-0002', 'SM-0003'],
      workers: ['sm-kw-1', 'sm-kw-2'],
      teams: ['sm-team-1', 'sm-team-2'],
      find: { ask: { forename: 'Dapple', surname: 'Fixture-Ash', dateOfBirth: '1990-06-01' }, person: 'SM-0001' },
    },
    async corrupt() {
      const bad = (await readFile(extract, 'utf8')).replace('"2026-06-30"', '"2026-06-31"');
      await writeFile(`${extract}.tmp`, bad);
      await rename(`${extract}.tmp`, extract);
      // The old extract answers until the new one is loaded.
      while ((await source.read(ask, { signal: AbortSignal.timeout(5000) })).rejected === 0) await wait(10);
      return 1;
    },
    kill: () => rm(simulated.options.folder, { recursive: true }),
  };
});
