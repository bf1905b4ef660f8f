/** `threshold check-provider`: whether a provider keeps the contract that its adapter publishes, in plain words. */
import { type Command, Option } from 'commander';
import { type CheckResult, testContract } from '../../adapters/domestic-abuse/contract-test/run.js';
import { packagePath } from '../package-path.js';

/** The contracts there are test kits for. */
export const CONTRACTS = ['domestic-abuse'] as const;

export interface CheckProviderOptions {
  readonly baseUrl: string;
  readonly person: readonly string[];
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
}

/** Adds the command. */
export function addCheckProviderCommand(program: Command): void {
  program
    .command('check-provider <contract>')
    .description(`whether a provider keeps the contract we publish for it: ${CONTRACTS.join(', ')}`)
    .requiredOption('--base-url <url>', 'where the provider serves the contract')
    .option('--person <id...>', 'somebody on a case at the provider, best an invented one; may be given again', [])
    .addOption(new Option('--token <token>', 'bearer token').env('THRESHOLD_PROVIDER_TOKEN'))
    .option('--certificate <file>', 'client certificate (PEM), with --key')
    .option('--key <file>', 'its key (PEM)')
    .option('--authority <file>', "the authorities of the provider's certificate (PEM)")
    .action(async (contract: string, options: CheckProviderOptions) => {
      if (!(await checkProvider(contract, options, (line) => console.log(line)))) process.exitCode = 1;
    });
}

/** Faults of one check that are told one by one. */
const MOST_TOLD = 20;

/**
 * Tries the provider and tells each check as it is made. Resolves to whether all that was tried holds. Throws when there is
 * no such contract, or nothing to ask with.
 */
export async function checkProvider(
  contract: string,
  { baseUrl, person: persons, token, certificate, key, authority }: CheckProviderOptions,
  print: (line: string) => void,
): Promise<boolean> {
  if (!CONTRACTS.some((known) => known === contract))
    throw new Error(`no contract ${contract}; there are ${CONTRACTS.join(', ')}`);
  if (!URL.canParse(baseUrl)) throw new Error('--base-url is not a URL');
  if (persons.length === 0 || persons.length > 400)
    throw new Error('give --person with the id of somebody who appears on a case, once or several times');
  if (token === undefined && certificate === undefined)
    throw new Error('give --token (or the variable THRESHOLD_PROVIDER_TOKEN), or --certificate and --key');
  const tls = {
    ...(certificate === undefined ? {} : { certificateFile: certificate }),
    ...(key === undefined ? {} : { keyFile: key }),
    ...(authority === undefined ? {} : { authorityFile: authority }),
  };
  let faults = 0;
  let notChecked = 0;
  const contractFolder = packagePath('adapters', contract);
  for await (const result of testContract({
    baseUrl,
    persons,
    contractFolder,
    ...(token === undefined ? {} : { token }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  })) {
    faults += result.faults.length;
    notChecked += result.notChecked === undefined ? 0 : 1;
    for (const line of linesOf(result)) print(line);
  }
  if (new URL(baseUrl).protocol !== 'https:')
    print('note    the address is not https: in service the gateway refuses that, except on its own machine');
  print(
    `${faults === 0 ? 'no fault found' : `${faults} faults`}${notChecked > 0 ? `, ${notChecked} not checked` : ''}`,
  );
  return faults === 0;
}

function linesOf({ title, faults, notChecked }: CheckResult): string[] {
  if (notChecked !== undefined) return [`not checked  ${title}: ${notChecked}`];
  if (faults.length === 0) return [`ok      ${title}`];
  const told = faults.slice(0, MOST_TOLD).map(({ at, says, place }) => `          ${at}: ${says} [${place}]`);
  const more = faults.length > MOST_TOLD ? [`          and ${faults.length - MOST_TOLD} more`] : [];
  return [`FAULT   ${title}`, ...told, ...more];
}
