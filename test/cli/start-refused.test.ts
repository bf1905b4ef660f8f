/** A start that is refused says why and ends: a supervisor that waits for the exit must see it, and nothing stays open. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONTRACT } from '../../adapters/early-help/wire.js';
import { newLogKey } from '../../src/audit/log-keys.js';
import { loadSqlite } from '../../src/sources/sqlite-files.js';
import { failing } from './in-process.js';

/** A start takes a few seconds; a process that is still there after this does not end. */
const ENDS_WITHIN_MS = 60_000;

let folder: string;
let taken: Server;
let port: string;
let invalid: string;
let service: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threshold-refused-'));
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  port = String((taken.address() as AddressInfo).port);
  invalid = join(folder, 'invalid');
  await mkdir(invalid);
  await writeFile(join(invalid, 'own.cedar'), 'permit (principal');
  const database = join(folder, 'eh.sqlite');
  const { file, stop } = await loadSqlite('test/worlds/walsall-road/sources/early-help', 'eh', CONTRACT, []);
  await copyFile(file, database);
  await stop();
  const sources = join(folder, 'sources.yaml');
  await writeFile(
    sources,
    `- {id: early-help, adapter: early-help, holder: eh, database: {type: better-sqlite3, database: ${database}}}\n`,
  );
  service = {
    THRESHOLD_SOURCES: sources,
    THRESHOLD_ISSUERS: JSON.stringify([
      { issuer: 'https://id.example', agencies: ['eh'], audience: 'threshold', jwks_uri: 'https://id.example/jwks' },
    ]),
    THRESHOLD_CURSOR_KEY: 'x'.repeat(40),
    THRESHOLD_LOG_KEY: newLogKey('threshold.council.example/audit', new Uint8Array(32).fill(7)),
    THRESHOLD_PROTOCOLS: 'none',
  };
});
afterAll(async () => {
  taken.close();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs node to its end; `code` is null when it had to be killed. */
function ended(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], THRESHOLD_STORE: ':memory:', PORT: '0', LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const cutOff = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearTimeout(cutOff);
      resolve({ code, stderr });
    }),
  );
}

const PORT = () => ({ PORT: port });
const TAKEN = /^cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): something else listens there.*name another port/;

type Case = readonly [string, () => Record<string, string>, RegExp];

describe('a start that is refused says why and ends with code 1', () => {
  // The rest of them below, where nobody ends the process.
  it.each<Case>([
    ['a port that is taken', PORT, TAKEN],
    ['a policy that is not Cedar', () => ({ THRESHOLD_POLICIES: invalid }), /own\.cedar/],
    [
      'a store that is a folder',
      () => ({ THRESHOLD_STORE: folder }),
      /THRESHOLD_STORE: \S+ cannot be opened as a SQLite file \(it is a folder\); name a file/,
    ],
  ])('in the demo: %s', async (_, env, why) => {
    const { code, stderr } = await ended(['dist/src/main.js'], env());
    expect(stderr).toMatch(why);
    expect(code).toBe(1);
  });

  it.each<Case>([
    [
      'sources that are not there',
      () => ({ THRESHOLD_SOURCES: '/nonexistent' }),
      /THRESHOLD_SOURCES: \/nonexistent cannot/,
    ],
  ])('in service: %s', async (_, env, why) => {
    const { code, stderr } = await ended(['dist/src/main.js'], { ...service, ...env() });
    expect(stderr).toMatch(why);
    expect(code).toBe(1);
  });
});

describe('what is named and is not there is named in words, with what to do', () => {
  it.each<[string, readonly string[], Record<string, string>, RegExp]>([
    [
      'a world to serve',
      ['serve', '--world', '/nonexistent'],
      {},
      /\/nonexistent is no world folder.*--world.*THRESHOLD_WORLD.*threshold world generate/,
    ],
    ['a world to check', ['world', 'check', '/nonexistent'], {}, /\/nonexistent is no folder/],
    [
      'policies to check',
      ['policies', 'check'],
      { THRESHOLD_POLICIES: '/nonexistent' },
      /policies \/nonexistent cannot/,
    ],
    [
      'a world whose workers are asked for',
      ['workers', '--world', '/nonexistent'],
      {},
      /\/nonexistent is no world folder/,
    ],
    [
      'a store in a file that is no database',
      ['log', 'keys'],
      { THRESHOLD_STORE: 'package.json' },
      /THRESHOLD_STORE: \S+package\.json cannot be opened as a SQLite file/,
    ],
    [
      'a store under a file',
      ['log', 'keys'],
      { THRESHOLD_STORE: 'package.json/x' },
      /THRESHOLD_STORE: \S+x cannot be opened as a SQLite file/,
    ],
  ])('%s', async (_, args, env, why) => {
    const { said } = await failing(args, env);
    expect(said).toMatch(why);
    expect(said).not.toContain('ENOENT');
  });
});

describe('what was opened before a step that throws is stopped: the process ends by itself', () => {
  const start = (composed: string, from: string, more = '') => `
    import { readConfig } from './dist/src/config.js';
    import { ${composed} } from './dist/src/${from}.js';
    await ${composed}(readConfig(process.env)${more}).catch((error) => console.error(error.message));`;
  const DEMO = start('composeDemo', 'compose-demo');
  const PLACED = start('composeDemo', 'compose-demo', ", () => { throw new Error('no place'); }");
  const SERVICE = start('composeService', 'compose-service');

  it.each<[string, string, () => Record<string, string>, RegExp]>([
    ['in the demo: a port that is taken', DEMO, PORT, /EADDRINUSE/],
    ['in the demo: a source that cannot be placed', PLACED, () => ({}), /no place/],
    ['in service: a port that is taken', SERVICE, () => ({ ...service, ...PORT() }), /EADDRINUSE/],
  ])('%s', async (_, script, env, why) => {
    const { code, stderr } = await ended(['--input-type=module', '-e', script], env());
    expect(stderr).toMatch(why);
    expect(code).toBe(0);
  });
});
