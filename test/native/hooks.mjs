/**
 * Lets Node load the TypeScript of this repository: what swc makes of a file is kept under the hash of its text, its map beside
 * it. Runs in the thread that Node keeps for such hooks.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPTIONS } from './swc-options.mjs';

const GLOBALS = new URL('./globals.mjs', import.meta.url).href;
const require = createRequire(import.meta.url);
const MADE_BY = `${require('@swc/core/package.json').version} ${JSON.stringify(OPTIONS)}`;
/** Told where each map lies, if anybody wants to know. */
let port;
let folder;

export function initialize({ port: told, cacheDirectory }) {
  port = told;
  folder = join(cacheDirectory, 'threshold-native');
  mkdirSync(folder, { recursive: true });
}

/** A `.js` that TypeScript imports and that is not there is the `.ts` it would be built from. */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, format: 'module', shortCircuit: true };
  if (!specifier.startsWith('.') || !specifier.endsWith('.js') || !context.parentURL?.endsWith('.ts'))
    return next(specifier, context);
  try {
    return await next(`${specifier.slice(0, -'.js'.length)}.ts`, context);
  } catch {
    return next(specifier, context);
  }
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const text = readFileSync(filename, 'utf8');
  const name = createHash('sha256').update(`${MADE_BY}\0${filename}\0${text}`).digest('hex');
  const file = join(folder, `${name}.js`);
  const map = `${file}.map`;
  let source = kept(file);
  if (source === undefined) {
    // Loaded only when something has changed: by itself it costs more than reading what was kept.
    const made = require('@swc/core').transformSync(text, { filename, sourceMaps: true, ...OPTIONS });
    source = made.code;
    keep(map, made.map);
    keep(file, source);
  }
  port?.postMessage([filename, map]);
  return { format: 'module', source, shortCircuit: true };
}

function kept(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whole or not at all: both workers may write the same. */
function keep(file, text) {
  const written = `${file}.${process.pid}`;
  writeFileSync(written, text);
  renameSync(written, file);
}
