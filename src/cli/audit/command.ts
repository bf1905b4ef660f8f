/** `threshold audit QUESTION`: an officer's questions to a gateway's log over HTTP, as a table, CSV, NDJSON or FHIR AuditEvents. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import { askPages, type Send, sendTo } from './ask.js';
import { type Format, formatsOf, writerFor } from './formats.js';
import { optionOf } from './options.js';
import { QUESTIONS, type Question } from './questions.js';

/** A gateway to ask, and its end. */
export interface Reached {
  readonly send: Send;
  stop(): Promise<void>;
}

export interface AuditCommandParts {
  /** The demo, signed in as one of its workers. */
  demo(world: string | undefined, worker: string): Promise<Reached>;
}

interface Common {
  readonly as?: string;
  readonly world?: string;
  readonly url?: string;
  readonly token?: string;
  readonly format: Format;
}

const CONSISTENCY = 'query Proof($from: Int!, $to: Int!) { file: auditConsistencyFile(from: $from, to: $to) }';
const SAVE = `mutation Save($name: String!, $question: SavedQuestionKind!, $filter: String!) @purpose(of: INFORMATION_GOVERNANCE) {
  saved: saveAuditQuestion(name: $name, question: $question, filter: $filter) { id }
}`;
const DELETE = 'mutation Delete($id: ID!) @purpose(of: INFORMATION_GOVERNANCE) { saved: deleteAuditQuestion(id: $id) }';
const CLOSE = `mutation Close($id: ID!, $outcome: AlertOutcome!, $why: String!) @purpose(of: INFORMATION_GOVERNANCE) {
  closed: closeAlert(id: $id, outcome: $outcome, why: $why) { id outcome closedAt }
}`;

/** Adds the command. */
export function addAuditCommand(program: Command, parts: AuditCommandParts): void {
  const audit = program
    .command('audit')
    .description('ask the log: an information governance officer’s questions, each an entry of the log itself')
    .addHelpText(
      'after',
      `
Against a gateway in service: --url https://…/graphql and THRESHOLD_TOKEN, an access token of an information governance officer.
Against the demo: --as ig-sol-whitby. Ids of people are those of the graph. docs/audit.md has every question with an answer.`,
    );
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const command = reaching(audit.command(name).description(question.says)).addOption(
      new Option('--format <format>', 'how the answer is written').choices(formatsOf(question)).default('table'),
    );
    for (const [option, [type, says]] of Object.entries(question.options))
      command.addOption(optionOf(option, type, says));
    command.action(async (options: Common & { readonly [name: string]: string }) => {
      const writer = writerFor(options.format, question);
      await withGateway(parts, options, (send) => answer(send, question, options, writer, process));
    });
  }
  addSaving(audit, parts);
  addClosing(audit, parts);
  reaching(audit.command('consistency'))
    .description('the proof that nothing was removed between two checkpoints, as a file for an outsider')
    .addOption(optionOf('from', 'Int!', 'size of the earlier checkpoint'))
    .addOption(optionOf('to', 'Int!', 'size of the later one'))
    .requiredOption('--out <file>', 'the file to write; it must not stand yet')
    .action((options: Common & { readonly from: number; readonly to: number; readonly out: string }) =>
      withGateway(parts, options, async (send) => {
        const { from, to, out } = options;
        const { file } = await dataOf<{ file: string | null }>(send, CONSISTENCY, { from, to });
        if (file === null) throw new Error('no checkpoint was signed at one of these sizes');
        await writeFile(out, file, { flag: 'wx' });
        console.log(`${out}; check it with: threshold verify-consistency ${out} --key KEY`);
      }),
    );
}

function addSaving(audit: Command, parts: AuditCommandParts): void {
  reaching(audit.command('save <name>'))
    .description('save a question under a name, for yourself')
    .addOption(
      new Option('--question <kind>', 'which')
        .choices(['OPERATIONS', 'ABOUT_PERSON', 'RECEIVED', 'RESTING_ON'])
        .makeOptionMandatory(),
    )
    .requiredOption('--filter <json>', 'its arguments, such as {"worker":"…"}')
    .action((name: string, options: Common & { readonly question: string; readonly filter: string }) =>
      withGateway(parts, options, async (send) => {
        const { question, filter } = options;
        const { saved } = await dataOf<{ saved: { id: string } }>(send, SAVE, { name, question, filter });
        console.log(saved.id);
      }),
    );
  reaching(audit.command('delete <id>'))
    .description('delete a question that you saved')
    .action((id: string, options: Common) =>
      withGateway(parts, options, async (send) => {
        console.log((await dataOf<{ saved: string }>(send, DELETE, { id })).saved);
      }),
    );
}

function addClosing(audit: Command, parts: AuditCommandParts): void {
  reaching(audit.command('close-alert <id>'))
    .description('close an alert: never by whom it is about, or who stands near them')
    .addOption(optionOf('outcome', 'AlertOutcome!', 'what came of looking'))
    .requiredOption('--why <text>', 'why; it names nobody')
    .action((id: string, options: Common & { readonly outcome: string; readonly why: string }) =>
      withGateway(parts, options, async (send) => {
        const { outcome, why } = options;
        const { closed } = await dataOf<{ closed: { id: string; outcome: string; closedAt: string } }>(send, CLOSE, {
          id,
          outcome,
          why,
        });
        console.log(`${closed.id}\t${closed.outcome}\t${closed.closedAt}`);
      }),
    );
}

/** Every command of the log says which gateway, and as whom. */
function reaching(command: Command): Command {
  return command
    .option('--as <worker>', 'in the demo: the officer')
    .option('--world <dir>', 'the demo of a world folder')
    .option('--url <url>', 'the GraphQL endpoint of a gateway in service')
    .addOption(new Option('--token <token>', 'an access token for it').env('THRESHOLD_TOKEN'));
}

async function withGateway(
  parts: AuditCommandParts,
  { as, world, url, token }: Common,
  work: (send: Send) => Promise<void>,
): Promise<void> {
  if (url !== undefined && (token === undefined || as !== undefined))
    throw new Error('--url needs an access token (THRESHOLD_TOKEN), which says who asks');
  if (url === undefined && as === undefined)
    throw new Error('say who asks: --as in the demo, --url for a gateway in service');
  const gateway =
    url === undefined
      ? await parts.demo(world, as ?? '')
      : { send: sendTo(url, token ?? ''), stop: () => Promise.resolve() };
  try {
    await work(gateway.send);
  } finally {
    await gateway.stop();
  }
}

/** What is said, beside the answer, where nothing was found: an empty answer is not to be taken for a failure, nor the other way. */
export const NOTHING_FOUND = 'Nothing was found: the gateway answered, and the answer is empty.';

/** Writes the answer; and in words, where no answer is looked for, that it is empty. */
export async function answer(
  send: Send,
  question: Question,
  given: { readonly [name: string]: string },
  writer: ReturnType<typeof writerFor>,
  { stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable },
): Promise<void> {
  const rows = await print(send, question, given, writer, stdout);
  if (rows === 0) stderr.write(`${NOTHING_FOUND}\n`);
}

/** Writes the answer as it comes: nothing is kept but the page that was read last. Says how many rows there were. */
export async function print(
  send: Send,
  question: Question,
  given: { readonly [name: string]: string },
  { write, end }: ReturnType<typeof writerFor>,
  out: Writable,
): Promise<number> {
  let rows = 0;
  for await (const row of askPages(send, question, given)) {
    rows += 1;
    for (const line of write(row)) if (!out.write(`${line}${end}`)) await once(out, 'drain');
  }
  return rows;
}

async function dataOf<T>(send: Send, query: string, variables: { readonly [name: string]: unknown }): Promise<T> {
  const { data, errors } = (await send(query, variables)) as {
    readonly data?: T | null;
    readonly errors?: readonly { readonly message: string }[];
  };
  if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? 'the gateway gave no answer');
  return data;
}
