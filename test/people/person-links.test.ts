/** The steward's desk, against the running gateway and the named families. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { type LinkQuestions, openLinkQuestions } from '../../src/people/link-questions.js';
import { openPeople, type PersonRef, refKey } from '../../src/people/people.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';
import { counter } from '../store/test-stores.js';

const STEWARD = 'ds-tamsin-grove';
const AT = '2026-11-23T09:00:00.000Z';
let demo: Demo;
let questions: LinkQuestions;

beforeAll(async () => {
  demo = await startDemo();
  const newId = counter('t');
  questions = openLinkQuestions(demo.store, { newId });
  const rows = await demo.store.read<{ space: string; local: string }>(
    'SELECT space, local_id AS local FROM person_link ORDER BY space, local_id',
  );
  const of = (space: string, place: number) =>
    rows.filter((ref) => ref.space === space)[place] ?? { space, local: 'none' };
  const pair = (a: PersonRef, b: PersonRef) =>
    ({ a, b, weight: 8.5, ground: 'POSSIBLE_TWINS', levels: { forename: 'CLOSE' } }) as never;
  await questions.apply(
    {
      groups: [],
      questions: [
        pair(of('social-care', 0), of('early-help', 1)),
        pair(of('social-care', 0), of('substance-misuse', 0)),
        pair(of('mental-health', 0), of('probation', 0)),
        pair(of('social-care', 1), of('social-care', 2)),
      ],
    },
    AT,
  );
});
afterAll(() => demo.stop());

const LIST = `query Desk @purpose(of: INFORMATION_GOVERNANCE) {
  personLinks { nodes { id state weight ground agreement { field level } yours { holder { id } } other { holder { id } } } }
}`;
const nodesOf = async (worker: string, list = LIST) =>
  (await ask(demo, worker, list)).data['personLinks'].nodes as Json[];
const decide = (verb: 'confirm' | 'reject', id: string, reason = 'compared with the school') =>
  ask(
    demo,
    STEWARD,
    `mutation Decide($id: ID!, $reason: String!) @purpose(of: INFORMATION_GOVERNANCE) {
      ${verb}PersonLink(id: $id, reason: $reason) { id state }
    }`,
    { id, reason },
  );

type Answer = Awaited<ReturnType<typeof decide>>;
const undo = (id: string, reason = 'another birth date', worker = STEWARD) =>
  ask(
    demo,
    worker,
    `mutation Undo($id: ID!, $reason: String!) @purpose(of: INFORMATION_GOVERNANCE) {
      undoPersonLink(id: $id, reason: $reason) { id state }
    }`,
    { id, reason },
  );
const separate = (person: string, source = 'social-care') =>
  ask(
    demo,
    STEWARD,
    `mutation Separate($person: ID!, $source: String!) @purpose(of: INFORMATION_GOVERNANCE) {
      separateOwnRecord(person: $person, source: $source, reason: "a namesake") { source }
    }`,
    { person: Buffer.from(`Person:${person}`).toString('base64url'), source },
  );
const linesOf = async (answer: Answer): Promise<Json[]> => {
  const [entry] = await demo.audit.read({ id: answer.extensions?.receipt?.entry ?? '', limit: 1 });
  return (entry?.body.statements ?? []) as unknown as Json[];
};

describe('a data steward', () => {
  it('sees the pairs that their own agency has a side of, and of no adult service that there is one', async () => {
    const nodes = await nodesOf(STEWARD);
    expect(nodes.map(({ yours, other }) => [yours.holder.id, other.holder.id]).sort()).toEqual([
      ['csc', 'csc'],
      ['csc', 'eh'],
    ]);
    expect(nodes[0]).toMatchObject({
      state: 'REVIEW',
      weight: 8.5,
      agreement: [{ field: 'forename', level: 'CLOSE' }],
    });
  });

  it('is the only one to see any', async () => {
    for (const worker of ['sw-ada-thorne', 'hos-rhea-dunmore', 'kw-noor-ashdown'])
      expect(await nodesOf(worker)).toEqual([]);
    const asWorker = LIST.replace('INFORMATION_GOVERNANCE', 'CHILD_PROTECTION, as: SOCIAL_WORKER');
    expect(await nodesOf('sw-vera-lindqvist', asWorker)).toEqual([]);
  });

  it('cannot decide what they may not see, nor tell it from what is not there', async () => {
    const [hidden] = await questions.list('REVIEW', ['substance-misuse']);
    const answers = [await decide('confirm', hidden?.id ?? ''), await decide('confirm', 'no-such-question')];
    expect(answers.map(({ errors }) => errors?.[0])).toEqual([
      expect.objectContaining({ extensions: { code: 'NOT_PERMITTED' } }),
      expect.objectContaining({ extensions: { code: 'NOT_PERMITTED' } }),
    ]);
    expect(answers[0]?.errors?.[0]?.message).toBe(answers[1]?.errors?.[0]?.message);
    expect((await questions.find(hidden?.id ?? ''))?.state).toBe('REVIEW');
  });

  it('says why, and decides once', async () => {
    const link = (await nodesOf(STEWARD)).find(({ other }) => other.holder.id === 'csc');
    expect((await decide('reject', link?.['id'], '  ')).errors?.[0]?.extensions.code).toBe('NOT_VALID');
    expect((await decide('reject', link?.['id'])).data['rejectPersonLink']).toEqual({
      id: link?.['id'],
      state: 'REJECTED',
    });
    expect((await decide('confirm', link?.['id'])).errors?.[0]?.extensions.code).toBe('NOT_VALID');
  });

  it('makes two records one person, in one transaction with the entry that says so', async () => {
    const [link] = (await nodesOf(STEWARD)).filter(({ other }) => other.holder.id === 'eh');
    const answer = await decide('confirm', link?.['id']);
    expect(answer.errors).toBeUndefined();
    const question = await questions.find(link?.['id']);
    expect(question).toMatchObject({ state: 'CONFIRMED', decidedBy: STEWARD, reason: 'compared with the school' });
    const pair = [question?.a, question?.b].flatMap((ref) => ref ?? []);
    const who = await openPeople(demo.store, { newId: counter('x') }).resolve(pair);
    expect(new Set(pair.map((ref) => who.get(refKey(ref)))).size).toBe(1);
    const [entry] = await demo.audit.read({ id: answer.extensions?.receipt?.entry ?? '', limit: 1 });
    expect(entry?.body.statements).toEqual([
      expect.objectContaining({ did: 'LINK', ids: [link?.['id']], policies: ['may-decide-person-links'] }),
    ]);
  });

  it('is shown names and births once everybody was read, and decisions outlive it', async () => {
    const matched = await demo.matchPersons(AbortSignal.timeout(20_000));
    expect(matched.persons).toBeGreaterThan(10);
    expect(matched.unread).toContain('probation');
    const states = await Promise.all(
      (['CONFIRMED', 'REJECTED'] as const).map((s) => questions.list(s, ['social-care'])),
    );
    expect(states.map(({ length }) => length)).toEqual([1, 1]);
    const shown = await nodesOf(
      STEWARD,
      `query Decided @purpose(of: INFORMATION_GOVERNANCE) {
        personLinks(state: REJECTED) { nodes { yours { surname dateOfBirth } other { surname districts } } }
      }`,
    );
    expect(shown).toHaveLength(1);
    expect(shown[0]?.['yours'].surname).toEqual(expect.any(String));
  });

  it('takes a confirmed link back: the next operation has two people, and the log says so', async () => {
    const [confirmed] = await questions.list('CONFIRMED', ['social-care']);
    const id = confirmed?.id ?? '';
    const pair = [confirmed?.a, confirmed?.b].flatMap((ref) => ref ?? []);
    const people = openPeople(demo.store, { newId: counter('y') });
    const whoOf = async () => {
      const who = await people.resolve(pair);
      return new Set(pair.map((ref) => who.get(refKey(ref))));
    };
    expect((await whoOf()).size).toBe(1);
    expect((await undo(id, ' ')).errors?.[0]?.extensions.code).toBe('NOT_VALID');
    expect((await undo(id, 'two births', 'sw-ada-thorne')).errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    const answer = await undo(id, 'the school has two of them');
    expect(answer.errors).toBeUndefined();
    expect(answer.data['undoPersonLink']).toEqual({ id, state: 'REJECTED' });
    expect((await whoOf()).size).toBe(2);
    expect(await linesOf(answer)).toEqual([
      expect.objectContaining({ did: 'LINK_UNDONE', ids: [id], policies: ['may-undo-person-link'] }),
    ]);
    expect((await undo(id)).errors?.[0]?.extensions.code).toBe('NOT_VALID');
    await demo.matchPersons(AbortSignal.timeout(20_000));
    expect((await whoOf()).size).toBe(2);
  });

  it('cannot take back what they may not see, nor tell it from what is not there', async () => {
    const [hidden] = await questions.list('REVIEW', ['substance-misuse']);
    const answers = [await undo(hidden?.id ?? ''), await undo('no-such-question')];
    expect(answers.map(({ errors }) => errors?.[0]?.message)).toEqual(
      answers.map(() => answers[1]?.errors?.[0]?.message),
    );
    expect(answers[0]?.errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
  });

  it('takes the own record out of a person, with one answer whoever else is in that person', async () => {
    const joined = await demo.store.read<{ person: string; n: number }>(
      `SELECT person_id AS person, COUNT(*) AS n FROM person_link
        WHERE person_id IN (SELECT person_id FROM person_link WHERE space = 'social-care') GROUP BY person_id ORDER BY n DESC, person_id`,
    );
    const [most, least] = [joined[0], joined.at(-1)];
    expect([Number(most?.n) > 1, Number(least?.n)]).toEqual([true, 1]);
    const answers = [await separate(most?.person ?? ''), await separate(least?.person ?? '')];
    for (const { errors, data } of answers)
      expect([errors, data['separateOwnRecord']]).toEqual([undefined, { source: 'social-care' }]);
    const [ours] = await demo.store.read<{ person: string }>(
      `SELECT l.person_id AS person FROM person_link l JOIN person_link_moved m ON m.space = l.space AND m.local_id = l.local_id WHERE m.was = ?`,
      [most?.person],
    );
    expect(ours?.person).not.toBe(most?.person);
    const left = await demo.store.read<{ space: string }>('SELECT space FROM person_link WHERE person_id = ?', [
      most?.person,
    ]);
    expect(left).toHaveLength(Number(most?.n) - 1);
    expect((await linesOf(answers[0] as Answer)).map((line) => line['did'])).toEqual(['SEPARATED']);
    const none = await separate(most?.person ?? '');
    const others = await separate(least?.person ?? '', 'mental-health');
    expect([none, others].map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([
      'NOT_PERMITTED',
      'NOT_PERMITTED',
    ]);
    expect(none.errors?.[0]?.message).toBe(others.errors?.[0]?.message);
  });
});
