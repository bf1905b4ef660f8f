/** Imports go down only, adapters know neither each other nor the door, and only the door opens what is sealed. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filesUnder } from './files-under.js';

/** Each room and the rooms it may import, beside itself. */
const ROOMS: { readonly [room: string]: readonly string[] } = {
  domain: [],
  mssql: [],
  store: ['domain', 'mssql'],
  protocols: ['domain'],
  sources: ['domain', 'mssql'],
  people: ['domain', 'store'],
  registers: ['domain', 'store'],
  audit: ['domain', 'store'],
  disclosure: ['domain', 'sources', 'people', 'registers', 'audit'],
  reader: ['domain', 'sources', 'people', 'registers', 'disclosure'],
  sharing: ['domain', 'people', 'registers', 'audit', 'disclosure', 'reader'],
  oversight: ['domain', 'store', 'audit', 'people', 'registers', 'disclosure', 'reader', 'sharing'],
  graph: ['domain', 'audit', 'disclosure', 'reader', 'sharing', 'oversight', 'registers'],
  server: ['domain', 'graph'],
  worlds: ['domain', 'store', 'registers'],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly text: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target = '']) => ({
    file,
    target: relative('.', resolve(dirname(file), target)),
    text,
  }));
}

const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];
const imports = [...filesUnder('src'), ...filesUnder('adapters')].flatMap(importsOf);

describe('architecture', () => {
  it('knows every room', () => {
    const rooms = readdirSync('src').filter((name) => statSync(join('src', name)).isDirectory() && name !== 'cli');
    expect(rooms.filter((room) => !(room in ROOMS))).toEqual([]);
  });

  it('imports go down only', () => {
    const wrong = imports.filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== undefined && from !== 'cli' && to !== undefined && from !== to && !ROOMS[from]?.includes(to);
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('no room reaches up to what wires it', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        roomOf(file) !== undefined && roomOf(file) !== 'cli' && /^src\/(compose|main)\.js$/.test(target),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('adapters import the contract and the domain, never each other, never the door', () => {
    const wrong = imports.filter(({ file, target }) => {
      const own = /^adapters\/[^/]+\//.exec(file)?.[0];
      return own !== undefined && !target.startsWith(own) && !['domain', 'sources'].includes(roomOf(target) ?? '');
    });
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('only the door opens what is sealed', () => {
    const openers = [...filesUnder('src'), ...filesUnder('adapters'), ...(filesUnder('bench') ?? [])].filter((file) =>
      /\bunseal\b/.test(readFileSync(file, 'utf8')),
    );
    expect(openers.sort()).toEqual(['src/disclosure/door.ts', 'src/sources/sealed.ts']);
  });

  it('only the door marks what is released', () => {
    const markers = filesUnder('src').filter((file) => /\bmarkReleased\b/.test(readFileSync(file, 'utf8')));
    expect(markers.sort()).toEqual(['src/disclosure/door.ts', 'src/disclosure/released.ts']);
  });

  it('resolvers ask the reader and nothing else', () => {
    const text = readFileSync('src/graph/resolvers.ts', 'utf8');
    expect(text).not.toMatch(/from '\.\.\/(sources|registers|store|audit|people)\//);
    expect(text).not.toMatch(/\brole\b\s*===|\.query\(|SELECT /);
  });

  it('the formats of the log stand alone, and its verifier shares the hashes of the tree only', () => {
    const importsUnder = (folder: string) =>
      filesUnder(folder).flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, target = '']) => target),
      );
    const outside = (target: string) => !target.startsWith('./');
    expect(new Set(importsUnder('src/audit/log').filter(outside))).toEqual(new Set(['node:crypto']));
    const shared = importsUnder('src/audit/verify').filter((target) => outside(target) && !target.startsWith('node:'));
    // Cedar is no code of the gateway's.
    expect(new Set(shared)).toEqual(new Set(['../log/hash.js', '@cedar-policy/cedar-wasm/nodejs']));
  });
});
