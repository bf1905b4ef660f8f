/** Opens the store that the configuration names. */
import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError, type StoreConfig } from './config.js';
import { openStore, type Store } from './store/store.js';

/**
 * Opens it, making the folder of a file that is not there yet. Throws ConfigError naming the variable, the path and what to do where
 * a file cannot be opened. A server's own error is passed on: its address may hold a password.
 */
export async function openStoreAt(where: StoreConfig): Promise<Store> {
  if (where.kind !== 'sqlite') return openStore(where);
  const { path } = where;
  try {
    if (!isOfProcess(path)) mkdirSync(dirname(path), { recursive: true });
    return await openStore({ kind: 'sqlite', file: path });
  } catch (error) {
    if (isOfProcess(path)) throw error;
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const reason = isFolder ? 'it is a folder' : error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `THRESHOLD_STORE: ${path} cannot be opened as a SQLite file (${reason}); name a file that may be written, or one that is not there yet`,
      { cause: error },
    );
  }
}

/** A store that ends with the process, of which there is no path. */
function isOfProcess(path: string): boolean {
  return path === ':memory:';
}
