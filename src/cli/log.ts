/** `threshold log`, `threshold verify` and `threshold witness`: the log as files, checked and witnessed without the gateway. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { openAudit } from '../audit/audit.js';
import { checkConsistency } from '../audit/check-consistency.js';
import { checkReceipt } from '../audit/check-receipt.js';
import { eraseEntries } from '../audit/erase.js';
import { exportLog } from '../audit/export.js';
import { newIds } from '../audit/ids.js';
import { openIndexer } from '../audit/index/indexer.js';
import { beginReindex } from '../audit/index/reindex.js';
import {
  newSigner,
  readSigner,
  readVerifier,
  SIGNATURE_TYPES,
  writeSigner,
  writeVerifier,
} from '../audit/log/signed-note.js';
import { type LogKeys, newLogKey } from '../audit/log-keys.js';
import { eraseOlder, monthsBefore } from '../audit/retention.js';
import { LogFault } from '../audit/verify/fault.js';
import { trustedKey } from '../audit/verify/notes.js';
import { verifyLog } from '../audit/verify/verify-log.js';
import { startWitness } from '../audit/witness-server.js';
import type { Store } from '../store/store.js';
import { wholeNumber } from './whole-number.js';

/** What the commands of the log need of the gateway's configuration; asked for only by those that read the store. */
export interface LogParts {
  open(world: string | undefined): Promise<{
    readonly store: Store;
    readonly keys: LogKeys;
    readonly witnesses: readonly { readonly key: ReturnType<typeof readVerifier> }[];
  }>;
}

interface VerifyArguments {
  readonly key: string[];
  readonly witness: string[];
  readonly quorum?: number;
  readonly seen: string[];
  readonly progress?: string;
}

/** Adds the commands. */
export function addLogCommands(program: Command, parts: LogParts): void {
  const log = program.command('log').description('the transparency log of every release');
  log
    .command('key')
    .description('make a key that signs the log, and the public key that verifies it')
    .requiredOption('--name <origin>', 'the name of the log, such as threshold.council.example/audit')
    .action(({ name }: { name: string }) => {
      const key = newLogKey(name, randomBytes(32));
      console.log(key);
      console.log(writeVerifier(readSigner(key)));
    });
  log
    .command('keys')
    .description('the public keys of the log, for whoever checks it')
    .option('--world <dir>', 'the log of a world folder')
    .action(async ({ world }: { world?: string }) => {
      const { store, keys } = await parts.open(world);
      await store.close();
      for (const key of keys.verifiers) console.log(writeVerifier(key));
    });
  log
    .command('export')
    .description('write checkpoints, tiles, leaves and side rows into a folder; the side rows name people')
    .requiredOption('--out <dir>', 'the folder')
    .option('--by <worker>', 'who exports, as the log shall name them; whoever runs the command, unless told')
    .option('--world <dir>', 'the log of a world folder')
    .action(async ({ out, by, world }: { out: string; by?: string; world?: string }) => {
      const { store, keys, witnesses } = await parts.open(world);
      try {
        await noteExport(store, by ?? userInfo().username);
        const exported = { ...keys, witnesses: witnesses.map(({ key }) => key) };
        const entries = await exportLog(store, exported, out, (done) => process.stderr.write(`\r${done} entries`));
        process.stderr.write('\n');
        console.log(`${entries} entries in ${out}; check them with: threshold verify ${out} --key KEY`);
      } finally {
        await store.close();
      }
    });
  log
    .command('reindex')
    .description('make what the log is asked by anew from its entries; the gateway may go on running')
    .option('--world <dir>', 'the log of a world folder')
    .action(async ({ world }: { world?: string }) => {
      const { store } = await parts.open(world);
      const kept = await beginReindex(store);
      const entries = await openIndexer(store).index((done) => process.stderr.write(`\r${done} entries`));
      await store.close();
      process.stderr.write('\n');
      console.log(`${entries} entries indexed anew; ${kept} marks that a watch had added are kept`);
    });
  log
    .command('erase')
    .description('erase what entries say of people, under an entry that names them; the tree and every proof stay')
    .option(
      '--older-than <months>',
      'the retention rule: entries older than so many calendar months',
      wholeNumber({ least: 1 }),
    )
    .option('--entry <id...>', 'an erasure order: these entries', [])
    .requiredOption('--by <worker>', 'who erases, as the log shall name them')
    .option('--world <dir>', 'the log of a world folder')
    .action(async (options: EraseArguments) => {
      const { store } = await parts.open(options.world);
      try {
        console.log(`${await erase(store, options)} entries erased; they are out of the files from the next export on`);
      } finally {
        await store.close();
      }
    });
  addVerify(program);
  addVerifyConsistency(program);
  addWitness(program);
}

/** Who was given what about whom, of everybody: taking that away is an entry, durable before the first file is written. */
async function noteExport(store: Store, by: string): Promise<void> {
  const now = new Date();
  const id = newIds({ now: () => now, random: (bytes) => randomBytes(bytes) })();
  const statements = [{ did: 'LOG_EXPORTED', ids: [], subjects: [], policies: [] }];
  await openAudit(store).append({ ...commandBy(by, 'LogExport', now), id, statements });
}

/** What the entry of an operator's command says, beside its id and what was done. */
function commandBy(by: string, name: string, now: Date) {
  return {
    v: 1,
    at: now.toISOString(),
    operation: { name, sha256: '', type: 'command' },
    requester: { worker: by, agency: '', role: 'OPERATOR' },
    purpose: null,
    result: 'ANSWERED',
    policyVersion: '',
    decisions: [],
    outcomes: [],
  } as const;
}

interface EraseArguments {
  readonly olderThan?: number;
  readonly entry: string[];
  readonly by: string;
  readonly world?: string;
}

async function erase(store: Store, { olderThan, entry, by }: EraseArguments): Promise<number> {
  if ((olderThan === undefined) === (entry.length === 0)) throw new Error('name either --older-than or --entry');
  const now = new Date();
  const newId = newIds({ now: () => now, random: (bytes) => randomBytes(bytes) });
  const draft = commandBy(by, olderThan === undefined ? 'ErasureOrder' : 'Retention', now);
  const audit = openAudit(store);
  if (olderThan === undefined) {
    await eraseEntries(store, audit, entry, { ...draft, id: newId() });
    return new Set(entry).size;
  }
  const onProgress = (done: number) => void process.stderr.write(`\r${done} entries`);
  return eraseOlder(store, audit, { before: monthsBefore(now, olderThan), by: draft, newId, onProgress });
}

function addVerify(program: Command): void {
  program
    .command('verify <dir>')
    .description(
      'check an exported log from its files and the public keys of the log; exit code 1 at the first thing wrong',
    )
    .option('--key <key...>', 'public keys of the log, in the order of their periods (threshold log keys)', [])
    .option('--witness <key...>', 'public keys of witnesses', [])
    .option('--quorum <n>', 'how many of them must have cosigned (all, unless told)', wholeNumber())
    .option('--seen <file...>', 'checkpoints of this log that you kept: it must contain them', [])
    .option('--progress <file>', 'keep how far it has come, and go on from there')
    .action(async (dir: string, { key, witness, quorum, seen, progress }: VerifyArguments) => {
      if (key.length === 0) throw new Error('--key: without the public key of the log, nothing can be verified');
      const started = Date.now();
      try {
        const result = await verifyLog(dir, {
          log: key.map(trustedKey),
          witnesses: witness.map(trustedKey),
          quorum: quorum ?? witness.length,
          seen: await Promise.all(seen.map((file) => readFile(file, 'utf8'))),
          ...(progress === undefined ? {} : { progressFile: progress }),
          onProgress: (done, of) => process.stderr.write(`\r${done} of ${of} entries`),
        });
        process.stderr.write('\n');
        const seconds = (Date.now() - started) / 1000;
        console.log(
          `nothing wrong: ${result.entries} entries of ${result.origin}, ${result.decisions} decisions decided again, ${result.erased} erased, ${result.checkpoints} checkpoints, cosigned by ${result.cosigners.join(', ') || 'nobody'}; ${seconds.toFixed(1)} s`,
        );
      } catch (error) {
        if (!(error instanceof LogFault)) throw error;
        process.stderr.write('\n');
        console.log(`${error.code}: ${error.message}`);
        process.exitCode = 1;
      }
    });
  program
    .command('verify-receipt <hash> <proof>')
    .description('check a receipt (its hash) with its proof (a file, from auditProof) offline')
    .requiredOption('--key <key...>', 'public keys of the log')
    .option('--witness <key...>', 'public keys of witnesses, all of which must have cosigned', [])
    .action(async (hash: string, proof: string, { key, witness }: { key: string[]; witness: string[] }) => {
      const keys = key.map(readVerifier);
      const text = await readFile(proof, 'utf8');
      const { index, size, at } = checkReceipt(hash, text, keys, witness.map(readVerifier), witness.length);
      console.log(`entry ${index} of a log of ${size}, written ${at}`);
    });
}

function addVerifyConsistency(program: Command): void {
  program
    .command('verify-consistency <file>')
    .description(
      'check offline, from one file, that nothing was removed between two checkpoints; exit code 1 when something is wrong',
    )
    .requiredOption('--key <key...>', 'public keys of the log')
    .option('--witness <key...>', 'public keys of witnesses', [])
    .option('--quorum <n>', 'how many of them must have cosigned the later one (all, unless told)', wholeNumber())
    .action(async (file: string, { key, witness, quorum }: { key: string[]; witness: string[]; quorum?: number }) => {
      const text = await readFile(file, 'utf8');
      const { origin, oldSize, size, witnesses } = checkConsistency(
        text,
        key.map(readVerifier),
        witness.map(readVerifier),
        quorum ?? witness.length,
      );
      console.log(
        `nothing removed: the first ${oldSize} of ${size} entries of ${origin} are those that stood there before; cosigned by ${witnesses.join(', ') || 'nobody'}`,
      );
    });
}

function addWitness(program: Command): void {
  program
    .command('witness')
    .description(
      'cosign checkpoints of logs that only ever grow (c2sp.org/tlog-witness); its key is made when its file is not there',
    )
    .requiredOption('--name <name>', 'the name of the witness, such as witness.trust.example')
    .requiredOption('--log <key...>', 'public keys of the logs it witnesses')
    .requiredOption('--folder <dir>', 'where it keeps its key and the last checkpoint of each log')
    .option('--port <n>', 'port on this machine', wholeNumber({ most: 65_535 }), 4100)
    .action(async ({ name, log, folder, port }: { name: string; log: string[]; folder: string; port: number }) => {
      const makeKey = () => writeSigner(newSigner(name, randomBytes(32), SIGNATURE_TYPES.cosignature));
      const witness = await startWitness({ folder, makeKey, logs: log.map(readVerifier), port, now: () => new Date() });
      console.log(`${witness.key}\nlistens on ${witness.url}`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => void witness.stop().then(() => process.exit(0)));
    });
}
