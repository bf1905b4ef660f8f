/** A store goes on with the registers it was filled with, and with those of no other world. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openDemoStore } from '../../src/compose-demo.js';
import { type DemoConfig, readConfig } from '../../src/config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threshold-same-'));
  for (const name of ['one', 'other']) cpSync('test/worlds/walsall-road', join(folder, name), { recursive: true });
  appendFileSync(join(folder, 'other/links.csv'), 'P-9999,social-care,9999\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = async (world: string) => {
  const store = join(folder, 'store.sqlite');
  const config = readConfig({ THRESHOLD_WORLD: join(folder, world), THRESHOLD_STORE: store }) as DemoConfig;
  await (await openDemoStore(config)).store.close();
};
const REFUSED = /store\.sqlite was filled from other registers than \S+ has.*THRESHOLD_STORE/;

it('is opened again for the world it was filled from, whatever its sources have by now', async () => {
  await open('one');
  appendFileSync(join(folder, 'one/sources/social-care/ssd_address.csv'), '');
  rmSync(join(folder, 'one/sources/early-help'), { recursive: true });
  await open('one');
});

it('is refused to another world, and to one whose registers have changed since', async () => {
  await open('one');
  await expect(open('other')).rejects.toThrow(REFUSED);
  appendFileSync(join(folder, 'one/links.csv'), 'P-9999,social-care,9999\n');
  await expect(open('one')).rejects.toThrow(REFUSED);
});

it('that was filled before this was asked is taken as it stands', async () => {
  await open('one');
  rmSync(join(folder, 'store.sqlite.world'));
  await open('one');
  await expect(open('other')).rejects.toThrow(REFUSED);
});
