/** Prints the levels' m and u estimated on a world of its own seed: how schema/matching/match-weights.json was made. */
import { addPerson, createPersonTable } from '../../src/people/matching/table.js';
import { estimateLevels } from './estimate.js';
import { knownNicknames, makeWorld } from './world.js';

const table = createPersonTable(knownNicknames(), 300_000);
for (const { identity } of makeWorld(Number(process.argv[2] ?? 1), 300_000)) addPerson(table, identity);
process.stdout.write(`${JSON.stringify(estimateLevels(table), null, 1)}\n`);
