import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../src/config.js';
import { readGateSettings } from '../src/gate-settings.js';

describe('the settings of a gate', () => {
  it('are read by source, and what is not said is not there', () => {
    const read = readGateSettings(
      '[{ id: a, adapter: x }, { id: b, adapter: y, asking: { timeoutMs: 500, atOnce: { urgent: 4, casework: 8, overview: 4 } } }]',
    );
    expect([...read]).toEqual([['b', { timeoutMs: 500, atOnce: { urgent: 4, casework: 8, overview: 4 } }]]);
  });

  it.each([
    ['asking: { timeoutMs: 0 }', 'source 1, asking.timeoutMs'],
    ['asking: { atOnce: { urgent: 4 } }', 'source 1, asking.atOnce.casework'],
    ['asking: { retries: 4 }', 'source 1, asking'],
  ])('are refused: %s', (asking, message) => {
    const read = () => readGateSettings(`[{ id: a, adapter: x, ${asking} }]`);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
  });
});
