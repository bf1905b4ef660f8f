/**
 * Alerts of the officers and how far the watch over the log is. No identity stands here: workers and people are the numbers
 * of their terms in the log's index, which say nothing once the index has forgotten them.
 */
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

export class AuditAlerts1764730000000 implements MigrationInterface {
  readonly name = 'AuditAlerts1764730000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, long, number, text } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    type Options = Pick<TableColumnOptions, 'isPrimary' | 'isNullable'>;
    const primary = (type: ColumnType): ColumnType & Options => ({ ...type, isPrimary: true });
    const nullable = (type: ColumnType): ColumnType & Options => ({ ...type, isNullable: true });
    const columnsOf = (columns: { [column: string]: ColumnType & Options }) =>
      Object.entries(columns).map(([column, options]) => ({ name: column, ...options }));
    await runner.createTable(
      new Table({
        name: 'audit_alert',
        columns: columnsOf({
          id: primary(key()),
          rule: key(32),
          worker_term: number,
          person_term: number,
          day: key(10),
          round: number,
          leaf_index: number,
          opened_at: key(32),
          closed_at: nullable(key(32)),
          outcome: nullable(key(32)),
          why: nullable(long),
        }),
        indices: [
          {
            name: 'audit_alert_once',
            columnNames: ['rule', 'worker_term', 'person_term', 'day', 'round'],
            isUnique: true,
          },
          { name: 'audit_alert_by_time', columnNames: ['opened_at'] },
        ],
      }),
    );
    const create = (name: string, columns: { [column: string]: ColumnType & Options }) =>
      runner.createTable(new Table({ name, columns: columnsOf(columns), withoutRowid: true }));
    await create('audit_alert_entry', { alert: primary(key()), leaf_index: primary(number) });
    await create('audit_watched', { id: primary(number), size: number, swept: key(32) });
    await create('audit_watched_pair', {
      worker_term: primary(number),
      person_term: primary(number),
      near: text(200),
      at: key(32),
    });
    await runner.query("INSERT INTO audit_watched (id, size, swept) VALUES (1, 0, '')");
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_watched_pair', 'audit_watched', 'audit_alert_entry', 'audit_alert'])
      await runner.dropTable(table);
  }
}
