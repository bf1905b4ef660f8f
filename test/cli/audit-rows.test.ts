/** What `threshold audit` writes of each question that is more than operations, asked of the running gateway. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { parse as parseCsv } from 'csv-parse/sync';
import { keepPolicies, readStated } from '../../src/audit/kept-policies.js';
import { askPages, type Send, sendTo } from '../../src/cli/audit/ask.js';
import { addAuditCommand } from '../../src/cli/audit/command.js';
import { auditEventOf } from '../../src/cli/audit/fhir.js';
import { type Format, writerFor } from '../../src/cli/audit/formats.js';
import { QUESTIONS, type Question } from '../../src/cli/audit/questions.js';
import type { Demo } from '../../src/compose-demo.js';
import { compilePolicies, textsIn } from '../../src/disclosure/policies.js';
import { ask, type Json, readPerson, startDemo } from '../attacks/demo.js';
import { keyText } from '../audit/sequenced.js';
import { AUDIT_EVENT } from './audit-event.js';

const OFFICER = 'ig-sol-whitby';
const question = (name: string) => QUESTIONS[name] as Question;
/** The demo's. */
const DAY = '2026-11-23';

let demo: Demo;
let send: Send;
let old: string;
const rowsOf = async (name: string, given: { readonly [option: string]: string } = {}): Promise<readonly Json[]> => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
  const rows: Json[] = [];
  for await (const row of askPages(send, question(name), given)) rows.push(row as Json);
  return rows;
};
const written = async (format: Format, name: string, given: { readonly [option: string]: string } = {}) => {
  const { write, end } = writerFor(format, question(name));
  return (await rowsOf(name, given))
    .flatMap((row) => write(row))
    .map((line) => line + end)
    .join('');
};
const csvOf = async (...asked: [string, { readonly [option: string]: string }?]) =>
  parseCsv(await written('csv', ...asked), { columns: true }) as readonly { readonly [column: string]: string }[];
/** Of an event's entities, the details of each that stands for this. */
const detailsOf = (row: Json, stands: string): readonly (readonly [string, string])[][] => {
  const event = AUDIT_EVENT.parse(auditEventOf(row));
  return (event.entity ?? [])
    .map(({ detail }) => detail.map(({ type, valueString }) => [type, valueString] as const))
    .filter((details) => details.some(([type, value]) => type === 'stands' && value === stands));
};
const read = (worker: string, person: string, purpose: string) => readPerson(demo, worker, person, purpose);

beforeAll(async () => {
  demo = await startDemo({ THRESHOLD_LOG_KEY: keyText(3) });
  const present = textsIn((await readStated(demo.store, demo.house.policyVersion)) ?? '');
  const files = present.files.map(({ file, text }) => ({
    file,
    text: text.replace(/@id\("family-team"\)[\s\S]*?\};\n/, ''),
  }));
  const policies = compilePolicies(files, present.rests);
  await keepPolicies(demo.store, policies, '2026-09-01T00:00:00.000Z');
  old = policies.version;
  const board = 'query Board @purpose(of: SUPERVISION) { families { nodes { members { person { surname } } } } }';
  const earlier = await startDemo();
  await ask(earlier, 'sw-ada-thorne', board);
  const [entry] = await earlier.audit.read({ worker: 'sw-ada-thorne', limit: 1 });
  await earlier.stop();
  // An operation of the month before, under policies of which no texts are kept; and one under those without a permit.
  const [month, forgotten] = ['2026-10-15T10:15:00.000Z', '0'.repeat(64)];
  await demo.audit.append({ ...entry!.body, id: '0'.repeat(26), at: month, policyVersion: forgotten });
  await demo.sequencer.sequence();
  await demo.audit.append({ ...entry!.body, id: `${'0'.repeat(25)}1`, at: month, policyVersion: old });
  await demo.sequencer.sequence();
  await ask(demo, 'sw-ada-thorne', board);
  await read('sw-dorn-aske', 'P-1020', 'S47_ENQUIRY');
  await read('sw-bram-hollis', 'P-1005', 'SUPERVISION');
  await read('sw-ada-thorne', 'P-1001', 'SUPERVISION');
  await read('kw-otto-blythe', 'P-1080', 'DIRECT_WORK');
  await demo.sequencer.sequence();
  await demo.indexer.index();
  await demo.watch.run();
  send = sendTo(demo.url, await demo.tokenOf(OFFICER));
}, 120_000);
afterAll(() => demo.stop());

describe('a row of CSV', () => {
  it('has of statements what was done, by which ids, to whom and by which policies', async () => {
    const [asked] = await rowsOf('operations', { did: 'WATCHED' });
    const persons = asked?.['statements'].flatMap((one: Json) => one['persons']) as string[];
    expect(persons.length).toBeGreaterThan(0);
    const [row] = await csvOf('operations', { did: 'WATCHED' });
    expect(row).toMatchObject({ statements: 'WATCHED', statementPersons: persons.join(' ') });
    await rowsOf('grants');
    const [question] = await csvOf('operations', { did: 'AUDIT_ASKED', worker: OFFICER });
    expect(question).toMatchObject({ statementIds: 'grants', statementPolicies: 'may-ask-audit' });
  });

  it('has the marks of an operation, and the table and NDJSON have them too', async () => {
    const [row] = await csvOf('near-themselves', { mark: 'OWN_RECORD' });
    expect(row).toMatchObject({ worker: 'kw-otto-blythe', marks: 'OWN_RECORD CONFLICT' });
    expect((await written('table', 'near-themselves')).split('\n')[0]?.split('\t')).toContain('marks');
    const ndjson = JSON.parse((await written('ndjson', 'attempts-on-protected')).split('\n')[0] ?? '') as Json;
    expect(ndjson).toMatchObject({ worker: 'sw-ada-thorne', marks: ['LOCATION_REFUSED'] });
  });
});

describe('an AuditEvent', () => {
  it('of an overridden refusal says what overrode it, by which gateway and who recorded it', async () => {
    const [row] = await rowsOf('overridden-refusals');
    const overriding = row?.['overriddenBy'] as Json[];
    expect(overriding.length).toBeGreaterThan(0);
    const details = detailsOf(row as Json, 'overriddenBy');
    expect(details.map((one) => Object.fromEntries(one)['id'])).toEqual(overriding.map(({ id }) => id));
    for (const [at, one] of overriding.entries())
      for (const field of ['kind', 'gateway', 'citation', 'recordedBy', 'approvedBy'])
        if (one[field]) expect(details[at]).toContainEqual([field, one[field]]);
  });

  it('of a sample says what stands behind it, and how it was drawn', async () => {
    const rows = await rowsOf('sample', { month: '2026-10', size: '2' });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const behind = row['behind'] as Json[];
      expect(detailsOf(row, 'behind').map((one) => Object.fromEntries(one)['id'])).toEqual(behind.map(({ id }) => id));
      const [drawn] = detailsOf(row, 'sample');
      expect(drawn).toContainEqual(['seed', row['sample'].seed]);
    }
    const said = rows.flatMap((row) => detailsOf(row, 'behind')).flat();
    expect(said).toContainEqual(['says:state', 'GIVEN']);
    expect(said).toContainEqual(['kind', 'CONSENT']);
  });

  it('says by which policies a statement was made, and which marks there are', async () => {
    const [question] = await rowsOf('operations', { did: 'AUDIT_ASKED', worker: OFFICER });
    expect(detailsOf(question as Json, 'statement')[0]).toContainEqual(['policy', 'may-ask-audit']);
    const [own] = await rowsOf('near-themselves', { mark: 'OWN_RECORD' });
    const marks = [{ system: 'urn:threshold:mark', code: 'OWN_RECORD' }, expect.objectContaining({ code: 'CONFLICT' })];
    expect(AUDIT_EVENT.parse(auditEventOf(own as Json)).subtype?.slice(1)).toEqual(marks);
  });
});

describe('numbers for a chart', () => {
  it('are counted over time, empty days too, and by what there was most of', async () => {
    const from = { from: '2026-11-21', until: '2026-11-24' };
    const counts = await csvOf('counts', { of: 'WORKER', name: 'sw-ada-thorne', ...from });
    expect(counts.map(({ from: day, entries }) => [day, Number(entries) > 0])).toEqual([
      ['2026-11-21', false],
      ['2026-11-22', false],
      [DAY, true],
    ]);
    expect(await rowsOf('counts', { of: 'WORKER', name: 'sw-ada-thorne', ...from, by: 'MONTH' })).toHaveLength(1);
    const totals = await rowsOf('totals', { of: 'WORKER', ...from, first: '2' });
    expect(totals).toHaveLength(2);
    expect(totals[0]?.['entries']).toBeGreaterThanOrEqual(totals[1]?.['entries']);
    expect(() => writerFor('fhir', question('counts'))).toThrow('AuditEvents');
  });
});

describe('alerts', () => {
  const run = async (...given: string[]) => {
    const program = new Command('threshold').exitOverride();
    addAuditCommand(program, { demo: () => Promise.resolve({ send, stop: () => Promise.resolve() }) });
    await program.parseAsync(['audit', ...given, '--as', OFFICER], { from: 'user' });
  };

  it('are listed without anybody, opened with the operations behind them, and closed with an outcome', async () => {
    const listed = await csvOf('alerts', { rule: 'OWN_RECORD', isOpen: 'true' });
    expect(listed.map(({ rule, kind }) => [rule, kind])).toEqual([['OWN_RECORD', 'SUSPICION']]);
    expect(JSON.stringify(await rowsOf('alerts'))).not.toMatch(/blythe/);
    const id = listed[0]?.['id'] as string;
    const [opened] = await rowsOf('alert', { id });
    expect(opened).toMatchObject({ alert: id, rule: 'OWN_RECORD', worker: 'kw-otto-blythe', closedAs: null });
    expect(detailsOf(opened as Json, 'alert')[0]).toContainEqual(['id', id]);
    await expect(run('close-alert', id, '--outcome', 'EXPLAINED', '--why', ' ')).rejects.toThrow();
    await run('close-alert', id, '--outcome', 'EXPLAINED', '--why', 'A training day.');
    expect(await rowsOf('alerts', { rule: 'OWN_RECORD', isOpen: 'true' })).toEqual([]);
    expect(await rowsOf('alert', { id })).toEqual([
      expect.objectContaining({ closedAs: 'EXPLAINED', why: 'A training day.' }),
    ]);
  });
});

describe('changes of the policies', () => {
  it('say what each let through, and nothing where it cannot be told', async () => {
    const [first, second] = await rowsOf('policy-changes');
    expect(first).toMatchObject({ to: old, isComparable: false, letThrough: null, isMore: null });
    expect(second).toMatchObject({ from: old, isComparable: true, added: ['family-team'], isMore: false });
    expect(second?.['letThrough'].length).toBeGreaterThan(0);
    const [, row] = await csvOf('policy-changes');
    expect(row?.['letThrough']).toBe(second?.['letThrough'].join(' '));
    const through = await rowsOf('let-through', { from: old, to: demo.house.policyVersion });
    expect(through.map(({ id }) => id)).toEqual(second?.['letThrough']);
    for (const line of through.flatMap(({ lines }) => lines as Json[]))
      expect(line['permits']).toEqual(['family-team']);
  });
});
