/** Grants, emergency access with its reviews, and the approvals that exceptions wait for. Rows are added and never changed. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class Accesses1764400000000 implements MigrationInterface {
  readonly name = 'Accesses1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, text, long } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const primary = <T extends object>(type: T) => ({ ...type, isPrimary: true });
    const create = (name: string, columns: object) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
        }),
      );
    const whom = { worker: key(), agency: key(), role: key() };
    const period = { from_at: key(32), until_at: key(32), recorded_at: key(32) };
    await create('sharing_grant', {
      id: primary(key()),
      request: key(),
      holder: key(),
      ...whom,
      categories: text(1000),
      purpose: key(32),
      items: long,
      ...period,
      approved_by: key(),
      cites: text(2000),
    });
    await create('sharing_grant_subject', { person_id: primary(key()), grant_id: primary(key()) });
    await create('emergency_access', {
      id: primary(key()),
      person: key(),
      ...whom,
      gateway: key(),
      answers: long,
      risk: long,
      phoned: long,
      ...period,
    });
    await create('emergency_subject', { person_id: primary(key()), emergency_id: primary(key()) });
    await create('emergency_review', {
      emergency_id: primary(key()),
      at: key(32),
      reviewed_by: key(),
      finding: key(32),
      why: long,
    });
    await create('access_end', { id: primary(key()), at: key(32), ended_by: key(), why: long });
    await create('exception_awaiting', { exception_id: primary(key()), asked: key() });
    await create('exception_approval', { exception_id: primary(key()), at: key(32), approved_by: key() });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table);
  }
}

const TABLES = [
  'exception_approval',
  'exception_awaiting',
  'access_end',
  'emergency_review',
  'emergency_subject',
  'emergency_access',
  'sharing_grant_subject',
  'sharing_grant',
];
