/** How TypeScript is made runnable without its types: for jest's workers and for programs of the tests alike. */
export const OPTIONS = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
  module: { type: 'es6' },
};
