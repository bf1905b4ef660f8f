import { transformSync } from '@swc/core';

/** Compiles one source to JavaScript as the tests do (jest.config.js). */
export function compile(text) {
  return transformSync(text, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
    module: { type: 'es6' },
  }).code;
}
