/** The published formats, byte for byte. Vectors: the examples of the C2SP documents and of Go's golang.org/x/mod/sumdb/note. */
import { describe, expect, it } from '@jest/globals';
import { openCheckpoint, readCheckpointText, signCheckpoint } from '../../../src/audit/log/checkpoint.js';
import { cosign, cosignersOf } from '../../../src/audit/log/cosignature.js';
import { EMPTY_ROOT, leafHash } from '../../../src/audit/log/hash.js';
import {
  NoteError,
  newSigner,
  openNote,
  parseNote,
  readSigner,
  readVerifier,
  SIGNATURE_TYPES,
  signNote,
  writeSigner,
  writeVerifier,
} from '../../../src/audit/log/signed-note.js';
import { bundleOf, bundlePath, hashesUnder, tilePath, tilesOf } from '../../../src/audit/log/tiles.js';
import { readProof, writeProof } from '../../../src/audit/log/tlog-proof.js';

const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
const SPEC_VERIFIER = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const SPEC_CHECKPOINT =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';

describe('signed notes', () => {
  it.each([
    ['of the document', SPEC_VERIFIER, SPEC_NOTE],
    ['of the Go package', GO_VERIFIER, GO_NOTE],
  ])('the example %s verifies, and nothing else than it', (_, key, note) => {
    const verifier = readVerifier(key);
    expect(openNote(note, [verifier]).by).toEqual([verifier]);
    expect(writeVerifier(verifier)).toBe(key);
    expect(() => openNote(note.replace('problem', 'question').replace('example m', 'exemplary m'), [verifier])).toThrow(
      NoteError,
    );
  });

  it('signs what the Go package signs, to the byte', () => {
    const signer = readSigner(GO_SIGNER);
    expect(signNote(GO_TEXT, [signer])).toBe(GO_NOTE);
    expect(writeSigner(signer)).toBe(GO_SIGNER);
    expect(writeVerifier(signer)).toBe(GO_VERIFIER);
  });

  it('makes the key ids of witnesses that run in public', () => {
    // Published verifier keys of cosigners (type 0x04): the id is of the name, the type and the key.
    for (const key of [
      'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G',
      'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    ])
      expect(readVerifier(key).type).toBe(SIGNATURE_TYPES.cosignature);
  });

  it('passes over unknown keys, and refuses a wrong signature of a known one', () => {
    const [mine, other] = [newSigner('a.example', Buffer.alloc(32, 1)), newSigner('b.example', Buffer.alloc(32, 2))];
    const note = signNote('text\n', [mine, other]);
    expect(openNote(note, [other]).by).toEqual([other]);
    expect(() => openNote(note, [readVerifier(SPEC_VERIFIER)])).toThrow('no known key');
    const forged = note.replace(
      /(— a\.example .{20})./,
      (_, head: string) => `${head}${note.includes(`${head}A`) ? 'B' : 'A'}`,
    );
    expect(() => openNote(forged, [mine, other])).toThrow('a signature of a known key is wrong');
  });

  it.each([
    ['no blank line', 'text\n— a.example AAAAAAAAAA==\n'],
    ['a control character', 'te\txt\n\n— a.example AAAAAAAAAA==\n'],
    ['half a character', 'te\ud800xt\n\n— a.example AAAAAAAAAA==\n'],
    ['no signature', 'text\n\n'],
    ['no final newline', 'text\n\n— a.example AAAAAAAAAA=='],
    ['a plus in a name', 'text\n\n— a+b AAAAAAAAAA==\n'],
    ['loose base64', 'text\n\n— a.example AAAAAAAAAB==\n'],
    ['a short signature', 'text\n\n— a.example AAAAAA==\n'],
  ])('refuses a note with %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(NoteError);
  });

  it('refuses every key that was mangled by one character', () => {
    for (const [key, read] of [
      [GO_VERIFIER, readVerifier],
      [GO_SIGNER, readSigner],
    ] as const)
      for (let i = 0; i < key.length; i += 1)
        expect(() => read(`${key.slice(0, i)}${key[i] === 'x' ? 'y' : 'x'}${key.slice(i + 1)}`)).toThrow(NoteError);
  });
});

describe('checkpoints and cosignatures', () => {
  it('reads the example of the documents', () => {
    const { text, signatures } = parseNote(SPEC_CHECKPOINT);
    expect(readCheckpointText(text)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 });
    expect(signatures.map(({ id }) => id)).toEqual(['033de0ae', '8d66cf3f']);
    expect(signatures[1]!.signature.readBigUInt64BE()).toBe(1679315147n);
    expect(signatures[1]!.signature.length).toBe(72);
  });

  it('writes what it reads; another origin, key or size form is refused', () => {
    const signer = newSigner('log.example/audit', Buffer.alloc(32, 7));
    const note = signCheckpoint({ origin: signer.name, size: 0, root: EMPTY_ROOT }, [signer]);
    expect(note.split('\n').slice(0, 4)).toEqual([
      'log.example/audit',
      '0',
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      '',
    ]);
    expect(openCheckpoint(note, signer.name, [signer])).toEqual({ origin: signer.name, size: 0, root: EMPTY_ROOT });
    expect(() => openCheckpoint(note, 'log.example/other', [signer])).toThrow(NoteError);
    for (const size of ['01', '-1', '1e3', '', '9007199254740993'])
      expect(() => readCheckpointText(`log.example\n${size}\n${EMPTY_ROOT.toString('base64')}\n`)).toThrow(NoteError);
    expect(readCheckpointText(`l\n1\n${EMPTY_ROOT.toString('base64')}\nextension\n`).size).toBe(1);
  });

  it('cosigns header, time and the whole text; a changed time or text does not verify', () => {
    const log = newSigner('log.example/audit', Buffer.alloc(32, 7));
    const witness = newSigner('w.example', Buffer.alloc(32, 8), SIGNATURE_TYPES.cosignature);
    const note = signCheckpoint({ origin: log.name, size: 3, root: leafHash('x') }, [log]);
    const line = cosign(note, witness, 1679315147);
    expect(cosignersOf(note + line, [witness])).toEqual([witness]);
    expect(openCheckpoint(note + line, log.name, [log]).size).toBe(3);
    expect(cosignersOf(note, [witness])).toEqual([]);
    expect(() => cosignersOf(note.replace('\n3\n', '\n4\n') + line, [witness])).toThrow(NoteError);
    const [head, encoded = ''] = line.trimEnd().split(/ (?=[^ ]+$)/);
    const bytes = Buffer.from(encoded, 'base64');
    bytes[11]! ^= 1;
    expect(() => cosignersOf(`${note}${head} ${bytes.toString('base64')}\n`, [witness])).toThrow(NoteError);
  });
});

describe('tiles', () => {
  it('are those of the examples of the document', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 15, index: 0, width: 17 })).toBe('tile/15/000.p/17');
    expect(bundlePath({ index: 1000, width: 256 })).toBe('tile/entries/x001/000');
    const tiles = tilesOf(70_000);
    const partial = tiles.filter(({ width }) => width < 256).map(({ level, width }) => [level, width]);
    expect(tiles.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273);
    expect(tiles.filter(({ level, width }) => level === 1 && width === 256)).toHaveLength(1);
    expect(partial).toEqual([
      [0, 112],
      [1, 17],
      [2, 1],
    ]);
    expect(tilesOf(256).map(({ level, width }) => [level, width])).toEqual([
      [0, 256],
      [1, 1],
    ]);
    expect(tilesOf(0)).toEqual([]);
    expect(tilesOf(70_001, 70_000)).toEqual([{ level: 0, index: 273, width: 113 }]);
  });

  it('hold every node, and bundles their leaves after their lengths', () => {
    expect(hashesUnder({ level: 8, index: 3 })).toEqual({ level: 1, from: 3, to: 4 });
    expect(hashesUnder({ level: 10, index: 2 })).toEqual({ level: 1, from: 8, to: 12 });
    expect(bundleOf(['ab', '', 'c']).toString('hex')).toBe('0002616200000001' + '63');
    expect(() => bundleOf(['x'.repeat(65_536)])).toThrow(RangeError);
  });
});

describe('proofs that stand alone', () => {
  const proof = [leafHash('a'), leafHash('b')];

  it('are written as the document shows, and read back', () => {
    const text = writeProof({ extra: Buffer.from('more'), index: 73894, proof, checkpoint: SPEC_CHECKPOINT });
    expect(text.split('\n').slice(0, 6)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'extra bW9yZQ==',
      'index 73894',
      proof[0]!.toString('base64'),
      proof[1]!.toString('base64'),
      '',
    ]);
    expect(readProof(text)).toEqual({ extra: Buffer.from('more'), index: 73894, proof, checkpoint: SPEC_CHECKPOINT });
    const bare = writeProof({ index: 0, proof: [], checkpoint: SPEC_CHECKPOINT });
    expect(bare.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/behind-the-sofa\n')).toBe(true);
    expect(readProof(bare)).toEqual({ index: 0, proof: [], checkpoint: SPEC_CHECKPOINT });
  });

  it.each([
    ['another version', 'c2sp.org/tlog-proof@v2\nindex 0\n\nx\n'],
    ['no index', 'c2sp.org/tlog-proof@v1\n\nx\n'],
    ['an index with zeroes before it', 'c2sp.org/tlog-proof@v1\nindex 01\n\nx\n'],
    ['a hash that is none', 'c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx\n'],
    ['no blank line', 'c2sp.org/tlog-proof@v1\nindex 1\n'],
    ['extra data that is not base64', 'c2sp.org/tlog-proof@v1\nextra ??\nindex 1\n'],
  ])('are refused with %s', (_, text) => {
    expect(() => readProof(text)).toThrow(NoteError);
  });
});
