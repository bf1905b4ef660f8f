/** How a request stands, worked out from the time alone: due times, rungs, disputes, and who may answer on a rung. */
import { describe, expect, it } from '@jest/globals';
import type { Rung } from '../../src/domain/protocol.js';
import type { RecordedAnswer, RecordedRequest, Urgency } from '../../src/registers/sharing-request.js';
import { loadRules } from '../../src/rules.js';
import { answerersOf, requestLadder, standingOf, timeToAnswer } from '../../src/sharing/request-state.js';

/** A Monday, ten o'clock. */
const ASKED = '2026-11-23T10:00:00.000Z';
const at = (day: number, hour = 10, minute = 0) => new Date(Date.UTC(2026, 10, day, hour, minute)).toISOString();
const HEAD: Rung = { level: 'HEAD', office: 'Head of service', roles: ['HEAD_OF_SERVICE'] };
const COUNCIL: Rung = { level: 'COUNCIL', office: 'Council procedure', roles: [] };
const LADDER = requestLadder([HEAD, COUNCIL]);
const { timescales } = loadRules({ protocols: [] }).protocol;

const request = (changes: Partial<RecordedRequest> = {}): RecordedRequest => ({
  id: 'r',
  holder: 'haven',
  worker: 'w',
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  subjects: ['P-1'],
  categories: ['PLAN'],
  purpose: 'ASSESSMENT',
  why: 'w',
  urgency: 'IMMEDIATE',
  until: at(30),
  recordedAt: ASKED,
  answers: [],
  ...changes,
});
const answer = (changes: Partial<RecordedAnswer> = {}): RecordedAnswer => ({
  id: 'a',
  request: 'r',
  answer: 'REFUSED',
  reasons: 'r',
  at: at(23, 12),
  answeredBy: 'tm-1',
  contributions: [],
  ...changes,
});
const disputed = (when: string) => ({ disputed: { at: when, by: 'w', why: 'w' } });
const stands = (one: RecordedRequest, now: string, ladder = LADDER) => {
  const { rung, answeredOn, ...rest } = standingOf(one, { timescales, ladder, at: now });
  return { ...rest, level: rung.level, rungDueBy: rung.dueBy, answeredOn: answeredOn.map(({ level }) => level) };
};

describe('the time to answer', () => {
  it.each<[Urgency, string, string]>([
    ['IMMEDIATE', ASKED, at(23, 14)],
    ['URGENT', ASKED, at(24)],
    ['ROUTINE', ASKED, at(30)],
    // Over a weekend.
    ['URGENT', at(27), at(30)],
    ['IMMEDIATE', at(27, 22), at(28, 2)],
  ])('of %s from %s is %s by the house rules (RULES §8)', (urgency, recordedAt, dueBy) => {
    expect(stands(request({ urgency, recordedAt }), recordedAt).dueBy).toBe(dueBy);
    // The same where neither a pack nor the house fixes it.
    expect(timeToAnswer(urgency, {})).toEqual(timeToAnswer(urgency, timescales));
  });

  it('is a pack’s where one fixes it', () => {
    const hour = { months: 0, days: 0, minutes: 60, workingDays: 0 };
    const parts = { timescales: { REQUEST_IMMEDIATE: hour }, ladder: LADDER, at: ASKED };
    expect(standingOf(request(), parts).dueBy).toBe(at(23, 11));
  });
});

describe('an open request', () => {
  it.each([
    [at(23, 14), false, 'TEAM', at(23, 14)],
    [at(23, 14, 1), true, 'HEAD', at(23, 18)],
    [at(23, 18), true, 'HEAD', at(23, 18)],
    [at(23, 18, 1), true, 'COUNCIL', at(23, 22)],
    // Above the highest there is nothing: there it stays, overdue.
    [at(29), true, 'COUNCIL', at(23, 22)],
  ])('at %s: overdue %s, on %s until %s', (now, isOverdue, level, rungDueBy) => {
    const isEscalated = level !== 'TEAM';
    expect(stands(request(), now)).toMatchObject({
      state: 'OPEN',
      isOverdue,
      level,
      rungDueBy,
      isEscalated,
      dueBy: at(23, 14),
    });
  });

  it('stays where it is where the protocol has no higher rung', () =>
    expect(stands(request(), at(29), requestLadder([]))).toMatchObject({
      isOverdue: true,
      isEscalated: false,
      level: 'TEAM',
    }));

  it('climbs working days over weekends', () => {
    const urgent = request({ urgency: 'URGENT', recordedAt: at(26) });
    expect(stands(urgent, at(28))).toMatchObject({ level: 'HEAD', dueBy: at(27), rungDueBy: at(30) });
  });

  it('is nobody’s any more once it was taken back', () => {
    const withdrawn = { at: at(23, 15), by: 'w', why: 'w' };
    expect(stands(request({ withdrawn }), at(29))).toMatchObject({
      state: 'WITHDRAWN',
      level: 'HEAD',
      isOverdue: true,
    });
    expect(stands(request({ withdrawn: { ...withdrawn, at: at(23, 11) } }), at(29))).toMatchObject({
      isOverdue: false,
    });
  });
});

describe('an answered request', () => {
  it('stays as it was answered, in time or late, whenever it is read', () => {
    expect(stands(request({ answers: [answer()] }), at(29))).toMatchObject({
      state: 'REFUSED',
      isOverdue: false,
      level: 'TEAM',
    });
    const late = request({ answers: [answer({ answer: 'APPROVED', at: at(23, 15) })] });
    expect(stands(late, at(29))).toMatchObject({
      state: 'APPROVED',
      isOverdue: true,
      level: 'HEAD',
      answeredOn: ['HEAD'],
    });
  });

  it('goes to the next rung from the moment it is disputed, with the same time (FIP-08, CF-08)', () => {
    const one = request({ answers: [answer(disputed(at(24, 9)))] });
    expect(stands(one, at(24, 10))).toMatchObject({
      state: 'OPEN',
      isOverdue: false,
      level: 'HEAD',
      floor: 1,
      dueBy: at(24, 13),
      answeredOn: ['TEAM'],
    });
    expect(stands(one, at(24, 14))).toMatchObject({ isOverdue: true, level: 'COUNCIL', floor: 1 });
    const again = request({
      answers: [answer(disputed(at(24, 9))), answer({ id: 'b', at: at(24, 11), answer: 'APPROVED_IN_PART' })],
    });
    expect(stands(again, at(29))).toMatchObject({
      state: 'APPROVED_IN_PART',
      isOverdue: false,
      level: 'HEAD',
      answeredOn: ['TEAM', 'HEAD'],
    });
  });

  it('that was late and disputed goes above the rung it had come to, and never above the highest', () => {
    const late = request({ answers: [answer({ at: at(23, 15), ...disputed(at(24)) })] });
    expect(stands(late, at(24))).toMatchObject({ level: 'COUNCIL', floor: 2 });
    const twice = request({ answers: [...late.answers, answer({ id: 'b', at: at(24, 11), ...disputed(at(24, 12)) })] });
    expect(stands(twice, at(24, 12))).toMatchObject({ level: 'COUNCIL', floor: 2, state: 'OPEN' });
  });
});

describe('who may answer', () => {
  const staff = [
    { id: 'tm-1', roles: ['TEAM_MANAGER'] },
    { id: 'tm-2', roles: ['TEAM_MANAGER', 'DATA_STEWARD'] },
    { id: 'hos', roles: ['HEAD_OF_SERVICE'] },
    { id: 'sw', roles: ['SOCIAL_WORKER'] },
  ] as const;
  const who = (one: RecordedRequest, now: string, of: readonly (typeof staff)[number][] = staff) => {
    const { workers, isSeated } = answerersOf(
      one,
      standingOf(one, { timescales, ladder: LADDER, at: now }),
      LADDER,
      of,
    );
    return [[...workers].sort(), isSeated];
  };
  const only = (...ids: string[]) => staff.filter(({ id }) => ids.includes(id));
  const refused = request({ answers: [answer(disputed(at(24)))] });

  it('is a manager of the holder first; then the next rung too, for a late answer is better than none', () => {
    expect(who(request(), ASKED)).toEqual([['tm-1', 'tm-2'], true]);
    expect(who(request(), at(23, 15))).toEqual([['hos', 'tm-1', 'tm-2'], true]);
  });

  it('is after a dispute the next rung alone', () => expect(who(refused, at(24))).toEqual([['hos'], true]));

  it('is, where nobody of the holder sits there, another manager than the one whose answer is disputed, and at last that one', () => {
    expect(who(refused, at(24), only('tm-1', 'tm-2', 'sw'))).toEqual([['tm-2'], false]);
    expect(who(refused, at(24), only('tm-1', 'sw'))).toEqual([['tm-1'], false]);
    expect(who(refused, at(24), only('sw'))).toEqual([[], false]);
  });

  it('is who sits on the last rung in the gateway while an office outside it decides', () =>
    expect(who(refused, at(24, 15))).toEqual([['hos'], false]));
});

it('the lowest rung is the holder’s managers, whatever a protocol calls its own (FS-21)', () => {
  const team: Rung = { level: 'TEAM', office: 'Managers of both services', roles: ['TEAM_MANAGER'] };
  const ladders = [[team, HEAD], [HEAD], [team]].map((rungs) => requestLadder(rungs).map(({ office }) => office));
  expect(ladders).toEqual([
    ['Manager of the holder', 'Head of service'],
    ['Manager of the holder', 'Head of service'],
    ['Manager of the holder'],
  ]);
  expect(LADDER[0]?.roles).toContain('AGENCY_MANAGER');
});
