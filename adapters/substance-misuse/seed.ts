/** A world folder's extract and client index as what they would be: two files in a folder of their own. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgencyId, SourceId } from '../../src/domain/words.js';
import { EXTRACT_FILE, INDEX_FILE } from './client.js';
import type { SubstanceMisuseOptions } from './index.js';

export interface Identity {
  readonly id: SourceId;
  readonly holder: AgencyId;
  readonly space?: SourceId;
}

/** The files are put there whole before anybody watches. */
const SETTLE_MS = 20;

/** Copies the two files to a temporary folder, which `stop` removes. Throws if one is missing. */
export async function simulateSubstanceMisuse(
  folder: string,
  identity: Identity,
): Promise<{ options: SubstanceMisuseOptions; stop(): Promise<void> }> {
  const copy = await mkdtemp(join(tmpdir(), 'threshold-ndtms-'));
  const stop = () => rm(copy, { recursive: true, force: true });
  try {
    for (const file of [EXTRACT_FILE, INDEX_FILE]) await copyFile(join(folder, file), join(copy, file));
  } catch (error) {
    await stop();
    throw error;
  }
  return { options: { ...identity, folder: copy, settleMs: SETTLE_MS }, stop };
}
