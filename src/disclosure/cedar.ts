/**
 * Cedar, loaded once and with V8 told two things before it is. What WebAssembly compiles to is V8's own affair otherwise.
 *
 * - V8's optimiser may inline a call into WebAssembly; when it later takes that optimisation back in the middle of such a call,
 *   the process dies ("unreachable code", Node 20.20). Decisions are remembered, so that nothing is lost without it.
 * - V8 compiles what runs often in WebAssembly once more, to faster code. While policies are read at the start that costs more
 *   than all the reading, and 20 MB; an evaluation is no faster for it: its time goes into JSON. So it is compiled once.
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-turbo-inline-js-wasm-calls');
setFlagsFromString('--liftoff-only');

type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/** `import` would load it before the lines above. */
export const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Cedar;
