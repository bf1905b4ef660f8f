/** The login page of the demo's identity provider: a worker id, and no password. Everybody in it is invented. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Role } from '../domain/words.js';

/** A worker of the demo world who may sign in. */
export interface DemoWorker {
  readonly id: string;
  readonly name: string;
  readonly agency: string;
  readonly roles: readonly Role[];
}

const MOST_BYTES = 1_024;

/** Serves `/interaction/…`: GET shows the form, POST takes the worker id and goes on to the client. */
export function demoLogin(provider: Provider, workers: ReadonlyMap<string, DemoWorker>) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await provider.interactionDetails(request, response);
      if (request.method !== 'POST') return show(response, 200, form(workers, ''));
      const worker = workers.get(await readWorker(request));
      if (!worker) return show(response, 400, form(workers, 'There is no such worker in this world.'));
      // A client on this machine is asked about each time: choosing the worker is the answer to that too.
      const result = { login: { accountId: worker.id }, consent: {} };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } catch {
      show(response, 400, '<p>This sign-in has ended. Start again.</p>');
    }
  };
}

async function readWorker(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MOST_BYTES) throw new RangeError('the form is too large');
  }
  return new URLSearchParams(body).get('worker')?.trim() ?? '';
}

function form(workers: ReadonlyMap<string, DemoWorker>, notice: string): string {
  const options = [...workers.values()].map(
    ({ id, name, agency, roles }) =>
      `<option value="${escaped(id)}">${escaped(name)}, ${escaped(agency)}: ${escaped(roles.join(', '))}</option>`,
  );
  return `<h1>Threshold demo</h1>
<p>Invented people only. Sign in as any worker of this world; there is no password.</p>
<p role="alert">${escaped(notice)}</p>
<form method="post"><label>Worker id <input name="worker" list="workers" required autofocus></label>
<datalist id="workers">${options.join('')}</datalist> <button>Sign in</button></form>`;
}

function show(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Threshold demo: sign in</title>${content}</html>`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
