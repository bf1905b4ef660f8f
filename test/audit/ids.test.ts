import { describe, expect, it } from '@jest/globals';
import { newIds } from '../../src/audit/ids.js';

describe('ids', () => {
  const full = (bytes: number) => new Uint8Array(bytes).fill(255);

  it('sort by when they were made, within one millisecond too', () => {
    let time = Date.UTC(2026, 10, 20);
    const newId = newIds({ now: () => new Date(time), random: full });
    const made = Array.from({ length: 200 }, (_, i) => {
      if (i % 50 === 49) time += 1;
      return newId();
    });
    expect(new Set(made).size).toBe(200);
    expect([...made].sort()).toEqual(made);
    for (const id of made) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('begin with the time of the ULID form', () => {
    const newId = newIds({ now: () => new Date(1469918176385), random: () => new Uint8Array(16) });
    expect(newId()).toBe('01ARYZ6S410000000000000000');
    expect(newId()).toBe('01ARYZ6S410000000000000001');
  });

  it('go on when the clock goes back', () => {
    let time = 2000;
    const newId = newIds({ now: () => new Date(time), random: () => new Uint8Array(16) });
    const first = newId();
    time = 1000;
    expect(newId() > first).toBe(true);
  });
});
