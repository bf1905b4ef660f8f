/** Which of our persons a source person was until when: without it, a join cannot be undone without mixing what was said of two. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class PersonLinksMoved1764701000000 implements MigrationInterface {
  readonly name = 'PersonLinksMoved1764701000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const columns = { space: key(), local_id: key(200), at: key(32), was: key() };
    await runner.createTable(
      new Table({
        name: 'person_link_moved',
        columns: Object.entries(columns).map(([name, type]) => ({ name, ...type, isPrimary: true })),
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('person_link_moved');
  }
}
