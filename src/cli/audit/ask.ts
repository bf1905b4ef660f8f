/** Asks a question page by page, so that a long answer is held nowhere in whole. */
import { asTyped } from './options.js';
import { documentOf, type Json, type Question } from './questions.js';

/** Sends an operation to a gateway, signed in as an officer. */
export type Send = (query: string, variables: Json) => Promise<unknown>;

interface Answer {
  readonly data?: { readonly audit?: { readonly answer?: Json | null } | null } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const PAGE = 100;
/** The gateway asks for another attempt when what people said changed meanwhile. */
const TRIES = 3;

/** The rows of every page, in order. Throws with the gateway's own words when it refuses. */
export async function* askPages(
  send: Send,
  question: Question,
  given: { readonly [name: string]: string },
): AsyncGenerator<Json> {
  const types = new Map<string, string>();
  const variables: { [name: string]: unknown } = {};
  for (const [name, [type]] of Object.entries(question.options)) {
    const value = given[name];
    if (value === undefined && type.endsWith('!')) throw new Error(`--${name} is missing`);
    if (value === undefined) continue;
    types.set(name, type);
    variables[name] = asTyped(type, value);
  }
  if (!question.isPaged) {
    yield* question.rows(await answerOf(send, documentOf(question, types), variables));
    return;
  }
  types.set('first', 'Int');
  variables['first'] = PAGE;
  for (;;) {
    const answer = await answerOf(send, documentOf(question, types), variables);
    yield* question.rows(answer);
    const { hasNextPage, endCursor } = answer['pageInfo'] as { hasNextPage: boolean; endCursor: string | null };
    if (!hasNextPage || endCursor === null) return;
    types.set('after', 'String');
    variables['after'] = endCursor;
  }
}

async function answerOf(send: Send, document: string, variables: Json): Promise<Json> {
  for (let attempt = 1; ; attempt += 1) {
    const { data, errors } = (await send(document, variables)) as Answer;
    const [error] = errors ?? [];
    if (error?.extensions?.code === 'FACTS_CHANGED' && attempt < TRIES) continue;
    if (error) throw new Error(error.message);
    const answer = data?.audit?.answer;
    if (!answer) throw new Error('the gateway gave no answer');
    return answer;
  }
}

/** Sends over HTTP with a bearer token. */
export function sendTo(url: string, token: string): Send {
  return async (query, variables) => {
    const asked = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    };
    const response = await fetch(url, asked).catch((error: unknown) => {
      throw new Error(`${url} could not be reached: ${whyOf(error)}`);
    });
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json')) throw new Error(`${url} answered ${response.status}, and not as a gateway does`);
    return response.json();
  };
}

/** `fetch` says no more than that it failed; what it was stands behind. */
function whyOf(error: unknown): string {
  const { cause, message } = error as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  return cause?.code ?? cause?.message ?? message;
}
