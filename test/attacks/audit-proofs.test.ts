/** Proofs from the running gateway: a receipt's holder can check it offline; it tells nobody else anything. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkReceipt } from '../../src/audit/check-receipt.js';
import { readCheckpointText } from '../../src/audit/log/checkpoint.js';
import { verifyConsistency } from '../../src/audit/log/proof.js';
import { openNote } from '../../src/audit/log/signed-note.js';
import { readLogKeys } from '../../src/audit/log-keys.js';
import type { Demo } from '../../src/compose-demo.js';
import { keyText, ORIGIN } from '../audit/sequenced.js';
import { ask, startDemo } from './demo.js';

let demo: Demo;
const keys = readLogKeys(keyText(3));
beforeAll(async () => {
  demo = await startDemo({ THRESHOLD_LOG_KEY: keyText(3) });
});
afterAll(() => demo.stop());

const PROOF = 'query Proof($id: ID!) { auditProof(receipt: $id) }';
const proofOf = async (worker: string, id: string) => (await ask(demo, worker, PROOF, { id })).data['auditProof'];

describe('a receipt', () => {
  it('is proved once it is in the tree, and the proof checks with the public key alone', async () => {
    const { extensions } = await ask(demo, 'sw-ada-thorne', 'query Me { me { name } }');
    const { entry, hash } = extensions!.receipt!;
    await demo.sequencer.sequence();
    const proof = await proofOf('sw-ada-thorne', entry);
    expect(checkReceipt(hash, proof ?? '', keys.verifiers).witnesses).toEqual([]);
    expect(proof).not.toMatch(/thorne|csc|SOCIAL/i);
  });

  it('of somebody else, of nobody and of nonsense are one to whoever asks', async () => {
    const { extensions } = await ask(demo, 'sw-ada-thorne', 'query Me { me { name } }');
    await demo.sequencer.sequence();
    const others = await ask(demo, 'sw-isla-penrose', PROOF, { id: extensions!.receipt!.entry });
    const nobodys = await ask(demo, 'sw-isla-penrose', PROOF, { id: '0'.repeat(26) });
    expect(others.data).toEqual({ auditProof: null });
    expect(nobodys.data).toEqual(others.data);
    expect((await ask(demo, 'sw-isla-penrose', PROOF, { id: 'x'.repeat(5000) })).data).toEqual(others.data);
  });

  it('needs no purpose: it names nobody, and is an entry itself', async () => {
    const { extensions } = await ask(demo, 'sw-ada-thorne', 'query C { auditCheckpoint }');
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.id).toBe(extensions?.receipt?.entry);
    const mixed = await ask(demo, 'sw-ada-thorne', 'query C { auditCheckpoint families { nodes { id } } }');
    expect(mixed.errors?.[0]?.extensions.code).toBe('PURPOSE_REQUIRED');
  });
});

describe('two checkpoints', () => {
  it('are shown to be one log that grew', async () => {
    const head = async () => {
      await demo.sequencer.sequence();
      const note = (await ask(demo, 'sw-ada-thorne', 'query C { auditCheckpoint }')).data['auditCheckpoint'] as string;
      return readCheckpointText(openNote(note, keys.verifiers).text);
    };
    const old = await head();
    const next = await head();
    expect(next).toMatchObject({ origin: ORIGIN });
    expect(next.size).toBeGreaterThan(old.size);
    const { data } = await ask(
      demo,
      'sw-ada-thorne',
      'query C($a: Int!, $b: Int!) { auditConsistency(from: $a, to: $b) }',
      { a: old.size, b: next.size },
    );
    const proof = (data['auditConsistency'] as string[]).map((hash) => Buffer.from(hash, 'base64'));
    expect(verifyConsistency(old.size, next.size, old.root, next.root, proof)).toBe(true);
    const { errors } = await ask(demo, 'sw-ada-thorne', 'query C { auditConsistency(from: 5, to: 1) }');
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

it('the fields that need no purpose are those of their file', () => {
  const sdl = readFileSync('schema/graphql/audit-proofs.graphql', 'utf8');
  expect([...sdl.matchAll(/^ {2}(\w+)[(:]/gm)].map(([, name]) => name)).toEqual([
    'auditProof',
    'auditCheckpoint',
    'auditConsistency',
    'auditConsistencyFile',
  ]);
});
