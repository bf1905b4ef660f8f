/** The rules are published: the table that the policies make, to whoever is signed in, and to nobody else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { sharingMatrix } from '../../src/disclosure/space/matrix.js';
import { loadRules } from '../../src/rules.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';

const TABLE = `query Rules($role: Role, $category: Category, $purpose: Purpose) { sharingMatrix(role: $role, category: $category, purpose: $purpose) {
  role category purpose ownAgency outcomes ways { permit { id says sources } when } vetoes { id } } }`;

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

describe('sharingMatrix', () => {
  it('is the table that the policies in force make, cell for cell, to anybody signed in, without a purpose', async () => {
    const { policies } = loadRules({ protocols: ['walsall-family-safeguarding'] });
    const cells = sharingMatrix(policies.all);
    for (const worker of ['bso-wynn-tarry', 'kw-noor-ashdown', 'pa-ulric-moss']) {
      const { data, errors } = await ask(demo, worker, TABLE, { category: 'MENTAL_HEALTH' });
      expect(errors).toBeUndefined();
      const shown = (data['sharingMatrix'] as Json[]).map(({ ways, vetoes, ...cell }) => ({
        ...cell,
        ways: ways.map(({ permit, when }: Json) => ({ permit: permit.id, when })),
        vetoes: vetoes.map(({ id }: Json) => id),
      }));
      expect(shown).toEqual(cells.filter(({ category }) => category === 'MENTAL_HEALTH'));
    }
  }, 30_000);

  it.each([
    [{ role: 'KEYWORKER' }, 13 * 14 * 2],
    [{ role: 'KEYWORKER', category: 'PLAN' }, 14 * 2],
    [{ role: 'KEYWORKER', category: 'PLAN', purpose: 'DIRECT_WORK' }, 2],
  ])('filtered by %j has %i cells', async (filter, count) => {
    const { data } = await ask(demo, 'kw-noor-ashdown', TABLE, filter);
    const cells = data['sharingMatrix'] as Json[];
    expect(cells).toHaveLength(count);
    for (const cell of cells) expect(cell).toMatchObject(filter);
  });

  it('names the sentence and the clauses of each way', async () => {
    const filter = { role: 'KEYWORKER', category: 'PLAN', purpose: 'DIRECT_WORK' };
    const { data } = await ask(demo, 'kw-noor-ashdown', TABLE, filter);
    const across = (data['sharingMatrix'] as Json[]).find(({ ownAgency }) => !ownAgency);
    expect(across?.['ways'].map(({ permit }: Json) => permit.id)).toContain('keyworker-informed');
    for (const { permit } of (across?.['ways'] ?? []) as Json[]) expect(permit.sources.length).toBeGreaterThan(0);
  });

  it('is kept: asked again it takes no time, and the whole of it is one answer', async () => {
    const began = performance.now();
    const { data } = await ask(demo, 'kw-noor-ashdown', 'query All { sharingMatrix { role } }');
    expect((data['sharingMatrix'] as Json[]).length).toBe(17 * 13 * 14 * 2);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('does not lift the purpose that anything about a person needs', async () => {
    const { errors } = await ask(
      demo,
      'sw-ada-thorne',
      '{ sharingMatrix(role: KEYWORKER) { role } families { nodes { id } } }',
    );
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['PURPOSE_REQUIRED']);
  });
});
