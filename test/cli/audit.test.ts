/** `threshold audit`: the documents fit the schema, answers stream page by page, and what is written cannot be mistaken. */
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { parse as parseCsv } from 'csv-parse/sync';
import { isEnumType, parse, validate } from 'graphql';
import { askPages, type Send, sendTo } from '../../src/cli/audit/ask.js';
import { addAuditCommand, answer, NOTHING_FOUND, print } from '../../src/cli/audit/command.js';
import { auditEventOf } from '../../src/cli/audit/fhir.js';
import { csvCell, tableCell, writerFor } from '../../src/cli/audit/formats.js';
import { CLOSED } from '../../src/cli/audit/options.js';
import { documentOf, QUESTIONS, type Question } from '../../src/cli/audit/questions.js';
import type { Demo } from '../../src/compose-demo.js';
import { createPages } from '../../src/graph/connection.js';
import { DEFAULT_LIMITS, limitRule } from '../../src/graph/limits.js';
import { buildGraph } from '../../src/graph/schema.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';
import { AUDIT_EVENT } from './audit-event.js';

const question = (name: string) => QUESTIONS[name] as Question;
const OFFICER = 'ig-sol-whitby';

describe('every question', () => {
  const { schema } = buildGraph('schema/graphql', createPages('none'), DEFAULT_LIMITS);
  it.each(Object.entries(QUESTIONS))('%s fits the schema with any of its options, within the limits', (_, asked) => {
    const all = Object.entries(asked.options);
    const needed = all.filter(([, [type]]) => type.endsWith('!'));
    const paging: [string, string][] = asked.isPaged
      ? [
          ['first', 'Int'],
          ['after', 'String'],
        ]
      : [];
    for (const options of [all, needed, ...all.map((one) => [...new Map([...needed, one])])]) {
      const types = new Map([...options.map(([name, [type]]) => [name, type] as [string, string]), ...paging]);
      const document = parse(documentOf(asked, types));
      expect(validate(schema, document, undefined, { maxErrors: 3 })).toEqual([]);
      expect(validate(schema, document, [limitRule(DEFAULT_LIMITS)])).toEqual([]);
    }
  });
});

describe('an option', () => {
  const { schema } = buildGraph('schema/graphql', createPages('none'), DEFAULT_LIMITS);
  const refused = async (...given: string[]): Promise<string> => {
    let said = '';
    const program = new Command('threshold').exitOverride().configureOutput({
      writeErr: (text) => {
        said += text;
      },
    });
    addAuditCommand(program, { demo: () => Promise.reject(new Error('the gateway was asked')) });
    const parsed = program.parseAsync(['audit', ...given, '--as', OFFICER], { from: 'user' });
    await expect(parsed).rejects.toThrow(/invalid|required/);
    return said;
  };

  it.each(Object.entries(CLOSED))('of the type %s may be what the schema says', (type, values) => {
    const found = schema.getType(type);
    if (!isEnumType(found)) throw new Error(`${type} is no enum`);
    expect([...values].sort()).toEqual(
      found
        .getValues()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('of every enum of the schema is one of a closed list', () => {
    const types = Object.values(QUESTIONS).flatMap(({ options }) => Object.values(options).map(([type]) => type));
    for (const type of new Set(types.map((one) => one.replace('!', ''))))
      expect([type, isEnumType(schema.getType(type))]).toEqual([type, type in CLOSED]);
  });

  it.each([
    [['operations', '--since', 'yesterday'], "--since <datetime>' argument 'yesterday' is invalid", 'RFC 3339'],
    [['operations', '--until', '2026-02-30T00:00:00Z'], '--until <datetime>', 'RFC 3339'],
    [['operations', '--mark', 'NOPE'], '--mark <auditmark>', 'OVERRIDDEN_REFUSAL, EMERGENCY'],
    [['near-themselves', '--mark', 'LOCKED_REFUSED'], '--mark <nearmark>', 'OWN_RECORD, CONFLICT'],
    [['resting-on', '--ground', 'FOO', '--id', 'x'], '--ground <ground>', 'CONSENT, EXCEPTION, GRANT'],
    [['sample', '--month', '2026-10', '--size', 'abc'], '--size <int>', '1 to 100'],
    [['sample', '--month', '2026-10', '--size', '101'], '--size <int>', '1 to 100'],
    [['sample', '--month', 'October', '--size', '5'], '--month <string>', '2026-10'],
    [['grants', '--format', 'fhir'], '--format <format>', 'table, csv, ndjson.'],
    [['about-person'], '--person <id>', 'not specified'],
    [['consistency', '--from', 'x', '--to', '2', '--out', 'f'], '--from <int>', 'whole number'],
  ])('%j is refused by the command, which names it and what it may be, and asks nothing', async (given, names, may) => {
    const said = await refused(...given);
    expect(said).toContain(names);
    expect(said).toContain(may);
  });

  it.each(['2026-11-23T00:00:00Z', '2026-11-23T00:00:00.123+01:00'])('may be the instant %s', async (since) => {
    const program = new Command('threshold').exitOverride();
    addAuditCommand(program, { demo: () => Promise.reject(new Error('the gateway was asked')) });
    const parsed = program.parseAsync(['audit', 'operations', '--since', since, '--as', OFFICER], { from: 'user' });
    await expect(parsed).rejects.toThrow('the gateway was asked');
  });
});

describe('a gateway that is not there', () => {
  it('is named by its address, with what went wrong', async () => {
    const url = 'http://127.0.0.1:1/graphql';
    const rows = askPages(sendTo(url, 'token'), question('grants'), {});
    await expect(rows.next()).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1\/graphql could not be reached: \S/);
    await expect(askPages(sendTo('nowhere', 'token'), question('grants'), {}).next()).rejects.toThrow(
      /^nowhere could not be reached: \S/,
    );
  });
});

describe('asked of the running gateway', () => {
  let demo: Demo;
  let send: Send;
  beforeAll(async () => {
    demo = await startDemo();
    const board = 'query Board @purpose(of: SUPERVISION) { families { nodes { members { person { surname } } } } }';
    await ask(demo, 'sw-ada-thorne', board);
    const [entry] = await demo.audit.read({ worker: 'sw-ada-thorne', limit: 1 });
    for (let i = 0; i < 240; i += 1)
      await demo.audit.append({ ...entry!.body, id: `C${String(i).padStart(25, '0')}`, decisions: [], outcomes: [] });
    await demo.sequencer.sequence();
    await demo.indexer.index();
    send = sendTo(demo.url, await demo.tokenOf(OFFICER));
  }, 120_000);
  afterAll(() => demo.stop());

  it('streams: each page is written before the next is asked for, and the pages are the whole answer', async () => {
    const events: string[] = [];
    let written = '';
    const out = new Writable({
      highWaterMark: 64,
      write(chunk: Buffer, _, done) {
        if (events.at(-1) !== 'written') events.push('written');
        written += chunk.toString();
        setImmediate(done);
      },
    });
    const noted: Send = (query, variables) => {
      events.push('asked');
      return send(query, variables);
    };
    const asked = question('operations');
    await print(noted, asked, { worker: 'sw-ada-thorne' }, writerFor('ndjson', asked), out);
    expect(events).toEqual(['asked', 'written', 'asked', 'written', 'asked', 'written']);
    const rows = written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(241);
  });

  it('is CSV that reads back, a row for each line of an operation', async () => {
    const asked = question('received');
    let written = '';
    const out = new Writable({
      write(chunk: Buffer, _, done) {
        written += chunk.toString();
        done();
      },
    });
    await print(send, asked, { worker: 'sw-ada-thorne' }, writerFor('csv', asked), out);
    expect(written).toMatch(/\r\n$/);
    const rows = parseCsv(written, { columns: true }) as Record<string, string>[];
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toMatchObject({ worker: 'sw-ada-thorne', agency: 'csc', outcome: 'RELEASED' });
    expect(rows[0]).toHaveProperty('evidence');
  });

  it.each(['table', 'csv', 'ndjson'] as const)(
    'says in words beside the answer that nothing was found, and writes nothing into it: %s',
    async (format) => {
      const written = { stdout: '', stderr: '' };
      const into = (name: keyof typeof written) =>
        new Writable({
          write(chunk: Buffer, _, done) {
            written[name] += chunk.toString();
            done();
          },
        });
      const asked = question('operations');
      const streams = { stdout: into('stdout'), stderr: into('stderr') };
      await answer(send, asked, { worker: 'nobody-such' }, writerFor(format, asked), streams);
      expect(written).toEqual({ stdout: '', stderr: `${NOTHING_FOUND}\n` });
      await answer(send, asked, { worker: 'sw-ada-thorne' }, writerFor(format, asked), streams);
      expect(written.stdout).not.toBe('');
      expect(written.stderr).toBe(`${NOTHING_FOUND}\n`);
    },
  );

  it('that is refused is no empty one: it fails in the gateway’s own words', async () => {
    const refused = sendTo(demo.url, await demo.tokenOf('sw-ada-thorne'));
    const asked = question('grants');
    const written: string[] = [];
    const out = new Writable({
      write(chunk: Buffer, _, done) {
        written.push(chunk.toString());
        done();
      },
    });
    const answered = answer(refused, asked, {}, writerFor('csv', asked), { stdout: out, stderr: out });
    await expect(answered).rejects.toThrow('You may not do this.');
    expect(written).toEqual([]);
  });

  it('is FHIR R4 AuditEvents of the published structure, of which none holds a name of a person', async () => {
    const asked = question('operations');
    let count = 0;
    for await (const row of askPages(send, asked, {})) {
      const event = auditEventOf(row);
      expect(AUDIT_EVENT.parse(event)).toEqual(event);
      expect(JSON.stringify(event)).not.toMatch(/Quist|Marlow|Mira/);
      count += 1;
    }
    expect(count).toBeGreaterThan(240);
  });

  it("says the gateway's own words when it refuses, and names an option that is missing", async () => {
    const as = sendTo(demo.url, await demo.tokenOf('sw-ada-thorne'));
    const rows = askPages(as, question('grants'), {});
    await expect(rows.next()).rejects.toThrow('You may not do this.');
    await expect(askPages(send, question('about-person'), {}).next()).rejects.toThrow('--person is missing');
    await expect(askPages(sendTo(demo.url, 'none'), question('grants'), {}).next()).rejects.toThrow(
      'Sign-in required.',
    );
  });

  it('writes questions that are no operations as tables, and refuses to call them AuditEvents', async () => {
    expect(() => writerFor('fhir', question('emergencies'))).toThrow('AuditEvents');
    const { write } = writerFor('table', question('policy-versions'));
    for await (const row of askPages(send, question('policy-versions'), {}))
      expect(write(row)).toEqual([
        'version\toperations\tfirstAt\tlastAt\tisKept',
        expect.stringMatching(new RegExp(`^${demo.house.policyVersion}\t\\d+\t.*\ttrue$`)),
      ]);
  });
});

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '=HYPERLINK("http://x","y")', '\n=1'])(
    'that a spreadsheet would take for a formula is text: %j',
    (text) => {
      const [[read]] = parseCsv(csvCell(text)) as [[string]];
      expect(read).toBe(`'${text}`);
    },
  );

  it.each(['a,b', 'say "no"', 'two\r\nlines', '', 'é', '2026-11-23T10:00:00Z'])('comes back as it was: %j', (text) => {
    const [[read]] = parseCsv(`${csvCell(text)},x`) as [[string]];
    expect(read).toBe(text);
  });

  it('moves no cursor in a terminal', () => {
    expect(tableCell('a\u001b[2Jb\tc\u009b\u202ed')).toBe('a·[2Jb·c··d');
  });
});
