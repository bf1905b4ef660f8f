/**
 * Whose officers alone may find, count or be alerted by something: the agency that keeps it locked. The index is made anew, for
 * what is there counts locks for everybody; until it is, nothing old is counted. Of alerts that were opened for a lock it is not
 * known whose it was: they are nobody's until the watch has looked (`src/oversight/alerts/unplaced.ts`).
 */
import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';
import { columnTypes } from '../columns.js';

const ONCE = {
  audit_term: { index: 'audit_term_by_name', before: ['kind', 'name'], after: ['kind', 'name', 'kept_by'] },
  audit_alert: {
    index: 'audit_alert_once',
    before: ['rule', 'worker_term', 'person_term', 'day', 'round'],
    after: ['rule', 'worker_term', 'person_term', 'day', 'kept_by', 'round'],
  },
} as const;

export class KeptBy1764760000000 implements MigrationInterface {
  readonly name = 'KeptBy1764760000000';

  async up(runner: QueryRunner): Promise<void> {
    const isServer = runner.connection.options.type === 'mssql';
    const { key } = columnTypes(isServer ? 'mssql' : 'sqlite');
    for (const [table, { index, after }] of Object.entries(ONCE)) {
      // Written out: on SQLite TypeORM would copy the table to add a column to it.
      if (isServer) await runner.addColumn(table, new TableColumn({ name: 'kept_by', ...key(), default: "''" }));
      else await runner.query(`ALTER TABLE ${table} ADD kept_by nvarchar(64) NOT NULL DEFAULT ('')`);
      await reindex(runner, table, index, after);
    }
    await runner.query("UPDATE audit_alert SET kept_by = '?' WHERE [rule] = 'LOCKED_PROBED'");
    // Marks that the watch added, which no entry tells, are kept with their counts.
    await runner.query(
      `DELETE FROM audit_tally WHERE term IN (SELECT id FROM audit_term WHERE kind <> 'mark' OR name IN
        ('OVERRIDDEN_REFUSAL', 'EMERGENCY', 'LOCATION_REFUSED', 'LOCKED_REFUSED', 'OPPOSING_REFUSED', 'CONFLICT', 'AFTER_END',
         'AFTER_END_RELEASED', 'OUT_OF_HOURS', 'SEARCHED', 'SEARCH_EMPTY', 'SEARCH_ONE_FIELD'))`,
    );
    await runner.query('UPDATE audit_indexed SET size = -1, merged = 0, epoch = epoch + 1 WHERE size <> 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM audit_alert WHERE kept_by <> ''");
    await runner.query("DELETE FROM audit_tally WHERE term IN (SELECT id FROM audit_term WHERE kept_by <> '')");
    await runner.query("DELETE FROM audit_block WHERE term IN (SELECT id FROM audit_term WHERE kept_by <> '')");
    await runner.query("DELETE FROM audit_term WHERE kept_by <> ''");
    for (const [table, { index, before }] of Object.entries(ONCE)) {
      await reindex(runner, table, index, before);
      await runner.dropColumn(table, 'kept_by');
    }
    await runner.query('UPDATE audit_indexed SET size = -1, merged = 0, epoch = epoch + 1 WHERE size <> 0');
  }
}

async function reindex(runner: QueryRunner, table: string, index: string, columns: readonly string[]): Promise<void> {
  const isServer = runner.connection.options.type === 'mssql';
  await runner.query(`DROP INDEX ${isServer ? `${index} ON ${table}` : index}`);
  await runner.createIndex(table, new TableIndex({ name: index, columnNames: [...columns], isUnique: true }));
}
