/** What the rules of sharing want an officer to see each time stands among the alerts of the running gateway. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../../src/compose-demo.js';
import { ask, type Json, peopleOf, startDemo } from '../../attacks/demo.js';

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
  demo.store.transaction(async (manager) => void (await demo.store.run(manager, sql, values)));
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
