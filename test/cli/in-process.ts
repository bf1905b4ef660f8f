/** A command of `threshold` carried out in this process, with an environment of its own. */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';

/** What it failed with: what was written beside it, its own words, and the code with which the command line refused it, where it was that. */
export interface Failed {
  readonly said: string;
  readonly code: number | undefined;
}

/** Requires that it fails. */
export async function failing(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Failed> {
  const program = createProgram();
  let said = '';
  for (const command of commandsOf(program))
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        said += text;
      },
    });
  const before = { ...process.env };
  Object.assign(process.env, { THRESHOLD_STORE: ':memory:', ...env });
  try {
    await program.parseAsync(['node', 'threshold', ...args]);
  } catch (error) {
    const { message, exitCode } = error as Error & { readonly exitCode?: number };
    return { said: `${said}${message}`, code: exitCode };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
  throw new Error(`threshold ${args.join(' ')} was carried out`);
}

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}
