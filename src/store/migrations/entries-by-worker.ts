/**
 * Whose entries are looked for is answered by the log's index (`audit/index`); a second one kept with every entry as it is written cost half
 * of writing it.
 */
import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

export class EntriesByWorker1764740000000 implements MigrationInterface {
  readonly name = 'EntriesByWorker1764740000000';

  async up(runner: QueryRunner): Promise<void> {
    const isServer = runner.connection.options.type === 'mssql';
    // Written out: on SQLite TypeORM would copy the whole log for it.
    await runner.query(`DROP INDEX ${isServer ? 'audit_entry_by_worker ON audit_entry' : 'audit_entry_by_worker'}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createIndex(
      'audit_entry',
      new TableIndex({ name: 'audit_entry_by_worker', columnNames: ['worker', 'seq'] }),
    );
  }
}
