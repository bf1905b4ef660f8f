/** The sharing matrix, computed once and kept: from then on a question is a filter. */
import type { Category, Purpose, Role } from '../../domain/words.js';
import type { PolicyText } from '../policies.js';
import { type MatrixCell, sharingMatrix } from './matrix.js';

export interface MatrixFilter {
  readonly role?: Role | null;
  readonly category?: Category | null;
  readonly purpose?: Purpose | null;
}

/** Cells that the filter leaves, in the order of the closed lists. The first question takes about a second. */
export type KeptMatrix = (filter: MatrixFilter) => readonly MatrixCell[];

export function keepMatrix(policies: readonly PolicyText[]): KeptMatrix {
  let cells: readonly MatrixCell[] | undefined;
  return ({ role, category, purpose }) => {
    cells ??= sharingMatrix(policies);
    return cells.filter(
      (cell) =>
        (!role || cell.role === role) &&
        (!category || cell.category === category) &&
        (!purpose || cell.purpose === purpose),
    );
  };
}
