/** The Family Safeguarding workbook over the views of README.md. It holds records and tells no circumstances. */
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { Source, SourceAnswer } from '../../src/sources/contract.js';
import type { SqlSourceOptions } from '../../src/sources/sql.js';
import { RowReader } from '../../src/sources/sql-values.js';
import { type Call, workbookClient } from './client.js';
import { monthlySummary, parentingAssessment, ragRating, supervision } from './map.js';

const PROVIDES = [
  'ParentingAssessment',
  'MonthlySummary',
  'RagRating',
  'Supervision',
] as const satisfies readonly RecordType[];
const NONE = Object.freeze({ items: [], rejected: 0 });

/** A source over one authority's workbook. Its persons and staff are those of `space`, usually the social-care source. */
export function createWorkbook(options: SqlSourceOptions): Source {
  const { id, holder, space = id } = options;
  const client = workbookClient(options);

  /** Records of one type whose subject (`by: 'subject'`) or whose own id is among the keys. */
  async function recordsOf(
    call: Call,
    type: RecordType,
    by: 'subject' | 'id',
    keys: readonly string[],
  ): Promise<SourceRecord[]> {
    switch (type) {
      case 'ParentingAssessment': {
        const rows = await client.select(
          call,
          'gw_workbook_parenting_assessment',
          by === 'id' ? 'id' : 'parent_person_id',
          keys,
        );
        return rows.map((row) => parentingAssessment(id, row));
      }
      case 'MonthlySummary': {
        const rows = await client.select(
          call,
          'gw_workbook_monthly_summary',
          by === 'id' ? 'id' : 'about_person_id',
          keys,
        );
        return rows.map((row) => monthlySummary(id, row));
      }
      case 'RagRating': {
        const rows = await client.select(call, 'gw_workbook_rag_rating', by === 'id' ? 'id' : 'child_person_id', keys);
        return rows.map((row) => ragRating(id, row));
      }
      case 'Supervision': {
        const column = by === 'id' ? 'id' : 'index_child_id';
        const through = { table: 'gw_workbook_supervision', id: 'id', column } as const;
        const [rows, persons] = await Promise.all([
          client.select(call, 'gw_workbook_supervision', column, keys),
          client.select(call, 'gw_workbook_supervision_person', 'supervision_id', keys, through),
        ]);
        return rows.map((row) => supervision(id, row, persons));
      }
      default:
        return [];
    }
  }

  async function answer(
    signal: AbortSignal,
    work: (call: Call) => Promise<SourceRecord[]>,
  ): Promise<SourceAnswer<SourceRecord>> {
    signal.throwIfAborted();
    const call = { signal, reader: new RowReader() };
    const items = await work(call);
    return { items, rejected: call.reader.rejected };
  }

  return {
    id,
    space,
    holder,
    provides: new Set(PROVIDES),
    tells: new Set(),
    finds: false,
    missing: client.missing,
    start: () => client.open(),
    stop: () => client.close(),

    read: async ({ wants }, { signal }) =>
      answer(signal, async (call) => {
        const byType = new Map<RecordType, Set<string>>();
        for (const { type, persons } of wants) byType.set(type, new Set([...(byType.get(type) ?? []), ...persons]));
        const read = [...byType].map(async ([type, asked]) =>
          // A database may compare without regard to case: only exactly who was asked for.
          (await recordsOf(call, type, 'subject', [...asked])).filter(({ label }) => asked.has(label.subject)),
        );
        return (await Promise.all(read)).flat();
      }),

    readOne: async ({ type, localId }, { signal }) =>
      answer(signal, async (call) =>
        (await recordsOf(call, type, 'id', [localId])).filter(({ label }) => label.localId === localId),
      ),

    async circumstances(_persons, { signal }) {
      signal.throwIfAborted();
      return { items: [NO_CIRCUMSTANCES], rejected: 0 };
    },
    async workload(_ask, { signal }) {
      signal.throwIfAborted();
      return NONE;
    },
    async find(_ask, { signal }) {
      signal.throwIfAborted();
      return NONE;
    },
  };
}
