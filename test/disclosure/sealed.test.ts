import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { HeldRecord } from '../../src/sources/sealed.js';
import { seal } from '../../src/sources/sealed.js';

const record: HeldRecord = {
  label: {
    type: 'MentalHealthRecord',
    source: 'mental-health',
    localId: 'CANARY-ID',
    subject: 'CANARY-PERSON',
    names: [],
    fromWorkWith: [],
    category: 'MENTAL_HEALTH',
    kind: 'OTHER',
    confidentiality: 'N',
    addresses: [],
  },
  content: { summary: 'CANARY-CONTENT' },
};

describe('a sealed record', () => {
  const sealed = seal(record);

  it.each([
    ['JSON', (s: object) => JSON.stringify({ s })],
    ['inspect', (s: object) => inspect(s, { depth: 10, showHidden: true, getters: true })],
    [
      'keys',
      (s: object) =>
        JSON.stringify([
          ...Object.keys(s),
          ...Object.getOwnPropertyNames(s),
          ...Object.getOwnPropertySymbols(s).map(String),
        ]),
    ],
    ['string', (s: object) => `${String(s)}${Object.entries(s)}`],
    ['spread', (s: object) => JSON.stringify({ ...s })],
    ['assign', (s: object) => JSON.stringify(Object.assign({}, s))],
    [
      'for in',
      (s: object) => {
        const out = [];
        for (const key in s) out.push(key);
        return out.join();
      },
    ],
    [
      'structuredClone',
      (s: object) => {
        try {
          return inspect(structuredClone(s));
        } catch (error) {
          return String(error);
        }
      },
    ],
  ])('tells nothing by %s', (_, leak) => {
    expect(leak(sealed)).not.toContain('CANARY');
  });

  it('cannot be given new fields', () => {
    expect(() => Object.assign(sealed, { content: 'x' })).toThrow(TypeError);
  });
});
