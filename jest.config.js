import { OPTIONS } from './test/native/swc-options.mjs';

/** Modules are loaded by Node, once a worker (test/native/runtime.cjs); a file that replaces modules needs --experimental-vm-modules, which the `jest` script gives. */
export default {
  testEnvironment: 'node',
  // On a server each file has a database of its own (test/store/test-stores.ts), and so modules of its own.
  ...(process.env['MSSQL_URL'] ? {} : { runtime: '<rootDir>/test/native/runtime.cjs' }),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', OPTIONS],
  },
  testSequencer: '<rootDir>/test/native/long-first.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  // Both cores: one of two workers would otherwise stand idle.
  maxWorkers: 2,
  testTimeout: 30000,
};
