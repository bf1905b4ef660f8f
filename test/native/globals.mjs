/** What `@jest/globals` gives to modules that Node loaded: always that of the test file at hand, whoever holds it. */
const GLOBALS = Symbol.for('threshold.jest.globals');

const ofThisFile = (name) =>
  new Proxy(() => {}, {
    apply: (_, self, args) => Reflect.apply(globalThis[GLOBALS][name], self, args),
    get: (_, key) => globalThis[GLOBALS][name][key],
  });

export const afterAll = ofThisFile('afterAll');
export const afterEach = ofThisFile('afterEach');
export const beforeAll = ofThisFile('beforeAll');
export const beforeEach = ofThisFile('beforeEach');
export const describe = ofThisFile('describe');
export const expect = ofThisFile('expect');
export const it = ofThisFile('it');
export const jest = ofThisFile('jest');
export const test = ofThisFile('test');
