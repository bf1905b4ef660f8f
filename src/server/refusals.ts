/**
 * Every refusal of the HTTP room, before GraphQL: code, status, message. One table; each body has the shape of a GraphQL
 * error and is the same bytes every time, so it cannot tell one caller more than another. test/graph/errors.test.ts holds it to docs
 * and use.
 */
import type { FastifyReply } from 'fastify';
import { ERRORS } from '../graph/errors.js';

export const HTTP_REFUSALS = {
  UNAUTHENTICATED: { status: 401, message: ERRORS.UNAUTHENTICATED.message },
  BAD_REQUEST: { status: 400, message: ERRORS.BAD_REQUEST.message },
  NOT_FOUND: { status: 404, message: 'There is nothing here.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'Use POST.' },
  REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive.' },
  CONTENT_TOO_LARGE: { status: 413, message: 'The request body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Send application/json in UTF-8, not compressed.' },
  HEADERS_TOO_LARGE: { status: 431, message: 'The request headers are too large.' },
  STOPPING: { status: 503, message: 'This instance is stopping. Ask again.' },
  INTERNAL: { status: 500, message: ERRORS.INTERNAL.message },
} as const;
export type HttpRefusal = keyof typeof HTTP_REFUSALS;

/** What every answer carries, whatever it is: nobody stores it, nobody embeds it, nobody guesses its type. */
export const HEADERS_OF_EVERY_ANSWER: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  vary: 'Authorization',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The headers that no route may change. */
export const FIXED_HEADERS = ['cache-control', 'vary', 'x-content-type-options'] as const;

/** The body of a refusal. */
export function refusalBody(code: HttpRefusal): string {
  return JSON.stringify({ errors: [{ message: HTTP_REFUSALS[code].message, extensions: { code } }] });
}

/** Answers with a refusal; to be returned from a hook or handler. */
export function refuse(reply: FastifyReply, code: HttpRefusal): FastifyReply {
  if (code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  if (code === 'METHOD_NOT_ALLOWED') reply.header('allow', 'POST');
  return reply.code(HTTP_REFUSALS[code].status).type('application/json; charset=utf-8').send(refusalBody(code));
}

/** A whole HTTP/1.1 response, for connections whose request could not even be parsed. */
export function rawRefusal(code: HttpRefusal): string {
  const body = refusalBody(code);
  const headers = {
    ...HEADERS_OF_EVERY_ANSWER,
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${HTTP_REFUSALS[code].status} Refused\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
