/**
 * A witness over HTTP (c2sp.org/tlog-witness, `POST /add-checkpoint`). What it cosigned last is on disk before its answer leaves, and
 * requests are answered one after another, so that no two trees of one size are ever cosigned.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { readSigner, type Verifier, writeVerifier } from './log/signed-note.js';
import { answerAddCheckpoint, type Seen } from './log/witness.js';

export interface WitnessServerParts {
  /** Holds `witness.key` and `seen.json`. */
  readonly folder: string;
  /** A signer key of the cosignature kind, made if there is none in the folder. */
  readonly makeKey: () => string;
  readonly logs: readonly Verifier[];
  /** On this machine; 0 for any. */
  readonly port: number;
  readonly now: () => Date;
}

export interface WitnessServer {
  readonly url: string;
  /** Its public key. */
  readonly key: string;
  stop(): Promise<void>;
}

const LONGEST_REQUEST = 100_000;
type Kept = { readonly [origin: string]: { readonly size: number; readonly root: string } };

/** Starts a witness. Rejects when its files cannot be read: it never begins anew beside what it has forgotten. */
export async function startWitness({ folder, makeKey, logs, port, now }: WitnessServerParts): Promise<WitnessServer> {
  const keyFile = join(folder, 'witness.key');
  const seenFile = join(folder, 'seen.json');
  const keyText = await readIfThere(keyFile);
  if (keyText === undefined) await replace(keyFile, makeKey());
  const signer = readSigner(keyText ?? (await readFile(keyFile, 'utf8')));
  let kept = JSON.parse((await readIfThere(seenFile)) ?? '{}') as Kept;
  const seen = (origin: string): Seen | undefined => {
    const one = Object.hasOwn(kept, origin) ? kept[origin] : undefined;
    return one && { size: one.size, root: Buffer.from(one.root, 'hex') };
  };
  let last: Promise<unknown> = Promise.resolve();

  async function answer(body: string): Promise<{ status: number; body: string }> {
    const answered = answerAddCheckpoint(body, logs, seen, signer, Math.floor(now().getTime() / 1000));
    if (answered.seen) {
      const { origin, size, root } = answered.seen;
      const next = { ...kept, [origin]: { size, root: root.toString('hex') } };
      await replace(seenFile, JSON.stringify(next));
      kept = next;
    }
    return answered;
  }

  const server = createServer((request, response) => {
    const send = (status: number, body = '') => {
      response.writeHead(status, { 'content-type': status === 409 ? 'text/x.tlog.size' : 'text/plain; charset=utf-8' });
      response.end(body);
    };
    if (request.method !== 'POST' || request.url !== '/add-checkpoint') return send(404);
    void readBody(request).then(
      (body) => {
        if (body === undefined) return send(400);
        const next = last.then(() => answer(body));
        last = next.catch(() => undefined);
        return next.then(
          (answered) => send(answered.status, answered.body),
          () => send(500),
        );
      },
      () => send(400),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: writeVerifier(signer),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await last;
    },
  };
}

/** Undefined for a body that is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > LONGEST_REQUEST) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Durable when it resolves, and never half of it. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
