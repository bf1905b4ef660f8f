/** docs/consent.md: every outcome that it states is held by a test that is there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const rows = readFileSync('docs/consent.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what happens'))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the table of outcomes', () => {
  it('has rows', () => expect(rows.length).toBeGreaterThan(30));

  it.each(rows)('%s', (...row) => {
    expect(row).toHaveLength(4);
    const [, file = '', title = ''] = /^`(test\/[\w/.-]+\.test\.ts)`: (.+)$/.exec(row[3] ?? '') ?? [];
    const text = readFileSync(file, 'utf8');
    // A title of its own, or the name of a case of a list.
    expect([`'${title}'`, `it('${title}'`].some((quoted) => text.includes(quoted)) ? 'is there' : title).toBe(
      'is there',
    );
  });
});
