/** A team manager reviews what is alleged, and every fact counts what stands from then on (RULES §2, Allegations; FS-21). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { type Asked, ask, type Json, startDemo } from '../attacks/demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

const id = (person: string) => Buffer.from(`Person:${person}`).toString('base64url');
/** Paige and Nico each allege against the other; Mira alleges against Dane. */
const [PAIGE, NICO, SKY, MIRA, DANE] = ['P-1048', 'P-1049', 'P-1050', 'P-1001', 'P-1002'] as const;

const review = (worker: string, harmed: string, alleged: string, result: string, why = 'Seen with the police.') =>
  ask(
    demo,
    worker,
    'mutation R($input: AllegationReviewInput!) @purpose(of: SUPERVISION) { reviewAllegation(input: $input) { result disputed why reviewedBy } }',
    { input: { harmed: id(harmed), alleged: id(alleged), result, why } },
  );
const allegations = async (worker: string, person: string) => {
  const query =
    'query A($id: ID!) @purpose(of: SUPERVISION) { allegations(person: $id) { harmed { id } alleged { id } recordedOn result disputed } }';
  return (await ask(demo, worker, query, { id: id(person) })).data['allegations'] as Json[];
};
const codeOf = ({ errors }: Asked) => errors?.[0]?.extensions.code;
/** What of one person's records a worker gets: how many of adult work, and their address. */
const seen = async (worker: string, person: string, purpose = 'DIRECT_WORK') => {
  const query = `query S($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { addresses { __typename } ... on Adult { adultWork { nodes { id } } } } }`;
  const { data } = await ask(demo, worker, query, { id: id(person) });
  return { work: (data['person']?.adultWork.nodes ?? []).length, addresses: data['person']?.addresses?.length ?? 0 };
};
/** The facts of a worker's question about somebody, as information governance has them explained. */
const explained = async (worker: string, person: string, category = 'PLAN'): Promise<Record<string, string>> => {
  const query = `query E($worker: ID!, $person: ID!) @purpose(of: INFORMATION_GOVERNANCE) {
    explain(worker: $worker, person: $person, category: ${category}, purpose: DIRECT_WORK, holder: "csc") { holders { facts { name value } } } }`;
  const { data } = await ask(demo, 'ig-sol-whitby', query, { worker, person: id(person) });
  const facts = data['explain'].holders[0].facts as Json[];
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]));
};
const lastEntry = async () => (await demo.audit.read({ limit: 1 }))[0]?.body;

describe('what is alleged', () => {
  it('is shown to the team manager of the family, both ways, the oldest first, and to nobody else', async () => {
    expect(await allegations('tm-orla-finch', PAIGE)).toEqual([
      { harmed: { id: id(PAIGE) }, alleged: { id: id(NICO) }, recordedOn: '2026-08-10', result: null, disputed: false },
      { harmed: { id: id(NICO) }, alleged: { id: id(PAIGE) }, recordedOn: '2026-08-24', result: null, disputed: false },
    ]);
    for (const worker of [
      'tm-piers-lovell',
      'sw-ada-thorne',
      'dap-willa-jessop',
      'dao-zeke-morrow',
      'am-sable-frost',
      'ig-sol-whitby',
    ])
      expect([worker, await allegations(worker, PAIGE)]).toEqual([worker, []]);
    expect(await allegations('tm-orla-finch', SKY)).toEqual([]);
    expect(await allegations('tm-orla-finch', 'nobody')).toEqual([]);
  });

  it('is not reviewed by anybody else, and the answer is that for an allegation that does not exist', async () => {
    const refused = await review('tm-piers-lovell', PAIGE, NICO, 'DOES_NOT_STAND');
    expect(codeOf(refused)).toBe('NOT_PERMITTED');
    for (const worker of ['sw-ada-thorne', 'dao-zeke-morrow', 'dap-willa-jessop', 'am-sable-frost'])
      expect(codeOf(await review(worker, PAIGE, NICO, 'STANDS'))).toBe('NOT_PERMITTED');
    for (const [harmed, alleged] of [
      [PAIGE, SKY],
      [DANE, MIRA],
      [PAIGE, 'nobody'],
      ['nobody', 'nobody'],
    ] as const) {
      const absent = await review('tm-orla-finch', harmed, alleged, 'STANDS');
      expect(absent.errors?.map(({ message, extensions }) => [message, extensions])).toEqual(
        refused.errors?.map(({ message, extensions }) => [message, extensions]),
      );
    }
  });

  it('is reviewed with a reason', async () => {
    const answer = await review('tm-orla-finch', PAIGE, NICO, 'STANDS', '  ');
    expect([codeOf(answer), answer.errors?.[0]?.message]).toEqual(['NOT_VALID', expect.stringContaining('why: ')]);
  });
});

describe('a review', () => {
  it('that only one of the two stands lets the other side’s worker see whom nobody hurt, and keeps the other from theirs', async () => {
    const before = await seen('dap-willa-jessop', NICO, 'CHILD_PROTECTION');
    expect(before.work).toBe(0);
    expect((await review('tm-orla-finch', PAIGE, NICO, 'STANDS')).data['reviewAllegation']).toEqual({
      result: 'STANDS',
      disputed: false,
      why: 'Seen with the police.',
      reviewedBy: 'tm-orla-finch',
    });
    expect((await lastEntry())?.statements).toMatchObject([
      { did: 'ALLEGATION_REVIEW', subjects: [PAIGE, NICO], policies: ['may-review-statement'] },
    ]);
    expect((await review('tm-orla-finch', NICO, PAIGE, 'DOES_NOT_STAND')).errors).toBeUndefined();
    expect((await allegations('tm-orla-finch', NICO)).map(({ result }) => result)).toEqual([
      'STANDS',
      'DOES_NOT_STAND',
    ]);
    // Nico's worker still works with whom he is alleged to have hurt, and stays out of her records.
    expect((await seen('dao-zeke-morrow', PAIGE, 'CHILD_PROTECTION')).work).toBe(0);
    const facts = await explained('dap-willa-jessop', NICO);
    expect([facts['opposing'], facts['victimSide']]).toEqual(['false', 'false']);
    const other = await explained('dao-zeke-morrow', PAIGE);
    expect([other['opposing'], other['victimSide']]).toEqual(['true', 'true']);
  });

  it('is replaced by a later one', async () => {
    await review('tm-orla-finch', NICO, PAIGE, 'STANDS');
    const facts = await explained('dap-willa-jessop', NICO);
    expect([facts['opposing'], facts['victimOfSubject']]).toEqual(['true', 'true']);
    expect((await explained('dao-zeke-morrow', PAIGE))['opposing']).toBe('true');
    await review('tm-orla-finch', NICO, PAIGE, 'DOES_NOT_STAND');
    expect((await explained('dap-willa-jessop', NICO))['opposing']).toBe('false');
  });

  it('decides whether a parent’s agreement for the child counts: of whoever stands as alleged, it does not', async () => {
    expect((await explained('dap-willa-jessop', SKY))['consentState']).toBe('GIVEN');
    await review('tm-orla-finch', NICO, PAIGE, 'STANDS');
    expect((await explained('dap-willa-jessop', SKY))['consentState']).toBe('NONE');
  });

  it('moves the clock that operations under way are held against', async () => {
    const version = await demo.house.registers.version();
    await review('tm-orla-finch', PAIGE, NICO, 'STANDS');
    expect(await demo.house.registers.version()).toBe(version + 1);
  });
});
