/**
 * No release rests on what was gone. `node --import ./test/properties/typescript.js test/properties/withdrawal/main.ts` runs it
 * at full length (docs/proofs.md); here a thousand reads, on SQLite always and on SQL Server when MSSQL_URL is set.
 */
import { afterAll, describe, expect, it } from '@jest/globals';
import type { LoggedEntry } from '../../../src/audit/audit.js';
import { factKey } from '../../../src/domain/facts.js';
import { type FreshDatabase, freshDatabase, MSSQL_URL } from '../../databases.js';
import { type Checked, checkLogOrder, type Written } from './log-order.js';
import { RACES } from './races.js';
import { race } from './run.js';
import { RELEASE_FACTS, releaseFrom, statementOf } from './sample-log.js';

const READS = Number(process.env['THRESHOLD_RACE_READS'] ?? 1000);
let database: FreshDatabase | undefined;
afterAll(() => database?.drop());

describe('four instances on one store', () => {
  it.each([['SQLite'], ...(MSSQL_URL ? [['SQL Server']] : [])])(
    `on %s: of ${READS} reads that race withdrawals, refusals, ended involvements, exceptions and grants none rests on what was gone`,
    async (kind) => {
      if (kind === 'SQL Server') database = await freshDatabase();
      // A server in a test machine answers slowly: fewer reads, and facts that last as long as one takes.
      const reads = database ? READS / 5 : READS;
      const raced = await race({
        reads,
        instances: 4,
        readers: database ? 4 : 8,
        pauseMs: database ? 4000 : 400,
        seed: 20261123,
        ...(database ? { store: { kind: 'mssql', url: database.url } as const } : {}),
      });
      expect(raced.log.violations).toEqual([]);
      expect(raced.seenThoughGone).toEqual([]);
      if (kind === 'SQLite') expect(raced.failed).toEqual({});
      // It was a race: facts came and went, releases rested on each kind, and some were decided again.
      expect(Object.keys(raced.turns).sort()).toEqual(RACES.map(({ name }) => name).sort());
      for (const count of Object.values(raced.log.restingOn)) expect(count).toBeGreaterThan(0);
      expect(raced.log.ended).toBeGreaterThan(10);
      expect(raced.shown).toBeGreaterThan(reads / 20);
      expect(raced.readsWhileGone).toBeGreaterThan(database ? 0 : reads / 20);
      expect(raced.decidedAgain).toBeGreaterThan(0);
      expect(raced.log.entries).toBeGreaterThanOrEqual(reads);
    },
    900_000,
  );
});

describe('the check of the log', () => {
  const { given, refused, exception, judgement, notRelevant, grant } = statementOf;
  const all: Written = {
    consents: [given, refused],
    exceptions: [exception],
    judgements: [judgement, notRelevant],
    grants: [grant],
  };
  const check = (entries: readonly LoggedEntry[], written: Written = all): Checked =>
    checkLogOrder(entries, written, 7);
  const said = (seq: number, version: number, ids: readonly string[], did = 'CONSENT') =>
    releaseFrom({ seq, version, says: { did, ids } });
  const byGrant = { basis: 'CONSENT', evidence: [given.id, grant.id] };
  const byConsent = { basis: 'CONSENT', evidence: [given.id, judgement.id] };
  const before: Written = { consents: [given], exceptions: [exception], judgements: [judgement], grants: [grant] };

  it('passes a release that rests on what stands', () => {
    const { violations, released, restingOn } = check([releaseFrom({ seq: 1, version: 7, ...byConsent })], before);
    expect(violations).toEqual([]);
    expect(released).toBe(1);
    expect(check([releaseFrom({ seq: 1, version: 7, ...byGrant })], before).violations).toEqual([]);
    expect(restingOn).toEqual({ consents: 1, exceptions: 0, judgements: 1, grants: 0 });
  });

  it.each<[string, readonly LoggedEntry[], Written | undefined, RegExp]>([
    [
      'a consent that was taken back before it',
      [said(1, 7, [refused.id]), releaseFrom({ seq: 2, version: 8, ...byConsent })],
      { ...before, consents: [given, refused] },
      /which refused had taken back/,
    ],
    [
      'a consent given after it',
      [releaseFrom({ seq: 1, version: 7, ...byConsent }), said(2, 7, [given.id])],
      before,
      /nobody had given yet/,
    ],
    [
      'a judgement that was replaced',
      [said(1, 7, [notRelevant.id], 'JUDGEMENT'), releaseFrom({ seq: 2, version: 8, ...byConsent })],
      { ...before, judgements: [judgement, notRelevant] },
      /had replaced/,
    ],
    [
      'a consent that the log says was ended',
      [said(1, 7, [given.id], 'CONSENT_END'), releaseFrom({ seq: 2, version: 7, ...byConsent })],
      before,
      /which the log says was ended/,
    ],
    [
      'an exception that had ended',
      [
        releaseFrom({
          seq: 1,
          version: 7,
          at: '2026-11-23T13:00:00.000Z',
          basis: 'EXCEPTION',
          evidence: [exception.id],
        }),
      ],
      before,
      /which had ended/,
    ],
    [
      'an exception that ended before its entry was durable',
      [
        releaseFrom({ seq: 1, version: 7, at: '2026-11-23T13:00:00.000Z', ...byConsent }),
        releaseFrom({ seq: 2, version: 7, basis: 'EXCEPTION', evidence: [exception.id] }),
      ],
      before,
      /stands after the end of exception/,
    ],
    [
      'an exception that overrides no refusal, against one',
      [
        said(1, 7, [refused.id]),
        releaseFrom({ seq: 2, version: 8, basis: 'EXCEPTION', evidence: [refused.id, exception.id] }),
      ],
      { ...before, consents: [refused] },
      /does not override/,
    ],
    [
      'a grant that was ended',
      [said(1, 7, [grant.id], 'GRANT_END'), releaseFrom({ seq: 2, version: 8, ...byGrant })],
      before,
      /grant, which was ended/,
    ],
    [
      'a grant that had ended by itself',
      [releaseFrom({ seq: 1, version: 7, at: '2026-11-23T12:30:00.000Z', ...byGrant })],
      before,
      /grant, which had ended/,
    ],
    [
      'a grant made after it',
      [releaseFrom({ seq: 1, version: 7, ...byGrant }), said(2, 7, [grant.id], 'GRANT')],
      before,
      /grant, not yet approved/,
    ],
    [
      'a grant of somebody else',
      [releaseFrom({ seq: 1, version: 7, ...byGrant })],
      { ...before, grants: [{ ...grant, worker: 'sw-2' }] },
      /grant, which is for something else/,
    ],
    ['no basis', [releaseFrom({ seq: 1, version: 7 })], before, /on no basis/],
    [
      'another version of the registers',
      [releaseFrom({ seq: 1, version: 6, ...byConsent })],
      before,
      /decided at version 6, and stands at 7/,
    ],
  ])('finds a release that rests on %s', (_, entries, written, message) => {
    expect(check(entries, written).violations.join('\n')).toMatch(message);
  });

  it('is of releases across agencies', () => {
    expect(RELEASE_FACTS.ownAgency).toBe(false);
    expect(factKey(RELEASE_FACTS)).toBeGreaterThan(0);
  });
});
