/** Entries' texts deflated, and beside them the policies of every version that decided: what replaying the log needs. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class PackedBodies1764700000000 implements MigrationInterface {
  readonly name = 'PackedBodies1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    const isServer = runner.connection.options.type === 'mssql';
    const { key, long } = columnTypes(isServer ? 'mssql' : 'sqlite');
    // Written out: on SQLite TypeORM would copy the whole log to add a column to it.
    await runner.query(`ALTER TABLE audit_entry ADD packed ${isServer ? 'varbinary(max) NULL' : 'blob'}`);
    await runner.createTable(
      new Table({
        name: 'audit_policies',
        columns: [
          { name: 'version', ...key(), isPrimary: true },
          { name: 'at', ...key(32) },
          { name: 'stated', ...long },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_policies');
    await runner.query('ALTER TABLE audit_entry DROP COLUMN packed');
  }
}
