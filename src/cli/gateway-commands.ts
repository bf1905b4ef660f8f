/** `threshold serve`, and what is asked of the demo: `workers`, `token`, `demo` and `family-view`. */
import type { Command } from 'commander';
import type { Wired } from '../compose.js';
import { composeDemo, openDemoStore } from '../compose-demo.js';
import { composeService } from '../compose-service.js';
import { mintDemoToken } from '../server/demo-identity-provider.js';
import { tuneHeap } from '../server/heap.js';
import { configFor, demoConfig, openPrivateDemo } from './configured.js';
import { runDemo } from './demo.js';
import { runDemoRequest } from './demo-request.js';
import { type FamilyViewOptions, writeFamilyView } from './family-view.js';
import { welcome } from './welcome.js';
import { listWorkers, workerIn } from './workers.js';

/** Adds the commands. */
export function addGatewayCommands(program: Command): void {
  program
    .command('serve')
    .description('run the gateway over a world folder (the demo world unless another is named)')
    .option('--world <dir>', 'a world folder')
    .option('--down <source...>', 'systems of the demo that do not answer, to see what a gap looks like')
    .action(async ({ world, down = [] }: { world?: string; down?: string[] }) => {
      tuneHeap();
      const config = configFor(world);
      if (down.length > 0 && config.mode !== 'demo') throw new Error('--down is for the demo');
      let gateway: Wired;
      if (config.mode === 'demo') {
        const demo = await composeDemo(config, undefined, { matrixAtStart: true });
        for (const source of down) await demo.kill(source);
        console.log(welcome(demo, world));
        gateway = demo;
      } else {
        gateway = await composeService(config);
        console.log(`Threshold listens on ${gateway.url}`);
      }
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => void gateway.stop().then(() => process.exit(0)));
    });

  program
    .command('workers')
    .description('list the workers of the demo world')
    .option('--world <dir>', 'a world folder')
    .option('--json', 'as JSON: id, agency, role, families')
    .action(async ({ world, json }: { world?: string; json?: boolean }) => {
      const workers = await listWorkers(demoConfig(world));
      if (json) console.log(JSON.stringify(workers, null, 2));
      else
        for (const { id, name, agency, role, families } of workers)
          console.log(
            `${id.padEnd(24)} ${name.padEnd(24)} ${agency.padEnd(6)} ${role.padEnd(32)} ${families.join(' ')}`,
          );
    });

  program
    .command('token')
    .description('print an access token of the demo provider; the demo must have been started once')
    .requiredOption('--as <worker>', 'worker id')
    .option('--world <dir>', 'a world folder')
    .action(async ({ as, world }: { as: string; world?: string }) => {
      const config = demoConfig(world);
      const { store, workers } = await openDemoStore(config);
      await store.close();
      console.log(await mintDemoToken(config, workerIn(workers, as)));
    });

  program
    .command('demo')
    .description('one family seen by everybody around it, as a table, and the log of it')
    .action(async () => {
      const gateway = await openPrivateDemo(undefined, { THRESHOLD_STORE: ':memory:' });
      try {
        await runDemo(gateway, (line) => console.log(line));
        await runDemoRequest(gateway, (line) => console.log(line));
      } finally {
        await gateway.stop();
      }
    });

  program
    .command('family-view')
    .description('what a worker of the demo may show a member of a family, as a page to print')
    .requiredOption('--as <worker>', 'worker id')
    .requiredOption('--family <id>', "the family's id, as the worker's board gives it")
    .requiredOption('--member <id>', "the person's id")
    .requiredOption('--out <file>', 'the HTML file to write; it must not stand yet')
    .option('--world <dir>', 'a world folder')
    .action(async ({ world, ...options }: FamilyViewOptions & { readonly world?: string }) => {
      const gateway = await openPrivateDemo(world);
      try {
        workerIn(gateway.workers, options.as);
        await writeFamilyView(gateway, options, (line) => console.log(line));
      } finally {
        await gateway.stop();
      }
    });
}
