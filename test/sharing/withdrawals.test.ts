/** What a withdrawal is answered with: every release under the consent, and nothing that its asker may not know. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import type { AgencyKind } from '../../src/domain/words.js';
import { mayBeTold } from '../../src/sharing/withdrawals.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

const KINDS: { readonly [agency: string]: AgencyKind } = {
  csc: 'CHILDRENS_SOCIAL_CARE',
  eh: 'EARLY_HELP',
  haven: 'SUBSTANCE_MISUSE',
  safe: 'DOMESTIC_ABUSE',
  prob: 'PROBATION',
};
const agencies = new Map(Object.entries(KINDS).map(([id, kind]) => [id, { kind }]));
const told = (asker: string, { to, from, category = 'PLAN', worker = 'w-other', named = [to] }: Json) =>
  mayBeTold(
    { worker, agency: to, holder: from, category },
    { recipients: named },
    { worker: 'w-me', agency: asker },
    agencies,
  );

describe('who is told of a release under a consent taken back', () => {
  it.each([
    ['the holder, of its own records', 'csc', { to: 'eh', from: 'csc' }, true],
    [
      'an adult service as the holder, of its own records',
      'haven',
      { to: 'csc', from: 'haven', category: 'SUBSTANCE_MISUSE' },
      true,
    ],
    ['the recipient, of what colleagues received', 'eh', { to: 'eh', from: 'csc' }, true],
    [
      'whoever received it themselves',
      'csc',
      { to: 'csc', from: 'haven', category: 'SUBSTANCE_MISUSE', worker: 'w-me' },
      true,
    ],
    ['a third agency', 'eh', { to: 'csc', from: 'haven', category: 'SUBSTANCE_MISUSE' }, false],
    ['a third agency, of what is no adult work either', 'eh', { to: 'haven', from: 'csc' }, false],
    [
      'a colleague of who received adult work',
      'csc',
      { to: 'csc', from: 'haven', category: 'SUBSTANCE_MISUSE' },
      false,
    ],
    [
      'a colleague of who received anything from an adult service',
      'csc',
      { to: 'csc', from: 'haven', category: 'INVOLVEMENT' },
      false,
    ],
    [
      'a colleague of who received adult work that another holds',
      'eh',
      { to: 'eh', from: 'csc', category: 'MENTAL_HEALTH' },
      false,
    ],
    ['the holder, of an adult service that the person named', 'csc', { to: 'haven', from: 'csc' }, true],
    [
      'the holder, of an adult service covered by its kind',
      'prob',
      { to: 'safe', from: 'prob', named: ['DOMESTIC_ABUSE'] },
      false,
    ],
    [
      'the holder, of an adult service covered by everything',
      'prob',
      { to: 'safe', from: 'prob', named: ['*'] },
      false,
    ],
    [
      'the holder, of an agency that the directory does not know',
      'csc',
      { to: 'gone', from: 'csc', named: ['*'] },
      false,
    ],
    ['the recipient, of a holder that the directory does not know', 'csc', { to: 'csc', from: 'gone' }, false],
    ['a namesake at another agency', 'eh', { to: 'csc', from: 'haven', worker: 'w-me' }, false],
  ] as [string, string, Json, boolean][])('%s: asked by %s', (_, asker, release, expected) => {
    expect(told(asker, release)).toBe(expected);
  });
});

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const WITHDRAW = `mutation W($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "by telephone") {
  state categories releases { complete notice received { recipient { id } worker holder { id } category purpose first last times } } } }`;
const READ = `query A($id: ID!) @purpose(of: SUPERVISION) {
  person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }`;
const withdraw = async (worker: string, id: string) =>
  (await ask(demo, worker, WITHDRAW, { id })).data['withdrawConsent'] as Json;

describe('a withdrawal', () => {
  it('is answered with who received what under it, how often, and when', async () => {
    const { 'Gilda Garrick': gilda } = await peopleOf(demo, 'sw-cleo-marchbank');
    for (const _ of [1, 2]) {
      const { data } = await ask(demo, 'sw-cleo-marchbank', READ, { id: gilda });
      expect(data['person'].adultWork.nodes.length).toBe(1);
    }
    const { state, releases } = await withdraw('rw-rory-ember', 'c-1018');
    expect(state).toBe('WITHDRAWN');
    expect(releases).toMatchObject({ complete: true, notice: expect.stringMatching(/may be more/) });
    const received = (releases['received'] as Json[]).find(({ category }) => category === 'SUBSTANCE_MISUSE');
    expect(received).toMatchObject({
      recipient: { id: 'csc' },
      worker: 'Cleo Marchbank',
      holder: { id: 'haven' },
      purpose: 'SUPERVISION',
      times: 2,
    });
    expect(received?.['first'] <= received?.['last']).toBe(true);
    // Every line of the log that rests on it is in the answer: all were haven's.
    const log = await demo.audit.read({ limit: 1000 });
    const resting = log.filter(({ body }) =>
      body.decisions.some(({ outcome, evidence }) => outcome === 'RELEASED' && evidence?.includes('c-1018')),
    );
    const times = (releases['received'] as Json[]).filter(({ category }) => category === 'SUBSTANCE_MISUSE');
    expect(times.reduce((sum, each) => sum + each['times'], 0)).toBe(
      resting.filter(({ body }) =>
        body.decisions.some(
          ({ category, evidence, outcome }) =>
            category === 'SUBSTANCE_MISUSE' && outcome === 'RELEASED' && evidence?.includes('c-1018'),
        ),
      ).length,
    );
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements?.map(({ did }) => did)).toEqual(['CONSENT', 'CONSENT_END', 'RELEASES_SHOWN']);
  });

  it('taken down by somebody whom it does not concern says nothing of it, and nothing of how much', async () => {
    const { 'Lena Pike': lena } = await peopleOf(demo, 'sw-bram-hollis');
    const read = await ask(demo, 'sw-bram-hollis', READ, { id: lena });
    expect(read.data['person'].adultWork.nodes.length).toBeGreaterThan(0);
    // c-1016: of Lena Pike, haven to csc. The manager of social care received nothing herself.
    const { releases } = await withdraw('tm-orla-finch', 'c-1016');
    expect(releases['received']).toEqual([]);
  });

  // The withdrawal of the test before, recorded once more; each time it is written the log gains a release under it.
  it('stands though something is released under it every time the log is looked at, and says that there may be more', async () => {
    const released = (await demo.audit.read({ limit: 1000 })).find(
      ({ body }) => body.operation.name === 'A' && JSON.stringify(body).includes('"c-1016"'),
    );
    const text = JSON.stringify({ ...released?.body, id: 'THE-ID' }).replaceAll("'", "''");
    await demo.store.administer(
      `CREATE TRIGGER meanwhile AFTER INSERT ON consent_statement BEGIN
        INSERT INTO audit_entry (id, at, worker, agency, result, body, hash) SELECT 'e-' || NEW.id, at, worker, agency, result,
          replace('${text}', 'THE-ID', 'e-' || NEW.id), hash FROM audit_entry WHERE id = '${released?.body.id}'; END`,
    );
    const answer = await withdraw('rw-quinn-darrow', 'c-1016');
    await demo.store.administer('DROP TRIGGER meanwhile');
    expect(answer).toMatchObject({ state: 'WITHDRAWN', releases: { complete: false } });
    const { consents } = await demo.house.registers.read(['P-1005']);
    expect(consents.filter(({ state }) => state === 'WITHDRAWN').length).toBe(2);
  });
});
