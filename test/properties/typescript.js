/**
 * Lets Node run the TypeScript of this repository as it stands, without a build: `node --import ./test/properties/typescript.js FILE.ts`.
 * For programs of the tests that run in processes of their own, where jest's own transform does not reach.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

const OPTIONS = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
  module: { type: 'es6' },
};

// The hooks themselves run in a thread that Node makes for them.
if (isMainThread) register(import.meta.url);

/** A `.js` that an import names and that is not there is the `.ts` it would be built from. */
export async function resolve(specifier, context, next) {
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
  const { code } = await transform(await readFile(filename, 'utf8'), { filename, ...OPTIONS });
  return { format: 'module', source: code, shortCircuit: true };
}
