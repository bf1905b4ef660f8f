/** The space under a handful of rules, small enough to say by hand what holds: sets, what is left of a rule, tables, and what a change changes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicies, type PolicyText } from '../../../src/disclosure/policies.js';
import { changesBetween, changesJson, changesText } from '../../../src/disclosure/space/diff.js';
import { keepMatrix } from '../../../src/disclosure/space/kept-matrix.js';
import { type MatrixCell, sharingMatrix } from '../../../src/disclosure/space/matrix.js';
import { matrixCsv, matrixMarkdown } from '../../../src/disclosure/space/matrix-text.js';
import { type PointSet, Points } from '../../../src/disclosure/space/points.js';
import { residueOf } from '../../../src/disclosure/space/residue.js';
import { FACT_NAMES, FACTS, type FactRecord } from '../../../src/domain/facts.js';
import { CATEGORIES, PURPOSES, ROLES } from '../../../src/domain/words.js';

const anyFacts = fc.record(
  Object.fromEntries(FACT_NAMES.map((name) => [name, fc.constantFrom(...(FACTS[name] as readonly unknown[]))])),
) as fc.Arbitrary<FactRecord>;
const head = (id: string) => `@id("${id}") @source("FS-01, FS-02") @says("What ${id} does.") `;
const permit = (id: string, when = '') =>
  `${head(id)}permit (principal, action == Action::"read", resource) ${when ? `when { ${when} }` : ''};`;
const forbid = (id: string, when: string) =>
  `${head(id)}forbid (principal, action == Action::"read", resource) when { ${when} };`;
const rules = (...texts: string[]): readonly PolicyText[] =>
  compilePolicies([{ file: 'few.cedar', text: texts.join('\n') }]).all;

describe('sets of fact records', () => {
  const points = new Points();
  const predicates: readonly ((facts: FactRecord) => boolean)[] = [
    ({ ownAgency }) => ownAgency,
    ({ role, forMember }) => role === 'KEYWORKER' || forMember,
    ({ category, stage }) => category === 'PLAN' && stage !== 'CLOSED',
    ({ forMember, role }) => forMember && role === 'KEYWORKER',
    () => true,
    () => false,
  ];
  const sets = predicates.map((holds) => points.where(({ facts }) => holds(facts)));
  const alike = (set: PointSet, holds: (facts: FactRecord) => boolean) =>
    fc.assert(
      fc.property(anyFacts, (facts) => points.has(set, facts) === holds(facts)),
      { numRuns: 60 },
    );
  const pairs = predicates.flatMap((a, i) =>
    predicates.map((b, j) => [a, b, sets[i] as PointSet, sets[j] as PointSet] as const),
  );

  it('hold what their predicates say', () => {
    predicates.forEach((holds, i) => {
      alike(sets[i] as PointSet, holds);
    });
    expect([sets[4], sets[5]]).toEqual([points.all, points.none]);
  });

  it('are joined, cut and turned round as sets are', () => {
    for (const [a, b, x, y] of pairs) {
      alike(points.and(x, y), (facts) => a(facts) && b(facts));
      alike(points.or(x, y), (facts) => a(facts) || b(facts));
      alike(points.without(x, y), (facts) => a(facts) && !b(facts));
      expect(points.anyOf([x, y])).toBe(points.or(y, x));
    }
    for (const [i, x] of sets.entries()) alike(points.not(x), (facts) => !predicates[i]?.(facts));
    expect(points.anyOf([])).toBe(points.none);
  });

  it('that hold the same points are the same', () => {
    const [own, keyworker] = sets as [PointSet, PointSet];
    expect(points.not(points.not(keyworker))).toBe(keyworker);
    expect(points.or(own, points.not(own))).toBe(points.all);
    expect(points.and(own, points.not(own))).toBe(points.none);
    expect(points.having('ownAgency', true)).toBe(own);
    expect(points.having('ownAgency', true, false)).toBe(points.all);
    expect(points.having('role')).toBe(points.none);
  });

  it('are as large as the lists of the facts they ask make them', () => {
    const { total } = points;
    const size = (i: number) => points.size(sets[i] as PointSet);
    expect(size(0)).toBe(total / 2n);
    const [roles, categories, stages] = [ROLES.length, CATEGORIES.length, FACTS.stage.length].map(BigInt) as [
      bigint,
      bigint,
      bigint,
    ];
    expect(size(1)).toBe((total * (1n + roles)) / (2n * roles));
    expect(size(2)).toBe((total * (stages - 1n)) / (categories * stages));
    expect([size(4), size(5)]).toEqual([total, 0n]);
  });

  it('in which a fact is given a value no longer depend on it', () => {
    const [, either, planned] = sets as [PointSet, PointSet, PointSet];
    expect(points.given(either, 'role', 'KEYWORKER')).toBe(points.all);
    expect(points.given(either, 'role', 'SOCIAL_WORKER')).toBe(points.having('forMember', true));
    expect(points.given(either, 'forMember', false)).toBe(points.having('role', 'KEYWORKER'));
    expect(points.given(planned, 'category', 'CONTACT')).toBe(points.none);
    expect(points.given(planned, 'category', 'PLAN')).toBe(points.not(points.having('stage', 'CLOSED')));
    expect(points.given(planned, 'stage', 'CLOSED')).toBe(points.none);
    expect(points.given(planned, 'ownAgency', true)).toBe(planned);
  });

  it('have an example of theirs, every fact in it, chosen as one is told', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), (i, n) => {
        const set = sets[i] as PointSet;
        const found = points.example(set, (ways) => n % ways);
        return (
          found !== undefined &&
          points.has(set, found) &&
          FACT_NAMES.every((name) => FACTS[name].includes(found[name] as never))
        );
      }),
      { numRuns: 60 },
    );
    const [first, last] = [0, 1].map((which) => points.example(points.all, (ways) => which * (ways - 1)));
    expect([first?.role, last?.role]).toEqual([ROLES[0], ROLES.at(-1)]);
    expect(points.example(points.all)).toEqual(first);
    expect(points.example(points.none)).toBeUndefined();
  });

  it('may be asked for by name, and only such as were given', () => {
    const [own, keyworker] = sets as [PointSet, PointSet];
    const named = new Map([
      ['own', own],
      ['keyworker', keyworker],
    ]);
    const neither = points.where(({ isIn }) => !isIn('own') && !isIn('keyworker'), named);
    expect(neither).toBe(points.not(points.or(own, keyworker)));
    const mixed = points.where(
      ({ facts, isIn }) => isIn('keyworker') && facts.role === 'KEYWORKER' && facts.ownAgency,
      named,
    );
    expect(mixed).toBe(points.and(own, points.having('role', 'KEYWORKER')));
    // The set asks the very fact that the predicate asked before it.
    const again = points.where(
      ({ facts, isIn }) => (facts.role === 'KEYWORKER' || facts.ownAgency) && isIn('keyworker'),
      named,
    );
    expect(again).toBe(points.and(keyworker, points.or(points.having('role', 'KEYWORKER'), own)));
    const either = points.where(
      ({ facts, isIn }) => (facts.role === 'SOCIAL_WORKER' ? isIn('keyworker') : !isIn('keyworker')),
      named,
    );
    const social = points.having('role', 'SOCIAL_WORKER');
    expect(either).toBe(points.or(points.and(social, keyworker), points.without(points.not(social), keyworker)));
    expect(() => points.where(({ isIn }) => isIn('other'), named)).toThrow(/no set is named other/);
  });

  it('of a predicate that reads what is no fact, or fails, are not made up', () => {
    expect(() => points.having('mood' as never, 'good' as never)).toThrow(/mood is no fact/);
    expect(points.where(({ facts }) => (facts as { mood?: string }).mood === undefined)).toBe(points.all);
    const fail = () => {
      throw new Error('a fault of the rule');
    };
    expect(() => points.where(fail)).toThrow('a fault of the rule');
  });
});

describe('what is left of a rule', () => {
  const left = (when: string, given: Partial<FactRecord> = {}, kind: 'when' | 'unless' = 'when') => {
    const text = `${head('x')}permit (principal, action == Action::"read", resource) ${kind} { ${when} };`;
    const [policy] = compilePolicies([{ file: 'x.cedar', text }]).all;
    return policy && residueOf(policy.rule, given);
  };
  const is = (fact: string, value: string) => `context.${fact} == "${value}"`;
  const among = (fact: string, ...values: string[]) =>
    `[${values.map((v) => `"${v}"`).join(', ')}].contains(context.${fact})`;

  it('is a sentence over the facts that are open', () => {
    expect(left(is('stage', 'CLOSED'))).toBe('stage is CLOSED');
    expect(left('context.stage != "CLOSED"')).toBe('stage is not CLOSED');
    expect(left(among('stage', 'CLOSED', 'EARLY_HELP'))).toBe('stage is CLOSED or EARLY_HELP');
    expect(left('context.coreGroup')).toBe('coreGroup');
    expect(left('context.coreGroup == true')).toBe('coreGroup');
    expect(left('context.coreGroup == false')).toBe('not coreGroup');
    expect(left('context.coreGroup != true')).toBe('not coreGroup');
    expect(left('[true].contains(context.coreGroup)')).toBe('coreGroup');
    expect(left('[true, false].contains(context.coreGroup)')).toBe('coreGroup is true or false');
    expect(left('!context.coreGroup')).toBe('not coreGroup');
    expect(left('!(!context.coreGroup)')).toBe('coreGroup');
  });

  it('says the opposite in the plainest way', () => {
    expect(left(`!(${is('stage', 'CLOSED')})`)).toBe('stage is not CLOSED');
    expect(left('!(context.stage != "CLOSED")')).toBe('stage is CLOSED');
    expect(left(`!(${among('stage', 'CLOSED', 'EARLY_HELP')})`)).toBe('stage is not CLOSED nor EARLY_HELP');
    expect(left('!(context.coreGroup && context.onPanel)')).toBe('not coreGroup or not onPanel');
    expect(left('!(context.coreGroup || context.onPanel)')).toBe('not coreGroup and not onPanel');
    expect(left('context.coreGroup', {}, 'unless')).toBe('not coreGroup');
    expect(left('context.coreGroup || context.onPanel', {}, 'unless')).toBe('not coreGroup and not onPanel');
  });

  it('joins with brackets where joints meet, and says nothing twice', () => {
    expect(left('context.coreGroup && context.onPanel && context.s47Open')).toBe('coreGroup and onPanel and s47Open');
    expect(left('context.coreGroup || context.onPanel || context.s47Open')).toBe('coreGroup or onPanel or s47Open');
    expect(left('context.coreGroup && (context.onPanel || context.s47Open)')).toBe(
      'coreGroup and (onPanel or s47Open)',
    );
    expect(left('context.coreGroup || (context.onPanel && context.s47Open)')).toBe(
      'coreGroup or (onPanel and s47Open)',
    );
    expect(left('context.coreGroup && context.coreGroup')).toBe('coreGroup');
  });

  it('is settled by what is given', () => {
    const one = `context.coreGroup && ${is('stage', 'CLOSED')}`;
    expect(left(one, { stage: 'CLOSED' })).toBe('coreGroup');
    expect(left(one, { stage: 'EARLY_HELP' })).toBe(false);
    expect(left(one, { stage: 'CLOSED', coreGroup: true })).toBe(true);
    const other = `context.coreGroup || ${among('stage', 'CLOSED', 'EARLY_HELP')}`;
    expect(left(other, { stage: 'CLOSED' })).toBe(true);
    expect(left(other, { stage: 'CHILD_IN_NEED' })).toBe('coreGroup');
    expect(left(other, { stage: 'CHILD_IN_NEED', coreGroup: false })).toBe(false);
    expect(left('!context.coreGroup', { coreGroup: false })).toBe(true);
    expect(left('context.stage != "CLOSED"', { stage: 'CLOSED' })).toBe(false);
    expect(left('context.coreGroup', { coreGroup: true }, 'unless')).toBe(false);
    expect(left('context.coreGroup', { coreGroup: false }, 'unless')).toBe(true);
  });

  it('of a rule without conditions is nothing', () => {
    const [policy] = rules(permit('x'));
    expect(policy && residueOf(policy.rule, {})).toBe(true);
  });
});

/** Keyworkers read plans of their agency for direct work, and so does the core group; nobody in conflict. */
const BASE = [
  permit(
    'own-plans',
    'context.role == "KEYWORKER" && context.category == "PLAN" && context.ownAgency && context.purpose == "DIRECT_WORK"',
  ),
  permit(
    'core-plans',
    'context.role == "KEYWORKER" && context.category == "PLAN" && ["DIRECT_WORK", "ASSESSMENT"].contains(context.purpose) && context.coreGroup && context.stage == "CHILD_PROTECTION"',
  ),
  forbid('conflict', 'context.conflict'),
  forbid('elsewhere', 'context.role == "SOCIAL_WORKER" && context.onPanel'),
];
const few = rules(...BASE);

describe('the table of a handful of rules', () => {
  const cells = sharingMatrix(few);
  const cell = (purpose: string, ownAgency: boolean, role = 'KEYWORKER', category = 'PLAN') =>
    cells.find((c) => c.role === role && c.category === category && c.purpose === purpose && c.ownAgency === ownAgency);

  it('has in each cell the ways that can release, what each still asks, and the vetoes that can stand against one', () => {
    expect(cell('DIRECT_WORK', true)).toEqual({
      role: 'KEYWORKER',
      category: 'PLAN',
      purpose: 'DIRECT_WORK',
      ownAgency: true,
      ways: [
        { permit: 'core-plans', when: 'coreGroup and stage is CHILD_PROTECTION' },
        { permit: 'own-plans', when: '' },
      ],
      outcomes: ['RELEASED', 'SILENT'],
      vetoes: ['conflict'],
    });
    expect(cell('DIRECT_WORK', false)?.ways.map((way) => way.permit)).toEqual(['core-plans']);
    expect(cell('DIRECT_WORK', false)?.outcomes).toEqual(['RELEASED', 'WITHHELD', 'SILENT']);
    expect(cell('ASSESSMENT', true)?.ways.map((way) => way.permit)).toEqual(['core-plans']);
    expect(cell('SUPERVISION', true)).toMatchObject({ ways: [], outcomes: ['WITHHELD', 'SILENT'], vetoes: [] });
    expect(cell('DIRECT_WORK', true, 'SOCIAL_WORKER')).toMatchObject({ ways: [], vetoes: [] });
    expect(cells).toHaveLength(ROLES.length * CATEGORIES.length * PURPOSES.length * 2);
  });

  it('leaves out a way that a veto always stands against', () => {
    const stopped = sharingMatrix(rules(...BASE, forbid('stop', 'context.ownAgency')));
    const own = stopped.find((c) => c.role === 'KEYWORKER' && c.category === 'PLAN' && c.ownAgency);
    expect([own?.ways, own?.vetoes]).toEqual([[], []]);
  });

  it('is kept, and a question leaves of it what was asked for', () => {
    const kept = keepMatrix(few);
    expect(kept({})).toEqual(cells);
    expect(kept({})[0]).toBe(kept({ role: null, category: null, purpose: null })[0]);
    const of = (wanted: (c: MatrixCell) => boolean) => cells.filter(wanted);
    expect(kept({ role: 'KEYWORKER' })).toEqual(of(({ role }) => role === 'KEYWORKER'));
    expect(kept({ category: 'PLAN' })).toEqual(of(({ category }) => category === 'PLAN'));
    expect(kept({ purpose: 'ASSESSMENT' })).toEqual(of(({ purpose }) => purpose === 'ASSESSMENT'));
    expect(kept({ role: 'KEYWORKER', category: 'PLAN', purpose: 'ASSESSMENT' })).toHaveLength(2);
  });

  it('as CSV has a line for each role, category and purpose, both sides in it', () => {
    const lines = matrixCsv(cells).split('\r\n');
    expect(lines).toHaveLength(2 + ROLES.length * CATEGORIES.length * PURPOSES.length);
    expect(lines[0]).toBe(
      'role,category,purpose,own agency: released by,outcomes,across agencies: released by,outcomes',
    );
    expect(lines).toContain(
      'KEYWORKER,PLAN,DIRECT_WORK,core-plans own-plans,RELEASED SILENT,core-plans,RELEASED WITHHELD SILENT',
    );
    expect(lines).toContain('KEYWORKER,PLAN,SUPERVISION,,WITHHELD SILENT,,WITHHELD SILENT');
    expect(lines.at(-1)).toBe('');
    expect(matrixCsv([])).toBe(`${lines[0]}\r\n`);
  });

  it('as Markdown has the vetoes, a table for those who may read anything, and the ways by number', () => {
    const text = matrixMarkdown(cells, few);
    expect(text).toContain('# The sharing matrix\n\n');
    expect(text).toContain(
      '- **conflict**: What conflict does. [FS-01, FS-02]\n- **elsewhere**: What elsewhere does. [FS-01, FS-02]\n\n',
    );
    expect(text).not.toContain('**own-plans**');
    expect(text).toContain('## KEYWORKER\n\n|  | DIRECT_WORK | ASSESSMENT |\n|---|---|---|\n| IDENTITY | – | – |\n');
    expect(text).toContain('| PLAN | 1 2 / 1 | 1 / 1 |\n');
    expect(text).toContain('SENIOR_PRACTITIONER, CHILD_PRACTITIONER, TEAM_MANAGER');
    const crossing = permit(
      'cross',
      'context.role == "KEYWORKER" && context.category == "STATUS" && !context.ownAgency',
    );
    const wider = rules(...BASE, crossing);
    expect(matrixMarkdown(sharingMatrix(wider), wider)).toMatch(/\n\| STATUS \| – \/ \d \|/);
    expect(text.match(/Nothing, for any purpose\.\n/g)?.length).toBeGreaterThan(0);
    expect(text.endsWith('## The ways\n\n1. core-plans: coreGroup and stage is CHILD_PROTECTION\n2. own-plans\n')).toBe(
      true,
    );
  });
});

describe('what a change of a handful of rules changes', () => {
  const [OWN = '', CORE = '', CONFLICT = '', ELSEWHERE = ''] = BASE;
  const total = new Points().total;

  it('is what is newly released, to whom, for what, with an example', () => {
    const wider = rules(OWN.replace(' && context.purpose == "DIRECT_WORK"', ''), CORE, CONFLICT, ELSEWHERE);
    const changes = changesBetween(few, wider);
    expect(changes).toHaveLength(1);
    const [change] = changes;
    expect(change).toMatchObject({ becomes: 'RELEASED', role: 'KEYWORKER', category: 'PLAN' });
    expect(change?.purposes).toEqual(PURPOSES.filter((purpose) => purpose !== 'DIRECT_WORK'));
    expect(change?.example).toMatchObject({ role: 'KEYWORKER', category: 'PLAN', ownAgency: true, conflict: false });
    // Of own agency, without conflict, for every other purpose but assessment by a core group in child protection.
    const share = total / BigInt(ROLES.length * CATEGORIES.length * PURPOSES.length * 2 * 2);
    expect(change?.points).toBe(share * BigInt(PURPOSES.length - 1) - share / BigInt(2 * FACTS.stage.length));
    const [line] = changesJson(changes).split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ becomes: 'RELEASED', points: String(change?.points) });
    const back = changesBetween(wider, few);
    expect(back).toEqual([{ ...change, becomes: 'DENIED' }]);
  });

  it('is what is denied in another way', () => {
    const changes = changesBetween(few, rules(OWN, CORE, ELSEWHERE, forbid('opposing-party', 'context.conflict')));
    expect(changes).toEqual([]);
    const silent = changesBetween(
      few,
      rules(
        ...BASE,
        forbid(
          'opposing-party',
          'context.onPanel && context.role == "KEYWORKER" && context.category == "STATUS" && context.purpose == "ASSESSMENT"',
        ),
      ),
    );
    expect(silent.map(({ becomes, role, category, purposes }) => [becomes, role, category, purposes])).toEqual([
      ['SHOWN_OTHERWISE', 'KEYWORKER', 'STATUS', ['ASSESSMENT']],
    ]);
  });

  it('is on paper a heading and a line for each', () => {
    const swapped = rules(
      OWN.replace('"KEYWORKER"', '"SOCIAL_WORKER"'),
      CONFLICT,
      ELSEWHERE,
      forbid('opposing-party', 'context.role == "TEAM_MANAGER" && context.category == "STATUS"'),
    );
    const changes = changesBetween(few, swapped);
    const text = changesText(changes);
    expect(text).toMatch(
      /^Would newly be released:\n {2}SOCIAL_WORKER · PLAN · for DIRECT_WORK \(\d+ combinations; e\.g\. involvement ALLOCATED, own agency, stage \w+\)\n\nWould no longer be released:\n {2}KEYWORKER · PLAN · for DIRECT_WORK, ASSESSMENT \(\d+ combinations; e\.g\. involvement \w+, .*\)\n\nStill denied, but shown otherwise:\n {2}TEAM_MANAGER · STATUS · for /,
    );
    const lost = changesText(changesBetween(few, rules(OWN, CONFLICT, ELSEWHERE)));
    expect(lost).not.toContain('newly');
    expect(lost).toMatch(/across agencies on CONSENT|own agency/);
    const crossing = changesText(
      changesBetween(
        rules(OWN, CONFLICT, ELSEWHERE),
        rules(
          OWN,
          CONFLICT,
          ELSEWHERE,
          permit(
            'x',
            'context.role == "KEYWORKER" && context.category == "STATUS" && !context.ownAgency && context.basis == "CONSENT"',
          ),
        ),
      ),
    );
    expect(crossing).toContain('across agencies on CONSENT, stage');
    expect(changesText([])).toBe('Both decide alike at every point of the space of facts.');
  });
});
