/** The `threshold` command: every command is added here, in the order of its help. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describeVariables } from '../config.js';
import { packagePath } from '../package-path.js';
import { addAuditCommand } from './audit/command.js';
import { addCheckProviderCommand } from './check-provider.js';
import { addCheckSourceCommand } from './check-source.js';
import { openConfiguredLog, openPrivateDemo } from './configured.js';
import { addGatewayCommands } from './gateway-commands.js';
import { addLogCommands } from './log.js';
import { addRulesCommands } from './rules-commands.js';
import { workerIn } from './workers.js';
import { addWorldCommands } from './world-commands.js';

/** The whole command, to be parsed. */
export function createProgram(): Command {
  const program = new Command('threshold')
    .version(versionOf(packagePath('package.json')))
    .description(
      'A GraphQL gateway for multi-agency safeguarding: only what may be shared, and every release in a log.',
    )
    .addHelpText('after', `\nEnvironment:\n${describeVariables()}`);

  addGatewayCommands(program);
  addCheckSourceCommand(program);
  addWorldCommands(program);
  addCheckProviderCommand(program);
  addRulesCommands(program);
  addLogCommands(program, { open: openConfiguredLog });
  addAuditCommand(program, {
    async demo(folder, as) {
      const gateway = await openPrivateDemo(folder);
      try {
        workerIn(gateway.workers, as);
        // What the log holds by now is what is asked of.
        await gateway.sequencer.sequence();
        await gateway.indexer.index();
        await gateway.watch.run();
      } catch (error) {
        await gateway.stop();
        throw error;
      }
      return { send: (query, variables) => gateway.ask(as, query, variables), stop: () => gateway.stop() };
    },
  });
  return program;
}

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
}
