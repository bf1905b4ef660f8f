/** What a statement takes back stands in its entry, and logs of the gateway itself verify by it: nothing in them rests on what was ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportLog } from '../../src/audit/export.js';
import { writeVerifier } from '../../src/audit/log/signed-note.js';
import { trustedKey } from '../../src/audit/verify/notes.js';
import { verifyLog } from '../../src/audit/verify/verify-log.js';
import type { Demo } from '../../src/compose-demo.js';
import { type Asked, ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';
import { KEYS, keyText } from '../audit/sequenced.js';

const SCOPE = {
  categories: ['SUBSTANCE_MISUSE', 'INVOLVEMENT'],
  holders: ['haven'],
  recipients: ['csc'],
  purposes: ['SUPERVISION', 'CHILD_IN_NEED'],
};
const EPISODE = Buffer.from('SubstanceMisuseRecord:substance-misuse:HR4103/E6105').toString('base64url');
const WORKERS = ['rw-rory-ember', 'sw-cleo-marchbank'];

let demo: Demo;
let gilda: string;
let folder: string;
beforeAll(async () => {
  demo = await startDemo({ THRESHOLD_LOG_KEY: keyText(1) });
  gilda = (await peopleOf(demo, 'sw-cleo-marchbank'))['Gilda Garrick'] as string;
  folder = await mkdtemp(join(tmpdir(), 'threshold-taken-back-'));
});
afterAll(async () => {
  await demo.stop();
  await rm(folder, { recursive: true, force: true });
});

const saidIn = ({ data, errors }: Asked): string => {
  if (errors) throw new Error(JSON.stringify(errors));
  return (data['said'] as Json)['id'];
};
const give = async (changes: Json = {}, worker = 'rw-rory-ember'): Promise<string> => {
  const input = {
    subject: gilda,
    givenBy: gilda,
    capacity: 'SELF',
    state: 'GIVEN',
    ...SCOPE,
    method: 'at a visit',
    ...changes,
  };
  return saidIn(
    await ask(
      demo,
      worker,
      'mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) { said: recordConsent(input: $input) { id } }',
      { input },
    ),
  );
};
const withdraw = async (id: string, worker = 'rw-rory-ember'): Promise<string> =>
  saidIn(
    await ask(
      demo,
      worker,
      'mutation W($id: ID!) @purpose(of: DIRECT_WORK) { said: withdrawConsent(consent: $id, method: "by telephone") { id } }',
      { id },
    ),
  );
const judge = async (decision: string, standing = false): Promise<string> => {
  const child = Buffer.from('Person:P-1008').toString('base64url');
  const input = { record: EPISODE, decision, standing, servesChild: child, factor: '1B', why: 'For the child.' };
  return saidIn(
    await ask(
      demo,
      'rw-rory-ember',
      'mutation J($input: RelevanceInput!) @purpose(of: DIRECT_WORK) { said: judgeRelevance(input: $input) { id } }',
      { input },
    ),
  );
};
/** How many records of adult work the social worker is shown of her. */
const read = async (purpose = 'SUPERVISION'): Promise<number> => {
  const { data } = await ask(
    demo,
    'sw-cleo-marchbank',
    `query A($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }`,
    { id: gilda },
  );
  return data['person'].adultWork.nodes.length;
};
const lastSaid = async () =>
  ((await demo.audit.read({ limit: 1 }))[0]?.body.statements ?? []).map(({ did, ids, subjects }) => [
    did,
    ids,
    subjects,
  ]);
/** The ids that the log releases on, and those it says were ended, over all its entries. */
async function ofLog() {
  const entries = await demo.audit.after(0, 100_000);
  return {
    ended: entries
      .flatMap(({ body }) => body.statements ?? [])
      .filter(({ did }) => did.endsWith('_END'))
      .flatMap(({ ids }) => ids),
    evidence: new Set(
      entries
        .flatMap(({ body }) => body.decisions)
        .flatMap(({ outcome, evidence = [] }) => (outcome === 'RELEASED' ? evidence : [])),
    ),
  };
}
async function verify(name: string): Promise<void> {
  await demo.sequencer.sequence();
  const entries = await exportLog(demo.store, { ...KEYS, witnesses: [] }, join(folder, name));
  const log = KEYS.verifiers.map((key) => trustedKey(writeVerifier(key)));
  expect((await verifyLog(join(folder, name), { log })).entries).toBe(entries);
}

describe('the entry of a statement', () => {
  it('names the consent that is taken back, and every other of the same words; given again it is another', async () => {
    expect(await read()).toBe(1);
    const twice = await give();
    expect(await lastSaid()).toEqual([['CONSENT', [twice], ['P-1007']]]);
    const withdrawn = await withdraw('c-1018');
    expect(await lastSaid()).toEqual([
      ['CONSENT', [withdrawn], ['P-1007']],
      ['CONSENT_END', ['c-1018', twice], ['P-1007']],
    ]);
    expect(await read()).toBe(0);
    const again = await give();
    expect(await read()).toBe(1);
    // Only what stands is taken back, but what is taken back by its name is named.
    const once = await withdraw('c-1018');
    expect(await lastSaid()).toEqual([
      ['CONSENT', [once], ['P-1007']],
      ['CONSENT_END', ['c-1018', again], ['P-1007']],
    ]);
    expect(await read()).toBe(0);
  });

  it('names what a refusal covers all of, and nothing that it covers a part of', async () => {
    const wide = await give();
    const no = await give({ state: 'REFUSED', purposes: ['CHILD_IN_NEED'] });
    expect(await lastSaid()).toEqual([['CONSENT', [no], ['P-1007']]]);
    // What is left of it is rested on, and no fault.
    expect(await read()).toBe(1);
    const all = await give({ state: 'REFUSED' });
    expect(await lastSaid()).toEqual([
      ['CONSENT', [all], ['P-1007']],
      ['CONSENT_END', [wide], ['P-1007']],
    ]);
    await give();
    expect(await read()).toBe(1);
  });

  it('names the judgement that it replaces by another that is not relevant', async () => {
    const before = await judge('RELEVANT');
    expect((await lastSaid()).map(([did]) => did)).toEqual(['JUDGEMENT']);
    expect(await read()).toBe(1);
    const no = await judge('NOT_RELEVANT');
    const [said, ended] = await lastSaid();
    expect(said).toEqual(['JUDGEMENT', [no], ['P-1007']]);
    expect(ended?.[0]).toBe('JUDGEMENT_END');
    expect(ended?.[1]).toContain(before);
    expect(await read()).toBe(0);
    await judge('RELEVANT');
    expect(await read()).toBe(1);
  });

  it('names an agreement to be worked with that is taken back', async () => {
    const input = {
      subject: gilda,
      givenBy: gilda,
      capacity: 'SELF',
      state: 'GIVEN',
      service: 'haven',
      method: 'at a visit',
    };
    const agreed = saidIn(
      await ask(
        demo,
        'rw-rory-ember',
        'mutation S($input: ServiceConsentInput!) @purpose(of: DIRECT_WORK) { said: recordServiceConsent(input: $input) { id } }',
        { input },
      ),
    );
    const back = saidIn(
      await ask(
        demo,
        'rw-rory-ember',
        'mutation B($id: ID!) @purpose(of: DIRECT_WORK) { said: withdrawServiceConsent(serviceConsent: $id, method: "told") { id } }',
        { id: agreed },
      ),
    );
    expect(await lastSaid()).toEqual([
      ['SERVICE_CONSENT', [back], ['P-1007']],
      ['SERVICE_CONSENT_END', [agreed], ['P-1007']],
    ]);
  });
});

describe('the log of the gateway itself', () => {
  it('verifies: given, read, taken back, read, given again, read, judged otherwise, read', async () => {
    const { ended, evidence } = await ofLog();
    expect(ended.filter((id) => evidence.has(id)).length).toBeGreaterThan(2);
    await verify('by-hand');
  });

  it('verifies whatever is said in whatever order, reads among it', async () => {
    let state = 20261201;
    const below = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const given = ['c-1018'];
    let shown = 0;
    for (let i = 0; i < 150; i += 1) {
      const scope = {
        purposes: pick([SCOPE.purposes, ['SUPERVISION'], ['CHILD_IN_NEED']]),
        holders: pick([['haven'], ['haven'], ['SUBSTANCE_MISUSE']]),
      };
      const deed = below(10);
      // Of a kind of agency the recipient's side takes it down: haven is no side of all of them.
      if (deed < 3) given.push(await give(scope, scope.holders[0] === 'haven' ? pick(WORKERS) : 'sw-cleo-marchbank'));
      else if (deed < 4) await give({ ...scope, state: 'REFUSED' }, pick(WORKERS));
      else if (deed < 6) await withdraw(pick(given), pick(WORKERS));
      else if (deed < 7) await judge(pick(['RELEVANT', 'NOT_RELEVANT']), below(3) === 0);
      shown += await read(pick(SCOPE.purposes));
    }
    expect(shown).toBeGreaterThan(10);
    await verify('by-chance');
    const { ended, evidence } = await ofLog();
    expect(ended.filter((id) => evidence.has(id)).length).toBeGreaterThan(10);
  }, 120_000);
});
