/** What officers keep for asking again, and the texts of every version of the policies that decided: each once. */
import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnTypes } from '../columns.js';

export class AuditQuestions1764720000000 implements MigrationInterface {
  readonly name = 'AuditQuestions1764720000000';

  async up(runner: QueryRunner): Promise<void> {
    const { key, text, long } = columnTypes(runner.connection.options.type === 'mssql' ? 'mssql' : 'sqlite');
    await runner.createTable(
      new Table({
        name: 'audit_saved_question',
        columns: [
          { name: 'id', ...key(), isPrimary: true },
          { name: 'worker', ...key() },
          { name: 'agency', ...key() },
          { name: 'name', ...text(100) },
          { name: 'question', ...key() },
          { name: 'filter', ...long },
          { name: 'saved_at', ...key(32) },
        ],
        indices: [{ name: 'audit_saved_question_by_officer', columnNames: ['worker', 'agency'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_saved_question');
  }
}
