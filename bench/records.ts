/**
 * The records of the benchmark: families of two adults and two children, known to social care, early help and a recovery
 * service, all of it releasable, so that every server gives the same answer. Held in memory; no transport is measured.
 */
import { type Circumstances, NO_CIRCUMSTANCES } from '../src/domain/circumstances.js';
import type { RecordLabel, RecordType, SourceRecord } from '../src/domain/records.js';
import type { Category, RecordKind } from '../src/domain/words.js';
import type { ReadAsk, Source, SourceAnswer } from '../src/sources/contract.js';

export const TODAY = '2026-11-23';

export interface BenchFamily {
  readonly id: string;
  /** Local ids, the same in every space. */
  readonly adults: readonly string[];
  readonly children: readonly string[];
}

export interface BenchRecords {
  readonly families: readonly BenchFamily[];
  /** All records by source, then by `type person`. */
  readonly bySource: ReadonlyMap<string, ReadonlyMap<string, readonly SourceRecord[]>>;
}

const SPACES = ['social-care', 'early-help', 'substance-misuse'] as const;
export const HOLDERS: { readonly [source: string]: string } = {
  'social-care': 'csc',
  'early-help': 'eh',
  'substance-misuse': 'haven',
};

export function makeRecords(count: number): BenchRecords {
  const families = Array.from({ length: count }, (_, i) => {
    const n = String(i + 1).padStart(5, '0');
    return { id: `F${n}`, adults: [`A${n}a`, `A${n}b`], children: [`C${n}a`, `C${n}b`] };
  });
  const bySource = new Map(SPACES.map((space) => [space as string, new Map<string, SourceRecord[]>()]));
  const add = (source: string, record: SourceRecord) => {
    const index = bySource.get(source);
    const key = `${record.label.type} ${record.label.subject}`;
    index?.set(key, [...(index.get(key) ?? []), record]);
  };
  for (const family of families) for (const { source, record } of recordsOf(family)) add(source, record);
  return { families, bySource };
}

function* recordsOf({ id, adults, children }: BenchFamily): Generator<{ source: string; record: SourceRecord }> {
  for (const [i, person] of [...adults, ...children].entries()) {
    yield council('PersonDetails', 'IDENTITY', 'OTHER', person, `${person}/details`, {
      forename: `Forename${person.slice(1)}`,
      surname: `Surname${id.slice(1)}`,
      dateOfBirth: i < 2 ? '1990-04-02' : '2018-09-14',
      sex: i % 2 ? 'Male' : 'Female',
      addresses: [
        { line: `${i + 1} Example Row`, town: 'Alderbrook', postcode: 'ZZ99 1AA', from: '2020-01-01', until: null },
      ],
    });
  }
  for (const child of children) {
    yield council(
      'ChildStatus',
      'STATUS',
      'OTHER',
      child,
      `${child}/status`,
      {
        stage: 'CHILD_IN_NEED',
        planType: 'CHILD_IN_NEED',
        planStartedOn: '2026-06-01',
        planEndsOn: null,
        leadProfessionalName: 'Ada Thorne',
        leadProfessionalRole: 'Social worker',
        openS47Enquiry: false,
      },
      { child },
    );
    for (const month of ['2026-09', '2026-10']) {
      yield council(
        'RagRating',
        'WORKBOOK',
        'RAG_RATING',
        child,
        `${child}/${month}`,
        {
          month,
          rating: 'AMBER',
          reason: 'School attendance still below what was agreed.',
          authorName: 'Ada Thorne',
          authorRole: 'Social worker',
        },
        { child, parent: adults[0] ?? child },
        `${month}-20`,
      );
    }
  }
  for (const adult of adults) {
    yield council(
      'MonthlySummary',
      'WORKBOOK',
      'MONTHLY_SUMMARY',
      adult,
      `${adult}/2026-10`,
      {
        month: '2026-10',
        summary: 'Kept all four appointments, agreed two steps until the review.',
        authorName: 'Ada Thorne',
        authorRole: 'Social worker',
      },
      { about: adult },
      '2026-10-21',
    );
    for (const n of [1, 2]) {
      const label = labelOf(
        'SubstanceMisuseRecord',
        'substance-misuse',
        'SUBSTANCE_MISUSE',
        'OTHER',
        adult,
        `${adult}/${n}`,
        `2026-0${n}-05`,
      );
      yield {
        source: 'substance-misuse',
        record: {
          label: { ...label, episode: adult },
          content: {
            recordedOn: `2026-0${n}-05`,
            kind: 'Treatment episode',
            summary: 'In treatment, engaged, no use in 28 days.',
            nature: 'FACT',
            startedOn: `2026-0${n}-05`,
            endedOn: null,
            substances: ['Alcohol'],
            dischargeReason: null,
            childrenLivingWithClient: 2,
            daysOfUse: null,
          },
          persons: { adult },
        },
      };
    }
  }
}

function council(
  type: RecordType,
  category: Category,
  kind: RecordKind,
  subject: string,
  localId: string,
  content: SourceRecord['content'],
  persons?: SourceRecord['persons'],
  at = '2026-06-01',
) {
  return {
    source: 'social-care',
    record: {
      label: labelOf(type, 'social-care', category, kind, subject, localId, at),
      content,
      ...(persons ? { persons } : {}),
    },
  };
}

function labelOf(
  type: RecordType,
  source: string,
  category: Category,
  kind: RecordKind,
  subject: string,
  localId: string,
  at: string,
): RecordLabel<string> {
  return {
    type,
    source,
    localId,
    subject,
    names: [],
    fromWorkWith: [subject],
    category,
    kind,
    confidentiality: 'N',
    addresses: [],
    at,
  };
}

/** A source over the records in memory; counts how often it is called. */
export function memorySources(records: BenchRecords, counts: Map<string, number>): Source[] {
  const familyOf = new Map(
    records.families.flatMap((family) => [...family.adults, ...family.children].map((person) => [person, family])),
  );
  return SPACES.map((id): Source => {
    const index = records.bySource.get(id) ?? new Map<string, readonly SourceRecord[]>();
    const provides = new Set([...index.keys()].map((key) => key.split(' ')[0] as RecordType));
    const call = <T>(items: readonly T[]): Promise<SourceAnswer<T>> => {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      return Promise.resolve({ items, rejected: 0 });
    };
    return {
      id,
      space: id,
      holder: HOLDERS[id] ?? '',
      provides,
      tells: new Set(
        id === 'social-care'
          ? ([
              'involvements',
              'memberships',
              'familyTeams',
              'relationships',
              'residences',
              'plans',
              'allegations',
            ] as const)
          : (['involvements'] as const),
      ),
      finds: false,
      start: async () => {},
      stop: async () => {},
      read: ({ wants }: ReadAsk) =>
        call(wants.flatMap(({ type, persons }) => persons.flatMap((person) => index.get(`${type} ${person}`) ?? []))),
      readOne: ({ type, localId }) =>
        call([...index.values()].flat().filter(({ label }) => label.type === type && label.localId === localId)),
      circumstances: (persons) =>
        call(id === 'social-care' ? [tell(new Set(persons.flatMap((person) => familyOf.get(person) ?? [])))] : []),
      workload: ({ workers }) =>
        call(
          id === 'social-care' && workers.includes('bench-sw')
            ? records.families.flatMap((family) =>
                family.children.map((person) => ({ person, worker: 'bench-sw', from: '2026-01-01' })),
              )
            : [],
        ),
      find: () => call([]),
    };
  });
}

function tell(families: ReadonlySet<BenchFamily>): Circumstances<string> {
  const all = [...families];
  return {
    ...NO_CIRCUMSTANCES,
    involvements: all.flatMap(({ children }) =>
      children.map((person) => ({ person, worker: 'bench-sw', role: 'social worker', from: '2026-01-01' })),
    ),
    memberships: all.flatMap(({ id, adults, children }) => [
      ...adults.map((person) => ({ family: id, person, included: true, isChild: false })),
      ...children.map((person) => ({ family: id, person, included: true, isChild: true })),
    ]),
    familyTeams: all.map(({ id }) => ({ family: id, team: 'fst-1', from: '2026-01-01' })),
    relationships: all.flatMap(({ adults, children }) =>
      children.flatMap((person) =>
        adults.map((other) => ({ person, other, kind: 'PARENT', parentalResponsibility: true })),
      ),
    ),
    residences: all.flatMap(({ id, adults, children }) =>
      [...adults, ...children].map((person) => ({ person, address: `uprn:${id}`, from: '2020-01-01' })),
    ),
    plans: all.flatMap(({ children }) =>
      children.map((child) => ({ child, kind: 'CHILD_IN_NEED' as const, from: '2026-06-01' })),
    ),
  };
}
