/**
 * Jest's runtime, but for how modules are loaded: by Node itself, once in each worker, instead of anew for every test file in a
 * realm of its own (about two seconds of processor time each, most of it third-party code that no test looks into). What
 * it costs: modules of `src` are shared by the test files of a worker, so nothing there may keep state of its own (the house rule
 * anyway), and coverage by jest is not measured. Circus itself is fresh for each file. A test file that replaces modules
 * (`unstable_mockModule`) still gets a realm of its own.
 */
const asyncHooks = require('node:async_hooks');
const { readFileSync } = require('node:fs');
const { register } = require('node:module');
const { pathToFileURL } = require('node:url');
const { MessageChannel } = require('node:worker_threads');
const { default: Runtime } = require('jest-runtime');

const GLOBALS = Symbol.for('threshold.jest.globals');
const TEST_TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** Where the map of each file that was transformed lies: what stacks of failing tests are read by. */
const sourceMaps = new Map();
let isRegistered = false;

function registerHooks(cacheDirectory) {
  if (isRegistered) return;
  isRegistered = true;
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ([path, map]) => {
    sourceMaps.set(path, map);
    sourceMaps.set(pathToFileURL(path).href, map);
  });
  port1.unref();
  register(pathToFileURL(require.resolve('./hooks.mjs')), {
    data: { port: port2, cacheDirectory },
    transferList: [port2],
  });
}

/** What circus that is loaded meanwhile keeps its running test in. */
function storagesMadeIn(load) {
  const { AsyncLocalStorage } = asyncHooks;
  const made = [];
  asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
    constructor(...options) {
      super(...options);
      made.push(this);
    }
  };
  try {
    return { loaded: load(), made };
  } finally {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }
}

class SharedModules extends Runtime {
  #isOfItself;
  #storages = [];

  constructor(config, environment, resolver, transformer, cacheFS, coverageOptions, testPath, globalConfig) {
    super(config, environment, resolver, transformer, cacheFS, coverageOptions, testPath, globalConfig);
    this.#isOfItself = readFileSync(testPath, 'utf8').includes('unstable_mockModule');
    registerHooks(config.cacheDirectory);
  }

  getSourceMaps() {
    return this.#isOfItself ? super.getSourceMaps() : sourceMaps;
  }

  /** Circus, loaded afresh: it keeps what a file described. */
  requireInternalModule(from, to) {
    if (this.#isOfItself || to !== undefined) return super.requireInternalModule(from, to);
    delete require.cache[from];
    const { loaded, made } = storagesMadeIn(() => require(from));
    this.#storages.push(...made);
    return loaded;
  }

  /** With its file circus is done: a storage that is left on is handed on by every promise of every later file. */
  teardown() {
    for (const storage of this.#storages) storage.disable();
    super.teardown();
  }

  unstable_shouldLoadAsEsm(path) {
    return this.#isOfItself ? super.unstable_shouldLoadAsEsm(path) : true;
  }

  async unstable_importModule(from, to) {
    if (this.#isOfItself) return super.unstable_importModule(from, to);
    return import(pathToFileURL(from).href);
  }

  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    const mocker = this._moduleMocker;
    const jest = {
      fn: mocker.fn.bind(mocker),
      spyOn: mocker.spyOn.bind(mocker),
      setTimeout: (milliseconds) => {
        globalThis[TEST_TIMEOUT] = milliseconds;
      },
    };
    globalThis[GLOBALS] = { ...globals, jest };
  }
}

module.exports = { __esModule: true, default: SharedModules };
