/** What team managers' reviews found of allegations. Rows are added and never changed. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class AllegationReviews1764702000000 implements MigrationInterface {
  readonly name = 'AllegationReviews1764702000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, long } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const columns = {
      id: { ...key(), isPrimary: true },
      holder: key(),
      victim: key(),
      perpetrator: key(),
      result: key(16),
      why: long,
      reviewed_at: key(32),
      reviewed_by: key(),
    };
    await runner.createTable(
      new Table({
        name: 'allegation_review',
        columns: Object.entries(columns).map(([name, options]) => ({ name, ...options })),
        indices: [
          { name: 'allegation_review_by_victim', columnNames: ['victim'] },
          { name: 'allegation_review_by_perpetrator', columnNames: ['perpetrator'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('allegation_review');
  }
}
