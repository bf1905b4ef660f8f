/** What `threshold clauses` and `threshold protocols` print. */
import { describe, expect, it } from '@jest/globals';
import { listClauses, tellClauses, tellPacks, tellProtocol } from '../../src/cli/protocols.js';
import { loadRules } from '../../src/rules.js';

const folder = 'schema/protocols';

describe('threshold clauses', () => {
  it('tells of each clause what carries it, the tests that name it, and what is missing', () => {
    const lines = tellClauses(listClauses(folder, ['relevance', 'inform']));
    expect(lines).toEqual(
      expect.arrayContaining([
        'FS-02   relevance   carried',
        '          policies  relevance, relevant-adult-work, may-judge-relevance',
        '          code      src/registers/relevance.ts#relevanceOf, src/sharing/unjudged.ts#unjudgedRecords',
        expect.stringMatching(/^CF-12 {3}inform {6}partly carried: emergency access is opened/),
      ]),
    );
    expect(lines.at(-1)).toMatch(/^8 clauses: \d carried, \d partly carried, \d carried as data, \d not yet carried$/);
  });

  it('lists what is not yet carried, and what is data that nothing acts on, each with its reason', () => {
    for (const { carriage, reason } of listClauses(folder, []))
      expect((reason ?? '').length > 15).toBe(carriage !== 'CARRIED');
    expect(tellClauses(listClauses(folder, ['access'])).join('\n')).toContain('FS-05   access      carried\n');
    expect(tellClauses(listClauses(folder, ['timescale'])).join('\n')).toContain(
      'FS-27   timescale   carried as data: deadlines',
    );
  });
});

describe('threshold protocols', () => {
  it('lists the packs', () => expect(tellPacks(folder).length).toBe(5));

  it('shows what holds, who says it by which clause, what is added and where packs disagree', () => {
    const rules = loadRules({ protocols: ['birmingham-family-support', 'connecting-families'] });
    const text = tellProtocol(
      rules,
      rules.policies.all.filter(({ file }) => file.includes(': ')),
    ).join('\n');
    expect(text).toContain('packs: birmingham-family-support, connecting-families');
    expect(text).toMatch(/^timescales\.STEP_MEETING +7 days {2}\[birmingham-family-support BFS-05\]$/m);
    expect(text).toMatch(/^timescales\.REQUEST_IMMEDIATE +4 hours {2}\[house BFS-04\]$/m);
    expect(text).toMatch(
      /^forbid {2}cf-protection-case-needs-a-ground \(connecting-families: policies\/connecting-families\.cedar\): /m,
    );
    expect(text).toContain(
      'the packs disagree on handover.stepDown: birmingham-family-support (BFS-01) says ASSESSMENT, CIN_PLAN, CLOSURE_SUMMARY, FAMILY_DETAILS; connecting-families (CF-02, CF-03) says ASSESSMENT, FAMILY_DETAILS; what holds is the more restrictive: ASSESSMENT, FAMILY_DETAILS',
    );
  });

  it('says so where no pack is picked, and where none disagree', () => {
    const text = tellProtocol(loadRules({ protocols: [] }), []).join('\n');
    expect(text).toContain('packs: none; the house rules hold');
    expect(text).toContain('no policies are added');
    expect(text).toContain('no two packs disagree');
  });
});
