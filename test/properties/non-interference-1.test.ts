/** The first part of the pairs of worlds: see `non-interference.ts`. */
import { proveNonInterference } from './non-interference.js';

proveNonInterference(1);
