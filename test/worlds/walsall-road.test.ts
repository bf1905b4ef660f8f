/** The named families through HTTP: each shows its rule. What is claimed here is what the world's README tells. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { ask, familyOf, type Json, startDemo } from '../attacks/demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

interface Seen {
  readonly names: readonly string[];
  readonly adultWork: readonly string[];
  readonly brokered: readonly string[];
  readonly withheld: readonly string[];
  readonly workbook: number;
  readonly assessments: number;
  readonly plans: number;
  readonly postcodes: readonly string[];
}

const FRAGMENT = 'fragment W on Withheld { outcome category reason holder { id } }';

/** What a worker is shown of a family, found on the board of somebody who works with it. */
async function seen(worker: string, purpose: string, surname: string, finder: string): Promise<Seen | null> {
  const id = await familyOf(demo, finder, surname);
  const { data, errors } = await ask(
    demo,
    worker,
    `query Family($id: ID!) @purpose(of: ${purpose}) { family(id: $id) {
      members { person { __typename forename addresses { postcode } withheld { ...W }
        ... on Child { assessments { nodes { id } withheld { ...W } } childInNeedPlans { nodes { id } withheld { ...W } } childProtectionPlans { nodes { id } withheld { ...W } } }
        ... on Adult { adultWork { nodes { __typename ... on DomesticAbuseRecord { side } } withheld { ...W } } } } }
      workbook { monthlySummaries { nodes { id } withheld { ...W } } parentingAssessments { nodes { id } withheld { ...W } } }
    } } ${FRAGMENT}`,
    { id },
  );
  expect(errors).toBeUndefined();
  const family = data['family'] as Json | null;
  if (!family) return null;
  const notices = new Map<string, Json>();
  const nodes = (list: Json | undefined): Json[] => {
    for (const notice of list?.['withheld'] ?? []) notices.set(JSON.stringify(notice), notice);
    return list?.['nodes'] ?? [];
  };
  const persons = (family['members'] as Json[]).map(({ person }) => person).filter(Boolean);
  for (const person of persons) nodes(person);
  const adultWork = persons.flatMap((person) => nodes(person.adultWork)).map((record) => (record['side'] ? `DomesticAbuse ${record['side']}` : record['__typename'].replace('Record', '')));
  const assessments = persons.flatMap((person) => nodes(person.assessments)).length;
  const plans = persons.flatMap((person) => [...nodes(person.childInNeedPlans), ...nodes(person.childProtectionPlans)]).length;
  const workbook = [...nodes(family['workbook'].monthlySummaries), ...nodes(family['workbook'].parentingAssessments)].length;
  const all = [...notices.values()];
  return {
    names: persons.flatMap(({ forename }) => forename ?? []),
    adultWork: [...new Set(adultWork)].sort(),
    brokered: [...new Set(all.filter(({ outcome }) => outcome === 'BROKERED').map(({ holder }) => holder.id))].sort(),
    withheld: [...new Set(all.filter(({ outcome }) => outcome === 'WITHHELD').map(({ category, reason, holder }) => `${category} ${holder.id} ${reason}`))].sort(),
    workbook,
    assessments,
    plans,
    postcodes: [...new Set(persons.flatMap(({ addresses }) => (addresses ?? []).map(({ postcode }: Json) => postcode)))].sort() as string[],
  };
}

describe('adult work', () => {
  it.each([
    ['Garrick', 'given, one record judged and one not yet', ['SubstanceMisuse'], ['haven']],
    ['Redfern', 'refused', [], []],
    ['Wickstead', 'withdrawn', [], []],
    ['Eastlake', 'expired', [], ['haven']],
    ['Norbury', 'never asked', [], ['haven']],
  ])('of the %s family, consent %s', async (surname, _, adultWork, brokered) => {
    const family = await seen('sw-cleo-marchbank', 'SUPERVISION', surname, 'sw-cleo-marchbank');
    expect(family?.adultWork).toEqual(adultWork);
    expect(family?.brokered).toEqual(brokered);
  });

  it('judged relevant crosses, judged not relevant does not exist, not judged is brokered', async () => {
    const family = await seen('sw-bram-hollis', 'SUPERVISION', 'Pike', 'sw-bram-hollis');
    expect(family?.adultWork).toEqual(['SubstanceMisuse']);
    expect(family?.brokered).toEqual(['haven']);
  });
});

describe('council records', () => {
  it.each([
    ['Garrick', []],
    ['Redfern', ['WORKBOOK csc CONSENT_REFUSED']],
    ['Wickstead', ['WORKBOOK csc CONSENT_WITHDRAWN']],
    ['Eastlake', ['WORKBOOK csc CONSENT_EXPIRED']],
    ['Norbury', ['WORKBOOK csc CONSENT_NOT_GIVEN']],
  ])('of the %s family are released to the recovery worker by consent alone', async (surname, expected) => {
    const family = await seen('rw-rory-ember', 'SUPERVISION', surname, 'sw-cleo-marchbank');
    expect(family?.withheld.filter((notice) => notice.startsWith('WORKBOOK'))).toEqual(expected);
    if (expected.length === 0) expect(family?.workbook).toBeGreaterThan(0);
  });
});

describe('the agencies', () => {
  it('are told to everybody alike, and for no purpose: whoever asks one for information knows its id and where to telephone', async () => {
    const [told, ...others] = await Promise.all(
      ['sw-ada-thorne', 'kw-noor-ashdown', 'dao-zeke-morrow', 'ig-sol-whitby'].map(
        async (worker) => (await ask(demo, worker, '{ agencies { id name kind dutyPoint } }')).data['agencies'],
      ),
    );
    expect((told as Json[]).map(({ id }) => id)).toEqual(['csc', 'eh', 'haven', 'mht', 'prob', 'safe']);
    expect((told as Json[]).every(({ dutyPoint }) => dutyPoint.length > 0)).toBe(true);
    for (const other of others) expect(other).toEqual(told);
  });
});

/** Where Mira Quist lives since September; her old address is not protected. */
const HER_ADDRESS = 'ZZ17 9HR';

describe('the demo family', () => {
  it('shows the victim’s worker where she is, and nobody of another agency', async () => {
    const own = await seen('dap-willa-jessop', 'CHILD_PROTECTION', 'Quist', 'sw-ada-thorne');
    expect(own?.postcodes).toContain(HER_ADDRESS);
    for (const worker of ['kw-noor-ashdown', 'rw-quinn-darrow', 'dao-zeke-morrow']) {
      expect((await seen(worker, 'CHILD_PROTECTION', 'Quist', 'sw-ada-thorne'))?.postcodes).not.toContain(HER_ADDRESS);
    }
  });

  it('shows the perpetrator’s officer nothing from her side, and not that anything is kept back', async () => {
    const officer = await seen('dao-zeke-morrow', 'CHILD_PROTECTION', 'Quist', 'sw-ada-thorne');
    expect(officer?.names).not.toContain('Mira');
    expect(officer?.adultWork).not.toContain('DomesticAbuse VICTIM');
    expect(officer?.brokered).not.toContain('safe');
    expect(officer?.brokered).not.toContain('mht');
    expect(officer?.withheld.filter((notice) => notice.includes('safe') || notice.includes('CONTACT'))).toEqual([]);
  });

  it('shows who lives with whom by the addresses that are shown, and by no other', async () => {
    const id = await familyOf(demo, 'sw-ada-thorne', 'Quist');
    const households = async (worker: string): Promise<readonly [string, readonly string[]][]> => {
      const { data, errors } = await ask(
        demo,
        worker,
        `query Home($id: ID!) @purpose(of: CHILD_PROTECTION) { family(id: $id) {
          households { address { postcode } members { forename } } } }`,
        { id },
      );
      expect(errors).toBeUndefined();
      return (data['family']?.households ?? []).map(({ address, members }: Json) => [
        address.postcode,
        (members as Json[]).map(({ forename }) => forename),
      ]);
    };
    expect(await households('sw-ada-thorne')).toEqual([
      [HER_ADDRESS, ['Mira', 'Tilly', 'Robin']],
      ['ZZ12 4WR', ['Dane']],
    ]);
    for (const worker of ['kw-noor-ashdown', 'rw-quinn-darrow', 'dao-zeke-morrow']) {
      const seenBy = await households(worker);
      expect(seenBy.map(([postcode]) => postcode)).not.toContain(HER_ADDRESS);
      expect(seenBy.flatMap(([, members]) => members)).not.toContain('Mira');
    }
  });

  it('keeps what was said in supervision of the work with her from who works with him, whole', async () => {
    const query =
      'query S @purpose(of: SUPERVISION) { families { nodes { id workbook { supervisions { nodes { discussion } withheld { reason } } } } } }';
    const notes = async (worker: string) => JSON.stringify((await ask(demo, worker, query)).data);
    for (const worker of ['sw-ada-thorne', 'dap-willa-jessop']) expect(await notes(worker)).toContain('Contact after the move');
    for (const worker of ['dao-zeke-morrow', 'rw-quinn-darrow']) expect(await notes(worker)).not.toContain('Contact after the move');
  });

  it('shows business support what the supervision needs', async () => {
    const support = await seen('bso-wynn-tarry', 'SUPERVISION', 'Quist', 'sw-ada-thorne');
    expect([support?.workbook, support?.assessments, support?.plans].map((n) => Number(n) > 0)).toEqual([true, false, false]);
  });

  it.each(['hos-rhea-dunmore', 'sw-isla-penrose', 'ig-sol-whitby', 'ds-tamsin-grove', 'pa-ulric-moss'])('does not exist for %s', async (worker) => {
    expect(await seen(worker, 'SUPERVISION', 'Quist', 'sw-ada-thorne')).toBeNull();
  });
});

describe('step down', () => {
  it('gives the receiving keyworker the pack where the family agreed to the service', async () => {
    const pack = await seen('kw-noor-ashdown', 'STEP_DOWN', 'Tolley', 'sw-ada-thorne');
    expect([pack?.assessments, pack?.plans]).toEqual([1, 1]);
  });

  it('gives nothing of it where the family did not', async () => {
    const pack = await seen('kw-noor-ashdown', 'STEP_DOWN', 'Verrall', 'sw-ada-thorne');
    expect([pack?.assessments ?? 0, pack?.plans ?? 0]).toEqual([0, 0]);
  });
});

describe('an open s47 enquiry', () => {
  it('lets its social worker read against a refusal, also of whom it names outside the workflow', async () => {
    const family = await seen('sw-dorn-aske', 'S47_ENQUIRY', 'Stannard', 'sw-dorn-aske');
    expect(family?.adultWork).toEqual(['MentalHealth']);
    const find = 'query Find @purpose(of: S47_ENQUIRY) { findPerson(forename: "Kit", surname: "Boden") { persons { ... on Adult { adultWork { nodes { __typename obligations } } } } } }';
    const { data } = await ask(demo, 'sw-dorn-aske', find);
    expect(data['findPerson'].persons[0].adultWork.nodes[0]).toEqual({ __typename: 'SubstanceMisuseRecord', obligations: ['NOT_TO_BE_PASSED_ON', 'TELL_LEAD_PROFESSIONAL'] });
  });

  it('is no purpose for a family without one', async () => {
    const family = await seen('sw-ada-thorne', 'S47_ENQUIRY', 'Tolley', 'sw-ada-thorne');
    expect(family?.names ?? []).toEqual([]);
  });
});

describe('a worker in conflict', () => {
  it('sees nothing of a family they are registered as conflicted with, though allocated to it', async () => {
    expect(await seen('sw-dorn-aske', 'DIRECT_WORK', 'Ollerton', 'tm-piers-lovell')).toBeNull();
    expect((await seen('tm-piers-lovell', 'DIRECT_WORK', 'Ollerton', 'tm-piers-lovell'))?.names).toEqual(expect.arrayContaining(['Ruth', 'Sid']));
  });
});

describe('a closed case', () => {
  it('is off the board of its former worker', async () => {
    await expect(familyOf(demo, 'sw-ada-thorne', 'Bexwell')).rejects.toThrow('no family Bexwell');
  });
});

describe('a locked record', () => {
  it('is not shown to exist outside its holder, though judged relevant', async () => {
    const query = (purpose: string) => `query Locked($id: ID!) @purpose(of: ${purpose}) { family(id: $id) { members { person { ... on Adult { adultWork { nodes { ... on MentalHealthRecord { kind } } withheld { outcome } } } } } } }`;
    const id = await familyOf(demo, 'sw-bram-hollis', 'Keddie');
    const kinds = async (worker: string, purpose: string) => {
      const { data } = await ask(demo, worker, query(purpose), { id });
      return (data['family'].members as Json[]).flatMap(({ person }) => (person?.adultWork?.nodes ?? []).map(({ kind }: Json) => kind));
    };
    expect(await kinds('mhp-tess-garland', 'SUPERVISION')).toContain('Flag');
    expect(await kinds('sw-bram-hollis', 'SUPERVISION')).not.toContain('Flag');
  });
});

describe('two who each allege', () => {
  it('are kept from each other’s workers', async () => {
    const her = await seen('dap-willa-jessop', 'CHILD_IN_NEED', 'Lowen', 'sw-ada-thorne');
    expect(her?.names).not.toContain('Nico');
    const him = await seen('dao-zeke-morrow', 'CHILD_IN_NEED', 'Lowen', 'sw-ada-thorne');
    expect(him?.names).not.toContain('Paige');
  });
});

describe('every outcome', () => {
  it('stands in the log before the answer, with the policies and what it rests on', async () => {
    const answer = await ask(demo, 'sw-cleo-marchbank', 'query Logged @purpose(of: SUPERVISION) { families { nodes { members { person { forename ... on Adult { adultWork { nodes { id } } } } } } } }');
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.id).toBe(answer.extensions?.receipt?.entry);
    expect(entry?.hash).toBe(answer.extensions?.receipt?.hash);
    expect(entry?.body).toMatchObject({ requester: { worker: 'sw-cleo-marchbank' }, purpose: 'SUPERVISION', result: 'ANSWERED', operation: { name: 'Logged' } });
    const released = entry?.body.decisions.find(({ outcome, category }) => outcome === 'RELEASED' && category === 'SUBSTANCE_MISUSE');
    expect(released).toMatchObject({ permits: ['relevant-adult-work'], basis: 'CONSENT', obligations: ['NOT_TO_BE_PASSED_ON'], evidence: expect.arrayContaining(['c-1018', 'j-1013']) });
    const silent = entry?.body.decisions.filter(({ outcome }) => outcome === 'SILENT');
    expect(silent?.some(({ reasons }) => reasons?.includes('CONSENT_REFUSED'))).toBe(true);
  });
});
