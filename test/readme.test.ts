/** What the README shows is what really appears, and what it asks runs. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runDemo } from '../src/cli/demo.js';
import { runDemoRequest } from '../src/cli/demo-request.js';
import type { Demo } from '../src/compose-demo.js';
import { VARIABLES } from '../src/config.js';
import { ask, startDemo } from './attacks/demo.js';

const readme = readFileSync('README.md', 'utf8');
const block = (language: string, after: string) => {
  const from = readme.indexOf(`\`\`\`${language}\n`, readme.indexOf(after)) + language.length + 4;
  return readme.slice(from, readme.indexOf('```', from));
};

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

describe('the README', () => {
  it('shows lines of the demo as the demo prints them', async () => {
    const printed: string[] = [];
    await runDemo(demo, (line) => printed.push(...line.split('\n')));
    await runDemoRequest(demo, (line) => printed.push(...line.split('\n')));
    const shown = block('text', 'nine pairs of eyes')
      .split('\n')
      .filter((line) => line.trim() && line.trim() !== '…');
    expect(shown.length).toBeGreaterThan(8);
    const stable = (line: string) => line.replace(/\d{4}-\d\d-\d\dT\S+|sha256 \S+|[0-9A-HJKMNP-TV-Z]{26}/g, '').trim();
    const lines = new Set(printed.map(stable));
    expect(shown.map(stable).filter((line) => !lines.has(line))).toEqual([]);
  });

  it('asks something that runs', async () => {
    const { data, errors } = await ask(demo, 'sw-ada-thorne', block('graphql', '## Asking'));
    expect(errors).toBeUndefined();
    expect(data['families'].nodes.length).toBeGreaterThan(0);
  });

  it('names only commands and variables that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const [, name = ''] of readme.matchAll(/npm run (?:-s )?([a-z:]+)/g))
      expect(Object.keys(scripts)).toContain(name);
    for (const [name] of readme.matchAll(/THRESHOLD_[A-Z_]+/g))
      expect(VARIABLES.map((variable) => variable.name)).toContain(name);
  });
});
