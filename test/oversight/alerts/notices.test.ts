/** What the rules of sharing want an officer to see each time stands among the alerts of the running gateway. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../../src/compose-demo.js';
import { openLinkQuestions } from '../../../src/people/link-questions.js';
import { ask, type Json, peopleOf, startDemo } from '../../attacks/demo.js';
import { counter } from '../../store/test-stores.js';

const LIST =
  'query L($rule: AlertRule) @purpose(of: INFORMATION_GOVERNANCE) { audit { alerts(filter: {rule: $rule}, first: 100) { nodes { id rule kind } } } }';
const RECORD =
  'mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) { recordConsent(input: $input) { id state } }';
const OPEN = `mutation O($person: ID!) @purpose(of: EMERGENCY) { openEmergencyAccess(input: { person: $person, gateway: "VITAL_INTERESTS",
  answers: ["Hers.", "She cannot be woken."], risk: "Unconscious.", phoned: "The duty manager" }) { id } }`;

let demo: Demo;
let people: Readonly<Record<string, string>>;
const listed = async (rule: string): Promise<Json[]> => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
  await demo.watch.run();
  const { data, errors } = await ask(demo, 'ig-sol-whitby', LIST, { rule });
  expect(errors).toBeUndefined();
  return data['audit'].alerts.nodes as Json[];
};
const write = (sql: string, values: readonly string[]) =>
  demo.store.transaction(async (transaction) => void (await transaction.run(sql, values)));
/** The hourly sweep, as if an hour had gone by. */
const sweepAgain = () => write('UPDATE audit_watched SET swept = ? WHERE id = 1', ['']);

beforeAll(async () => {
  demo = await startDemo();
  people = await peopleOf(demo, 'sw-cleo-marchbank');
}, 120_000);
afterAll(() => demo.stop());

describe('consent to adult work', () => {
  const record = async (worker: string, more: object = {}) => {
    const person = people['Nessa Norbury'];
    const input = {
      subject: person,
      state: 'GIVEN',
      givenBy: person,
      capacity: 'SELF',
      categories: ['SUBSTANCE_MISUSE'],
      holders: ['haven'],
      recipients: ['csc'],
      purposes: ['SUPERVISION'],
      method: 'signed form',
      ...more,
    };
    const { errors } = await ask(demo, worker, RECORD, { input });
    expect(errors).toBeUndefined();
  };

  it('recorded by its holder, a refusal, and consent to other records are no notice', async () => {
    await record('rw-rory-ember');
    await record('sw-cleo-marchbank', { state: 'REFUSED' });
    await record('sw-cleo-marchbank', { categories: ['IDENTITY'] });
    expect(await listed('RECIPIENT_CONSENT')).toEqual([]);
  });

  it('recorded by who receives it is one', async () => {
    await record('sw-cleo-marchbank');
    expect(await listed('RECIPIENT_CONSENT')).toMatchObject([{ rule: 'RECIPIENT_CONSENT', kind: 'NOTICE' }]);
  });
});

describe('a person link that is taken back', () => {
  const STEWARD = 'ds-tamsin-grove';
  const VERBS = 'mutation D($id: ID!) @purpose(of: INFORMATION_GOVERNANCE)';
  const done = async (query: string, variables: Record<string, unknown>) =>
    expect((await ask(demo, STEWARD, query, variables)).errors).toBeUndefined();
  const OPENED =
    'query O($id: ID!) @purpose(of: INFORMATION_GOVERNANCE) { audit { alert(id: $id) { operations { worker statements { did } } } } }';

  it('is a notice, one for the two people of a pair, that shows who did it; confirming one is none', async () => {
    const refs = await demo.store.read<{ space: string; local: string }>(
      `SELECT space, local_id AS local FROM person_link WHERE space IN ('social-care', 'early-help') ORDER BY space DESC, local_id`,
    );
    const [a, b] = [refs[0], refs.at(-1)];
    const questions = openLinkQuestions(demo.store, { newId: counter('t') });
    const pair = { a, b, weight: 8.5, ground: 'POSSIBLE_TWINS', levels: { forename: 'CLOSE' } } as never;
    await questions.apply({ groups: [], questions: [pair] }, '2026-11-23T09:00:00.000Z');
    const [asked] = await questions.list('REVIEW', ['social-care']);
    const id = asked?.id;
    await done(`${VERBS} { confirmPersonLink(id: $id, reason: "the school") { id } }`, { id });
    expect(await listed('LINK_TAKEN_BACK')).toEqual([]);
    await done(`${VERBS} { undoPersonLink(id: $id, reason: "two births") { id } }`, { id });
    const alerts = await listed('LINK_TAKEN_BACK');
    expect(alerts).toMatchObject([{ rule: 'LINK_TAKEN_BACK', kind: 'NOTICE' }]);
    const { data } = await ask(demo, 'ig-sol-whitby', OPENED, { id: alerts[0]?.['id'] });
    expect(data['audit'].alert.operations).toMatchObject([{ worker: STEWARD, statements: [{ did: 'LINK_UNDONE' }] }]);
  });

  it('is a notice where a record was separated, with whomever it was joined; a refused attempt is none', async () => {
    const before = (await listed('LINK_TAKEN_BACK')).length;
    const separate =
      'mutation S($id: ID!) @purpose(of: INFORMATION_GOVERNANCE) { separateOwnRecord(person: $id, source: "social-care", reason: "a namesake") { source } }';
    const id = Buffer.from('Person:P-1046').toString('base64url');
    expect((await ask(demo, 'sw-cleo-marchbank', separate, { id })).errors).toBeDefined();
    expect(await listed('LINK_TAKEN_BACK')).toHaveLength(before);
    await done(separate, { id });
    expect(await listed('LINK_TAKEN_BACK')).toHaveLength(before + 1);
  });
});

describe('emergency access', () => {
  it('is a notice once a working day has gone by without a review, once, and not before', async () => {
    const person = Buffer.from('Person:P-1009').toString('base64url');
    const { data, errors } = await ask(demo, 'sw-isla-penrose', OPEN, { person });
    expect(errors).toBeUndefined();
    await sweepAgain();
    expect(await listed('EMERGENCY_OVERDUE')).toEqual([]);
    const fiveDaysAgo = new Date(demo.house.now().getTime() - 5 * 86_400_000).toISOString();
    await write('UPDATE emergency_access SET recorded_at = ? WHERE id = ?', [
      fiveDaysAgo,
      data['openEmergencyAccess'].id as string,
    ]);
    await sweepAgain();
    expect(await listed('EMERGENCY_OVERDUE')).toMatchObject([{ rule: 'EMERGENCY_OVERDUE', kind: 'NOTICE' }]);
    await sweepAgain();
    expect(await listed('EMERGENCY_OVERDUE')).toHaveLength(1);
  });
});
