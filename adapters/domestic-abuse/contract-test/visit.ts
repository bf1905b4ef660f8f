/** What the checks share: asking under the contract, and looking into the cases that were answered. */
import { type Contract, type Fault, type Operation, placeOf } from './contract.js';
import type { Answer, Asked, Provider } from './provider.js';

/** A case document as far as the checks look into it; whether it keeps its schema is a check of its own. */
export interface Shown {
  readonly caseId?: unknown;
  readonly openedOn?: unknown;
  readonly closedOn?: unknown;
  readonly workWith?: unknown;
  readonly worker?: { readonly id?: unknown; readonly teamId?: unknown } | null;
  readonly persons?: unknown;
  readonly confidentiality?: unknown;
  readonly risk?: { readonly dashScore?: unknown; readonly level?: unknown } | null;
  readonly entries?: unknown;
  readonly referrals?: unknown;
  readonly safetyPlan?: unknown;
  readonly safeContact?: unknown;
}
export type Fields = { readonly [field: string]: unknown };

/** What a check may use: the provider, the contract, the persons to ask for, and the cases they appear on. */
export interface Visit {
  readonly provider: Provider;
  readonly contract: Contract;
  /** The same, without the client certificate, where one is used. */
  readonly stranger?: Provider;
  /** Whether a token is used. */
  readonly hasToken: boolean;
  readonly persons: readonly string[];
  /** Found by the search for all persons; empty until that check ran. */
  cases: readonly Shown[];
}

/** Faults, or why a check could not be made. */
export type Outcome = readonly Fault[] | { readonly notChecked: string };

export const SEARCH = 'POST /cases/search';
export const ONE = 'GET /cases/{caseId}';
export const FIND = 'POST /persons/search';
export const LIST = 'POST /persons/list';
export const HEALTH = 'GET /health';

/** What is wrong with the answer of an operation. */
export const fault = (operation: Operation, status: number | string, at: string, says: string): Fault => ({
  at: `${operation}${at && `, ${at}`}`,
  says,
  place: placeOf(operation, status),
});

/** The answer, and what is wrong with it so far: its status, its JSON, its shape. */
export async function asked(
  { provider, contract }: Pick<Visit, 'provider' | 'contract'>,
  operation: Operation,
  what: string,
  wanted: number,
  request: Omit<Asked, 'method' | 'path'> & { readonly path?: string },
): Promise<{ readonly answer: Answer; readonly faults: readonly Fault[] }> {
  const [method = '', path = ''] = operation.split(' ');
  const answer = await provider.ask({ method: method as Asked['method'], path, ...request });
  if (answer.status !== wanted)
    return {
      answer,
      faults: [fault(operation, wanted, what, `is answered with status ${answer.status}, not ${wanted}`)],
    };
  if (wanted !== 200) return { answer, faults: [] };
  if (answer.unreadable) return { answer, faults: [fault(operation, 200, what, `the answer ${answer.unreadable}`)] };
  const faults = contract.answerFaults(operation, answer.body);
  return { answer, faults: faults.map((one) => ({ ...one, at: `${one.at}${what && `, ${what}`}` })) };
}

/** Cases of a search that kept its shape so far. */
export async function searched(visit: Visit, what: string, body: object) {
  const { answer, faults } = await asked(visit, SEARCH, what, 200, { body });
  const { cases } = (answer.body ?? {}) as { cases?: unknown };
  const all: readonly unknown[] = Array.isArray(cases) ? cases : [];
  const found = listOf(all) as readonly Shown[];
  const more: Fault[] = [];
  if (found.length < all.length) more.push(fault(SEARCH, 200, what, 'something in it is not a case'));
  if (new Set(idsOf(found)).size < found.length) more.push(fault(SEARCH, 200, what, 'a case stands in it twice'));
  return { found, faults: [...faults, ...more] };
}

export const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
export const personsOf = (one: Shown) => listOf(one?.persons);
export const isOn = (one: Shown, person: string) => personsOf(one).some(({ personId }) => personId === person);
export const workedWith = (one: Shown) => personsOf(one).filter(({ role }) => role === one.workWith);
export const idsOf = (cases: readonly Shown[]) => cases.map(({ caseId }) => String(caseId)).sort();
