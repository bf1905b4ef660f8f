import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPages, type Page } from '../../src/graph/connection.js';

const pages = createPages('a key of the test');
const items = (ids: readonly string[]) => ids.map((id) => ({ id }));

describe('pages', () => {
  it('walked by cursor give every item once, in order, whatever the page size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (ids, first) => {
          const seen: string[] = [];
          let after: string | null = null;
          for (;;) {
            const page: Page<{ id: string }> = pages.cut(items(ids), { first, after }, 100, {});
            seen.push(...page.nodes.map(({ id }) => id));
            if (!page.pageInfo.hasNextPage) break;
            after = page.pageInfo.endCursor;
          }
          expect(seen).toEqual(ids);
        },
      ),
    );
  });

  it.each(['bm9uZQ', '', 'AAAAAAAAAAAAUGVyc29u', '__proto__'].filter(Boolean))(
    'refuse the cursor %s, which is not one of ours',
    (after) => {
      expect(() => pages.cut(items(['a']), { after }, 100, {})).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
    },
  );

  it('refuse the cursors of another key', () => {
    const cursor = createPages('another key').cut(items(['a']), {}, 100, {}).pageInfo.endCursor;
    expect(() => pages.cut(items(['a']), { after: cursor }, 100, {})).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });

  it.each([-1, 101])('refuse a page of %d', (first) => {
    expect(() => pages.cut(items(['a']), { first }, 100, {})).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });
});
