/**
 * The one logger. Every field is on an allow-list and has the shape its name promises; whatever else is handed over is
 * dropped and counted (`dropped`). Variables, documents, tokens, addresses of callers and messages of errors have no field,
 * so they cannot be written. An error is logged as its class, its code and the place in our own source it came from.
 */
import { types } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const text = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const count = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const CLASS = /^[A-Za-z_$][\w$]{0,63}$/;
/** Ids from the configuration: agencies, sources, adapters, policies. Never of persons or workers. */
const CONFIGURED = /^[a-z][a-z0-9.-]{0,63}$/;

/** What may be logged, and what a value must look like. Adding a field here is a decision about privacy. */
export const LOG_FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  requestId: text(/^[A-Za-z0-9-]{1,64}$/),
  route: text(/^(?:\/[a-z/-]{1,40}|none)$/),
  method: text(/^[A-Z]{1,10}$/),
  status: count,
  ms: count,
  count,
  entry: count,
  code: text(CODE),
  reason: text(CODE),
  /** The reference of an alert: a random id, that tells nothing to whoever may not open it. */
  alert: text(/^[0-9A-Z]{26}$/),
  state: text(CODE),
  signal: text(CODE),
  error: text(CLASS),
  source: text(CONFIGURED),
  adapter: text(CONFIGURED),
  holder: text(CONFIGURED),
  instance: text(/^[A-Za-z0-9-]{1,64}$/),
  version: text(/^[0-9A-Za-z.+-]{1,64}$/),
  listening: text(/^http:\/\/[\w.:[\]-]{1,80}$/),
  policyIds: (value) => Array.isArray(value) && value.every(text(CONFIGURED)),
  /** Of a matching of persons: how many were read, and groups joined, held back and asked about. */
  persons: count,
  joined: count,
  heldBack: count,
  asked: count,
  unread: (value) => Array.isArray(value) && value.every(text(CONFIGURED)),
  packs: (value) => Array.isArray(value) && value.every(text(CONFIGURED)),
  /** A value that protocol packs fix, by its name in the closed lists. */
  place: text(/^(?:escalation|(?:switches|timescales|handover)\.[A-Za-z_]{1,40})$/),
  err: isError,
};

export interface LogOptions {
  readonly level: LogLevel;
  readonly now: () => Date;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** A pino logger that writes allow-listed fields only, as JSON lines. Hand over fields first, then a plain sentence. */
export function createLog({ level, now, destination }: LogOptions): Logger {
  const log: Logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: allowed },
      serializers: { err: describeError },
      hooks: {
        // pino would take an error's message for a missing sentence, and fill `%s` from arguments: neither happens here.
        logMethod(args: unknown[], method) {
          const [first, second] = args;
          const fields = isError(first) ? { err: first } : first;
          const sentence = plain(typeof first === 'string' ? first : second);
          method.call(this, typeof fields === 'object' && fields !== null ? fields : {}, sentence);
        },
      },
    },
    destination ?? pino.destination(1),
  );
  // pino passes what a child is bound to around the formatters.
  const { child, setBindings } = log;
  log.child = function (this: Logger, bindings: object) {
    return child.call(this, allowed(bindings));
  } as Logger['child'];
  log.setBindings = function (this: Logger, bindings: object) {
    setBindings.call(this, allowed(bindings));
  };
  return log;
}

/** An error as it may be logged: `name`, `code`, where in our source, and the same of its cause. Never its message. */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!isError(error)) return { name: 'unknown' };
  const { code, number } = error as { readonly code?: unknown; readonly number?: unknown };
  const at = /\/((?:src|adapters)\/[a-z0-9/-]{1,80}\.[jt]s:\d{1,5}):\d{1,5}\)?$/m.exec(error.stack ?? '')?.[1];
  return {
    name: CLASS.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && CODE.test(code) ? { code } : {}),
    ...(typeof number === 'number' ? { number } : {}),
    ...(at ? { at } : {}),
    ...(isError(error.cause) && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** Of any realm: the platform's own errors are not always instances of this one's `Error`. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function allowed(fields: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (Object.hasOwn(LOG_FIELDS, name) && LOG_FIELDS[name]?.(value)) kept[name] = value;
    else dropped += 1;
  }
  return dropped > 0 ? { ...kept, dropped } : kept;
}

/** Sentences are written by programmers: letters only, so no id, date or number is carried in one. */
function plain(sentence: unknown): string {
  return typeof sentence === 'string' && /^[A-Za-z][A-Za-z ,.;:'()-]{0,159}$/.test(sentence)
    ? sentence
    : 'sentence withheld';
}
