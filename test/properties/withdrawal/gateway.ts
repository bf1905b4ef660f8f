/**
 * One instance of the gateway as it runs in service, in a process of its own: over the store and the source systems that it is
 * told, shared with other instances. Who signs in is whom the token names: signing in is not what is raced here.
 */
import { pino } from 'pino';
import { createSocialCare } from '../../../adapters/social-care/index.js';
import { createSubstanceMisuse, type SubstanceMisuseOptions } from '../../../adapters/substance-misuse/index.js';
import { newSigner, writeSigner } from '../../../src/audit/log/signed-note.js';
import { readLogKeys } from '../../../src/audit/log-keys.js';
import { wire } from '../../../src/compose.js';
import { openDirectory } from '../../../src/people/directory.js';
import { loadRules } from '../../../src/rules.js';
import { SignInRefused } from '../../../src/server/sign-in.js';
import type { SqlSourceOptions } from '../../../src/sources/sql.js';
import { openStore, type Store, type StoreConfig } from '../../../src/store/store.js';

/** What an instance is told by the process that started it. */
export interface Told {
  readonly store: StoreConfig;
  readonly socialCare: Omit<SqlSourceOptions, 'now'>;
  readonly substanceMisuse: SubstanceMisuseOptions;
  /** How far this instance's clock is off, ms. */
  readonly clockOffMs: number;
}

/** What it says when it stops. */
export interface Counted {
  /** How often an operation was opened: once for each that was asked for, and once more each time one was decided again. */
  readonly opened: number;
  /** What the store failed with, in the driver's words, and how often: the answers only say that something failed. */
  readonly storeFailures: { readonly [message: string]: number };
}

async function run({ store: where, socialCare, substanceMisuse, clockOffMs }: Told): Promise<void> {
  let opened = 0;
  const store = await openStore(where);
  const now = () => new Date(Date.now() + clockOffMs);
  const directory = openDirectory(store);
  const storeFailures: Record<string, number> = {};
  const told =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      call(...args).catch((error: unknown) => {
        const said = error instanceof Error && error.name !== 'FactsChanged' ? error.message : undefined;
        if (said !== undefined) storeFailures[said] = (storeFailures[said] ?? 0) + 1;
        throw error;
      });
  const counting: Store = {
    ...store,
    read: told(store.read) as Store['read'],
    transaction: told(store.transaction) as Store['transaction'],
    readAll(statements) {
      // Where a requester stands is read once each time an operation is opened.
      if (statements[0]?.[0].includes('FROM worker w JOIN agency')) opened += 1;
      return told(store.readAll)(statements) as never;
    },
  };
  const wired = await wire({
    store: counting,
    sources: [
      createSocialCare({ ...socialCare, now: () => now().toISOString() }),
      createSubstanceMisuse(substanceMisuse),
    ],
    async signIn(header) {
      const worker = await directory.worker(header?.replace(/^Bearer /, '') ?? '');
      if (!worker) throw new SignInRefused();
      return { worker: worker.id, name: worker.name, agency: worker.agency, roles: worker.roles };
    },
    now,
    // The same for every instance, as in service.
    logKeys: readLogKeys(writeSigner(newSigner('race.example/log', Buffer.alloc(32, 7)))),
    log: pino({ level: 'error' }, pino.destination(2)),
    host: '127.0.0.1',
    port: 0,
    introspection: false,
    cursorKey: 'race',
    sourceDeadlineMs: 20_000,
    // How fast statements follow one another is what is raced.
    pause: async () => {},
    rules: loadRules({ protocols: ['walsall-family-safeguarding'] }),
  });
  process.send?.({ url: wired.url });
  process.once('message', async () => {
    await wired.stop();
    process.send?.({ opened, storeFailures } satisfies Counted, () => process.disconnect());
  });
}

process.once('message', (told) => {
  run(told as Told).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : 'failed'}\n`);
    process.exitCode = 1;
    process.disconnect();
  });
});
