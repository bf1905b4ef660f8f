/** Everything explains itself, to whom it may and no further: against the running gateway and the named families. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { FACT_NAMES, FACTS } from '../../src/domain/facts.js';
import { ask, type Json, peopleOf, startDemo } from '../attacks/demo.js';

const OFFICER = 'ig-sol-whitby';
const FACTS_TOLD = 'facts { name value isUnknown restsOn evidence }';
const HOLDERS = `holders { holder { id } supposing outcome decided permits { id says sources } vetoes { id } obligations reasons reasonTold requestable forPerson ${FACTS_TOLD} }`;
const EXPLAIN = `query Why($worker: ID!, $role: Role, $person: ID!, $category: Category!, $purpose: Purpose!, $holder: ID, $confidentiality: Confidentiality! = N)
  @purpose(of: INFORMATION_GOVERNANCE) { explain(worker: $worker, role: $role, person: $person, category: $category, purpose: $purpose, holder: $holder, confidentiality: $confidentiality) { worker role agency { id } policyVersion sources { source state } ${HOLDERS} } }`;
const node = (person: string) => Buffer.from(`Person:${person}`).toString('base64url');
const MIRA = node('P-1001');
const DANE = node('P-1002');
const RUFINA = node('P-1009');
const NOBODY = node('P-9999');

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const explained = async (variables: Record<string, unknown>, officer = OFFICER): Promise<Json> => {
  const { data, errors } = await ask(demo, officer, EXPLAIN, { purpose: 'CHILD_PROTECTION', ...variables });
  expect(errors).toBeUndefined();
  return data['explain'];
};
const lastEntry = async () => (await demo.audit.read({ limit: 1 }))[0]?.body;
const codeOf = async (worker: string, query: string, variables: Record<string, unknown>) =>
  (await ask(demo, worker, query, variables)).errors?.map(({ extensions }) => extensions.code);

describe('explain', () => {
  it('tells what a worker would be given of each agency, by which policies, fact by fact', async () => {
    const { holders, agency, role } = await explained({
      worker: 'sw-ada-thorne',
      person: MIRA,
      category: 'DOMESTIC_ABUSE_VICTIM',
    });
    expect([agency.id, role]).toEqual(['csc', 'SOCIAL_WORKER']);
    const safe = (holders as Json[]).filter(({ holder }) => holder.id === 'safe');
    expect(safe.map(({ supposing, outcome }) => [supposing, outcome])).toEqual([
      ['RELEVANT', 'RELEASED'],
      ['UNJUDGED', 'BROKERED'],
      ['NOT_RELEVANT', 'SILENT'],
    ]);
    const [released] = safe;
    expect(released?.['permits']).toContainEqual(
      expect.objectContaining({ id: 'relevant-adult-work', sources: ['FS-02'] }),
    );
    const facts = released?.['facts'] as Json[];
    expect(facts.map(({ name }) => name)).toEqual(FACT_NAMES);
    for (const { name, value } of facts)
      expect((FACTS[name as keyof typeof FACTS] as readonly unknown[]).map(String)).toContain(value);
    const fact = (name: string) => facts.find((one) => one['name'] === name);
    expect(fact('basis')).toMatchObject({ value: 'CONSENT', isUnknown: false });
    expect(fact('basis')?.['evidence'].length).toBeGreaterThan(0);
    expect(fact('involvement')).toMatchObject({ value: 'ALLOCATED' });
    expect(fact('involvement')?.['restsOn']).toEqual(expect.arrayContaining(['directory', 'social-care']));
  });

  it('says what the gateway then does', async () => {
    const people = await peopleOf(demo, 'sw-cleo-marchbank');
    const { holders } = await explained({
      worker: 'sw-cleo-marchbank',
      person: RUFINA,
      category: 'SUBSTANCE_MISUSE',
      holder: 'haven',
    });
    expect((holders as Json[]).map(({ outcome }) => outcome)).toEqual(['SILENT', 'SILENT', 'SILENT']);
    expect(holders[0].reasons[0]).toBe('CONSENT_REFUSED');
    expect(holders[0].reasonTold).toBeNull();
    expect(holders[0].forPerson).toContain('said no to it');
    const { data } = await ask(
      demo,
      'sw-cleo-marchbank',
      'query W($id: ID!) @purpose(of: CHILD_PROTECTION) { person(id: $id) { ... on Adult { adultWork { nodes { id } withheld { outcome } } } } }',
      { id: people['Rufina Redfern'] ?? RUFINA },
    );
    expect(data['person']?.adultWork.withheld ?? []).toEqual([]);
  });

  it('tells the full form to the officer, and the person nothing of it', async () => {
    const { holders } = await explained({ worker: 'dao-zeke-morrow', person: MIRA, category: 'CONTACT' });
    const csc = (holders as Json[]).find(({ holder }) => holder.id === 'csc');
    expect(csc?.['outcome']).toBe('SILENT');
    expect(csc?.['reasons']).toContain('OPPOSING_PARTY');
    expect(csc?.['reasonTold']).toBeNull();
    const { holders: others } = await explained({
      worker: 'sw-isla-penrose',
      person: MIRA,
      category: 'PLAN',
      confidentiality: 'V',
    });
    expect(csc?.['forPerson']).toBe('It is not shared with the worker: the rules on sharing did not allow it.');
    expect((others as Json[]).length).toBeGreaterThan(0);
  });

  it('is an entry of its own, that says who had whom explained, and no release', async () => {
    await explained({ worker: 'sw-ada-thorne', person: MIRA, category: 'CONTACT' });
    const body = await lastEntry();
    expect(body?.requester).toMatchObject({ worker: OFFICER, role: 'INFORMATION_GOVERNANCE_OFFICER' });
    expect(body?.statements).toEqual([
      { did: 'EXPLAINED', ids: ['sw-ada-thorne'], subjects: ['P-1001'], policies: ['may-explain'] },
    ]);
    expect(body?.outcomes).toEqual([]);
  });

  it.each(['SUBSTANCE_MISUSE', 'MENTAL_HEALTH', 'CONTACT', 'SOCIAL_CARE'])(
    'of %s has one shape, for whoever is known, wherever, and for nobody',
    async (category) => {
      const shape = async (person: string) => {
        const { holders, sources } = await explained({ worker: 'sw-isla-penrose', person, category });
        return JSON.stringify([
          (holders as Json[]).map(({ holder, supposing, facts }) => [
            holder.id,
            supposing,
            (facts as Json[]).map(({ name, restsOn, isUnknown }) => [name, restsOn, isUnknown]),
          ]),
          sources,
        ]);
      };
      const nobody = await shape(NOBODY);
      expect(await shape(MIRA)).toBe(nobody);
      expect(await shape(DANE)).toBe(nobody);
      expect(await shape('not an id')).toBe(nobody);
    },
  );

  it('never reads a record, nor tells of one: an id of a row at a source stands nowhere', async () => {
    const text = JSON.stringify(
      await explained({ worker: 'sw-dorn-aske', person: node('P-1017'), category: 'CONTACT', purpose: 'S47_ENQUIRY' }),
    );
    expect(text).toContain('"s47Open","value":"true"');
    expect(text).not.toMatch(/social-care:|mental-health:|Consent\//);
    for (const name of ['Sally', 'Stannard', 'ZZ']) expect(text).not.toContain(name);
  });

  it.each(['sw-ada-thorne', 'tm-orla-finch', 'hos-rhea-dunmore', 'ds-tamsin-grove', 'pa-ulric-moss', 'am-yara-lomas'])(
    'is not for %s, of nobody either, and the refusal is an entry',
    async (worker) => {
      const variables = { worker: 'sw-bram-hollis', category: 'CONTACT', purpose: 'SUPERVISION' };
      expect(await codeOf(worker, EXPLAIN, { ...variables, person: MIRA })).toEqual(['NOT_PERMITTED']);
      const known = await lastEntry();
      expect(known).toMatchObject({ result: 'FAILED', code: 'NOT_PERMITTED', requester: { worker } });
      expect(known?.statements).toBeUndefined();
      expect(await codeOf(worker, EXPLAIN, { ...variables, person: NOBODY })).toEqual(['NOT_PERMITTED']);
      expect(await codeOf(worker, EXPLAIN, { ...variables, worker: 'nobody', person: MIRA })).toEqual([
        'NOT_PERMITTED',
      ]);
    },
  );

  it('is for no other purpose than information governance', async () => {
    const query = EXPLAIN.replace('of: INFORMATION_GOVERNANCE', 'of: SUPERVISION');
    const variables = { worker: 'sw-bram-hollis', person: MIRA, category: 'CONTACT', purpose: 'SUPERVISION' };
    expect(await codeOf(OFFICER, query, variables)).toEqual(['NOT_PERMITTED']);
  });

  it.each([
    ['a worker whom nobody knows', { worker: 'sw-nobody' }],
    ['a worker of two roles, and not in which', { worker: 'sw-vera-lindqvist' }],
    ['a role they have not', { worker: 'sw-ada-thorne', role: 'TEAM_MANAGER' }],
    ['an agency that there is not', { worker: 'sw-ada-thorne', holder: 'nowhere' }],
    ['an agency that could hold no such thing', { worker: 'sw-ada-thorne', holder: 'haven', category: 'WORKBOOK' }],
  ])('says what is wrong with a question of %s, alike for whomever it is about', async (_, change) => {
    for (const person of [MIRA, NOBODY])
      expect(
        await codeOf(OFFICER, EXPLAIN, { category: 'CONTACT', purpose: 'SUPERVISION', ...change, person }),
      ).toEqual(['NOT_VALID']);
  });
});

describe('explain while a source is down', () => {
  it('knows the facts of nobody that it would tell, so that whom it knows does not show', async () => {
    const broken = await startDemo();
    await broken.kill('mental-health');
    const unknownOf = async (person: string) => {
      const { data } = await ask(broken, OFFICER, EXPLAIN, {
        worker: 'sw-isla-penrose',
        person,
        category: 'MENTAL_HEALTH',
        purpose: 'CHILD_PROTECTION',
      });
      return (data['explain'].holders as Json[]).map(({ holder, reasons, facts }) => [
        holder.id,
        reasons[0],
        (facts as Json[]).filter(({ isUnknown }) => isUnknown).map(({ name }) => name),
        (facts as Json[]).filter(({ name }) => name === 'consentState').map(({ value }) => value),
      ]);
    };
    // Mira is the trust's patient; Joan is not, nor is nobody.
    const nobody = await unknownOf(NOBODY);
    expect(nobody.map(([, reason, , consent]) => [reason, consent])).toContainEqual(['FACT_UNAVAILABLE', ['REFUSED']]);
    expect(JSON.stringify(nobody)).toContain('"consentState"');
    expect(await unknownOf(node('P-1025'))).toEqual(nobody);
    expect(await unknownOf(MIRA)).toEqual(nobody);
    await broken.stop();
  }, 60_000);
});

const AT = `query Then($person: ID!, $entry: ID, $worker: ID, $at: DateTime) @purpose(of: INFORMATION_GOVERNANCE) {
  explainAt(person: $person, entry: $entry, worker: $worker, at: $at) { entry at operation worker agency { id } role purpose policyVersion isPresentVersion
    decisions { holder { id } category outcome decided permits vetoes policies { id says } obligations reasons basis forPerson facts { name value } } } }`;

describe('explainAt', () => {
  let entry: string;
  let at: string;
  beforeAll(async () => {
    await ask(
      demo,
      'sw-ada-thorne',
      'query Board @purpose(of: SUPERVISION) { families(first: 200) { nodes { members { person { forename ... on Adult { adultWork { nodes { id } } } } } } } }',
    );
    const body = await lastEntry();
    [entry, at] = [body?.id ?? '', body?.at ?? ''];
    await demo.sequencer.sequence();
    await demo.indexer.index();
  });

  it('tells of an entry what was decided about a person, with the facts and the sentences of the policies', async () => {
    const { data, errors } = await ask(demo, OFFICER, AT, { person: MIRA, entry });
    expect(errors).toBeUndefined();
    const [past, ...others] = data['explainAt'] as Json[];
    expect(others).toEqual([]);
    expect(past).toMatchObject({ entry, at, worker: 'sw-ada-thorne', purpose: 'SUPERVISION', isPresentVersion: true });
    const decisions = past?.['decisions'] as Json[];
    const adultWork = decisions.find(
      ({ category, outcome }) => category === 'DOMESTIC_ABUSE_VICTIM' && outcome === 'RELEASED',
    );
    expect(adultWork).toMatchObject({ holder: { id: 'safe' }, outcome: 'RELEASED', basis: 'CONSENT' });
    expect(adultWork?.['permits']).toContain('relevant-adult-work');
    expect(adultWork?.['policies'].map(({ id }: Json) => id)).toContain('relevant-adult-work');
    for (const { facts, category } of decisions) {
      expect((facts as Json[]).map(({ name }) => name)).toEqual(FACT_NAMES);
      expect((facts as Json[]).find(({ name }) => name === 'category')?.['value']).toBe(category);
    }
    expect((await lastEntry())?.statements).toEqual([
      { did: 'EXPLAINED_PAST', ids: [entry], subjects: ['P-1001'], policies: ['may-explain'] },
    ]);
  });

  it('finds it by the worker and a moment near it, and not by one that is not', async () => {
    const near = await ask(demo, OFFICER, AT, { person: MIRA, worker: 'sw-ada-thorne', at });
    expect((near.data['explainAt'] as Json[])[0]?.['entry']).toBe(entry);
    const far = await ask(demo, OFFICER, AT, { person: MIRA, worker: 'sw-ada-thorne', at: '2026-01-01T00:00:00Z' });
    expect(far.data['explainAt']).toEqual([]);
    const another = await ask(demo, OFFICER, AT, { person: MIRA, worker: 'sw-bram-hollis', entry });
    expect(another.data['explainAt']).toEqual([]);
  });

  it('says nothing of an entry that does not concern the person, nor of none', async () => {
    expect((await ask(demo, OFFICER, AT, { person: NOBODY, entry })).data['explainAt']).toEqual([]);
    expect((await ask(demo, OFFICER, AT, { person: MIRA, entry: 'no entry' })).data['explainAt']).toEqual([]);
    expect(await codeOf(OFFICER, AT, { person: MIRA })).toEqual(['NOT_VALID']);
  });

  it('does not tell another agency’s officer that something locked was there', async () => {
    // Odile (7019) has a locked flag at the trust.
    await ask(
      demo,
      'sw-bram-hollis',
      'query Court @purpose(of: COURT_PROCEEDINGS) { families(first: 200) { nodes { members { person { ... on Adult { adultWork { nodes { id } } } } } } } }',
    );
    const body = await lastEntry();
    const { data } = await ask(demo, OFFICER, AT, { person: node('P-1046'), entry: body?.id });
    const decisions = data['explainAt'][0].decisions as Json[];
    expect(decisions.length).toBeGreaterThan(0);
    const confidentialities = decisions.flatMap(({ facts }) =>
      (facts as Json[]).flatMap(({ name, value }) => (name === 'confidentiality' ? value : [])),
    );
    expect(confidentialities).not.toContain('V');
    const logged = body?.outcomes.filter(([, subject]) => subject === 'P-1046') ?? [];
    const seen = new Set(logged.map(([index, , holder]) => `${index} ${holder}`));
    expect(seen.size).toBeGreaterThan(decisions.length);
  });

  it('is not for anybody else, and the refusal is an entry', async () => {
    for (const worker of ['sw-ada-thorne', 'ds-tamsin-grove', 'tm-orla-finch']) {
      expect(await codeOf(worker, AT, { person: MIRA, entry })).toEqual(['NOT_PERMITTED']);
      expect(await lastEntry()).toMatchObject({ code: 'NOT_PERMITTED', requester: { worker } });
    }
  });
});
