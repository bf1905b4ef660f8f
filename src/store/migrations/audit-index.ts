/**
 * What the log is asked by: for each term (a person, a worker, a policy …) the entries that name it, and how many a day. The
 * places of a term within a stretch of the tree are one row, a few bytes long: a row for each place takes eight times the room,
 * and what two common terms share could not be told within seconds at ten million entries.
 */
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

export class AuditIndex1764710000000 implements MigrationInterface {
  readonly name = 'AuditIndex1764710000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, number, bytes } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    type Columns = { [column: string]: ColumnType & Pick<TableColumnOptions, 'isPrimary'> };
    const primary = <T extends ColumnType>(type: T) => ({ ...type, isPrimary: true });
    const create = (name: string, columns: Columns) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          withoutRowid: true,
        }),
      );
    await runner.createTable(
      new Table({
        name: 'audit_term',
        columns: [
          { name: 'id', ...number, isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'kind', ...key(16) },
          { name: 'name', ...key(200) },
        ],
        indices: [{ name: 'audit_term_by_name', columnNames: ['kind', 'name'], isUnique: true }],
      }),
    );
    await create('audit_block', {
      tier: primary(number),
      segment: primary(number),
      term: primary(number),
      places: bytes,
    });
    await create('audit_day', { day: primary(key(10)), first_index: number, last_index: number });
    await create('audit_tally', { term: primary(number), day: primary(key(10)), entries: number, persons: number });
    await create('audit_indexed', { id: primary(number), size: number, merged: number, epoch: number });
    await runner.query('INSERT INTO audit_indexed (id, size, merged, epoch) VALUES (1, 0, 0, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_indexed', 'audit_tally', 'audit_day', 'audit_block', 'audit_term'])
      await runner.dropTable(table);
  }
}
