/** Questions whether two source persons are one, what was decided, and which of our persons went into which. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class PersonLinks1764200000000 implements MigrationInterface {
  readonly name = 'PersonLinks1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, long, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const create = (
      name: string,
      columns: object,
      indices: { name: string; columnNames: string[]; isUnique?: boolean }[],
    ) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          indices,
        }),
      );
    await create(
      'person_link_question',
      {
        id: { ...key(), isPrimary: true },
        space_a: key(),
        local_a: key(200),
        space_b: key(),
        local_b: key(200),
        state: key(16),
        weight: number,
        ground: key(32),
        levels: long,
        asked_at: key(32),
        decided_at: { ...key(32), isNullable: true },
        decided_by: { ...key(), isNullable: true },
        reason: { ...long, isNullable: true },
      },
      [
        {
          name: 'person_link_question_by_pair',
          columnNames: ['space_a', 'local_a', 'space_b', 'local_b'],
          isUnique: true,
        },
        { name: 'person_link_question_by_state', columnNames: ['state', 'space_a'] },
      ],
    );
    await create(
      'person_merge',
      {
        retired: { ...key(), isPrimary: true },
        kept: key(),
        at: key(32),
        question: { ...key(), isNullable: true },
      },
      [{ name: 'person_merge_by_kept', columnNames: ['kept'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('person_merge');
    await runner.dropTable('person_link_question');
  }
}
