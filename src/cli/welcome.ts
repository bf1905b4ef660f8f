/** What `npm start` prints: where it listens, how to sign in as each demo worker, and one query to paste. */
import type { Demo } from '../compose-demo.js';

/** `world` is the folder that was named on the command line, which the other commands are to be told as well. */
export function welcome(gateway: Demo, world?: string): string {
  const named = world === undefined ? '' : ` --world ${world}`;
  const workers = gateway.workers
    .map(
      ({ id, name, agency, roles }) => `  ${id.padEnd(24)} ${name.padEnd(22)} ${agency.padEnd(6)} ${roles.join(', ')}`,
    )
    .join('\n');
  const first =
    gateway.workers.find(({ roles }) => roles.includes('SOCIAL_WORKER'))?.id ?? gateway.workers[0]?.id ?? 'ID';
  return `Threshold listens on ${gateway.url} (world: ${gateway.world.name}, its day: ${gateway.world.today}).
Ready when GET ${gateway.url.replace('/graphql', '/health/ready')} says 200. OpenID provider of the demo: ${gateway.issuer}

Sign in as one of these with a token of \`npm run -s threshold -- token --as ID${named}\`:
${workers}

One query to paste:

  curl -s ${gateway.url} -H 'content-type: application/json' \\
    -H "authorization: Bearer $(npm run -s threshold -- token --as ${first}${named})" \\
    -d '{"query":"query Board @purpose(of: SUPERVISION) { families { nodes { id members { isChild person { forename surname withheld { category reason holder { name } } } } } notice } }"}'
`;
}
