/** Columns that one deployment has and another has not, or calls otherwise: over real SQLite files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { SourceFailure, SourceNotReady } from '../../src/sources/contract.js';
import { connectDeployed, type DeployedConnection } from '../../src/sources/deployment.js';

const CONTRACT = {
  plan: { columns: ['plan_id', 'person', 'team'], requires: 'person' },
  visit: {
    columns: ['visit_id', 'person', 'seen'],
    via: { column: 'person', key: 'plan_id', table: 'plan', id: 'plan_id', person: 'person' },
  },
  review: { columns: ['review_id', 'person'] },
};
const RENAMES = { plan: { plan_id: 'id_of_plan' }, visit: { seen: 'was_seen' } };
const signal = AbortSignal.timeout(20_000);

let home: string;
let file: string;
let connection: DeployedConnection;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'threshold-deployment-'));
  file = join(home, 'a.sqlite');
});
afterEach(async () => {
  await connection.close();
  await rm(home, { recursive: true });
});

function change(sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}
function connect(sql: string): void {
  change(sql);
  connection = connectDeployed('s', { type: 'better-sqlite3', database: file }, CONTRACT, RENAMES);
}
const all = (table: string) => connection.rows((d) => `SELECT * FROM ${d.from(table)} t`, [], signal);

describe('a deployment', () => {
  it('that has every column has nothing missing, and is read as it is', async () => {
    connect(`CREATE TABLE plan (plan_id, person, team); CREATE TABLE visit (visit_id, person, seen, plan_id);
      CREATE TABLE review (review_id, person); INSERT INTO plan VALUES ('p', 'a', 't')`);
    await connection.open();
    expect(connection.missing).toEqual([]);
    expect(await all('plan')).toEqual([expect.objectContaining({ plan_id: 'p', person: 'a', team: 't' })]);
  });

  it('that calls columns otherwise is read by their declared names, and persons are reached through them', async () => {
    connect(`CREATE TABLE plan (id_of_plan, person, TEAM); CREATE TABLE visit (visit_id, was_seen, plan_id);
      INSERT INTO plan VALUES ('p', 'a', 't'), ('q', 'b', 't'); INSERT INTO visit VALUES ('v', 'Y', 'q'), ('w', 'N', 'gone')`);
    expect(await all('plan')).toEqual([
      { plan_id: 'p', person: 'a', team: 't' },
      { plan_id: 'q', person: 'b', team: 't' },
    ]);
    const visits = await all('visit');
    expect(visits.map(({ visit_id, person, seen }) => [visit_id, person, seen])).toEqual([
      ['v', 'b', 'Y'],
      ['w', null, 'N'],
    ]);
  });

  it('names what it has not: columns under their declared names, a table that is not there by its own', async () => {
    connect('CREATE TABLE plan (id_of_plan, person); CREATE TABLE visit (visit_id, seen)');
    expect(connection.missing).toEqual([]);
    await connection.open();
    expect(connection.missing).toEqual(['plan.team', 'visit.person', 'review']);
    expect((await all('review')).length).toBe(0);
  });

  it('knows it too when nobody opened it before the first statement', async () => {
    connect('CREATE TABLE plan (plan_id, person, team)');
    await all('plan');
    expect(connection.missing).toEqual(['visit', 'review']);
  });

  it('that lacks what is required, or loses what it had, is not ready', async () => {
    connect('CREATE TABLE plan (plan_id)');
    await expect(connection.open()).rejects.toThrow(SourceNotReady);
    change('DROP TABLE plan; CREATE TABLE plan (plan_id, person, team)');
    await connection.open();
    change('ALTER TABLE plan DROP COLUMN team');
    await expect(all('plan')).rejects.toThrow(SourceFailure);
    await expect(all('plan')).rejects.toThrow(SourceNotReady);
  });

  it('rejects with the reason of a signal that is aborted', async () => {
    connect('CREATE TABLE plan (plan_id, person, team)');
    const reason = new Error('deadline of the test');
    await expect(connection.rows(() => 'SELECT 1', [], AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
