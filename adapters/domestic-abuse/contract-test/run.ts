/** Runs every check of the contract test kit against a provider. */
import { CHECKS } from './checks.js';
import { type Fault, readContract } from './contract.js';
import { openProvider, type ProviderOptions } from './provider.js';
import type { Visit } from './visit.js';

export interface ContractTestOptions extends ProviderOptions {
  /** Ids of persons, best invented ones, who appear on cases of the provider: a victim's, an alleged perpetrator's. */
  readonly persons: readonly string[];
  /** The folder with openapi.yaml and case.schema.json. */
  readonly contractFolder: string;
}

/** What one check found. `notChecked` says why it could not be made. */
export interface CheckResult {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly notChecked?: string;
}

/**
 * One result a check, in their order, as they are made. A provider that does not answer fails the check that asked; when
 * it cannot be reached at all, nothing more is tried.
 */
export async function* testContract(options: ContractTestOptions): AsyncGenerator<CheckResult> {
  const contract = readContract(options.contractFolder);
  const provider = openProvider(options);
  const { tls, token, persons } = options;
  const stranger = tls?.certificateFile === undefined ? undefined : openProvider(withoutCertificate(options));
  const visit: Visit = {
    provider,
    contract,
    persons,
    hasToken: token !== undefined,
    cases: [],
    ...(stranger ? { stranger } : {}),
  };
  try {
    for (const [i, { title, run }] of CHECKS.entries()) {
      try {
        const outcome = await run(visit);
        yield 'notChecked' in outcome
          ? { title, faults: [], notChecked: outcome.notChecked }
          : { title, faults: [...new Map(outcome.map((fault) => [JSON.stringify(fault), fault])).values()] };
      } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        yield { title, faults: [unanswered(error)] };
        if (i === 0) return;
      }
    }
  } finally {
    await provider.close();
    await stranger?.close();
  }
}

function withoutCertificate({ baseUrl, token, tls: { authorityFile } = {} }: ProviderOptions): ProviderOptions {
  return {
    baseUrl,
    ...(token === undefined ? {} : { token }),
    ...(authorityFile === undefined ? {} : { tls: { authorityFile } }),
  };
}

function unanswered(error: unknown): Fault {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? ` (${code})` : '';
  const isLate = (error as { name?: unknown } | null)?.name === 'TimeoutError';
  return {
    at: 'the connection',
    says: isLate ? 'there was no whole answer within 30 seconds' : `the provider cannot be reached${known}`,
    place: 'openapi.yaml, servers',
  };
}
