/** Sharing requests: what was asked, of whom, and every answer, dispute and withdrawal. Rows are added and never changed. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class SharingRequests1764750000000 implements MigrationInterface {
  readonly name = 'SharingRequests1764750000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, text, long } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    const primary = <T extends object>(type: T) => ({ ...type, isPrimary: true });
    const create = (name: string, columns: object, indices: { name: string; columnNames: string[] }[] = []) =>
      runner.createTable(
        new Table({
          name,
          columns: Object.entries(columns).map(([column, options]) => ({ name: column, ...options })),
          indices,
        }),
      );
    await create(
      'sharing_request',
      {
        id: primary(key()),
        holder: key(),
        worker: key(),
        agency: key(),
        role: key(),
        categories: text(1000),
        purpose: key(32),
        why: long,
        context: { ...long, isNullable: true },
        urgency: key(16),
        until_at: key(32),
        recorded_at: key(32),
      },
      [
        { name: 'sharing_request_by_holder', columnNames: ['holder', 'recorded_at'] },
        { name: 'sharing_request_by_worker', columnNames: ['worker', 'agency', 'recorded_at'] },
      ],
    );
    await create('sharing_request_subject', { person_id: primary(key()), request_id: primary(key()) }, [
      { name: 'sharing_request_subject_by_request', columnNames: ['request_id'] },
    ]);
    await create(
      'sharing_answer',
      {
        id: primary(key()),
        request_id: key(),
        answer: key(32),
        ground: { ...key(32), isNullable: true },
        reasons: long,
        grant_id: { ...key(), isNullable: true },
        at: key(32),
        answered_by: key(),
      },
      [{ name: 'sharing_answer_by_request', columnNames: ['request_id'] }],
    );
    await create(
      'sharing_contribution',
      {
        id: primary(key()),
        answer_id: key(),
        subject: key(),
        category: key(32),
        text: long,
        recorded_at: key(32),
      },
      [
        { name: 'sharing_contribution_by_answer', columnNames: ['answer_id'] },
        { name: 'sharing_contribution_by_subject', columnNames: ['subject'] },
      ],
    );
    await create('sharing_dispute', { answer_id: primary(key()), at: key(32), disputed_by: key(), why: long });
    await create('sharing_withdrawal', { request_id: primary(key()), at: key(32), withdrawn_by: key(), why: long });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table);
  }
}

const TABLES = [
  'sharing_withdrawal',
  'sharing_dispute',
  'sharing_contribution',
  'sharing_answer',
  'sharing_request_subject',
  'sharing_request',
];
