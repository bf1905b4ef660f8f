/** A reason why consent is not required counts once a second person approves it, where its gateway asks for one (FS-01). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const EFFIE = Buffer.from('Person:P-1013').toString('base64url');
const draft = (more: object = {}) => ({
  subjects: [EFFIE],
  gateway: 'CHILDREN_ACT_1989_S17',
  answers: ['Eli’s mornings.', 'She cannot be reached.'],
  categories: ['SUBSTANCE_MISUSE'],
  holders: ['haven'],
  recipients: ['csc'],
  purposes: ['SUPERVISION'],
  until: '2026-12-20T00:00:00Z',
  approvedBy: 'tm-piers-lovell',
  ...more,
});
const record = (worker: string, more: object = {}) =>
  ask(
    demo,
    worker,
    'mutation E($input: ConsentNotRequiredInput!) @purpose(of: SUPERVISION) { recordConsentNotRequired(input: $input) { id awaitsApproval } }',
    { input: draft(more) },
  );
const approve = (worker: string, id: string) =>
  ask(
    demo,
    worker,
    'mutation A($id: ID!) @purpose(of: SUPERVISION) { approveException(id: $id) { id awaitsApproval } }',
    {
      id,
    },
  );
const awaiting = async (worker: string) => {
  const query = 'query W @purpose(of: SUPERVISION) { exceptionsAwaitingApproval { id gateway } }';
  return ((await ask(demo, worker, query)).data['exceptionsAwaitingApproval'] as Json[]).map(({ id }) => id as string);
};
const codeOf = (answer: Json) => answer['errors']?.[0]?.extensions.code;
const messageOf = (answer: Json) => answer['errors']?.[0]?.message as string;
const seen = async () => {
  const query =
    'query S($id: ID!) @purpose(of: SUPERVISION) { person(id: $id) { ... on Adult { adultWork { nodes { id } } } } }';
  return ((await ask(demo, 'sw-cleo-marchbank', query, { id: EFFIE })).data['person'].adultWork.nodes as Json[]).length;
};

describe('a reason why consent is not required, under a gateway that asks for a manager,', () => {
  it('covers nothing until a manager approves, who did not record it; then from the next operation on', async () => {
    const { data } = await record('sw-cleo-marchbank');
    const { id, awaitsApproval } = data['recordConsentNotRequired'] as Json;
    expect(awaitsApproval).toBe(true);
    expect(await seen()).toBe(0);
    for (const worker of ['sw-cleo-marchbank', 'sw-dorn-aske', 'am-yara-lomas', 'ig-sol-whitby'])
      expect(codeOf(await approve(worker, id))).toBe('NOT_PERMITTED');
    expect(codeOf(await approve('tm-piers-lovell', 'none'))).toBe('NOT_PERMITTED');
    expect(await awaiting('tm-piers-lovell')).toEqual([id]);
    expect(await awaiting('tm-orla-finch')).toEqual([]);
    expect((await approve('tm-piers-lovell', id)).data['approveException']).toEqual({ id, awaitsApproval: false });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements).toMatchObject([
      { did: 'EXCEPTION_APPROVED', ids: [id], subjects: ['P-1013'], policies: ['may-approve-exception'] },
    ]);
    expect(await seen()).toBeGreaterThan(0);
    expect(await awaiting('tm-piers-lovell')).toEqual([]);
    expect(codeOf(await approve('tm-piers-lovell', id))).toBe('NOT_VALID');
    expect(await demo.house.registers.exception(id)).toMatchObject({ approvedBy: 'tm-piers-lovell' });
  });

  it('is not approved by the manager who recorded it', async () => {
    const { data } = await record('tm-piers-lovell', { approvedBy: 'tm-orla-finch' });
    const { id } = data['recordConsentNotRequired'] as Json;
    expect(codeOf(await approve('tm-piers-lovell', id))).toBe('NOT_PERMITTED');
    expect((await approve('am-sable-frost', id)).data['approveException']).toMatchObject({ awaitsApproval: false });
  });

  it.each([
    ['nobody is asked to approve', { approvedBy: null }, /none is named/],
    ['whoever records it is asked', { approvedBy: 'sw-cleo-marchbank' }, /cannot approve/],
    ['who is asked is not a manager', { approvedBy: 'sw-dorn-aske' }, /not a manager/],
    ['who is asked is of another agency', { approvedBy: 'am-yara-lomas' }, /manager of the/],
    ['a question is left open', { answers: ['x'] }, /not answered: Why can consent not be asked for/],
    ['it lasts too long', { until: '2027-11-01T00:00:00Z' }, /longer than 90 days/],
    ['neither party may rely on it', { gateway: 'CRIME_AND_DISORDER_ACT_1998_S115' }, /voluntary body/],
  ])('is refused where %s, saying which part', async (_, more, problem) => {
    const answer = await record('sw-cleo-marchbank', more);
    expect(codeOf(answer)).toBe('NOT_VALID');
    expect(messageOf(answer)).toMatch(problem);
  });
});

describe('one under a gateway that asks for nobody', () => {
  it('counts at once', async () => {
    const { data } = await record('sw-cleo-marchbank', {
      gateway: 'CHILDREN_ACT_2004_S16LA',
      approvedBy: null,
      purposes: ['ASSESSMENT'],
    });
    expect(data['recordConsentNotRequired']).toMatchObject({ awaitsApproval: false });
    expect(codeOf(await approve('tm-piers-lovell', data['recordConsentNotRequired'].id))).toBe('NOT_VALID');
  });
});
