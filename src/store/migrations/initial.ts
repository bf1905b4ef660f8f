/** The first tables. A migration that has been released is never edited: a change is a new migration. */
import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { type ColumnType, columnTypes } from '../columns.js';

type Columns = {
  readonly [column: string]: ColumnType &
    Pick<TableColumnOptions, 'isPrimary' | 'isNullable' | 'isGenerated' | 'generationStrategy'>;
};
interface Index {
  readonly name: string;
  readonly columnNames: string[];
  readonly isUnique?: boolean;
}

export class Initial1764000000000 implements MigrationInterface {
  readonly name = 'Initial1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, text, long, number } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const primary = <T extends ColumnType>(type: T) => ({ ...type, isPrimary: true });
    const nullable = <T extends ColumnType>(type: T) => ({ ...type, isNullable: true });
    const create = (name: string, columns: Columns, indices: Index[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          indices,
        }),
      );

    await create('agency', { id: primary(key()), name: text(), kind: key(), voluntary: number, duty_point: text() });
    await create('team', { id: primary(key()), agency: key(), name: text(), district: text(), duty: number });
    await create('worker', { id: primary(key()), agency: key(), name: text(), roles: text(), person: nullable(key()) });
    await create('worker_team', { worker: primary(key()), team: primary(key()), relation: primary(key(16)) }, [
      { name: 'worker_team_by_team', columnNames: ['team', 'relation'] },
    ]);
    await create('worker_identity', { worker: primary(key()), space: primary(key()), local_id: primary(key(200)) });
    await create('conflict', { worker: primary(key()), person: primary(key()), reason: nullable(text()) });
    await create('person_link', { space: primary(key()), local_id: primary(key(200)), person_id: key() }, [
      { name: 'person_link_by_person', columnNames: ['person_id'] },
    ]);

    const scope = { categories: text(1000), holders: text(2000), recipients: text(2000), purposes: text(1000) };
    await create(
      'consent_statement',
      {
        id: primary(key()),
        subject: key(),
        state: key(16),
        given_by: key(),
        capacity: key(32),
        ...scope,
        from_at: key(32),
        recorded_at: key(32),
        recorded_by: key(),
        method: text(),
        until_at: nullable(key(32)),
      },
      [{ name: 'consent_statement_by_subject', columnNames: ['subject'] }],
    );
    await create('exception_record', {
      id: primary(key()),
      subjects: long,
      gateway: key(),
      ...scope,
      overrides_refusal: number,
      from_at: key(32),
      until_at: key(32),
      recorded_at: key(32),
      recorded_by: key(),
      answers: long,
      approved_by: nullable(key()),
    });
    await create('exception_subject', { person_id: primary(key()), exception_id: primary(key()) });
    await create(
      'relevance_judgement',
      {
        id: primary(key()),
        source: key(),
        type: key(),
        subject: key(),
        holder: key(),
        factor: key(16),
        decision: key(16),
        why: long,
        judged_at: key(32),
        judged_by: key(),
        local_id: nullable(key(200)),
        episode: nullable(key(200)),
        serves_child: nullable(key()),
        serves_adult: nullable(key()),
      },
      [{ name: 'relevance_judgement_by_subject', columnNames: ['subject'] }],
    );
    await create('register_clock', { id: primary(number), version: number });
    await runner.query('INSERT INTO register_clock (id, version) VALUES (1, 0)');
    await create(
      'audit_entry',
      {
        seq: { ...primary(number), isGenerated: true, generationStrategy: 'increment' },
        id: key(),
        at: key(32),
        worker: key(),
        agency: key(),
        purpose: nullable(key(32)),
        result: key(16),
        registers_version: nullable(number),
        body: long,
        hash: key(),
      },
      [
        { name: 'audit_entry_by_id', columnNames: ['id'], isUnique: true },
        { name: 'audit_entry_by_worker', columnNames: ['worker', 'seq'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table);
  }
}

const TABLES = [
  'audit_entry',
  'register_clock',
  'relevance_judgement',
  'exception_subject',
  'exception_record',
  'consent_statement',
  'person_link',
  'conflict',
  'worker_identity',
  'worker_team',
  'worker',
  'team',
  'agency',
] as const;
