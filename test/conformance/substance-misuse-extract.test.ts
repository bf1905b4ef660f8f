/** What lands in a provider's folder: what is taken, when, what is refused, and what the report says. */
import { appendFile, chmod, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import editions from '../../adapters/substance-misuse/editions.json' with { type: 'json' };
import {
  createSubstanceMisuse,
  type LoadOutcome,
  type SubstanceMisuseOptions,
} from '../../adapters/substance-misuse/index.js';
import { readSources } from '../../src/compose-service.js';
import { type Source, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';

const INDEX = 'CLIENTID,FORENAME,SURNAME,DOB,SEX,HOUSE,POSTCODE,KEYWORKER_ID,KEYWORKER_NAME,TEAM_ID,FROM,UNTIL\n';
const COLUMNS = ['AGNCY', 'CLIENTID', 'EPISODID', 'CONSENT', 'REFLD', 'DISD', 'DISRSN', 'DRUG1', 'MODID', 'TOPID'];
const CANARY = 'Canarywood';

type Cells = Record<string, string>;
const quoted = (cells: readonly string[]) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
const good: Cells = { AGNCY: 'ZZ1', CLIENTID: 'C1', EPISODID: 'E1', CONSENT: 'Y', REFLD: '2026-01-05', MODID: 'M1' };
const csv = (rows: readonly Cells[], columns: readonly string[] = COLUMNS) =>
  quoted(columns) + rows.map((row) => quoted(columns.map((column) => row[column] ?? ''))).join('');
const row = (over: Cells = {}): Cells => ({ ...good, ...over });
const options = () => ({ signal: AbortSignal.timeout(10_000) });

describe("a provider's folder", () => {
  let folder: string;
  let source: Source;
  let outcomes: LoadOutcome[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ndtms-folder-'));
    outcomes = [];
    await writeFile(join(folder, 'client-index.csv'), INDEX);
    source = make();
  });
  afterEach(async () => {
    await source.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const make = (over: Partial<SubstanceMisuseOptions> = {}) =>
    createSubstanceMisuse({
      id: 'sm',
      holder: 'provider',
      folder,
      settleMs: 30,
      lookEveryMs: 50,
      mostRejected: 0.5,
      told: (outcome) => outcomes.push(outcome),
      ...over,
    });
  const put = (text: string | Buffer, name = 'extract.csv') => writeFile(join(folder, name), text);
  const swapIn = async (text: string | Buffer, name = 'extract.csv') => {
    await put(text, `${name}.tmp`);
    await rename(join(folder, `${name}.tmp`), join(folder, name));
  };
  const idsOf = async (...persons: string[]) =>
    (
      await source.read(
        { wants: [{ type: 'SubstanceMisuseRecord', persons: persons.length > 0 ? persons : ['C1'] }] },
        options(),
      )
    ).items
      .map(({ label }) => label.localId)
      .sort();
  const report = async (name = 'extract.rejects.csv') =>
    (await readFile(join(folder, name), 'utf8')).trim().split('\n');
  const loads = async (count: number) => {
    for (const end = Date.now() + 8000; outcomes.length < count && Date.now() < end; ) await wait(5);
    expect(outcomes.length).toBeGreaterThanOrEqual(count);
    return outcomes[count - 1];
  };

  describe('swapping', () => {
    it('answers from the old extract while the new is written, and from the whole new one after', async () => {
      await put(csv([row()]));
      await source.start();
      const next = csv([row({ EPISODID: 'E2' }), row({ EPISODID: 'E3' })]);
      await put(next.slice(0, next.length - 20));
      for (let i = 0; i < 4; i += 1) {
        await wait(10);
        expect(await idsOf()).toEqual(['C1/E1']);
        await appendFile(join(folder, 'extract.csv'), next.slice(next.length - 20 + i * 5, next.length - 15 + i * 5));
      }
      await loads(2);
      expect(await idsOf()).toEqual(['C1/E2', 'C1/E3']);
      expect(outcomes.map(({ state }) => state)).toEqual(['loaded', 'loaded']);
    });

    it('does not take a file whose writing stopped within a row, and takes it once it is complete', async () => {
      await put(csv([row()]));
      await source.start();
      const next = csv([row({ EPISODID: 'E2' }), row({ EPISODID: 'E3' })]);
      const cuts = { 'within a value': next.lastIndexOf('M1') + 1, 'between two cells': next.lastIndexOf(',"M1"') };
      let ended = 1;
      for (const cut of Object.values(cuts)) {
        await put(next.slice(0, cut));
        ended += 1;
        expect(await loads(ended)).toMatchObject({ state: 'refused', why: expect.stringContaining('cut off') });
        expect(await idsOf()).toEqual(['C1/E1']);
      }
      await put(next);
      expect(await loads(ended + 1)).toMatchObject({ state: 'loaded', rows: 2 });
      expect(await idsOf()).toEqual(['C1/E2', 'C1/E3']);
    });

    it('refuses an extract that has lost most of its rows, and takes it when it is told to', async () => {
      const many = Array.from({ length: 1200 }, (_, i) => row({ CLIENTID: `C${i}` }));
      await put(csv(many));
      await source.start();
      await swapIn(csv(many.slice(0, 500)));
      expect(await loads(2)).toMatchObject({ state: 'refused', rows: 500 });
      expect((await report()).at(-1)).toMatch(/^,,"refused whole: it has 500 rows where the last had 1200.*cut off/);
      expect(await idsOf('C1100')).toEqual(['C1100/E1']);
      await source.stop();
      source = make({ leastRows: 0 });
      await source.start();
      await loads(3);
      expect(await idsOf('C1100')).toEqual([]);
    });

    it('keeps the old extract when the new one has too many bad rows', async () => {
      await put(csv([row()]));
      await source.start();
      await swapIn(csv([row({ EPISODID: 'E2' }), row({ REFLD: '2026-13-01' }), row({ REFLD: '05/01/2026' })]));
      expect(await loads(2)).toMatchObject({ state: 'refused', rejected: { extract: 2 } });
      expect(await idsOf()).toEqual(['C1/E1']);
      expect((await report()).slice(-3).map((line) => line.split(',').slice(0, 2))).toEqual([
        ['3', 'REFLD'],
        ['4', 'REFLD'],
        ['', ''],
      ]);
    });

    it('takes the two files as one: a bad client index keeps the old extract too', async () => {
      await put(csv([row()]));
      await source.start();
      await swapIn(INDEX.replace('SURNAME,', ''), 'client-index.csv');
      await swapIn(csv([row({ EPISODID: 'E2' })]));
      await loads(2);
      while ((await report('client-index.rejects.csv')).length < 2) await wait(5);
      expect(await report('client-index.rejects.csv')).toEqual([
        'line,column,why',
        ',,"refused whole: it lacks the columns SURNAME"',
      ]);
      expect(await idsOf()).toEqual(['C1/E1']);
    });

    it('does not load again what it has refused, nor what it has loaded', async () => {
      await put(csv([row()]));
      await source.start();
      await put('no,extract\n');
      await loads(2);
      await wait(300);
      expect(outcomes.map(({ state }) => state)).toEqual(['loaded', 'refused']);
    });

    it('answers at once after a restart, from the snapshot of the files that stand', async () => {
      await put(csv([row()]));
      await source.start();
      await source.stop();
      source = make();
      await source.start();
      expect(await idsOf()).toEqual(['C1/E1']);
      await wait(200);
      expect(outcomes).toHaveLength(1);
    });

    it('does not believe a snapshot of another source, or a file that is none', async () => {
      await put(csv([row()]));
      await source.start();
      await source.stop();
      await writeFile(join(folder, 'sm.snapshot.sqlite'), 'not a database, for certain');
      source = make();
      await source.start();
      expect([await idsOf(), outcomes.length]).toEqual([['C1/E1'], 2]);
    });

    it('leaves nothing but the files, their reports and a snapshot that only its owner can read', async () => {
      await put(csv([row()]));
      await source.start();
      await swapIn('no,extract\n');
      await loads(2);
      expect((await readdir(folder)).sort()).toEqual([
        'client-index.csv',
        'client-index.rejects.csv',
        'extract.csv',
        'extract.rejects.csv',
        'sm.snapshot.sqlite',
      ]);
      expect((await stat(join(folder, 'sm.snapshot.sqlite'))).mode & 0o777).toBe(0o600);
    });

    it('writes where it is told to, for a folder that it may not write in', async () => {
      const workFolder = await mkdtemp(join(tmpdir(), 'ndtms-work-'));
      await put(csv([row()]));
      source = make({ workFolder });
      await source.start();
      expect((await readdir(folder)).sort()).toEqual(['client-index.csv', 'extract.csv']);
      await source.stop();
      await rm(workFolder, { recursive: true });
    });
  });

  describe('while there is nothing to take', () => {
    it('says what is missing when it starts, and answers once it is there', async () => {
      await expect(source.start()).rejects.toThrow('source sm: extract.csv is not in its folder');
      await expect(idsOf()).rejects.toThrow(SourceFailure);
      await swapIn(csv([row()]));
      await loads(1);
      expect(await idsOf()).toEqual(['C1/E1']);
    });

    it('does not make a folder that is not mounted, and answers once it is', async () => {
      await put(csv([row()]));
      await rename(folder, `${folder}-away`);
      await expect(source.start()).rejects.toThrow(new SourceFailure('source sm: its folder cannot be read'));
      await rename(`${folder}-away`, folder);
      await loads(1);
      expect(await idsOf()).toEqual(['C1/E1']);
    });

    it('says that the first extract was refused, and where to look', async () => {
      await put('no,extract\n');
      const refused = /extract.csv is refused whole: it lacks the columns AGNCY, .* \(see extract.rejects.csv/;
      await expect(source.start()).rejects.toThrow(refused);
      await expect(idsOf()).rejects.toThrow(SourceNotReady);
    });

    it('answers nothing before it is started or after it is stopped', async () => {
      await put(csv([row()]));
      await expect(idsOf()).rejects.toThrow(SourceNotReady);
      await source.start();
      await source.stop();
      await expect(idsOf()).rejects.toThrow(SourceNotReady);
    });

    it('stops answering when the extract is taken out of the folder, and the folder away', async () => {
      await put(csv([row()]));
      await source.start();
      await rm(join(folder, 'extract.csv'));
      for (const end = Date.now() + 5000; Date.now() < end && (await idsOf().catch(() => undefined)); ) await wait(10);
      await expect(idsOf()).rejects.toThrow('extract.csv was taken out of its folder');
      await rename(folder, `${folder}-away`);
      await expect(idsOf()).rejects.toThrow('its folder cannot be read');
      await rename(`${folder}-away`, folder);
    });

    it('stops answering when the extract is older than it may be', async () => {
      await put(csv([row()]));
      await utimes(join(folder, 'extract.csv'), new Date('2026-01-31T12:00:00Z'), new Date('2026-01-31T12:00:00Z'));
      let today = '2026-03-30T00:00:00.000Z';
      source = make({ staleAfterDays: 62, now: () => today });
      await source.start();
      expect(await idsOf()).toEqual(['C1/E1']);
      today = '2026-04-04T00:00:00.000Z';
      await expect(idsOf()).rejects.toThrow('its extract is older than 62 days');
    });

    it('is not answered from for ever in service, though nobody set a limit', async () => {
      await put(csv([row()]));
      await utimes(join(folder, 'extract.csv'), new Date('2026-01-31T12:00:00Z'), new Date('2026-01-31T12:00:00Z'));
      const listed = `- {id: sm, adapter: substance-misuse, holder: haven, folder: ${folder}, settleMs: 30}`;
      const [inService] = readSources(listed, {}, () => '2026-04-04T00:00:00.000Z');
      await inService?.start();
      const asked = { wants: [{ type: 'SubstanceMisuseRecord' as const, persons: ['C1'] }] };
      await expect(inService?.read(asked, options())).rejects.toThrow('its extract is older than 62 days');
      await inService?.stop();
      expect(() => readSources(listed.replace('30}', '30, mostRejected: 10}'), {}, () => '')).toThrow(/mostRejected/);
    });

    it('stops answering when its snapshot is damaged, naming nobody, and makes it again', async () => {
      await put(csv([row()]));
      await source.start();
      await chmod(join(folder, 'sm.snapshot.sqlite'), 0o600);
      await writeFile(join(folder, 'sm.snapshot.sqlite'), '');
      await expect(idsOf()).rejects.toThrow(new SourceFailure('source sm: its snapshot cannot be read'));
      await loads(2);
      expect(await idsOf()).toEqual(['C1/E1']);
    });
  });

  describe('which file is taken', () => {
    const named = (from: string, until: string, edition = 'P') => `ZZ1-${from}-${until}-TREAT-IN-${edition}.csv`;

    it('takes the named file that reaches furthest, and says until when it can be complete', async () => {
      await put(csv([row({ EPISODID: 'NEW' })]), named('20260401', '20260531'));
      await put(csv([row({ EPISODID: 'OLD' })]), named('20260401', '20260430'));
      await put(csv([row({ EPISODID: 'PART' })]), `${named('20260401', '20260630')}.part`);
      await put(csv([row({ EPISODID: 'HIDDEN' })]), `.${named('20260401', '20260630')}`);
      await source.start();
      expect(await idsOf()).toEqual(['C1/NEW']);
      expect(source.asOf?.()).toBe('2026-05-31T23:59:59.999Z');
      await swapIn(csv([row({ EPISODID: 'NEXT' })]), named('20260501', '20260630'));
      await loads(2);
      expect(await idsOf()).toEqual(['C1/NEXT']);
    });

    it('goes by the older of the two files', async () => {
      await put(csv([row()]));
      const at = new Date('2026-05-02T08:30:00.000Z');
      await utimes(join(folder, 'client-index.csv'), at, at);
      await source.start();
      expect(source.asOf?.()).toBe('2026-05-02T08:30:00.000Z');
    });

    it.each([
      [
        'unknown',
        { name: named('20260401', '20260430', 'ZZ') },
        /its edition is none of those known \(K, N, P, Q, R, S\)/,
      ],
      [
        'not the one it is set to',
        { name: named('20260401', '20260430', 'P'), set: 'CDS-S' },
        /not the one that this source is set to/,
      ],
      ['set and unknown', { name: 'extract.csv', set: 'X' }, /its edition is none of those known/],
    ])('refuses a file whose edition is %s', async (_, { name, set }: { name: string; set?: string }, said) => {
      await put(csv([row()]), name);
      source = make(set === undefined ? {} : { edition: set });
      await expect(source.start()).rejects.toThrow(said);
      expect((await report(name.replace('.csv', '.rejects.csv'))).join()).toMatch(said);
    });

    it('asks all read columns of an edition whose list is known, and only those of all editions of the others', async () => {
      await put(csv([row()]), named('20140401', '20140430', 'K'));
      await expect(source.start()).rejects.toThrow(/lacks the columns TRIAGED, DRUG2, DRUG3, CHILDWTH, TOPDATE/);
      await swapIn(csv([row()], editions.editions.K.fields), named('20140401', '20140531', 'CDS-K'));
      expect(await loads(2)).toMatchObject({ state: 'loaded' });
      await swapIn(csv([row()]), named('20260401', '20260430', 'S'));
      expect(await loads(3)).toMatchObject({ state: 'loaded' });
      expect(await report(named('20260401', '20260430', 'S').replace('.csv', '.rejects.csv'))).toContain(
        ',TRIAGED,"is not in the header: reads as empty"',
      );
    });

    it('takes an edition that an administrator has added', async () => {
      const editionsFile = join(folder, 'ours.json');
      const complete = { complete: true, dischargeReasons: false };
      await writeFile(editionsFile, JSON.stringify({ editions: { T: complete } }));
      source = make({ editionsFile });
      await put(csv([row()], editions.editions.K.fields), named('20270401', '20270430', 'T'));
      await source.start();
      expect(await idsOf()).toEqual(['C1/E1']);
    });

    it('shows the discharge reasons of a later edition as their code: the public list is not theirs', async () => {
      await put(csv([row({ DISD: '2026-02-01', DISRSN: '1' })]));
      source = make({ edition: 'S' });
      await source.start();
      const { items } = await source.read({ wants: [{ type: 'SubstanceMisuseRecord', persons: ['C1'] }] }, options());
      expect(items[0]?.content.dischargeReason).toBe('Reason code 1');
    });
  });

  describe('reading CSV', () => {
    it('finds columns whatever their order and case, with a byte order mark, CRLF, quotes and line ends in values', async () => {
      const columns = ['modid', 'Note', 'CONSENT', 'agncy', ' ClientId ', 'EPISODID', 'REFLD'];
      const cells = ['M1', 'a "quoted" word,\r\nand a line', 'Y', 'ZZ1', 'C1', 'E1', '20260105'];
      const bad = ['M2', 'x', 'Y', 'ZZ1', 'C1', 'E2', '2026-02-30'];
      await put(
        `\uFEFF${[columns, cells, bad]
          .map(quoted)
          .join('')
          .replaceAll(/(?<!\r)\n/g, '\r\n')}`,
      );
      await source.start();
      expect(await idsOf()).toEqual(['C1/E1']);
      expect((await report()).at(-1)).toBe('4,REFLD,"is not a day that exists (YYYY-MM-DD or YYYYMMDD)"');
    });

    it.each([
      ['not UTF-8', Buffer.concat([Buffer.from(csv([row()])), Buffer.from([0x22, 0xe9, 0x22])]), /not UTF-8/],
      ['UTF-16', Buffer.from(`\uFEFF${csv([row()])}`, 'utf16le'), /not UTF-8/],
      ['empty', '', /no header row/],
      ['without a header', csv([row()]).split('\n').slice(1).join('\n'), /lacks the columns AGNCY/],
      ['with a column twice', csv([row()], [...COLUMNS, 'EPISODID']), /column 11 has the name of an earlier one/],
      [
        'with a quote that does not close',
        `${csv([row()])}"C2,E1\n${csv([row()])}`,
        /line 4: text follows a closing quote/,
      ],
      ['with a quote in a bare value', `${csv([row()])}ZZ1,C"2,E1,Y,,,,,,\n`, /line 3: a quote stands within/],
      ['with no line ends', Buffer.alloc(2_000_000, 'x'), /longer than a megabyte/],
    ])('refuses a file that is %s', async (_, text, said) => {
      await put(text);
      await expect(source.start()).rejects.toThrow(said);
    });

    it('does not mistake a character cut by a chunk for one that is wrong', async () => {
      const columns = [...COLUMNS, 'NOTE'];
      for (const shift of [0, 1, 2]) {
        await put(csv([row({ NOTE: 'x'.repeat(shift) + '€😀'.repeat(60_000) })], columns), `${shift}.tmp`);
        await rename(join(folder, `${shift}.tmp`), join(folder, 'extract.csv'));
        if (shift === 0) await source.start();
        expect(await loads(shift + 1)).toMatchObject({ state: 'loaded', rows: 1 });
      }
    });
  });

  describe('the report', () => {
    it('tells line, column and why of every fault, and never a value', async () => {
      const rows = [
        row({ REFLD: `${CANARY}-1` }),
        row({ EPISODID: '', DISD: '2026-02-30', DRUG1: CANARY }),
        row({ EPISODID: `E/${CANARY}` }),
        row({ CONSENT: CANARY, CLIENTID: 'C9' }),
        row({ EPISODID: 'E2', DRUG1: '3299' }),
        row({ EPISODID: 'E3', DRUG1: '3299' }),
        row({ EPISODID: 'E3', REFLD: '2026-02-02' }),
        { AGNCY: 'ZZ1', CLIENTID: 'C8', CONSENT: 'N', DRUG1: CANARY },
        { CLIENTID: 'C7', CONSENT: 'N' },
      ];
      await put(`${csv(rows)}ZZ1,C1,${CANARY}\n${csv([row({ EPISODID: 'E4' })]).split('\n')[1]}\n`);
      source = make({ mostRejected: 0.9 });
      await source.start();
      expect(await idsOf()).toEqual(['C1/E2', 'C1/E3', 'C1/E4']);
      expect(await report()).toEqual([
        'line,column,why',
        ...[
          'TRIAGED',
          'DRUG2',
          'DRUG3',
          'CHILDWTH',
          'TOPDATE',
          'ALCUSE',
          'OPIUSE',
          'CRAUSE',
          'COCAUSE',
          'AMPHUSE',
          'CANNUSE',
        ].map((column) => `,${column},"is not in the header: reads as empty"`),
        '2,REFLD,"is not a day that exists (YYYY-MM-DD or YYYYMMDD)"',
        '3,EPISODID,"is empty"',
        '3,DISD,"is not a day that exists (YYYY-MM-DD or YYYYMMDD)"',
        '3,DRUG1,"is not a substance code (four digits)"',
        '4,EPISODID,"is not an id (1 to 100 characters, no slash)"',
        '5,CONSENT,"is neither Y nor N: counts as N"',
        '6,DRUG1,"is a code on no list of this edition: shown as its code (row kept; told once a code)"',
        '9,CONSENT,"is N but other columns are not empty: they were not read (row kept)"',
        '10,AGNCY,"is empty"',
        '11,,"has 3 cells where the header has 10"',
        '8,MODID,"repeats an earlier row (CLIENTID, EPISODID, MODID and TOPID are the same)"',
      ]);
      expect(outcomes[0]).toMatchObject({ state: 'loaded', rows: 11, rejected: { extract: 7, index: 0 } });
      expect(JSON.stringify([await report(), outcomes])).not.toMatch(/Canary|C[1789]\b|E\d/);
    });

    it('tells of the client index too, without a name', async () => {
      await put(csv([row()]));
      const rest = ',F,1,ZZ9 9ZZ,w,W,t,2026-01-01,\n';
      await put(`${INDEX}C1,Ada,${CANARY},1990-02-30${rest}C2,Ada,${CANARY},1990-02-20${rest}`, 'client-index.csv');
      await source.start();
      expect(await report('client-index.rejects.csv')).toEqual([
        'line,column,why',
        '2,DOB,"is not a day that exists (YYYY-MM-DD or YYYYMMDD)"',
      ]);
    });
  });

  describe('CONSENT = N', () => {
    it('leaves nothing of the client, on the disk neither, though other rows say Y', async () => {
      const rows = [row({ DRUG1: '1011' }), row({ CLIENTID: 'C2', EPISODID: 'KEPT' })];
      await put(csv([...rows, { AGNCY: 'ZZ1', CLIENTID: 'C1', CONSENT: 'N', EPISODID: CANARY }]));
      await source.start();
      expect(await idsOf('C1', 'C2')).toEqual(['C2/KEPT']);
      const { items } = await source.readOne({ type: 'SubstanceMisuseRecord', localId: 'C1/E1' }, options());
      expect(items).toEqual([]);
      const bytes = await readFile(join(folder, 'sm.snapshot.sqlite'), 'latin1');
      expect([bytes.includes('1011'), bytes.includes(CANARY), bytes.includes('KEPT')]).toEqual([false, false, true]);
    });

    it('is taken from a row that is cut short, and from a client whose agency is missing', async () => {
      const columns = [...COLUMNS, 'TRIAGED'];
      const text = csv(
        [row(), row({ CLIENTID: 'C2' }), row({ CLIENTID: 'C3' }), { CLIENTID: 'C2', CONSENT: 'N' }],
        columns,
      );
      await put(`${text}"ZZ1","C1","","N"\n${csv([row({ CLIENTID: 'C4' })], columns).split('\n')[1]}\n`);
      await source.start();
      expect(await idsOf('C1', 'C2', 'C3', 'C4')).toEqual(['C3/E1', 'C4/E1']);
    });

    it('counts in the new extract though the old had a Y', async () => {
      await put(csv([row()]));
      await source.start();
      await swapIn(csv([{ AGNCY: 'ZZ1', CLIENTID: 'C1', CONSENT: 'N' }]));
      await loads(2);
      expect(await idsOf()).toEqual([]);
      const database = new Database(join(folder, 'sm.snapshot.sqlite'), { readonly: true });
      expect(database.prepare('SELECT COUNT(*) FROM treatment').pluck().get()).toBe(0);
      database.close();
    });
  });
});
