/**
 * The consent register in depth: when a consent is to be looked at again, how a child's competence was judged, consent to
 * be worked with as statements of its own, and from when a statement was known to be about somebody after persons were joined.
 */
import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

export class ConsentRegister1764500000000 implements MigrationInterface {
  readonly name = 'ConsentRegister1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, text, long } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const primary = (type: ColumnType) => ({ ...type, isPrimary: true });
    const nullable = (type: ColumnType) => ({ ...type, isNullable: true });
    const create = (name: string, columns: object, indices: { name: string; columnNames: string[] }[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          indices,
        }),
      );
    await runner.addColumns('consent_statement', [
      new TableColumn({ name: 'review_on', ...nullable(key(32)) }),
      new TableColumn({ name: 'competence', ...nullable(long) }),
    ]);
    await create(
      'service_consent',
      {
        id: primary(key()),
        subject: key(),
        state: key(16),
        given_by: key(),
        capacity: key(32),
        service: key(),
        from_at: key(32),
        recorded_at: key(32),
        recorded_by: key(),
        method: text(),
        competence: nullable(long),
      },
      [{ name: 'service_consent_by_subject', columnNames: ['subject'] }],
    );
    await create('statement_moved', {
      statement: primary(key()),
      part: primary(key(16)),
      at: primary(key(32)),
      was: key(),
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('statement_moved');
    await runner.dropTable('service_consent');
    await runner.dropColumns('consent_statement', ['review_on', 'competence']);
  }
}
