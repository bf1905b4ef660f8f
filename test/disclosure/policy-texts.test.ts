/** Policies as texts: what is read of one, what a version is of, which actions it is about, and what is refused at start. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadPoliciesWith, readOwnPolicies } from '../../src/disclosure/added-policies.js';
import { createDecide } from '../../src/disclosure/decide.js';
import {
  cedarSchema,
  compilePolicies,
  loadPolicies,
  type Policies,
  PolicyError,
  readPolicyFiles,
  rulesOn,
  textsIn,
} from '../../src/disclosure/policies.js';
import { ACTION_FACTS, ACTIONS, type ActionFacts, FACTS, type FactRecord, factKey } from '../../src/domain/facts.js';

const facts = parse(readFileSync('schema/policies/cases/base.yaml', 'utf8')) as FactRecord;
const actionFacts: ActionFacts = {
  role: 'SOCIAL_WORKER',
  involvement: 'ALLOCATED',
  ownAgency: true,
  party: true,
  conflict: false,
  opposing: false,
  madeBy: 'NOBODY',
  overridesRefusal: false,
};
const head = (id: string, more = '') => `@id("${id}") @source("FS-01") @says("What it does.") ${more} `;
const on = (effect: 'permit' | 'forbid', action = 'action == Action::"read"', when = '') =>
  `${effect} (principal, ${action}, resource)${when ? ` when { ${when} }` : ''};`;
const compiled = (...texts: string[]) => compilePolicies(texts.map((text, i) => ({ file: `${i}.cedar`, text })));
const refusal = (...texts: string[]) => {
  try {
    compiled(...texts);
  } catch (error) {
    return error instanceof PolicyError ? error.message : `no PolicyError: ${error}`;
  }
  return 'nothing is refused';
};
const folders: string[] = [];
const folderOf = (files: Record<string, string>) => {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-texts-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('a policy', () => {
  it('is read with its file, clauses, sentence, obligations and actions', () => {
    const text = `@id("a") @source(" FS-01 ,FS-02,") @says("What it does.") @obligations("REVIEW, READ_ONLY") ${on('permit')}`;
    const [policy] = compiled(text).all;
    expect(policy).toMatchObject({
      id: 'a',
      file: '0.cedar',
      effect: 'permit',
      source: ['FS-01', 'FS-02'],
      says: 'What it does.',
      obligations: ['REVIEW', 'READ_ONLY'],
      actions: ['read'],
    });
    expect(policy?.text).toContain('permit');
    expect(policy?.rule.id).toBe('a');
    expect(compiled(head('b') + on('forbid')).all[0]).toMatchObject({ effect: 'forbid', obligations: [] });
  });

  it('is about the action it names, those it lists, or all of them', () => {
    const actions = (action: string) => compiled(head('a') + on('permit', action)).all[0]?.actions;
    expect(actions('action == Action::"oblige"')).toEqual(['oblige']);
    expect(actions('action in [Action::"read", Action::"EXPLAIN"]')).toEqual(['read', 'EXPLAIN']);
    expect(actions('action')).toEqual(['read', 'oblige', ...ACTIONS]);
  });

  it('stands among the rules of its effect and action, by id', () => {
    const { all } = compiled(
      head('b') + on('permit'),
      head('a') + on('permit'),
      head('c') + on('forbid'),
      head('d') + on('permit', 'action == Action::"EXPLAIN"'),
    );
    const ids = (action: string, effect?: 'permit' | 'forbid') => rulesOn(all, action, effect).map(({ id }) => id);
    expect([ids('read'), ids('read', 'permit'), ids('read', 'forbid')]).toEqual([['a', 'b', 'c'], ['a', 'b'], ['c']]);
    expect([ids('EXPLAIN'), ids('oblige')]).toEqual([['d'], []]);
  });

  it.each([
    ['it is not Cedar', 'permit (', /^0\.cedar: .*(unexpected|parse|expected)/],
    ['it has no id', on('permit'), /^0\.cedar: a policy without @id/],
    ['it has no sentence', `@id("a") @source("FS-01") ${on('permit')}`, /^0\.cedar: policy a lacks @source or @says/],
    ['it has no source', `@id("a") @says("x") ${on('permit')}`, /^0\.cedar: policy a lacks @source or @says/],
    [
      'it is a template',
      `${head('a')}permit (principal == ?principal, action, resource);`,
      /^0\.cedar: templates are not used here/,
    ],
    [
      'its obligation is none',
      head('a', '@obligations("REVIEW,SING")') + on('permit'),
      /policy a carries the unknown obligation SING/,
    ],
    ['it asks what is no fact', head('a') + on('permit', undefined, 'context.mood'), /policy a: .*mood/],
    [
      'it names a worker',
      `${head('a')}permit (principal == Worker::"w", action == Action::"read", resource);`,
      /policy a names a principal or a resource/,
    ],
    [
      'it names a record',
      `${head('a')}permit (principal, action == Action::"read", resource == Record::"r");`,
      /policy a names a principal or a resource/,
    ],
    [
      'it could never apply',
      head('a') + on('permit', undefined, 'context.conflict && !context.conflict && false'),
      /policy a: /,
    ],
  ])('is refused where %s', (_, text, message) => expect(refusal(text)).toMatch(message));

  it('is refused where a value it compares with, on either side, alone or in a list, is none of its fact', () => {
    const told = (when: string, action?: string) => refusal(head('a') + on('permit', action, when));
    for (const when of [
      'context.stage == "SHUT"',
      '"SHUT" == context.stage',
      'context.stage != "SHUT"',
      '!(context.conflict || context.stage == "SHUT")',
      '["CLOSED", "SHUT"].contains(context.stage)',
      'if context.conflict then context.stage == "SHUT" else false',
    ])
      expect([when, told(when)]).toEqual([when, '0.cedar: policy a: "SHUT" is not a value of stage']);
    expect(told('context.madeBy == "SHUT"', 'action == Action::"EXPLAIN"')).toBe(
      '0.cedar: policy a: "SHUT" is not a value of madeBy',
    );
    expect(told('context.stage == "CLOSED" && ["GIVEN", "NONE"].contains(context.consentState)')).toBe(
      'nothing is refused',
    );
  });

  it('is refused where it says more than can be written out', () => {
    expect(refusal(head('a') + on('permit', undefined, 'context.stage like "CLOSED*"'))).toMatch(
      /policy a uses like .*cannot be enumerated/,
    );
    expect(refusal(head('a') + on('permit', undefined, '1 == 1'))).toMatch(/policy a uses Value/);
  });

  it('may not stand twice, in one file or two', () => {
    expect(refusal(head('a') + on('permit'), head('a') + on('forbid'))).toBe(
      'policy a stands twice, in 0.cedar and in 1.cedar: none replaces another',
    );
  });
});

describe('policies', () => {
  it('are the .cedar files of a folder, in the order of their names', () => {
    const folder = folderOf({ 'b.cedar': 'B', 'a.cedar': 'A', 'c.md': 'C', 'cedar.txt': 'D' });
    expect(readPolicyFiles(folder)).toEqual([
      { file: 'a.cedar', text: 'A' },
      { file: 'b.cedar', text: 'B' },
    ]);
    expect(() => readPolicyFiles(folderOf({ 'c.md': '' }))).toThrow(/^no policies in .*: without permits nothing/);
    const one = folderOf({ 'a.cedar': head('a') + on('permit') });
    expect(loadPolicies(one).all.map(({ id, file }) => [id, file])).toEqual([['a', 'a.cedar']]);
  });

  it('have a version that every text, what stands beside them, and the facts move, and that states them all', () => {
    const [a, b] = [head('a') + on('permit'), head('b') + on('permit')];
    const version = (texts: string[], rests: string[] = []) =>
      compilePolicies(
        texts.map((text, i) => ({ file: `${i}`, text })),
        rests,
      ).version;
    expect(version([a])).toMatch(/^[0-9a-f]{64}$/);
    expect(version([a])).toBe(version([a]));
    expect(
      new Set([
        version([a]),
        version([b]),
        version([a, b]),
        version([b, a]),
        version([a], ['x']),
        version([a], ['x', 'y']),
      ]).size,
    ).toBe(6);
    const { stated } = compilePolicies([{ file: 'x', text: a }], ['pack']);
    expect(textsIn(stated)).toEqual({
      facts: JSON.parse(JSON.stringify(FACTS)),
      files: [{ file: 'file 1', text: a }],
      rests: ['pack'],
    });
    expect(compilePolicies([]).version).not.toBe(version([a]));
  });

  const asked: readonly (readonly [string, (policies: Policies) => Policies['written']])[] = [
    ['Cedar', (policies) => policies],
    ['the same written out', ({ written }) => written],
  ];
  it.each(asked)('permit what some permit and no veto forbids, and tell which: by %s', (_, by) => {
    const all = by(
      compiled(
        head('b') + on('permit', undefined, 'context.coreGroup'),
        head('a') + on('permit', undefined, 'context.coreGroup || context.onPanel'),
        head('v') + on('forbid', undefined, 'context.conflict'),
        head('u') + on('forbid', undefined, 'context.conflict && context.onPanel'),
        head('o') + on('permit', 'action == Action::"oblige"', 'context.onPanel'),
      ),
    );
    const verdict = (changes: Partial<FactRecord>) =>
      all.evaluate({ ...facts, coreGroup: false, onPanel: false, conflict: false, ...changes });
    expect(verdict({})).toEqual({ allowed: false, permits: [], vetoes: [], errors: [] });
    expect(verdict({ onPanel: true })).toEqual({ allowed: true, permits: ['a'], vetoes: [], errors: [] });
    expect(verdict({ coreGroup: true })).toEqual({ allowed: true, permits: ['a', 'b'], vetoes: [], errors: [] });
    expect(verdict({ coreGroup: true, conflict: true })).toEqual({
      allowed: false,
      permits: [],
      vetoes: ['v'],
      errors: [],
    });
    expect(verdict({ onPanel: true, conflict: true }).vetoes).toEqual(['u', 'v']);
  });

  it.each(asked)(
    'owe what the permits that release carry and what obliges, each once, in one order: by %s',
    (_, by) => {
      const all = by(
        compiled(
          head('a', '@obligations("REVIEW")') + on('permit'),
          head('b', '@obligations("READ_ONLY, REVIEW")') + on('permit'),
          head('o', '@obligations("NOTIFY_HOLDER")') + on('permit', 'action == Action::"oblige"', 'context.onPanel'),
        ),
      );
      const owed = (ids: string[], onPanel = false) => all.obligations({ ...facts, onPanel }, ids);
      expect(owed([])).toEqual([]);
      expect(owed(['a'])).toEqual(['REVIEW']);
      expect(owed(['a', 'b', 'unknown'])).toEqual(['READ_ONLY', 'REVIEW']);
      expect(owed(['a'], true)).toEqual(['NOTIFY_HOLDER', 'REVIEW']);
    },
  );

  it('that cannot be evaluated deny, name themselves, and owe nothing that anybody could rely on', () => {
    const all = compiled(
      head('p') + on('permit'),
      head('q') + on('permit', undefined, 'context.onPanel'),
      head('v') + on('forbid', undefined, 'context.conflict'),
      head('o', '@obligations("REVIEW")') + on('permit', 'action == Action::"oblige"', 'context.onPanel'),
    );
    const { onPanel: _, ...lacking } = facts;
    const without = lacking as FactRecord;
    expect(all.evaluate({ ...without, conflict: false })).toEqual({
      allowed: false,
      permits: [],
      vetoes: [],
      errors: ['q'],
    });
    expect(all.evaluate({ ...without, conflict: true })).toEqual({
      allowed: false,
      permits: [],
      vetoes: ['v'],
      errors: ['q'],
    });
    expect(() => all.obligations(without, ['p'])).toThrow(/obligation policies could not be evaluated: o/);
    const unreadable = { ...facts, stage: { __extn: { fn: 'decimal', arg: 'none' } } as never };
    expect(all.evaluate(unreadable)).toEqual({ allowed: false, permits: [], vetoes: [], errors: ['*'] });
    expect(() => all.obligations(unreadable, ['p'])).toThrow(/could not be evaluated: \*/);
  });

  it('permit an action by what is about it alone', () => {
    const all = compiled(
      head('a') + on('permit', 'action == Action::"EXPLAIN"', 'context.party'),
      head('v') + on('forbid', 'action == Action::"EXPLAIN"', 'context.conflict'),
      head('r') + on('permit'),
    );
    expect(all.mayDo('EXPLAIN', actionFacts)).toEqual({ allowed: true, policies: ['a'] });
    expect(all.mayDo('EXPLAIN', { ...actionFacts, conflict: true })).toEqual({ allowed: false, policies: ['v'] });
    expect(all.mayDo('EXPLAIN', { ...actionFacts, party: false })).toEqual({ allowed: false, policies: [] });
    expect(all.mayDo('ASK_AUDIT', actionFacts)).toEqual({ allowed: false, policies: [] });
    const { conflict: _, ...lacking } = actionFacts;
    expect(all.mayDo('EXPLAIN', lacking as ActionFacts).allowed).toBe(false);
  });

  it('are validated against the closed facts and nothing else', () => {
    const schema = cedarSchema();
    for (const name of Object.keys(FACTS))
      expect(schema).toContain(`${name}: ${FACTS[name as never][0] === true ? 'Bool' : 'String'}`);
    for (const name of Object.keys(ACTION_FACTS)) expect(schema).toContain(name);
    for (const action of ACTIONS) expect(schema).toContain(action);
  });
});

describe('a decision', () => {
  const policies = compiled(
    head('a', '@obligations("REVIEW")') + on('permit', undefined, 'context.coreGroup'),
    head('lawful-basis') + on('forbid', undefined, 'context.onPanel'),
  );
  const noAlarm = () => {
    throw new Error('alarmed');
  };
  const given = { ...facts, coreGroup: true, onPanel: false };

  it('names its facts, what permits and obliges; or what forbids and why', () => {
    const decide = createDecide(policies, noAlarm);
    expect(decide(given)).toEqual({
      facts: factKey(given),
      outcome: 'RELEASED',
      permits: ['a'],
      vetoes: [],
      obligations: ['REVIEW'],
      reasons: [],
      requestable: false,
    });
    const denied = decide({ ...given, onPanel: true });
    expect(denied).toMatchObject({ permits: [], vetoes: ['lawful-basis'], obligations: [], requestable: false });
    expect(denied.reasons.length).toBeGreaterThan(0);
  });

  it('is made once for equal facts, and cannot be changed', () => {
    let asked = 0;
    const counting = {
      ...policies,
      evaluate: (one: FactRecord) => {
        asked += 1;
        return policies.evaluate(one);
      },
    };
    const decide = createDecide(counting, noAlarm);
    expect(decide(given)).toBe(decide({ ...given }));
    expect(asked).toBe(1);
    expect(Object.isFrozen(decide(given))).toBe(true);
    expect(decide({ ...given, coreGroup: false }).outcome).not.toBe('RELEASED');
  });

  it('where a policy fails is silence, for want of a fact, that no request would lift; and an alarm', () => {
    const alarms: (readonly string[])[] = [];
    const failing = {
      ...policies,
      evaluate: () => ({ allowed: false, permits: [], vetoes: ['lawful-basis'], errors: ['a'] }),
    };
    expect(createDecide(failing, (ids) => alarms.push(ids))(given)).toEqual({
      facts: factKey(given),
      outcome: 'SILENT',
      permits: [],
      vetoes: ['lawful-basis'],
      obligations: [],
      reasons: ['FACT_UNAVAILABLE'],
      requestable: false,
    });
    expect(alarms).toEqual([['a']]);
  });

  it('that a grant alone would turn is requestable', () => {
    const granting = compiled(head('granted') + on('permit', undefined, 'context.grant == "COVERS"'));
    expect(createDecide(granting, noAlarm)({ ...facts, grant: 'NONE' }).requestable).toBe(true);
    expect(createDecide(policies, noAlarm)({ ...facts, coreGroup: false }).requestable).toBe(false);
  });
});

describe('policies beside the gateway’s own', () => {
  // The gateway's own may permit and forbid any action.
  const actions = on('permit', 'action == Action::"EXPLAIN"');
  const base = folderOf({ 'base.cedar': `${head('base')}${on('permit')} ${head('act')}${actions}` });
  /** What is asked for casework: an added permit leaves alone what a family's member is shown. */
  const casework = on('permit', undefined, 'context.purpose == "DIRECT_WORK"');
  const cite = (id: string, source: string) => `@id("${id}") @source("${source}") @says("x") `;
  const isClause = (id: string) => id === 'FS-01';
  const added = (packs: string[], own: string[] = []) => {
    const files = (kind: string, texts: string[]) => texts.map((text, i) => ({ file: `${kind}: ${i}.cedar`, text }));
    return () =>
      loadPoliciesWith(base, { packs: files('pack', packs), own: files('own', own), isClause, rests: ['pack values'] });
  };

  it('stand in one set with it, their texts part of the version', () => {
    const policies = added([head('p') + casework], [head('o') + on('forbid')])();
    expect(policies.all.map(({ id, file }) => [id, file])).toEqual([
      ['base', 'base.cedar'],
      ['act', 'base.cedar'],
      ['p', 'pack: 0.cedar'],
      ['o', 'own: 0.cedar'],
    ]);
    expect(textsIn(policies.stated).rests).toEqual(['pack values']);
  });

  it('of a pack cite clauses that are carried; of an authority clauses, or its own documents', () => {
    const agreement = 'our agreement of 2026';
    expect(added([cite('p', 'FS-01') + casework])).not.toThrow();
    expect(added([cite('p', agreement) + casework])).toThrow(
      /^pack: 0\.cedar: policy p cites our agreement of 2026, which is no clause/,
    );
    expect(added([], [cite('o', agreement) + casework])).not.toThrow();
    for (const clause of ['FS-99', 'CAM-1', 'AB-123'])
      expect(added([], [cite('o', `${agreement}, ${clause}`) + casework])).toThrow(
        `own: 0.cedar: policy o cites ${clause}, which is no clause`,
      );
    for (const words of ['ABCDE-1', 'A-1', 'fs-01', 'FS-1a', 'x FS-99', 'FS99'])
      expect(added([], [cite('o', words) + casework])).not.toThrow();
  });

  const narrowing = [
    'RECORD_CONSENT',
    'RECORD_EXCEPTION',
    'APPROVE_EXCEPTION',
    'SEE_STATEMENTS',
    'OPEN_EMERGENCY',
    'STATUTORY_DECISION',
  ];
  const act = (action: string) => `action == Action::"${action}"`;

  it('permit reading and oblige, and nothing else', () => {
    for (const action of ['read', 'oblige'])
      expect(added([head('p') + on('permit', act(action), 'context.purpose == "DIRECT_WORK"')])).not.toThrow();
    for (const action of ACTIONS)
      expect(added([head('p') + on('permit', act(action))])).toThrow(
        `pack: 0.cedar: policy p is a permit on ${action}; an added permit names its action, one of read, oblige`,
      );
  });

  it('forbid reading, and what lets somebody read or decide, and nothing else', () => {
    for (const action of ['read', ...narrowing])
      expect(added([], [head('o') + on('forbid', act(action))])).not.toThrow();
    for (const action of ['oblige', ...ACTIONS.filter((one) => !narrowing.includes(one))])
      expect(added([], [head('o') + on('forbid', act(action))])).toThrow(
        `own: 0.cedar: policy o is a veto on ${action}; an added veto names its action, one of read, ${narrowing.join(', ')}`,
      );
    const several = 'action in [Action::"read", Action::"ASK_AUDIT", Action::"EXPLAIN"]';
    expect(added([], [head('o') + on('forbid', several)])).toThrow(/a veto on ASK_AUDIT, EXPLAIN; /);
    expect(added([], [head('o') + on('forbid', 'action')])).toThrow(/a veto on every action; /);
    expect(added([head('p') + on('permit', 'action')])).toThrow(/a permit on every action; /);
  });

  it('of an authority are read from a folder in which nothing else stands', () => {
    expect(readOwnPolicies(folderOf({ 'a.cedar': 'A', 'readme.md': 'x' }))).toEqual([
      { file: 'own: a.cedar', text: 'A' },
    ]);
    for (const stray of ['b.cedar.txt', 'b.cedarx', 'cedar', 'b.mdx'])
      expect(() => readOwnPolicies(folderOf({ 'a.cedar': 'A', [stray]: '' }))).toThrow(
        `${stray} would not be read; policies stand in files that end in .cedar`,
      );
    const two = folderOf({ 'a.cedar': 'A', 'x.txt': '' });
    mkdirSync(join(two, 'y'));
    expect(() => readOwnPolicies(two)).toThrow('x.txt, y would not be read');
    expect(() => readOwnPolicies(join(two, 'none'))).toThrow(/^the folder of policies .* cannot be read/);
    expect(() => readOwnPolicies(join(two, 'none'))).toThrow(PolicyError);
    expect(() => readOwnPolicies(folderOf({ 'readme.md': 'x' }))).toThrow(/no policies in/);
  });
});
