/** What V8 reads once is said wherever the gateway is started: the figures of the bench are of a gateway that is started so. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const FLAG = '--max-semi-space-size=8';
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe('what is young is held to the same size', () => {
  it.each([
    ['by npm start', scripts['start']],
    ['by npm run threshold', scripts['threshold']],
    ['by the command', readFileSync('src/cli/threshold.ts', 'utf8').split('\n')[0]],
    [
      'by the image',
      readFileSync('docs/deploy/gateway.dockerfile', 'utf8')
        .split('\n')
        .find((line) => line.startsWith('ENTRYPOINT')),
    ],
    ['by the bench', readFileSync('bench/run.ts', 'utf8')],
  ])('%s', (_, started) => expect(started).toContain(FLAG));
});
