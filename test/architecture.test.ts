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

/** Of the files beside the rooms, all of which wire or configure, what a room may import. */
const FOR_EVERYBODY = ['src/package-path.js'];

/** What of src/graph is no resolver, and asks more than the reader or compares roles: why. */
const NO_RESOLVERS: { readonly [file: string]: string } = {
  'src/graph/executor.ts': 'carries an operation out, and writes it into the log before it is answered',
  'src/graph/server.ts': 'writes what was refused before it ran into the log',
  'src/graph/purpose.ts': 'reads as which of their roles somebody asks',
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

/** Three files in a circle: what finds none would otherwise find nothing at all. */
const CYCLE = ['a → b', 'b → c', 'c → a'].map((edge) => {
  const [from, to] = edge.split(' → ');
  return { file: `planted/${from}.ts`, target: `planted/${to}.js`, text: '' };
});

/** Circles of imports, of types as well: one for each import that closes one. */
function cyclesOf(all: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of all) targets.set(file, [...(targets.get(file) ?? []), target.replace(/\.js$/, '.ts')]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
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
        roomOf(file) !== undefined &&
        roomOf(file) !== 'cli' &&
        (/^src\/[^/]+$/.test(target) || roomOf(target) === 'cli') &&
        !FOR_EVERYBODY.includes(target),
    );
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it('no file imports itself by way of others', () => {
    expect(cyclesOf([...imports, ...CYCLE])).toEqual(['planted/a.ts → planted/b.ts → planted/c.ts → planted/a.ts']);
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
    const files = filesUnder('src/graph').filter((file) => !(file in NO_RESOLVERS));
    expect(files.filter((file) => /(resolvers|audit-|view|relevance)/.test(file)).length).toBeGreaterThan(11);
    const below = /^import (?!type )([^;]*?) from '\.\.\/(?:sources|registers|store|audit|people)\//gm;
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const code = [...text.matchAll(below)].filter(([, names = '']) => !/^\{(\s*type \w+,?)+\s*\}$/.test(names));
      expect([file, code.map(([found]) => found)]).toEqual([file, []]);
      expect([file, /\brole\b\s*===|\.query\(|SELECT /.exec(text)?.[0]]).toEqual([file, undefined]);
    }
  });

  it('what resolvers are handed holds nothing to read a source, a register or the store with', () => {
    const handed = importsOf('src/graph/context.ts').map(({ target }) => target);
    expect(handed.filter((target) => /^src\/(sources|registers|store|people|audit)\//.test(target))).toEqual([
      'src/audit/proofs.js',
    ]);
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
