/** Packs together: the more restrictive holds, whoever is named first, and the disagreement is told. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SWITCH_NAMES, SWITCHES, TIMESCALE_NAMES } from '../../src/domain/protocol.js';
import { loadClauses, loadProtocol } from '../../src/protocols/load.js';
import { mergePacks, tellDisagreement } from '../../src/protocols/merge.js';
import { PACKS, type Pack, readPack } from '../../src/protocols/pack.js';

const folder = 'schema/protocols';
const clauses = loadClauses(folder);
const { house } = loadProtocol(folder, []);
const pack = (id: string, fixes: object): Pack =>
  readPack(JSON.stringify({ id, title: id, document: 'CF', ...fixes }), id, clauses);
const held = (...packs: Pack[]) => mergePacks(house, packs).protocol;
const timescale = (id: string, name: string, value: string) =>
  pack(id, { timescales: { [name]: { value, clause: 'CF-09' } } });
const disagreements = (...packs: Pack[]) =>
  mergePacks(house, packs).findings.flatMap((finding) => (finding.disagree ? [tellDisagreement(finding)] : []));

const aged = (id: string, value: string) => pack(id, { handover: { assessmentNewerThan: { value, clause: 'CF-03' } } });

describe('a pack that would release more than the house rules', () => {
  it.each([
    ['EMERGENCY_ACCESS', 'P3D', 'P2D', { days: 0, minutes: 24 * 60 }],
    ['EMERGENCY_REVIEW', 'P14D', 'P7D', { workingDays: 1 }],
  ] as const)('by %s changes nothing, alone or beside another that would', (name, longer, long, holds) => {
    expect(held(timescale('a', name, longer)).timescales[name]).toMatchObject(holds);
    expect(held(timescale('a', name, longer), timescale('b', name, long)).timescales[name]).toMatchObject(holds);
  });

  it('by the age of an assessment changes nothing; one that would release less does', () => {
    expect(held(aged('a', 'P12M')).handover.assessmentNewerThan.months).toBe(6);
    expect(held(aged('a', 'P12M'), aged('b', 'P8M')).handover.assessmentNewerThan.months).toBe(6);
    expect(held(aged('a', 'P12M'), aged('b', 'P2M')).handover.assessmentNewerThan.months).toBe(2);
    expect(held(timescale('a', 'EMERGENCY_ACCESS', 'PT4H')).timescales.EMERGENCY_ACCESS).toMatchObject({
      minutes: 240,
    });
  });

  it('by what is handed over hands over what the house does', () => {
    const narrow: Pack = {
      ...house,
      handover: { ...house.handover, stepDown: (house.handover.stepDown ?? []).slice(0, 1) },
    };
    const wide = pack('a', {
      handover: { stepDown: ['FAMILY_DETAILS', 'ASSESSMENT'].map((item) => ({ item, clause: 'CF-03' })) },
    });
    expect(mergePacks(narrow, [wide]).protocol.handover.stepDown).toEqual(['FAMILY_DETAILS']);
  });

  it('is told as a disagreement with the house; one that is stricter is none', () => {
    expect(disagreements(aged('a', 'P12M'))).toEqual([
      'the packs disagree on handover.assessmentNewerThan: a (CF-03) says 12 months; house (CF-03) says 6 months; what holds is the more restrictive: 6 months',
    ]);
    expect(disagreements(aged('a', 'P2M'), timescale('b', 'EMERGENCY_ACCESS', 'PT4H'))).toEqual([]);
  });
});

describe('two packs that disagree', () => {
  it.each([
    ['SUPERVISION', 'P1M', 'P2W', { days: 14 }],
    ['VISIT_RECORDED', 'PT24H', 'P2D', { minutes: 1440 }],
    ['MONTHLY_SUMMARY', 'P3D', 'P5D', { days: 5 }],
    ['CHILD_IN_NEED_BEFORE_STEP_DOWN', 'P3M', 'P4M', { months: 4 }],
  ] as const)('on %s (%s, %s) have the one that binds more', (name, a, b, holds) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const)
      expect(held(timescale('a', name, first), timescale('b', name, second)).timescales[name]).toMatchObject(holds);
  });

  it('on what is handed over hand over what both do', () => {
    const items = (...names: string[]) => ({
      handover: { stepDown: names.map((item) => ({ item, clause: 'CF-03' })) },
    });
    const [a, b, c] = [
      pack('a', items('FAMILY_DETAILS', 'ASSESSMENT')),
      pack('b', items('ASSESSMENT', 'CIN_PLAN')),
      pack('c', items('CIN_PLAN')),
    ];
    expect(held(a, b).handover.stepDown).toEqual(['ASSESSMENT']);
    expect(held(a, c).handover.stepDown).toEqual([]);
    expect(disagreements(a, c)).toEqual([
      'the packs disagree on handover.stepDown: a (CF-03) says ASSESSMENT, FAMILY_DETAILS; c (CF-03) says CIN_PLAN; what holds is the more restrictive: nothing',
    ]);
  });

  it('on the age of an assessment take the younger', () => {
    expect(held(aged('a', 'P5M'), aged('b', 'P3M')).handover.assessmentNewerThan.months).toBe(3);
    expect(held().handover.assessmentNewerThan.months).toBe(6);
  });

  it('on a switch have the value that binds more', () => {
    const on = (id: string, name: string, value: boolean | number) =>
      pack(id, { switches: { [name]: { value, clause: 'CF-02' } } });
    for (const name of SWITCH_NAMES) {
      const { stricter } = SWITCHES[name];
      const [one, other] = stricter === 'LOWER' ? [13, 16] : [stricter, !stricter];
      expect(held(on('a', name, one), on('b', name, other)).switches[name]).toBe(one);
      expect(held(on('a', name, other), on('b', name, one)).switches[name]).toBe(one);
    }
  });

  it('on the ladder skip no rung of either', () => {
    const rung = (level: string, office: string) => ({ level, office, roles: [], clause: 'CF-08' });
    const a = pack('a', { escalation: [rung('TEAM', 'Team manager'), rung('COUNCIL', 'Council procedure')] });
    const b = pack('b', { escalation: [rung('TEAM', 'Team manager'), rung('HEAD', 'Head of strategy')] });
    expect(held(a, b).escalation.map(({ office }) => office)).toEqual([
      'Team manager',
      'Head of strategy',
      'Council procedure',
    ]);
    expect(held(b, a).escalation).toEqual(held(a, b).escalation);
  });

  it('are told of both sides, the clauses and what holds', () =>
    expect(disagreements(timescale('a', 'SUPERVISION', 'P1M'), timescale('b', 'SUPERVISION', 'P2W'))).toEqual([
      'the packs disagree on timescales.SUPERVISION: a (CF-09) says 1 month; b (CF-09) says 14 days; what holds is the more restrictive: 14 days',
    ]));
});

describe('packs', () => {
  it('that say the same, or of which one says nothing, do not disagree', () =>
    expect(
      disagreements(timescale('a', 'SUPERVISION', 'P1M'), timescale('b', 'SUPERVISION', 'P1M'), pack('c', {})),
    ).toEqual([]));

  it('fill before the house does; what neither fixes is absent', () => {
    expect(held().escalation.map(({ office }) => office)).toEqual(['Team manager', 'Head of service']);
    expect(held().timescales.SUPERVISION).toBeUndefined();
    expect(held().timescales.REQUEST_ROUTINE).toMatchObject({ workingDays: 5 });
    expect(held(timescale('a', 'REQUEST_ROUTINE', 'P10D')).timescales.REQUEST_ROUTINE).toMatchObject({ days: 10 });
  });

  it('of the project disagree on what is handed over and on the ladder, and on nothing else', () => {
    const { findings, protocol } = loadProtocol(folder, PACKS);
    expect(findings.filter(({ disagree }) => disagree).map(({ place }) => place)).toEqual([
      'escalation',
      'handover.stepDown',
    ]);
    expect(protocol.handover.stepDown).toEqual(['ASSESSMENT', 'FAMILY_DETAILS']);
    expect(protocol.escalation.map(({ level }) => level)).toEqual([
      'TEAM',
      'TEAM',
      'TEAM',
      'SERVICE',
      'SERVICE',
      'HEAD',
      'COUNCIL',
    ]);
  });

  it('hold the same whatever their order, but for rungs of one level', () =>
    fc.assert(
      fc.property(fc.shuffledSubarray([...PACKS], { minLength: 1 }), (picked) => {
        const sorted = [...picked].sort();
        const [a, b] = [loadProtocol(folder, picked).protocol, loadProtocol(folder, sorted).protocol];
        const offices = (of: typeof a) => of.escalation.map(({ office }) => office).sort();
        expect({ ...a, packs: [], escalation: offices(a) }).toEqual({ ...b, packs: [], escalation: offices(b) });
      }),
      { numRuns: 40 },
    ));

  it('never widen what is handed over by being picked beside another', () =>
    fc.assert(
      fc.property(fc.shuffledSubarray([...PACKS], { minLength: 1 }), fc.constantFrom(...PACKS), (picked, more) => {
        const speaks = picked.some((id) => loadProtocol(folder, [id]).packs[0]?.handover.stepDown !== undefined);
        if (!speaks || picked.includes(more)) return;
        const [before, after] = [loadProtocol(folder, picked), loadProtocol(folder, [...picked, more])];
        for (const item of after.protocol.handover.stepDown) expect(before.protocol.handover.stepDown).toContain(item);
      }),
      { numRuns: 40 },
    ));

  it('have an order for each of the closed lists', () => expect(TIMESCALE_NAMES.length + SWITCH_NAMES.length).toBe(27));
});
