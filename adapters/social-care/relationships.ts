/** How people are related: our view `gw_relationship`, and `ssd_mother` where the view says nothing of a pair. */
import type { RelationshipRow } from '../../src/domain/circumstances.js';
import type { IsoDate } from '../../src/domain/words.js';
import { isCurrent } from '../../src/sources/sql-values.js';
import type { Row } from './wire.js';

/** The kinds of `RelationshipRow`; another word of the source is OTHER. */
const KINDS = [
  'PARENT',
  'CHILD',
  'SIBLING',
  'PARTNER',
  'FORMER_PARTNER',
  'GRANDPARENT',
  'CARER',
  'NEIGHBOUR',
  'FRIEND',
];

function relationshipKind(row: Row<'gw_relationship'>, hasEnded: boolean): string {
  const kind = row.kind?.toUpperCase().replaceAll(/[ -]/g, '_') ?? '';
  if (!KINDS.includes(kind)) return 'OTHER';
  return hasEnded && kind === 'PARTNER' ? 'FORMER_PARTNER' : kind;
}

/** A relationship as it is today: what has ended carries no parental responsibility. */
export function relationshipNow(row: Row<'gw_relationship'>, today: IsoDate) {
  const hasEnded = !isCurrent(row.from_date, row.until_date, today);
  return {
    kind: relationshipKind(row, hasEnded),
    parentalResponsibility: !hasEnded && row.parental_responsibility === true,
  };
}

/** The kind as it is shown: a word that is none of ours stays what it is, `Step parent`; the facts have it as OTHER. */
export function kindShown(row: Row<'gw_relationship'>, today: IsoDate): string {
  const { kind } = relationshipNow(row, today);
  return kind === 'OTHER' ? (row.kind ?? kind) : kind;
}

/** A relationship that `ssd_mother` tells, seen from one of the two. */
export interface ToldByMother extends RelationshipRow {
  readonly localId: string;
  readonly kind: 'PARENT' | 'CHILD';
  /** SSD does not say that a mother holds it, so she is not taken to. */
  readonly parentalResponsibility: false;
}

/**
 * What these rows of `ssd_mother` tell from either side, but for pairs of which our view tells anything: it leads, for it
 * knows of adoptions and court orders.
 */
export function toldByMothers(
  mothers: readonly Row<'ssd_mother'>[],
  relationships: readonly Row<'gw_relationship'>[],
): ToldByMother[] {
  const pair = (person: string, other: string) => JSON.stringify([person, other]);
  const told = new Set(relationships.map((row) => pair(row.person_id, row.other_person_id)));
  return mothers.flatMap(({ moth_table_id: id, moth_person_id: mother, moth_childs_person_id: child }) => {
    if (mother === child) return [];
    const both: ToldByMother[] = [
      { localId: `mother:${id}`, person: child, other: mother, kind: 'PARENT', parentalResponsibility: false },
      { localId: `child:${id}`, person: mother, other: child, kind: 'CHILD', parentalResponsibility: false },
    ];
    return both.filter(({ person, other }) => !told.has(pair(person, other)));
  });
}
