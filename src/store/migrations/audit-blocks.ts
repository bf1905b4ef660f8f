/**
 * The index of the log in blocks: the places of a term within a stretch of the tree are one row, a few bytes long. A row for
 * each place took eight times the room, and what two common terms share could not be told within seconds at ten million entries.
 * The index is derived from the entries: it is thrown away here and made anew when the gateway starts.
 */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class AuditBlocks1764715000000 implements MigrationInterface {
  readonly name = 'AuditBlocks1764715000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, number, bytes } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    for (const table of ['audit_posting', 'audit_indexed', 'audit_term']) await runner.dropTable(table);
    for (const table of ['audit_tally', 'audit_day']) await runner.query(`DELETE FROM ${table}`);
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
    const create = (name: string, keys: string[], numbers: string[], more: object[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: [
            ...keys.map((column) => ({ name: column, ...number, isPrimary: true })),
            ...numbers.map((column) => ({ name: column, ...number })),
            ...(more as { name: string; type: string }[]),
          ],
          withoutRowid: true,
        }),
      );
    await create('audit_block', ['tier', 'segment', 'term'], [], [{ name: 'places', ...bytes }]);
    await create('audit_indexed', ['id'], ['size', 'merged', 'epoch']);
    await runner.query('INSERT INTO audit_indexed (id, size, merged, epoch) VALUES (1, 0, 0, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    const { key, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    for (const table of ['audit_indexed', 'audit_block', 'audit_term']) await runner.dropTable(table);
    for (const table of ['audit_tally', 'audit_day']) await runner.query(`DELETE FROM ${table}`);
    const primary = (name: string) => ({ name, ...number, isPrimary: true });
    const term = [
      { ...primary('id'), isGenerated: true, generationStrategy: 'increment' as const },
      { name: 'kind', ...key(16) },
      { name: 'name', ...key(200) },
      { name: 'entries', ...number },
    ];
    const indices = [{ name: 'audit_term_by_name', columnNames: ['kind', 'name'], isUnique: true }];
    await runner.createTable(new Table({ name: 'audit_term', columns: term, indices }));
    const posting = [primary('term'), primary('leaf_index')];
    await runner.createTable(new Table({ name: 'audit_posting', columns: posting, withoutRowid: true }));
    const indexed = [primary('id'), { name: 'size', ...number }];
    await runner.createTable(new Table({ name: 'audit_indexed', columns: indexed, withoutRowid: true }));
    await runner.query('INSERT INTO audit_indexed (id, size) VALUES (1, 0)');
  }
}
