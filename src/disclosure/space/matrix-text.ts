/** The sharing matrix on paper: CSV with a line a cell, and Markdown with a table a group of roles that read alike. */
import { CATEGORIES, PURPOSES, type Role } from '../../domain/words.js';
import type { PolicyText } from '../policies.js';
import type { MatrixCell } from './matrix.js';

/**
 * RFC 4180, with a header line; a line a role, category and purpose. Permits by their ids: what each still asks stands under
 * "The ways" of the Markdown.
 */
export function matrixCsv(cells: readonly MatrixCell[]): string {
  const across = new Map(cells.flatMap((cell) => (cell.ownAgency ? [] : [[keyOf(cell), cell] as const])));
  const lines = cells.flatMap((own) => {
    const other = across.get(keyOf(own));
    if (!own.ownAgency || !other) return [];
    return [
      [own.role, own.category, own.purpose, ...[own, other].flatMap((cell) => [idsOf(cell), cell.outcomes.join(' ')])],
    ];
  });
  const header = [
    'role',
    'category',
    'purpose',
    'own agency: released by',
    'outcomes',
    'across agencies: released by',
    'outcomes',
  ];
  return [header, ...lines].map((fields) => `${fields.join(',')}\r\n`).join('');
}

/** `policies` give the sentences of the vetoes. */
export function matrixMarkdown(cells: readonly MatrixCell[], policies: readonly PolicyText[]): string {
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return number;
  };
  const tables = groups(cells).map(([roles, ofRole]) => {
    const at = new Map(ofRole.map((cell) => [`${cell.category} ${cell.purpose} ${cell.ownAgency}`, cell]));
    const purposes = PURPOSES.filter((purpose) =>
      ofRole.some((cell) => cell.purpose === purpose && cell.ways.length > 0),
    );
    if (purposes.length === 0) return `## ${roles.join(', ')}\n\nNothing, for any purpose.\n`;
    const codes = (cell: MatrixCell | undefined) => cell?.ways.map((way) => numberOf(said(way))).join(' ') || '–';
    const rows = CATEGORIES.map((category) => {
      const columns = purposes.map((purpose) => {
        const [own, across] = [true, false].map((ownAgency) => codes(at.get(`${category} ${purpose} ${ownAgency}`)));
        return own === '–' && across === '–' ? '–' : `${own} / ${across}`;
      });
      return `| ${[category, ...columns].join(' | ')} |`;
    });
    const heads = ['', ...purposes];
    return `## ${roles.join(', ')}\n\n| ${heads.join(' | ')} |\n|${heads.map(() => '---').join('|')}|\n${rows.join('\n')}\n`;
  });
  const ways = [...numbers].map(([text, number]) => `${number}. ${text}`);
  const vetoes = policies
    .filter(({ effect, actions }) => effect === 'forbid' && actions.includes('read'))
    .map(({ id, says, source }) => `- **${id}**: ${says} [${source.join(', ')}]`);
  return [
    '# The sharing matrix\n',
    'Derived from the policies over every combination of facts (`threshold policies matrix`); a test compares it. In each',
    'cell, before the stroke what may be read from the own agency’s system, after it what may be read across agencies: the',
    'numbers of the ways listed at the end, `–` where there is none. Purposes without any way are left out. A way holds only',
    'where no veto stands against it:\n',
    ...vetoes,
    '',
    ...tables,
    '## The ways\n',
    ...ways,
    '',
  ].join('\n');
}

/** Roles for which every cell is the same, with those cells. */
function groups(cells: readonly MatrixCell[]): [Role[], MatrixCell[]][] {
  const byRole = new Map<Role, MatrixCell[]>();
  for (const cell of cells) byRole.set(cell.role, [...(byRole.get(cell.role) ?? []), cell]);
  const alike = new Map<string, [Role[], MatrixCell[]]>();
  for (const [role, ofRole] of byRole) {
    const key = JSON.stringify(ofRole.map(({ ways, outcomes }) => [ways, outcomes]));
    const group = alike.get(key);
    if (group) group[0].push(role);
    else alike.set(key, [[role], ofRole]);
  }
  return [...alike.values()];
}

function said({ permit, when }: MatrixCell['ways'][number]): string {
  return when === '' ? permit : `${permit}: ${when}`;
}

function idsOf({ ways }: MatrixCell): string {
  return ways.map(({ permit }) => permit).join(' ');
}

function keyOf({ role, category, purpose }: MatrixCell): string {
  return `${role} ${category} ${purpose}`;
}
