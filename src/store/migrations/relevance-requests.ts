/** Which records of adult work were asked for and wait for a judgement: noted with the log's own entries. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class RelevanceRequests1764300000000 implements MigrationInterface {
  readonly name = 'RelevanceRequests1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const columns = {
      seq: { ...number, isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const },
      holder: key(),
      type: key(),
      local_id: key(200),
      agency: key(),
      at: key(32),
      for_relevance: number,
    };
    await runner.createTable(
      new Table({
        name: 'relevance_request',
        columns: Object.entries(columns).map(([name, options]) => ({ name, ...options })),
        indices: [{ name: 'relevance_request_by_record', columnNames: ['holder', 'local_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('relevance_request');
  }
}
