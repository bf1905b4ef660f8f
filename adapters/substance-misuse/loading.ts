/** Starts a load in a process of its own, so that neither its work nor its memory is the gateway's. */
import { fork } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOutcome, type LoadRequest, loadExtract } from './load.js';

const HEAP_MIB = 128;
/** A load that takes longer is stuck (a share that hangs). */
const LONGEST_LOAD_MS = 30 * 60_000;

/** A load under way. */
export interface Loading {
  /** Never rejects. */
  readonly outcome: Promise<LoadOutcome>;
  /** Ends it; the snapshot that stands is not touched. */
  stop(): void;
}

/**
 * Begins a load in a process of its own, started from the built file beside this one. Where this runs as TypeScript there
 * is no built file: then it loads in this process, which blocks while rows are sorted.
 */
export function beginLoad(
  request: LoadRequest,
  entry: string = fileURLToPath(new URL('./load-process.js', import.meta.url)),
): Loading {
  if (import.meta.url.endsWith('.ts') && entry.startsWith(dirname(fileURLToPath(import.meta.url))))
    return { outcome: loadExtract(request), stop: () => {} };
  // No environment but where SQLite sorts: beside the snapshot, not in a folder that others read. No output: it could quote.
  const child = fork(entry, [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    env: { SQLITE_TMPDIR: dirname(request.snapshot) },
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), LONGEST_LOAD_MS);
  const outcome = new Promise<LoadOutcome>((resolve) => {
    const fail = () =>
      resolve({ state: 'failed', why: 'the loading process ended', rows: 0, rejected: { extract: 0, index: 0 } });
    child.once('message', (message) => resolve(message as LoadOutcome));
    child.once('error', fail);
    child.once('exit', fail);
  }).finally(() => {
    clearTimeout(deadline);
    removeParts(dirname(request.snapshot), child.pid);
  });
  child.send(request, () => {});
  return { outcome, stop: () => child.kill('SIGKILL') };
}

/** What a process that was ended had begun: it holds treatment data. */
function removeParts(folder: string, pid: number | undefined): void {
  try {
    for (const name of readdirSync(folder))
      if (name.endsWith(`.${pid}.part`)) rmSync(join(folder, name), { force: true });
  } catch {
    // The folder is gone, and they with it.
  }
}
