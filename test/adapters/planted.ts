/** A simulator with a fault in it: what is asked or answered is changed on its way. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** JSON of which a test knows the shape. */
// biome-ignore lint/suspicious/noExplicitAny: faults are planted anywhere in it
export type Json = any;

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The JSON of the body, if it is some. */
  readonly body: Json;
}
export interface Said {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Json;
  /** Sent instead of the JSON of `body`. */
  readonly bytes?: Buffer;
}
/** `pass` asks the simulator itself, with changes. */
export type Plant = (heard: Heard, pass: (changes?: Partial<Heard>) => Promise<Said>) => Promise<Said> | Said;

export function planted(handler: RequestListener, plant: Plant): RequestListener {
  return async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const heard: Heard = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
      body: jsonOf(text),
    };
    const pass = (changes: Partial<Heard> = {}) =>
      new Promise<Said>((resolve) => {
        const { method, path, headers, body } = { ...heard, ...changes };
        const bytes = changes.body === undefined ? text : JSON.stringify(body);
        const replay = Object.assign(Readable.from(bytes === '' ? [] : [Buffer.from(bytes)]), {
          method,
          url: path,
          headers,
        });
        const said = { status: 0, headers: {} as Record<string, string> };
        const record = {
          writeHead(status: number, given: Record<string, string>) {
            Object.assign(said, { status, headers: given });
            return record;
          },
          end: (sent?: string) => resolve({ ...said, body: jsonOf(sent ?? '') }),
        };
        handler(replay as unknown as IncomingMessage, record as unknown as ServerResponse);
      });
    const { status, headers, body, bytes } = await plant(heard, pass);
    response.writeHead(status, headers).end(bytes ?? (body === undefined ? undefined : JSON.stringify(body)));
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
