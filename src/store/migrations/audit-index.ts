/** What the log is asked by: for each term (a person, a worker, a policy …) the entries that name it, and how many a day. */
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

export class AuditIndex1764710000000 implements MigrationInterface {
  readonly name = 'AuditIndex1764710000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
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
    const term: TableColumnOptions[] = [
      { name: 'id', ...number, isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      { name: 'kind', ...key(16) },
      { name: 'name', ...key(200) },
      { name: 'entries', ...number },
    ];
    const indices = [{ name: 'audit_term_by_name', columnNames: ['kind', 'name'], isUnique: true }];
    await runner.createTable(new Table({ name: 'audit_term', columns: term, indices }));
    await create('audit_posting', { term: primary(number), leaf_index: primary(number) });
    await create('audit_day', { day: primary(key(10)), first_index: number, last_index: number });
    await create('audit_tally', { term: primary(number), day: primary(key(10)), entries: number, persons: number });
    await create('audit_indexed', { id: primary(number), size: number });
    await runner.query('INSERT INTO audit_indexed (id, size) VALUES (1, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_indexed', 'audit_tally', 'audit_day', 'audit_posting', 'audit_term'])
      await runner.dropTable(table);
  }
}
