/**
 * One agency asks another, in the demo: a practitioner asks for what may not be read, a manager of the holder approves it and cites why consent is
 * not required, it is read, and the manager ends it. Every step through HTTP and GraphQL.
 */
import type { Demo } from '../compose-demo.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are read by path
type Json = { readonly [key: string]: any };

const MONTH_MS = 30 * 24 * 3600 * 1000;
const FIND = `query Find @purpose(of: SUPERVISION) { families(first: 100) { nodes { members { person { id forename surname } } } } }`;
const WORK = `query Work($id: ID!) @purpose(of: PURPOSE) { person(id: $id) { ... on Adult { adultWork(first: 50) {
  nodes { summary holder { id } } withheld { outcome holder { id } } } } } }`;
const REQUEST = `mutation Ask($input: InformationRequestInput!) @purpose(of: PURPOSE) {
  done: requestInformation(input: $input) { id state dueBy rung { office } } }`;
const EXCEPT = `mutation Why($input: ConsentNotRequiredInput!) @purpose(of: PURPOSE) { done: recordConsentNotRequired(input: $input) { id } }`;
const LIST = `query WorkList @purpose(of: SUPERVISION) { informationRequestsToAnswer(first: 20) { nodes { id askedBy why } } }`;
const ANSWER = `mutation Answer($input: InformationAnswerInput!) @purpose(of: SUPERVISION) {
  done: answerInformationRequest(input: $input) { answers { answer grant { id until } } } }`;
const END = `mutation End($id: ID!, $why: String!) @purpose(of: SUPERVISION) { done: endInformationGrant(id: $id, why: $why) }`;

/** Prints the story. Requires a demo world that tells it (world.yaml, `demo.request`); prints nothing of one that does not. */
export async function runDemoRequest(gateway: Demo, print: (line: string) => void): Promise<void> {
  const told = gateway.world.demo?.request;
  if (!told) return;
  const { asker, purpose, forename, surname, holder, category, why, manager, gateway: lawful, answers } = told;
  const nameOf = (worker: string) => gateway.workers.find(({ id }) => id === worker)?.name ?? worker;
  const ask = async (worker: string, query: string, variables: object = {}): Promise<Json> => {
    const answer = (await gateway.ask(worker, query.replace('PURPOSE', purpose), { ...variables })) as {
      readonly data?: Json | null;
      readonly errors?: readonly { readonly message: string }[];
    };
    if (answer.errors || !answer.data) throw new Error(answer.errors?.[0]?.message ?? 'the gateway gave no answer');
    return answer.data;
  };
  const board: Json[] = (await ask(asker, FIND))['families'].nodes;
  const { id: person } = board
    .flatMap(({ members }) => members as Json[])
    .map((member) => member['person'] as Json | null)
    .find((one) => one?.['forename'] === forename && one['surname'] === surname) ?? { id: '' };
  const read = async (): Promise<string> => {
    const { nodes, withheld } = (await ask(asker, WORK, { id: person }))['person'].adultWork as Json;
    const ofHolder = (nodes as Json[]).filter((node) => node['holder'].id === holder).length;
    const isBrokered = (withheld as Json[]).some((notice) => notice['holder'].id === holder);
    return `${ofHolder} of ${holder}’s records${isBrokered ? `; ${holder} holds more` : ''}`;
  };
  const until = new Date(gateway.house.now().getTime() + MONTH_MS).toISOString();

  print(`One agency asks another: ${why}`);
  print(`  ${nameOf(asker)} reads of ${forename} ${surname}: ${await read()}`);
  const input = { holder, subjects: [person], categories: [category], urgency: 'URGENT', why, until };
  const { done: request } = await ask(asker, REQUEST, { input });
  print(`  asks ${holder} for ${category}: ${request.state}, due by ${request.dueBy}, at the ${request.rung.office}`);
  const reason = { subjects: [person], gateway: lawful, answers, categories: [category], holders: [holder], until };
  const recipients = [gateway.workers.find(({ id }) => id === asker)?.agency];
  const { done: exception } = await ask(asker, EXCEPT, { input: { ...reason, recipients, purposes: [purpose] } });
  print(`  records why consent is not required, ${lawful}, and reads: ${await read()}`);
  const listed: Json[] = (await ask(manager, LIST))['informationRequestsToAnswer'].nodes;
  const seen = listed.find(({ id }) => id === request.id);
  print(`  ${nameOf(manager)} (${holder}) finds it on the work list: “${seen?.['why']}”`);
  const answer = { request: request.id, answer: 'APPROVED', reasons: 'No less would do.', cites: [exception.id] };
  const { done } = await ask(manager, ANSWER, { input: answer });
  const [{ answer: given, grant }] = done.answers;
  print(`  answers: ${given}, until ${grant.until}`);
  print(`  ${nameOf(asker)} reads of ${forename} ${surname}: ${await read()}`);
  await ask(manager, END, { id: grant.id, why: 'Nell gets to school.' });
  print(`  ${nameOf(manager)} ends the grant; ${nameOf(asker)} reads: ${await read()}`);
}
