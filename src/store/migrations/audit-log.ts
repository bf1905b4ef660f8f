/** The tree over the audit's entries: its leaves and nodes, the checkpoints and cosignatures over it, and who may add to it. */
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

export class AuditLog1764600000000 implements MigrationInterface {
  readonly name = 'AuditLog1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, long, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    type Columns = { [column: string]: ColumnType & Pick<TableColumnOptions, 'isPrimary' | 'isNullable'> };
    const create = (name: string, columns: Columns, unique: string[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          indices: unique.map((column) => ({ name: `${name}_by_${column}`, columnNames: [column], isUnique: true })),
        }),
      );
    const primary = <T extends ColumnType>(type: T) => ({ ...type, isPrimary: true });
    const nullable = <T extends ColumnType>(type: T) => ({ ...type, isNullable: true });
    await create(
      'audit_leaf',
      { leaf_index: primary(number), entry_seq: number, leaf: key(400), hash: key(), salt: nullable(key(32)) },
      ['entry_seq'],
    );
    await create('audit_node', { tile_level: primary(number), node_index: primary(number), hash: key() });
    await create('audit_checkpoint', { tree_size: primary(number), note: long, at: key(32), token: number });
    await create('audit_cosignature', { tree_size: primary(number), witness: primary(key(200)), line: long });
    await create('audit_lease', { id: primary(number), holder: key(), token: number, expires_at: key(32) });
    await runner.query(
      `INSERT INTO audit_lease (id, holder, token, expires_at) VALUES (1, '', 0, '1970-01-01T00:00:00.000Z')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_lease', 'audit_cosignature', 'audit_checkpoint', 'audit_node', 'audit_leaf'])
      await runner.dropTable(table);
  }
}
