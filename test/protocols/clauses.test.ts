/** Clauses that packs hold as values, and clauses that the running gateway carries: each test names those it shows. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Demo } from '../../src/compose-demo.js';
import { AGENCY_KINDS } from '../../src/domain/words.js';
import { loadProtocol } from '../../src/protocols/load.js';
import { ask, familyOf, type Json, startDemo } from '../attacks/demo.js';

const protocolOf = (...packs: string[]) => loadProtocol('schema/protocols', packs).protocol;
const offices = (...packs: string[]) =>
  protocolOf(...packs).escalation.map(({ level, office }) => `${level} ${office}`);

describe('values of packs', () => {
  it('Walsall: FS-07 an exit needs all casework done, FS-08 early help is told, FS-10 need follows protection, FS-18 under 13', () =>
    expect(protocolOf('walsall-family-safeguarding').switches).toEqual({
      EXIT_NEEDS_ALL_CASEWORK_DONE: true,
      EARLY_HELP_TOLD_OF_LAST_PLAN: true,
      CHILD_IN_NEED_AFTER_PROTECTION: true,
      FAMILY_SAFEGUARDING_UNDER_AGE: 13,
    }));

  it('FIP: FIP-02 the social worker leads, FIP-03 the protection plan first, FIP-09 a concern is referred, FIP-10 reviews combined', () =>
    expect(protocolOf('cambridgeshire-fip').switches).toEqual({
      SOCIAL_WORKER_LEADS: true,
      PROTECTION_PLAN_FIRST: true,
      CONCERN_GOES_TO_CONTACT_CENTRE: true,
      COMBINE_REVIEWS: true,
    }));

  it('Connecting Families: CF-02 the keyworker leads after the handover, CF-07 the social worker during the plan', () =>
    expect(protocolOf('connecting-families').switches).toEqual({
      SOCIAL_WORKER_LEADS: true,
      KEYWORKER_LEADS_AFTER_HANDOVER: true,
    }));

  it('Birmingham: BFS-11 by consensus; Cambridgeshire: CAM-05 the time it takes is measured', () => {
    expect(protocolOf('birmingham-family-support').switches).toEqual({ STEPS_BY_CONSENSUS: true });
    expect(protocolOf('cambridgeshire-family-safeguarding').switches).toEqual({ TIME_TO_SHARE_MEASURED: true });
  });

  it('ladders: FS-21, FIP-08, CF-08, BFS-11', () => {
    expect(offices('walsall-family-safeguarding')).toEqual(['TEAM Family Safeguarding Team manager']);
    expect(offices('cambridgeshire-fip')).toEqual([
      'SERVICE Area Social Care Manager',
      'HEAD Head of Social Care Strategy',
    ]);
    expect(offices('connecting-families')).toEqual([
      'TEAM Managers of both services',
      'SERVICE Social Care Service Manager with the Head of Children and Families Prevention Service',
      'COUNCIL Council procedure',
    ]);
    expect(offices('birmingham-family-support')).toEqual(['TEAM Team Managers of both services']);
  });
});

describe('the running gateway', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo.stop());

  const family = async (worker: string, surname: string, finder: string, purpose: string, fields: string) => {
    const id = await familyOf(demo, finder, surname);
    const query = `query F($id: ID!) @purpose(of: ${purpose}) { family(id: $id) { members { person { forename ... on Child { ${fields} } } } } }`;
    const { data, errors } = await ask(demo, worker, query, { id });
    expect(errors).toBeUndefined();
    return ((data['family']?.members ?? []) as Json[]).flatMap(({ person }) => person ?? []);
  };

  it('FS-09: a looked-after child moves to another team, brothers and sisters stay with theirs', async () => {
    const stay = await family('sw-ada-thorne', 'Lowther', 'sw-ada-thorne', 'DIRECT_WORK', 'id');
    expect(stay.flatMap(({ forename }) => forename ?? []).sort()).toEqual(['Bea', 'Cal', 'Joan']);
    const find = (worker: string) =>
      ask(
        demo,
        worker,
        'query Find @purpose(of: DIRECT_WORK) { findPerson(forename: "Asa", surname: "Lowther") { persons { forename } } }',
      );
    expect((await find('sw-greta-holm')).data['findPerson'].persons).toEqual([{ forename: 'Asa' }]);
    expect((await find('sw-ada-thorne')).data['findPerson'].persons).toEqual([]);
  });

  it('FIP-02, CF-07, FS-20: while social care is involved the social worker is lead professional, and the keyworker is told so', async () => {
    const fields = 'statuses { nodes { leadProfessionalName } }';
    const shown = await family('kw-noor-ashdown', 'Quist', 'sw-ada-thorne', 'CHILD_PROTECTION', fields);
    const leads = shown.flatMap(({ statuses }) =>
      (statuses?.nodes ?? []).map((node: Json) => node['leadProfessionalName']),
    );
    expect(new Set(leads)).toEqual(new Set(['Ada Thorne']));
  });

  it('CAM-02: there is a source of each kind of partner', async () => {
    const { data } = await ask(
      demo,
      'sw-ada-thorne',
      'query Board @purpose(of: SUPERVISION) { findPerson(forename: "Tilly", surname: "Marlow") { sources { agency { kind } } } }',
    );
    const kinds = (data['findPerson'].sources as Json[]).map(({ agency }) => agency.kind as string);
    expect([...new Set(kinds)].sort()).toEqual([...AGENCY_KINDS].sort());
  });
});
