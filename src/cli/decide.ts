/**
 * `threshold decide < facts.ndjson`: one fact record a line in, one decision a line out, in the same order. For policy
 * authors' what-ifs and for checking from outside; nothing is read, released or written anywhere else.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { createDecide } from '../disclosure/decide.js';
import type { Policies } from '../disclosure/policies.js';
import type { Decision } from '../domain/decision.js';
import { FACT_NAMES, FACTS, type FactRecord, factKey } from '../domain/facts.js';

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

/** Bytes gathered before they are written. */
const CHUNK = 64 * 1024;
/** Lines whose answers are remembered before starting anew. */
const REMEMBERED = 100_000;

/**
 * A line that is no fact record is answered with `{"error": …}` naming the line and the fact, and counted as refused.
 * Throws when the policies written out and Cedar disagree.
 */
export async function decideLines(
  input: Readable,
  output: Writable,
  { policies, checkEvery }: DecideOptions,
): Promise<Decided> {
  const alarm = (ids: readonly string[]) => {
    throw new Error(`policies could not be evaluated: ${ids.join(', ')}`);
  };
  const decide = createDecide({ ...policies.written, written: policies.written }, alarm);
  const byCedar = createDecide(policies, alarm);
  const answers = new Map<string, string>();
  let [line, refused, text] = [0, 0, ''];
  const answerTo = (given: string): string => {
    const facts = readFacts(given);
    if (typeof facts === 'string') return `${JSON.stringify({ error: `line ${line}: ${facts}` })}\n`;
    const answer = shown(decide(facts));
    if (answers.size >= REMEMBERED) answers.clear();
    answers.set(given, answer);
    return answer;
  };
  for await (const given of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const answer = answers.get(given) ?? answerTo(given);
    if (answer.startsWith('{"error"')) refused += 1;
    else if (checkEvery > 0 && line % checkEvery === 0) {
      if (shown(byCedar(JSON.parse(given) as FactRecord)) !== answer)
        throw new Error(`line ${line}: Cedar and the policies written out disagree`);
    }
    text += answer;
    if (text.length >= CHUNK) {
      if (!output.write(text)) await once(output, 'drain');
      text = '';
    }
  }
  output.write(text);
  return { decided: line - refused, refused };
}

/** The fact record of a line, or what is wrong with it. */
function readFacts(line: string): FactRecord | string {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return 'not a fact record';
  const record = given as Record<string, unknown>;
  if (isFactRecord(record)) return record;
  for (const name of FACT_NAMES) {
    const allowed: readonly unknown[] = FACTS[name];
    if (!allowed.includes(record[name]))
      return name in record ? `${name} is none of ${allowed.join(', ')}` : `${name} is missing`;
  }
  const unknown = Object.keys(record).find((name) => !(name in FACTS)) ?? '';
  return `${unknown.slice(0, 40)} is no fact`;
}

function isFactRecord(record: Record<string, unknown>): record is FactRecord {
  if (Object.keys(record).length !== FACT_NAMES.length) return false;
  try {
    factKey(record as FactRecord);
    return true;
  } catch {
    return false;
  }
}

/** What the line in said is not said again. */
function shown({ facts: _, ...decision }: Decision): string {
  return `${JSON.stringify(decision)}\n`;
}
