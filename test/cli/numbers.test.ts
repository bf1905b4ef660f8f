/** A number on the command line that is none is refused before anything is done with it: NaN compares false, and checks nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { wholeNumber } from '../../src/cli/whole-number.js';
import { filesUnder } from '../files-under.js';
import { failing } from './in-process.js';

describe('a whole number of an option', () => {
  it.each(['0', '7', '007', '4294967296'])('is read: %s', (text) => {
    expect(wholeNumber()(text)).toBe(Number(text));
  });

  it.each(['x', '', ' ', '-3', '1.5', '1e3', '0x10', '+1', ' 7', 'NaN', 'Infinity', '9'.repeat(20)])(
    'is refused where it is none: %j',
    (text) => expect(() => wholeNumber()(text)).toThrow('a whole number from 0'),
  );

  it('has bounds', () => {
    expect(wholeNumber({ least: -5, most: 5 })('-5')).toBe(-5);
    for (const text of ['-6', '6'])
      expect(() => wholeNumber({ least: -5, most: 5 })(text)).toThrow('a whole number from -5 to 5');
  });
});

describe('an option that is a number and is given what is none', () => {
  it.each<[string, readonly string[], string, string, number]>([
    ['a quorum', ['verify', 'nowhere', '--key', 'k'], '--quorum', 'x', 1],
    ['a quorum below 0', ['verify', 'nowhere', '--key', 'k'], '--quorum', '-3', 1],
    ['a quorum for a consistency', ['verify-consistency', 'nowhere', '--key', 'k'], '--quorum', 'x', 1],
    ['an age of the log', ['log', 'erase', '--by', 'me'], '--older-than', 'x', 1],
    ['a port', ['witness', '--name', 'n', '--log', 'k', '--folder', 'f'], '--port', '70000', 1],
    ['a number of families', ['world', 'generate', '--out', '/nonexistent/w'], '--families', '1.5', 1],
    ['a seed', ['world', 'generate', '--families', '1', '--out', '/nonexistent/w'], '--seed', 'x', 1],
    ['how often Cedar is asked', ['decide'], '--check-every', 'x', 1],
    ['a checkpoint’s size', ['audit', 'consistency', '--to', '2', '--out', 'f', '--as', 'x'], '--from', 'x', 1],
    ['a size of a sample', ['audit', 'sample', '--month', '2026-11', '--as', 'x'], '--size', 'x', 1],
    ['an age of rows', ['check-source'], '--max-age', 'x', 2],
    ['a number of rows', ['check-source'], '--sample', '0', 2],
  ])('%s is refused, naming the option', async (_, args, option, value, expected) => {
    const { said, code } = await failing([...args, option, value]);
    expect(said).toContain(option);
    expect(said).toContain('a whole number from');
    expect(code).toBe(expected);
  });

  it('is read by one parser in every command', () => {
    const others = filesUnder('src/cli').filter((file) =>
      /[oO]ption\([^;]*?, (Number|parseInt|parseFloat)\b/.test(readFileSync(file, 'utf8')),
    );
    expect(others).toEqual([]);
  });
});
