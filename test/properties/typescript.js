/**
 * Lets Node run the TypeScript of this repository as it stands, without a build: `node --import ./test/properties/typescript.js FILE.ts`.
 * For programs of the tests that run in processes of their own, where jest's own loading does not reach.
 */
import { register } from 'node:module';
import { tmpdir } from 'node:os';

register('../native/hooks.mjs', import.meta.url, { data: { cacheDirectory: tmpdir() } });
