/**
 * Looks over a deployment of an SQL source as its administrator would have to: can it be reached, is it safe, is all there, is
 * it indexed, and are its rows what they should be. Reads only; says in plain words and counts what it finds.
 */
import { DataSource } from 'typeorm';
import type { IsoDate } from '../../domain/words.js';
import { TURN_SNAPSHOT_ON } from '../../mssql/server.js';
import { connectSql, guarded, type SqlDatabase } from '../sql.js';
import { readCatalogue } from './catalogue.js';
import type { SqlExpectation } from './expectation.js';
import { type Finding, finding } from './finding.js';
import { checkRows } from './rows.js';
import { checkStructure } from './structure.js';

export interface CheckOptions {
  readonly today: IsoDate;
  /** Days after which a source without a new row counts as no longer fed. */
  readonly maxAgeDays: number;
  /** Rows of each table that are read as the adapter reads them. */
  readonly sample: number;
}

export interface SqlReport {
  readonly findings: readonly Finding[];
  readonly tables: number;
  readonly rows: number;
  readonly newestAgeDays: number | null;
}

/** Milliseconds that one statement of the check may take: it counts whole tables. */
const PATIENCE = 120_000;

/** Checks a deployment. Never throws for what is wrong with it: that is a finding. */
export async function checkSql(
  database: SqlDatabase,
  expectation: SqlExpectation,
  { today, maxAgeDays, sample }: CheckOptions,
): Promise<SqlReport> {
  const patient: SqlDatabase = database.type === 'mssql' ? { ...database, requestTimeout: PATIENCE } : database;
  const findings: Finding[] = configured(guarded(patient));
  const nothing = { tables: 0, rows: 0, newestAgeDays: null };
  const data = new DataSource(guarded(patient));
  const { signal } = new AbortController();
  // Every requirement is a finding here: a connection that refuses to open because of one could not name the others.
  const contract = Object.fromEntries(
    Object.entries(expectation.contract).map(([table, { requires: _, ...rest }]) => [table, rest]),
  );
  const connection = connectSql('check', patient, contract);
  try {
    await data.initialize();
    const catalogue = await readCatalogue(data, Object.keys(expectation.contract));
    if (!catalogue.isSnapshot) findings.push(finding('SNAPSHOT_OFF', { run: TURN_SNAPSHOT_ON }));
    if (catalogue.mayAlso.length > 0) findings.push(finding('CAN_WRITE', { more: catalogue.mayAlso.join('; ') }));
    const structure = await checkStructure(expectation, catalogue, connection, signal);
    findings.push(...structure);
    const unreadable = new Set(
      structure.flatMap(({ code, table }) => (code === 'TABLE_UNREADABLE' && table ? [table] : [])),
    );
    const readable = new Set(
      Object.keys(expectation.contract).filter((table) => catalogue.tables.has(table) && !unreadable.has(table)),
    );
    if (readable.size === 0) return { ...nothing, findings };
    const rows = await checkRows({ expectation, catalogue, connection, signal, today, maxAgeDays, sample }, readable);
    return {
      findings: [...findings, ...rows.findings],
      tables: readable.size,
      rows: [...rows.rows.values()].reduce((sum, n) => sum + n, 0),
      newestAgeDays: rows.newestAgeDays ?? null,
    };
  } catch (error) {
    return { ...nothing, findings: [...findings, finding('UNREACHABLE', { more: whyNot(error) })] };
  } finally {
    await connection.close();
    if (data.isInitialized) await data.destroy();
  }
}

function configured(database: SqlDatabase): Finding[] {
  if (database.type !== 'mssql') return [];
  const { encrypt, trustServerCertificate } = database.options ?? {};
  return [
    ...(encrypt === false ? [finding('NOT_ENCRYPTED')] : []),
    ...(trustServerCertificate === true ? [finding('CERTIFICATE_NOT_CHECKED')] : []),
  ];
}

/** The driver's codes in plain words. Its own text is not repeated: it can hold names and values. */
const REASONS: { readonly [code: string]: string } = {
  ELOGIN: 'the server refuses the log-in: user, password or database is wrong, or the log-in has no access to it',
  ESOCKET:
    'no connection: the host or port is wrong, nothing listens there, or the server’s certificate is not one this machine trusts',
  ETIMEOUT: 'no answer in time: a firewall in between, or the server is overloaded',
  EINSTLOOKUP: 'the named instance is not found: name its port instead',
  ENOTFOUND: 'the host is not known here',
  SQLITE_CANTOPEN: 'the file is not there or cannot be opened',
  SQLITE_NOTADB: 'the file is not a database',
};

function whyNot(error: unknown): string {
  const codes = [
    error,
    (error as { originalError?: unknown }).originalError,
    (error as { driverError?: unknown }).driverError,
  ].map((each) => (each as { code?: unknown } | null | undefined)?.code);
  const code = codes.find((each): each is string => typeof each === 'string' && each in REASONS);
  const known = codes.find((each): each is string => typeof each === 'string' && /^[A-Z_]{3,40}$/.test(each));
  return code === undefined ? `the driver says ${known ?? 'nothing that may be repeated'}` : (REASONS[code] ?? code);
}
