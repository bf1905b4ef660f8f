/** The loading process as the gateway starts it: the built file, which `npm test` builds before the tests run. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lookAt } from '../../adapters/substance-misuse/client.js';
import type { LoadRequest } from '../../adapters/substance-misuse/load.js';
import { beginLoad } from '../../adapters/substance-misuse/loading.js';
import { openSnapshot } from '../../adapters/substance-misuse/snapshot.js';
import { packagePath } from '../../src/package-path.js';

const ENTRY = packagePath('dist', 'adapters', 'substance-misuse', 'load-process.js');
const INDEX = 'CLIENTID,FORENAME,SURNAME,DOB,SEX,HOUSE,POSTCODE,KEYWORKER_ID,KEYWORKER_NAME,TEAM_ID,FROM,UNTIL\n';
const whenBuilt = existsSync(ENTRY) ? describe : describe.skip;

whenBuilt('the loading process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ndtms-process-'));
    await writeFile(join(folder, 'client-index.csv'), INDEX);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const put = (rows: number) =>
    writeFile(
      join(folder, 'extract.csv'),
      `AGNCY,CLIENTID,EPISODID,CONSENT,REFLD\n${Array.from({ length: rows }, (_, i) => `ZZ1,C${i},E${i},Y,2026-01-05\n`).join('')}`,
    );
  const request = async (): Promise<LoadRequest> => {
    const { extract, index } = await lookAt(folder);
    if (!extract || !index) throw new Error('not there');
    const snapshot = join(folder, 'sm.snapshot.sqlite');
    return { source: 'sm', folder, extract, index, snapshot, mostRejected: 0.1, leastRows: 0.5, lastRows: 0 };
  };

  it('loads a snapshot that this process can read, and ends', async () => {
    await put(500);
    const asked = await request();
    expect(await beginLoad(asked, ENTRY).outcome).toEqual({
      state: 'loaded',
      rows: 500,
      rejected: { extract: 0, index: 0 },
    });
    const snapshot = openSnapshot(asked.snapshot, 'sm');
    expect(snapshot?.records(new Set(['SubstanceMisuseRecord']), ['C499'])).toHaveLength(1);
    snapshot?.close();
  });

  it('tells why it refused', async () => {
    await writeFile(join(folder, 'extract.csv'), 'no,extract\n');
    expect(await beginLoad(await request(), ENTRY).outcome).toMatchObject({
      state: 'refused',
      why: 'extract.csv is refused whole: it lacks the columns AGNCY, CLIENTID, EPISODID, CONSENT',
    });
  });

  it('leaves what stands as it was when it is ended in the middle, and what it began is not taken', async () => {
    await put(10);
    const asked = await request();
    await beginLoad(asked, ENTRY).outcome;
    await put(400_000);
    const loading = beginLoad({ ...(await request()), lastRows: 0 }, ENTRY);
    for (;;) if ((await readdir(folder)).some((name) => name.includes('.sqlite.'))) break;
    loading.stop();
    expect(await loading.outcome).toMatchObject({ state: 'failed', why: 'the loading process ended' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    const snapshot = openSnapshot(asked.snapshot, 'sm');
    expect(snapshot?.rows).toBe(10);
    snapshot?.close();
  });

  it('tells of a failure that is not the file’s, by its code alone', async () => {
    await put(1);
    const asked = { ...(await request()), snapshot: join(folder, 'no-such-folder', 'sm.snapshot.sqlite') };
    expect(await beginLoad(asked, ENTRY).outcome).toMatchObject({ state: 'failed', why: 'the load failed (ENOENT)' });
  });
});
