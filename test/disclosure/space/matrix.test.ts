/** The sharing matrix as committed is the one the policies make, and what it says is what is decided. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compilePolicies, loadPolicies } from '../../../src/disclosure/policies.js';
import { changesBetween, changesText } from '../../../src/disclosure/space/diff.js';
import { sharingMatrix } from '../../../src/disclosure/space/matrix.js';
import { matrixCsv, matrixMarkdown } from '../../../src/disclosure/space/matrix-text.js';
import { CATEGORIES, PURPOSES, ROLES } from '../../../src/domain/words.js';

const { all } = loadPolicies('schema/policies');
const cells = sharingMatrix(all);
const cell = (role: string, category: string, purpose: string, ownAgency: boolean) =>
  cells.find((c) => c.role === role && c.category === category && c.purpose === purpose && c.ownAgency === ownAgency);
const remake = 'regenerate it: threshold policies matrix > docs/sharing-matrix.md (and --format csv)';

describe('the sharing matrix', () => {
  it('has a cell for every role, category, purpose, and side', () =>
    expect(cells).toHaveLength(ROLES.length * CATEGORIES.length * PURPOSES.length * 2));

  it(`as committed is what the policies make (${remake})`, () => {
    expect(readFileSync('docs/sharing-matrix.md', 'utf8') === matrixMarkdown(cells, all)).toBe(true);
    expect(readFileSync('docs/sharing-matrix.csv', 'utf8') === matrixCsv(cells)).toBe(true);
  });

  it('gives officers nothing, for any purpose', () =>
    expect(
      cells.filter((c) => c.role.endsWith('OFFICER') && c.role.startsWith('INFORMATION') && c.ways.length > 0),
    ).toEqual([]));

  it('says what each way still asks', () => {
    const work = cell('SOCIAL_WORKER', 'MENTAL_HEALTH', 'CHILD_PROTECTION', false);
    expect(work?.ways.find(({ permit }) => permit === 'relevant-adult-work')?.when).toBe(
      'involvement is ALLOCATED or MANAGING and onFamilyTeam and confidentiality is not V and relevance is RELEVANT',
    );
    expect(work?.vetoes).toEqual(expect.arrayContaining(['lawful-basis', 'relevance', 'opposing-party']));
    expect(work?.outcomes).toEqual(['RELEASED', 'BROKERED', 'SILENT']);
  });
});

describe('a dry run of other policies', () => {
  const changed = (change: (text: string) => string) =>
    compilePolicies([{ file: 'changed.cedar', text: change(all.map(({ text }) => text).join('\n')) }]).all;

  it('finds nothing where nothing changes', () => {
    expect(
      changesBetween(
        all,
        changed((text) => text),
      ),
    ).toEqual([]);
    expect(changesText([])).toMatch(/alike/);
  });

  it('names to whom a lifted condition would release what, with an example at which it does', () => {
    const lifted = changesBetween(
      all,
      changed((text) => text.replace(/@id\("relevance"\)[^;]*;/, '')),
    );
    expect(lifted.length).toBeGreaterThan(0);
    for (const { becomes, category, example } of lifted) {
      expect(['RELEASED', 'SHOWN_OTHERWISE']).toContain(becomes);
      expect(category).toMatch(/MISUSE|HEALTH|ABUSE/);
      expect(example.ownAgency).toBe(false);
    }
    expect(changesText(lifted)).toContain('Would newly be released:');
  });

  it('names what would no longer be released', () => {
    const changes = changesBetween(
      all,
      changed((text) => text.replace(/@id\("duty"\)[^;]*;/, '')),
    );
    expect(new Set(changes.map(({ becomes }) => becomes))).toEqual(new Set(['DENIED']));
    expect(changes.every(({ example }) => example.involvement === 'DUTY')).toBe(true);
  });
});
