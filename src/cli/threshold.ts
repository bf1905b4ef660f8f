#!/usr/bin/env -S node --max-semi-space-size=8
/** Carries out what the command line asks of `threshold`. */
import { inPlainWords } from './plain-words.js';
import { createProgram } from './program.js';

try {
  await createProgram().parseAsync();
} catch (error) {
  console.error(inPlainWords(error));
  // Whatever a command that failed has left open must not keep the process: a supervisor waits for its end.
  process.exit(1);
}
