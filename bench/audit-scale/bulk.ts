/**
 * Writes a log into a store's own tables in bulk: the rows that the writer, the sequencer and the indexer would have made, but for
 * what no question reads: leaves hold text of the right length that commits to nothing, and of nodes and checkpoints there is
 * only the last checkpoint. Nothing is durable before the end.
 */
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { type AuditEntryBody, hashOf } from '../../src/audit/entry.js';
import { postedOf } from '../../src/audit/index/indexer.js';
import { COARSE, FINE, packPlaces } from '../../src/audit/index/places.js';
import { nameOf } from '../../src/audit/index/term-ids.js';
import type { Term } from '../../src/audit/index/terms.js';
import { packText } from '../../src/store/packed-text.js';

const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Entries of one transaction of the generator. */
const COMMIT = COARSE;

/** Answers with how many. Requires a store that has been migrated, and is open nowhere. */
export function writeInBulk(file: string, log: Iterable<AuditEntryBody>, progress: (done: number) => void): number {
  const db = openForBulk(file);
  const entry = db.prepare(
    'INSERT INTO audit_entry (seq, id, at, worker, agency, purpose, result, registers_version, body, packed, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const leaf = db.prepare('INSERT INTO audit_leaf (leaf_index, entry_seq, leaf, hash, salt) VALUES (?, ?, ?, ?, ?)');
  const newTerm = db.prepare('INSERT INTO audit_term (kind, name, kept_by) VALUES (?, ?, ?)');
  const block = db.prepare('INSERT INTO audit_block (tier, segment, term, places) VALUES (?, ?, ?, ?)');
  const tallied = db.prepare('INSERT INTO audit_tally (term, day, entries, persons) VALUES (?, ?, ?, ?)');
  const dayRow = db.prepare('INSERT INTO audit_day (day, first_index, last_index) VALUES (?, ?, ?)');
  const terms = new Map<string, number>();
  const numberOf = (term: Term) => {
    const name = nameOf(term);
    let number = terms.get(name);
    if (number === undefined) {
      number = Number(newTerm.run(term.kind, term.name, term.keptBy ?? '').lastInsertRowid);
      terms.set(name, number);
    }
    return number;
  };
  const filler = fillers();
  // A term's number and the place within the coarse stretch, as one number: in order they are the blocks.
  let posted = new Float64Array(4_000_000);
  let many = 0;
  let tallies = new Map<number, [number, number]>();
  let [day, first] = ['', 0];
  let index = 0;

  const endDay = () => {
    if (day === '') return;
    dayRow.run(day, first, index - 1);
    for (const term of [...tallies.keys()].sort((a, b) => a - b)) tallied.run(term, day, ...(tallies.get(term) ?? []));
    tallies = new Map();
  };
  const write = (tier: 0 | 1, segment: number, from: number, span: number) => {
    const sorted = posted.subarray(0, many).sort();
    let places: number[] = [];
    for (let i = 0; i < many; i += 1) {
      const both = sorted[i] as number;
      const place = (both % COARSE) - from;
      if (place >= 0 && place < span) places.push(place);
      const term = Math.floor(both / COARSE);
      if (i + 1 < many && Math.floor((sorted[i + 1] as number) / COARSE) === term) continue;
      if (places.length > 0) block.run(tier, segment, term, packPlaces(places, span));
      places = [];
    }
  };
  db.exec('BEGIN');
  for (const body of log) {
    const canonical = JSON.stringify(body);
    const { id, at, requester, purpose, result, registersVersion = null } = body;
    const hash = hashOf(canonical);
    entry.run(
      index + 1,
      id,
      at,
      requester.worker,
      requester.agency,
      purpose,
      result,
      registersVersion,
      '',
      packText(canonical),
      hash,
    );
    leaf.run(index, index + 1, ...filler(at, index));
    const found = postedOf(index, body);
    if (found.day !== day) {
      endDay();
      [day, first] = [found.day, index];
    }
    for (const term of found.terms) {
      const number = numberOf(term);
      posted[many] = number * COARSE + (index % COARSE);
      many += 1;
      if (many === posted.length) {
        const larger = new Float64Array(many * 2);
        larger.set(posted);
        posted = larger;
      }
    }
    for (const { term, entries, persons } of found.counts) {
      const number = numberOf(term);
      const tally = tallies.get(number);
      if (!tally) tallies.set(number, [entries, persons]);
      else [tally[0], tally[1]] = [tally[0] + entries, tally[1] + persons];
    }
    index += 1;
    if (index % COMMIT !== 0) continue;
    write(1, index / COARSE - 1, 0, COARSE);
    many = 0;
    db.exec('COMMIT; BEGIN');
    progress(index);
  }
  const merged = Math.floor(index / COARSE);
  for (let from = 0; merged * COARSE + from < index; from += FINE)
    write(0, (merged * COARSE + from) / FINE, from, FINE);
  endDay();
  db.prepare('UPDATE audit_indexed SET size = ?, merged = ? WHERE id = 1').run(index, merged);
  const checkpoint = 'INSERT INTO audit_checkpoint (tree_size, note, at, token) VALUES (?, ?, ?, 1)';
  db.prepare(checkpoint).run(index, 'generated: no questions read it\n', `${day}T23:59:59.999Z`);
  db.exec('COMMIT');
  close(db);
  return index;
}

/** A store's period of the log again and again, so many days later each: the same people, with ids and times of their own. */
export interface Repeated {
  /** A whole number of coarse stretches. */
  readonly entries: number;
  readonly days: number;
  readonly times: number;
}

/**
 * Repeats what `writeInBulk` wrote, for copying rows costs a fraction of making them. Not so in the copies as in a log: their texts
 * and hashes are those of the first (the columns have ids and times of their own), and ids of statements are not new each time.
 */
export function repeat(file: string, { entries, days, times }: Repeated, progress: (done: number) => void): void {
  const db = openForBulk(file);
  const time = "strftime('%Y-%m-%dT%H:%M:%fZ', at, :days)";
  const statements = [
    `INSERT INTO audit_entry (seq, id, at, worker, agency, purpose, result, registers_version, body, packed, hash)
      SELECT seq + :after, :letter || substr(id, 2), ${time}, worker, agency, purpose, result, registers_version, body, packed, hash FROM audit_entry WHERE seq <= :entries ORDER BY seq`,
    `INSERT INTO audit_leaf (leaf_index, entry_seq, leaf, hash, salt)
      SELECT leaf_index + :after, entry_seq + :after, leaf, hash, salt FROM audit_leaf WHERE leaf_index < :entries ORDER BY leaf_index`,
    `INSERT INTO audit_block (tier, segment, term, places) SELECT 1, segment + :after / ${COARSE}, term, places FROM audit_block
      WHERE tier = 1 AND segment < :entries / ${COARSE} ORDER BY segment, term`,
    'INSERT INTO audit_tally (term, day, entries, persons) SELECT term, date(day, :days), entries, persons FROM audit_tally WHERE day < :end',
    `INSERT INTO audit_day (day, first_index, last_index) SELECT date(day, :days), first_index + :after, last_index + :after
      FROM audit_day WHERE day < :end`,
    `UPDATE audit_indexed SET size = :after + :entries, merged = (:after + :entries) / ${COARSE} WHERE id = 1`,
    "UPDATE audit_checkpoint SET tree_size = :after + :entries, at = (SELECT MAX(day) || 'T23:59:59.999Z' FROM audit_day)",
  ].map((sql) => db.prepare(sql));
  const { first } = db.prepare('SELECT MIN(day) AS first FROM audit_day').get() as { first: string };
  const end = new Date(Date.parse(first) + days * DAY).toISOString().slice(0, 10);
  // Where it was left, if it was.
  const { size } = db.prepare('SELECT size FROM audit_indexed').get() as { size: number };
  for (let n = size / entries; n < times; n += 1) {
    const all = { after: n * entries, entries, days: `+${n * days} days`, letter: BASE32[n], end };
    db.exec('BEGIN');
    for (const statement of statements) {
      const named = Object.entries(all).filter(([name]) => statement.source.includes(`:${name}`));
      statement.run(Object.fromEntries(named));
    }
    db.exec('COMMIT');
    progress((n + 1) * entries);
  }
  close(db);
}

const DAY = 86_400_000;

function openForBulk(file: string): Database.Database {
  const db = new Database(file);
  // Without it there is no doing without a journal.
  db.unsafeMode();
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'locking_mode = EXCLUSIVE', 'cache_size = -400000'])
    db.pragma(pragma);
  return db;
}

function close(db: Database.Database): void {
  db.pragma('locking_mode = NORMAL');
  db.pragma('journal_mode = WAL');
  db.close();
}

/** Text as long as a leaf, its hash and its salt, different for each. */
function fillers(): (at: string, index: number) => readonly [string, string, string] {
  const text = Array.from({ length: 4_000 }, (_, i) => createHash('sha256').update(String(i)).digest('base64url')).join(
    '',
  );
  const hex = Buffer.from(text, 'base64url').toString('hex');
  const piece = (from: string, at: number, size: number) =>
    from.slice(at % (from.length - size), (at % (from.length - size)) + size);
  return (at, index) => {
    const part = (n: number) => piece(text, index * 61 + n * 977, 43);
    const leaf = `{"at":"${at}","body":"${part(1)}","records":"${part(2)}","subjects":"${part(3)}","v":1,"worker":"${part(4)}"}`;
    return [leaf, piece(hex, index * 67, 64), piece(hex, index * 71 + 13, 32)];
  };
}
