/**
 * `node test/attacks/take-out.js [attack…]`: takes each defence of `defences.js` out, one at a time, in a copy of the repository
 * in a temporary folder, and runs the tests that must then fail. Prints one line each; exits with 1 if a test did not notice.
 * Requires `npm run build`: what runs in a thread of its own runs as built.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFENCES } from './defences.js';

const PARTS = ['src', 'dist', 'adapters', 'bench', 'schema', 'test', 'docs', 'package.json', 'tsconfig.json', 'jest.config.js'];
const wanted = process.argv.slice(2);
const copy = mkdtempSync(join(tmpdir(), 'threshold-defences-'));
for (const part of PARTS) cpSync(part, join(copy, part), { recursive: true });
symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));

/** Replaces what must stand there exactly once, or everywhere that it does. Answers the file as it was. */
function change(everywhere, file, from, to) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const times = text.split(from).length - 1;
  if (everywhere ? times === 0 : times !== 1) throw new Error(`${file} does not hold exactly once: ${from}`);
  writeFileSync(path, text.replaceAll(from, () => to));
  return [path, text];
}

function runTests({ test, named }) {
  return spawnSync('npx', ['jest', '--forceExit', '--testTimeout', '180000', test, '-t', named], {
    cwd: copy,
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings', THRESHOLD_RACE_READS: '600' },
    encoding: 'utf8',
    timeout: 600_000,
  });
}

let unnoticed = 0;
for (const defence of DEFENCES) {
  const { attack, what, file, from, to, also = [], elsewhere = [], everywhere = false } = defence;
  if (wanted.length > 0 && !attack.split(', ').some((number) => wanted.includes(number))) continue;
  const before = [];
  let said;
  try {
    for (const [one, a, b] of [[file, from, to], ...also.map((pair) => [file, ...pair]), ...elsewhere])
      before.push(change(everywhere, one, a, b));
    const { status, stderr = '' } = runTests(defence);
    const [, failed = '0', passed = '0'] = /Tests:\s+(?:(\d+) failed, )?(?:\d+ skipped, )?(?:(\d+) passed, )?/.exec(stderr) ?? [];
    const by = [...new Set([...stderr.matchAll(/^ {2}● .* › (.{0,60})/gm)].map(([, name]) => name.trim()))].join(' | ');
    // A demo that could not be started in time has noticed nothing.
    const isSlow = /Exceeded timeout of \d+ ms for a hook/.test(stderr);
    if (isSlow) throw new Error('the machine was too slow to start the test');
    said = status === 0 ? 'NOT NOTICED' : `noticed: ${failed ?? 0} failed, ${passed ?? 0} passed: ${by}`;
    if (status === 0 || failed === '0' || failed === undefined) unnoticed += 1;
    if (process.env['VERBOSE']) process.stderr.write(stderr);
  } catch (error) {
    said = `NOT TRIED: ${error.message}`;
    unnoticed += 1;
  }
  for (const [path, text] of before.reverse()) writeFileSync(path, text);
  process.stdout.write(`${attack.padEnd(12)} ${what}: ${said}\n`);
}
rmSync(copy, { recursive: true, force: true });
process.exitCode = unnoticed === 0 ? 0 : 1;
