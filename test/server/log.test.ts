import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLog, describeError, type LogLevel } from '../../src/server/log.js';

const NOW = new Date('2026-11-23T10:00:00.000Z');

function open(level: LogLevel = 'trace') {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return {
    log: createLog({ level, now: () => NOW, destination }),
    lines,
    last: () => JSON.parse(lines.at(-1) ?? '{}'),
  };
}

const head = { level: 'info', time: '2026-11-23T10:00:00.000Z' };

describe('a line of the log', () => {
  it('has the fields on the list', () => {
    const { log, last } = open();
    log.info(
      { source: 'social-care', code: 'ROWS_REJECTED', count: 3, policyIds: ['own-records'] },
      'source rows rejected',
    );
    expect(last()).toEqual({
      ...head,
      source: 'social-care',
      code: 'ROWS_REJECTED',
      count: 3,
      policyIds: ['own-records'],
      msg: 'source rows rejected',
    });
  });

  it.each([
    ['variables', { variables: { forename: 'Canary' } }],
    ['a document', { query: '{ person(name: "Canary") { id } }' }],
    ['a token', { token: 'eyJCanary', authorization: 'Bearer eyJCanary' }],
    ['a person', { person: 'P-CANARY', worker: 'w-canary' }],
    ['a whole request', { req: { url: '/Canary', headers: { authorization: 'Canary' } } }],
    ['free text in a field for codes', { code: 'Canary Person was here' }],
    ['a value of the wrong kind', { count: 'Canary', source: ['Canary'], status: Number.NaN }],
    ['a list with something else in it', { policyIds: ['own-records', 'Canary Person'] }],
    ['something nested', { source: { toJSON: () => 'Canary' } }],
    ['an inherited name', { constructor: 'Canary', __proto__: { code: 'CANARY' } }],
  ])('drops and counts %s', (_what, fields) => {
    const { log, lines, last } = open();
    log.info(fields, 'something happened');
    expect(lines.join('')).not.toMatch(/canary/i);
    expect(last()).toEqual({ ...head, dropped: Object.keys(fields).length, msg: 'something happened' });
  });

  it('takes no field from who writes many lines either', () => {
    const { log, lines } = open();
    const child = log.child({ requestId: 'r-1', person: 'P-CANARY' });
    child.info('one');
    child.child({ name: 'Canary' }).info('two');
    child.setBindings({ name: 'Canary' });
    child.info('three');
    expect(lines.join('')).not.toMatch(/canary/i);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ requestId: 'r-1', dropped: 1, msg: 'two' });
  });

  it('fills nothing into its sentence, and withholds a sentence that carries an id or a date', () => {
    const { log, lines, last } = open();
    log.info('read %s', 'Canary');
    log.info({ count: 1 }, 'read %s', 'Canary');
    log.info(`read P-${1001}`);
    expect(last().msg).toBe('sentence withheld');
    log.info({ msg: 'Canary' });
    log.info({ count: 1 });
    expect(last()).toEqual({ ...head, count: 1, msg: 'sentence withheld' });
    expect(lines.join('')).not.toMatch(/canary/i);
  });

  it('is left out below the level', () => {
    const { log, lines } = open('warn');
    log.info('quiet');
    expect(lines).toEqual([]);
  });
});

describe('an error in the log', () => {
  class QueryFailedError extends Error {
    override readonly name = 'QueryFailedError';
    readonly code = 'SQLITE_CONSTRAINT';
    readonly query = "SELECT * FROM person WHERE surname = 'Canary'";
    readonly parameters = ['Canary'];
  }

  it('is its class, its code and that of its cause, however it is handed over', () => {
    const { log, lines, last } = open();
    const error = new QueryFailedError('UNIQUE failed for Canary', {
      cause: Object.assign(new TypeError('Canary'), { number: 2627 }),
    });
    log.error({ err: error }, 'a request failed');
    expect(last().err).toMatchObject({
      name: 'QueryFailedError',
      code: 'SQLITE_CONSTRAINT',
      cause: { name: 'TypeError', number: 2627 },
    });
    log.error(error, 'a request failed');
    expect(last()).toMatchObject({ err: { name: 'QueryFailedError' }, msg: 'a request failed' });
    log.error(error);
    expect(last()).toMatchObject({ err: { name: 'QueryFailedError' }, msg: 'sentence withheld' });
    log.error({ err: error });
    log.child({ err: error }).error('a request failed');
    log.error({ error }, 'a request failed');
    expect(lines.join('')).not.toMatch(/canary/i);
  });

  it('says where in our own source it came from, and nothing else of its stack', () => {
    const error = new Error('Canary');
    error.stack =
      'Error: Canary\n    at x (/home/canary/dist/src/store/rows.js:12:7)\n    at y (/home/canary/dist/src/graph/a.js:1:1)';
    expect(describeError(error)).toEqual({ name: 'Error', at: 'src/store/rows.js:12' });
  });

  it('has a name and a code of plain shape or none', () => {
    const error = Object.assign(new Error(), { name: 'Canary Person', code: 'Canary Person', stack: '' });
    expect(describeError(error)).toEqual({ name: 'Error' });
    expect(describeError('Canary')).toEqual({ name: 'unknown' });
  });

  it('with a ring of causes ends', () => {
    const error = new Error('x');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/cause/g)).toHaveLength(3);
  });
});
