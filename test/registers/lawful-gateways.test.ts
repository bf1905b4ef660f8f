import { describe, expect, it } from '@jest/globals';
import { NOT_FOR_VOLUNTARY_BODIES } from '../../src/registers/exception.js';
import {
  checkException,
  type DraftedException,
  type LawfulGateway,
  loadLawfulGateways,
} from '../../src/registers/lawful-gateways.js';
import { day } from './said.js';

const gateways = loadLawfulGateways('schema/policies/lawful-gateways.yaml');

function gateway(id: string): LawfulGateway {
  const found = gateways.get(id);
  if (!found) throw new Error(`no gateway ${id}`);
  return found;
}

const draft = (changes: Partial<DraftedException> = {}): DraftedException => ({
  answers: ['first answer', 'second answer'],
  holders: ['trust-a'],
  recipients: ['csc'],
  from: day(1),
  until: day(5),
  recordedBy: 'w-1',
  approver: { id: 'w-2', roles: ['TEAM_MANAGER'] },
  stages: ['CHILD_PROTECTION'],
  agencies: [
    { id: 'csc', name: 'Social care', kind: 'CHILDRENS_SOCIAL_CARE', voluntary: false, dutyPoint: '' },
    { id: 'trust-a', name: 'Trust', kind: 'MENTAL_HEALTH', voluntary: false, dutyPoint: '' },
    { id: 'haven', name: 'Haven', kind: 'SUBSTANCE_MISUSE', voluntary: true, dutyPoint: '' },
  ],
  ...changes,
});

describe('the lawful gateways', () => {
  it('are the eight of the rules', () => {
    expect([...gateways.keys()]).toEqual([
      'CHILDREN_ACT_2004_S16LA',
      'CHILDREN_ACT_1989_S47',
      'CHILDREN_ACT_1989_S17',
      'CHILDREN_ACT_2004_S10_S11',
      'COURT_ORDER',
      'CRIME_AND_DISORDER_ACT_1998_S115',
      'VITAL_INTERESTS',
      'SEEKING_CONSENT_WOULD_INCREASE_RISK',
    ]);
  });

  it('those that override a refusal', () => {
    expect([...gateways.values()].filter(({ overridesRefusal }) => overridesRefusal).map(({ id }) => id)).toEqual([
      'CHILDREN_ACT_2004_S16LA',
      'CHILDREN_ACT_1989_S47',
      'COURT_ORDER',
      'CRIME_AND_DISORDER_ACT_1998_S115',
      'VITAL_INTERESTS',
    ]);
  });

  it('that are not for a voluntary body are those that no release to or from one may rest on', () => {
    expect([...gateways.values()].filter(({ notForVoluntaryBody }) => notForVoluntaryBody).map(({ id }) => id)).toEqual(
      NOT_FOR_VOLUNTARY_BODIES,
    );
  });

  it.each([...gateways.values()])('$id is met by a complete draft', (one) => {
    expect(checkException(one, draft({ holders: ['trust-a', 'MENTAL_HEALTH'] }))).toEqual([]);
  });
});

describe('a drafted exception', () => {
  const s115 = gateway('CRIME_AND_DISORDER_ACT_1998_S115');

  it.each([
    ['a question is left open', { answers: ['only one', ' '] }, /^not answered: /],
    ['there is more than was asked', { answers: ['1', '2', '3'] }, /more answers/],
    ['nobody approved', { approver: undefined }, /none is named/],
    ['whoever records it approves it', { approver: { id: 'w-1', roles: ['TEAM_MANAGER'] } }, /cannot approve/],
    ['who approves it manages nobody', { approver: { id: 'w-2', roles: ['SOCIAL_WORKER'] } }, /not a manager/],
    ['it ends before it starts', { until: day(1) }, /ends before/],
    ['its end is no instant', { until: 'soon' }, /instants/],
    ['it lasts too long', { until: '2027-11-01T00:00:00Z' }, /longer than 90 days/],
    ['its holder is a voluntary body', { holders: ['haven'] }, /a holder is a voluntary body/],
    ['its holder is not known', { holders: ['nobody'] }, /a holder is not known/],
    ['it names no holder', { holders: [] }, /names no holder/],
    [
      'its recipient is not among those who may receive',
      { recipients: ['DOMESTIC_ABUSE'] },
      /a recipient is not one of/,
    ],
    ['it covers everybody where not everybody may receive', { recipients: ['*'] }, /a recipient is not one of/],
    ['the stage of its subjects is not told', { stages: [] }, /at one of the stages/],
  ] as const)('is refused when %s', (_, changes, problem) => {
    const problems = checkException(s115, draft(changes as Partial<DraftedException>));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('is refused below the gateway’s threshold, for any of its subjects', () => {
    expect(
      checkException(gateway('CHILDREN_ACT_1989_S17'), draft({ stages: ['CHILD_PROTECTION', 'EARLY_HELP'] })),
    ).toHaveLength(1);
  });

  it('is refused before the law is in force', () => {
    const early = draft({ from: '2026-09-29T23:59:59.999Z', until: '2026-10-05T00:00:00.000Z' });
    expect(checkException(gateway('CHILDREN_ACT_2004_S16LA'), early)).toEqual([
      'the law is in force from 2026-09-30 only',
    ]);
  });

  it('needs no approver where the gateway asks for none, and says everything that is missing', () => {
    expect(checkException(gateway('VITAL_INTERESTS'), draft({ approver: undefined }))).toEqual([]);
    expect(checkException(s115, draft({ answers: [], approver: undefined, holders: [] }))).toHaveLength(4);
  });
});
