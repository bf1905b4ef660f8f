import { describe, expect, it } from '@jest/globals';
import { readSources } from '../src/compose-service.js';

const now = () => '2026-11-23T12:00:00.000Z';
const read = (text: string, env: Record<string, string> = {}) => readSources(text, env, now);

describe('the sources file', () => {
  it('lists sources, with secrets from the environment', () => {
    const sources = read(
      `- {id: mht, adapter: mental-health, holder: trust-1, baseUrl: "https://fhir.trust.example", token: {env: MHT_TOKEN}}
- {id: mht2, adapter: mental-health, holder: trust-2, baseUrl: "https://fhir.other.example", token: {env: MHT_TOKEN}}
- {id: care, adapter: social-care, holder: csc, database: {type: mssql, url: {env: CARE_URL}}}
- {id: book, adapter: workbook, holder: csc, space: care, database: {type: mssql, url: {env: CARE_URL}}}`,
      { MHT_TOKEN: 'secret', CARE_URL: 'mssql://reader:secret@db.example:1433/care' },
    );
    expect(sources.map(({ id, holder, space }) => [id, holder, space])).toEqual([
      ['mht', 'trust-1', 'mht'],
      ['mht2', 'trust-2', 'mht2'],
      ['care', 'csc', 'care'],
      ['book', 'csc', 'care'],
    ]);
  });

  it.each([
    [
      'an adapter that is none',
      '- {id: x, adapter: telepathy, holder: y}',
      /no adapter telepathy; there are social-care/,
    ],
    ['a missing address', '- {id: x, adapter: probation, holder: y}', /source 1 \(probation\), baseUrl/],
    [
      'a variable that is not set',
      '- {id: x, adapter: probation, holder: y, baseUrl: {env: NOT_SET}}',
      /NOT_SET, which is not set/,
    ],
    ['nothing', '[]', /a list of sources/],
  ])('with %s is refused, saying where', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
