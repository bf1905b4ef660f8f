/**
 * `npm run prove -- --pairs N [--seed S] [--world DIR]`: the property of non-interference over any number of pairs of worlds; with
 * `--world generated:SEED:FAMILIES` those of invented families.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    world: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log('npm run prove -- [--pairs N] [--seed S] [--world DIR | --world generated:SEED:FAMILIES]\n\nA failure is shrunk and printed with its seed and path.');
} else {
  console.log(`${values.pairs} pairs of worlds, seed ${values.seed}`);
  const { status } = spawnSync('npm', ['run', '-s', 'jest', '--', 'test/properties/non-interference'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      THRESHOLD_PROVE_PAIRS: values.pairs,
      THRESHOLD_PROVE_SEED: values.seed,
      ...(values.world ? { THRESHOLD_PROVE_WORLD: values.world } : {}),
    },
  });
  process.exitCode = status ?? 1;
}
