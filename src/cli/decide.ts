/**
 * `threshold decide < facts.ndjson`: one fact record a line in, one decision a line out, in the same order. For policy
 * authors' what-ifs and for checking from outside; nothing is read, released or written anywhere else.
 */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { createDecide } from '../disclosure/decide.js';
import type { Policies } from '../disclosure/policies.js';
import { createBulkDecide } from '../disclosure/space/bulk.js';
import type { Decision } from '../domain/decision.js';
import { FACT_NAMES, FACTS, type FactName, type FactRecord } from '../domain/facts.js';
import { createFactReader, NOT_GIVEN } from './fact-lines.js';

export interface DecideOptions {
  readonly policies: Policies;
  /** Every so many lines Cedar is asked as well, and must say the same; 0: never. */
  readonly checkEvery: number;
}

/** Lines answered and lines refused. */
export interface Decided {
  readonly decided: number;
  readonly refused: number;
}

/** What a record may leave out, and what it then is: it is asked for no member of the family in particular. */
export const UNLESS_GIVEN: Partial<FactRecord> = { forMember: false };

/** Bytes gathered before they are written. */
const CHUNK = 64 * 1024;
/** Bytes of a line beyond which it is not read: a fact record takes some 900. */
const LONGEST_LINE = 64 * 1024;
const LINE_FEED = 10;

/**
 * A line that is no fact record is answered with `{"error": …}` naming the line and the fact, and counted as refused.
 * Throws when the policies taken apart, the policies written out and Cedar disagree.
 */
export async function decideLines(
  input: Readable,
  output: Writable,
  { policies, checkEvery }: DecideOptions,
): Promise<Decided> {
  const alarm = (ids: readonly string[]) => {
    throw new Error(`policies could not be evaluated: ${ids.join(', ')}`);
  };
  const decide = createBulkDecide(policies, shown);
  const byHand = [
    createDecide(policies, alarm),
    createDecide({ ...policies.written, written: policies.written }, alarm),
  ];
  const readPlaces = createFactReader();
  const places = new Uint8Array(FACT_NAMES.length);
  let [line, refused] = [0, 0];
  const answerTo = (bytes: Buffer, from: number, until: number): string => {
    line += 1;
    const isTooLong = until - from > LONGEST_LINE;
    if (isTooLong || !readPlaces(bytes, from, until, places) || !areAllGiven(places)) {
      const wrong = isTooLong ? 'longer than any fact record' : readSlowly(bytes.subarray(from, until), places);
      if (wrong !== undefined) {
        refused += 1;
        return `${JSON.stringify({ error: `line ${line}: ${wrong}` })}\n`;
      }
    }
    const answer = decide(places);
    if (checkEvery > 0 && line % checkEvery === 0) {
      const facts = factsAt(places);
      if (byHand.some((asked) => shown(asked(facts)) !== answer))
        throw new Error(`line ${line}: the policies taken apart, written out and Cedar's own disagree`);
    }
    return answer;
  };
  let text = '';
  const lines = splitLines((bytes, from, until) => {
    text += answerTo(bytes, from, until);
  });
  for await (const chunk of input) {
    lines.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    if (text.length >= CHUNK) {
      if (!output.write(text)) await once(output, 'drain');
      text = '';
    }
  }
  lines.end();
  output.write(text);
  return { decided: line - refused, refused };
}

/** Gives each line where it stands, without its line feed; of one that is longer than is read, as much as tells. */
function splitLines(each: (bytes: Buffer, from: number, until: number) => void) {
  let begun = Buffer.alloc(0);
  return {
    take(bytes: Buffer): void {
      let from = 0;
      for (let until = bytes.indexOf(LINE_FEED); until >= 0; until = bytes.indexOf(LINE_FEED, from)) {
        if (begun.length === 0) each(bytes, from, until);
        else {
          const line = Buffer.concat([begun, bytes.subarray(from, until)]);
          begun = Buffer.alloc(0);
          each(line, 0, line.length);
        }
        from = until + 1;
      }
      if (from < bytes.length && begun.length <= LONGEST_LINE) begun = Buffer.concat([begun, bytes.subarray(from)]);
    },
    end(): void {
      if (begun.length > 0) each(begun, 0, begun.length);
    },
  };
}

/** What a line leaves out that it may is put in. */
function areAllGiven(places: Uint8Array): boolean {
  for (const [fact, place] of PUT_IN) if (places[fact] === NOT_GIVEN) places[fact] = place;
  return !places.includes(NOT_GIVEN);
}

/** The fact record of a line, by its own JSON, into `places`; or what is wrong with it. */
function readSlowly(bytes: Uint8Array, places: Uint8Array): string | undefined {
  let given: unknown;
  try {
    given = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return 'not JSON';
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return 'not a fact record';
  const record: Readonly<Record<string, unknown>> = { ...UNLESS_GIVEN, ...given };
  for (const [fact, name] of FACT_NAMES.entries()) {
    const allowed: readonly unknown[] = FACTS[name];
    if (!Object.hasOwn(record, name)) return `${name} is missing`;
    const place = allowed.indexOf(record[name]);
    if (place < 0) return `${name} is none of ${allowed.join(', ')}`;
    places[fact] = place;
  }
  const unknown = Object.keys(record).find((name) => !Object.hasOwn(FACTS, name));
  return unknown === undefined ? undefined : `${unknown.slice(0, 40)} is no fact`;
}

const PUT_IN = (Object.entries(UNLESS_GIVEN) as [FactName, unknown][]).map(
  ([name, value]) => [FACT_NAMES.indexOf(name), (FACTS[name] as readonly unknown[]).indexOf(value)] as const,
);

function factsAt(places: Uint8Array): FactRecord {
  return Object.fromEntries(FACT_NAMES.map((name, i) => [name, FACTS[name][places[i] ?? 0]])) as unknown as FactRecord;
}

/** What the line in said is not said again. */
function shown({ outcome, permits, vetoes, obligations, reasons, requestable }: Omit<Decision, 'facts'>): string {
  return `${JSON.stringify({ outcome, permits, vetoes, obligations, reasons, requestable })}\n`;
}
