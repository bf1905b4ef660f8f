import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { relevanceOf, replacedBy } from '../../src/registers/relevance.js';
import { day, judged, NOW, RECORD, standing } from './said.js';

const stateOf = (judgements: Parameters<typeof relevanceOf>[0], changes: Partial<typeof RECORD> = {}) =>
  relevanceOf(judgements, { ...RECORD, ...changes }).state;

describe('relevance', () => {
  it('is unjudged until somebody judges', () => {
    expect(relevanceOf([], RECORD)).toEqual({ state: 'UNJUDGED', ids: [] });
  });

  it('is judged by name for one record, or stands for a kind of record in an episode', () => {
    expect(relevanceOf([judged()], RECORD)).toEqual({ state: 'RELEVANT', ids: ['j-1'] });
    expect(relevanceOf([standing()], RECORD)).toEqual({ state: 'RELEVANT', ids: ['j-standing'] });
    expect(stateOf([standing()], { localId: 'r-2' })).toBe('RELEVANT');
    expect(stateOf([judged()], { localId: 'r-2' })).toBe('UNJUDGED');
  });

  it.each([
    ['subject', { subject: 'P-2' }],
    ['source', { source: 'substance-misuse' }],
    ['type', { type: 'SubstanceMisuseRecord' }],
  ] as const)('a judgement about another %s counts for nothing', (_, changes) => {
    expect(stateOf([judged(changes)])).toBe('UNJUDGED');
    expect(stateOf([standing(changes)])).toBe('UNJUDGED');
  });

  it('a standing judgement counts in its episode only', () => {
    expect(stateOf([standing({ episode: 'ep-2' })])).toBe('UNJUDGED');
    const { episode: _, ...outside } = RECORD;
    expect(relevanceOf([standing()], outside).state).toBe('UNJUDGED');
    const { episode: __, ...everywhere } = standing();
    expect(relevanceOf([everywhere], outside).state).toBe('UNJUDGED');
  });

  it('one made by name beats a standing one, whichever is later', () => {
    expect(stateOf([judged({ decision: 'NOT_RELEVANT' }), standing({ judgedAt: day(9) })])).toBe('NOT_RELEVANT');
    expect(stateOf([judged(), standing({ decision: 'NOT_RELEVANT', judgedAt: day(9) })])).toBe('RELEVANT');
  });

  it('a later one replaces an earlier; at equal times not relevant counts', () => {
    expect(stateOf([judged(), judged({ id: 'j-2', decision: 'NOT_RELEVANT', judgedAt: day(2) })])).toBe('NOT_RELEVANT');
    expect(stateOf([judged({ decision: 'NOT_RELEVANT' }), judged({ id: 'j-2', judgedAt: day(2) })])).toBe('RELEVANT');
    expect(stateOf([judged(), judged({ id: 'j-2', decision: 'NOT_RELEVANT' })])).toBe('NOT_RELEVANT');
  });

  it('relevant for any child the requester works with is enough', () => {
    const forOther = judged({ id: 'j-2', servesChild: 'P-sibling', decision: 'NOT_RELEVANT', judgedAt: day(9) });
    expect(relevanceOf([judged(), forOther], { ...RECORD, childrenWorkedWith: ['P-child', 'P-sibling'] })).toEqual({
      state: 'RELEVANT',
      ids: ['j-1'],
    });
    expect(stateOf([judged(), forOther], { childrenWorkedWith: ['P-sibling'] })).toBe('NOT_RELEVANT');
  });

  it('one that serves a child nobody here works with leaves the record unjudged', () => {
    expect(stateOf([judged()], { childrenWorkedWith: [] })).toBe('UNJUDGED');
    expect(stateOf([judged()], { childrenWorkedWith: [], adultsWorkedWith: ['P-child'] })).toBe('UNJUDGED');
  });

  it('one that serves an adult’s safety counts for whoever works with that adult and nobody else', () => {
    const { servesChild: _, ...rest } = judged();
    const forAdult = { ...rest, servesAdult: 'P-adult' };
    expect(stateOf([forAdult])).toBe('UNJUDGED');
    expect(stateOf([forAdult], { adultsWorkedWith: ['P-adult'] })).toBe('RELEVANT');
    expect(stateOf([forAdult], { childrenWorkedWith: ['P-adult'] })).toBe('UNJUDGED');
  });

  it('one that serves the child of an open enquiry counts for its workers', () => {
    expect(stateOf([judged()], { childrenWorkedWith: [], enquiryChildren: ['P-child'] })).toBe('RELEVANT');
  });

  it('that something is not relevant counts at once where the recording clock is ahead, that it is does not', () => {
    const ahead = new Date(Date.parse(NOW) + 1000).toISOString();
    expect(stateOf([judged(), judged({ id: 'j-2', decision: 'NOT_RELEVANT', judgedAt: ahead })])).toBe('NOT_RELEVANT');
    expect(stateOf([judged({ decision: 'NOT_RELEVANT' }), judged({ id: 'j-2', judgedAt: ahead })])).toBe(
      'NOT_RELEVANT',
    );
  });

  it('does not depend on the order of the judgements, and never counts one that serves nobody here', () => {
    const judgement = fc
      .record({
        byName: fc.boolean(),
        servesChild: fc.constantFrom('P-child', 'P-sibling', 'P-stranger'),
        decision: fc.constantFrom('RELEVANT', 'NOT_RELEVANT'),
        judgedAt: fc.integer({ min: 1, max: 4 }).map(day),
      })
      .map(({ byName, ...changes }) => (byName ? judged(changes as never) : standing(changes as never)));
    const list = fc.array(judgement, { maxLength: 8 }).map((all) => all.map((one, i) => ({ ...one, id: `j-${i}` })));
    const ask = { ...RECORD, childrenWorkedWith: ['P-child', 'P-sibling'] };
    fc.assert(
      fc.property(list, (all) => {
        const { state, ids } = relevanceOf(all, ask);
        expect(relevanceOf([...all].reverse(), ask).state).toBe(state);
        for (const one of all.filter(({ id }) => ids.includes(id))) {
          expect(one.servesChild).not.toBe('P-stranger');
          expect(one.decision).toBe(state);
        }
      }),
    );
  });
});

describe('at the edges', () => {
  const no = judged({ id: 'j-no', decision: 'NOT_RELEVANT' });

  it('of two made at the same time the one that is not relevant counts, in either order', () => {
    for (const list of [
      [judged(), no],
      [no, judged()],
    ])
      expect(relevanceOf(list, RECORD)).toEqual({ state: 'NOT_RELEVANT', ids: ['j-no'] });
  });

  it('of two that say the same at the same time the first is named', () => {
    for (const decision of ['RELEVANT', 'NOT_RELEVANT'] as const) {
      const two = ['j-a', 'j-b'].map((id) => judged({ id, decision }));
      expect(relevanceOf(two, RECORD).ids).toEqual(['j-a']);
    }
  });

  it('counts from the very instant it was made', () => {
    expect(stateOf([judged({ judgedAt: NOW })])).toBe('RELEVANT');
  });

  it('for one adult’s safety is not replaced by one for another’s', () => {
    const { servesChild: _, ...forAdult } = judged();
    const two = [
      { ...forAdult, id: 'j-a', servesAdult: 'P-a' },
      { ...forAdult, id: 'j-b', servesAdult: 'P-b', decision: 'NOT_RELEVANT' as const, judgedAt: day(9) },
    ];
    expect(relevanceOf(two, { ...RECORD, adultsWorkedWith: ['P-a', 'P-b'] })).toEqual({
      state: 'RELEVANT',
      ids: ['j-a'],
    });
  });
});

describe('what a judgement replaces for good', () => {
  const no = (changes: Parameters<typeof judged>[0] = {}) =>
    judged({ id: 'j-no', decision: 'NOT_RELEVANT', judgedAt: day(2), ...changes });
  const replaced = (...[judgement, list]: Parameters<typeof replacedBy>) =>
    replacedBy(judgement, list).map(({ id }) => id);

  it('is a judgement of relevance of the same record that serves the same person', () => {
    expect(replaced(no(), [judged(), judged({ id: 'j-2' })])).toEqual(['j-1', 'j-2']);
    expect(replaced(no({ localId: 'r-2' }), [judged()])).toEqual([]);
    expect(replaced(no({ servesChild: 'P-sibling' }), [judged()])).toEqual([]);
    expect(replaced(judged({ id: 'j-2', judgedAt: day(2) }), [judged(), no()])).toEqual([]);
  });

  it('is a standing one by a standing one alone, in its episode', () => {
    const standingNo = standing({ id: 'j-no', decision: 'NOT_RELEVANT', judgedAt: day(2) });
    expect(replaced(standingNo, [standing(), judged()])).toEqual(['j-standing']);
    expect(replaced(no(), [standing(), judged()])).toEqual(['j-1']);
    expect(replaced({ ...standingNo, episode: 'ep-2' }, [standing()])).toEqual([]);
    // To which episode a record belongs is nothing that one judged by name says.
    expect(replaced(no({ episode: 'ep-2' }), [judged({ episode: 'ep-1' })])).toEqual(['j-1']);
  });

  it('is not named again', () => {
    expect(replaced(no({ id: 'j-again', judgedAt: day(3) }), [judged(), no()])).toEqual([]);
  });

  it('is rested on by nothing any more, whatever is judged later', () => {
    const judgement = fc
      .record({
        byName: fc.boolean(),
        localId: fc.constantFrom('r-1', 'r-1', 'r-2'),
        servesChild: fc.constantFrom('P-child', 'P-sibling'),
        decision: fc.constantFrom('RELEVANT', 'RELEVANT', 'NOT_RELEVANT'),
        judgedAt: fc.integer({ min: 17, max: 23 }).map(day),
      })
      .map(({ byName, localId, ...changes }) =>
        byName ? judged({ localId, ...changes } as never) : standing(changes as never),
      );
    let named = 0;
    fc.assert(
      fc.property(fc.array(judgement, { maxLength: 12 }), fc.integer({ min: 16, max: 24 }).map(day), (list, at) => {
        let last = '';
        const gone = new Set<string>();
        const written: ReturnType<typeof judged>[] = [];
        for (const [i, { judgedAt, ...one }] of list.entries()) {
          last = judgedAt > last ? judgedAt : last;
          const made = { ...one, id: `j-${i}`, judgedAt: last };
          for (const { id } of replacedBy({ ...made, judgedAt }, written)) gone.add(id);
          written.push(made);
          for (const localId of ['r-1', 'r-2'])
            for (const children of [['P-child'], ['P-child', 'P-sibling']]) {
              const { ids } = relevanceOf(written, { ...RECORD, localId, childrenWorkedWith: children, at });
              if (ids.some((id) => gone.has(id))) return false;
            }
        }
        named += gone.size;
        return true;
      }),
      { numRuns: 2000 },
    );
    expect(named).toBeGreaterThan(500);
  });
});
