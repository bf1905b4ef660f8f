/** The family view (FS-05) against the running demo: what each named member may be shown, and what they may never be. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFamilyView } from '../../src/cli/family-view.js';
import type { Demo } from '../../src/compose-demo.js';
import { factsOf } from '../../src/domain/facts.js';
import type { Source } from '../../src/sources/contract.js';
import { ask, familyOf, type Json, peopleOf, startDemo } from '../attacks/demo.js';

const XSS = `<script>alert('x')</script><img src=x onerror="alert(1)">\u202e</dd>`;
let demo: Demo;
let people: { readonly [name: string]: string };
let quist: string;

/** The workbook with something hostile in one summary of Lena's. */
function hostile(source: Source): Source {
  if (source.id !== 'workbook') return source;
  return {
    ...source,
    async read(wanted, options) {
      const { items, rejected } = await source.read(wanted, options);
      return {
        rejected,
        items: items.map((item) =>
          item.label.localId === 'WMS111' ? { ...item, content: { ...item.content, summary: XSS } } : item,
        ),
      };
    },
  };
}

beforeAll(async () => {
  demo = await startDemo({}, hostile);
  people = {
    ...(await peopleOf(demo, 'sw-ada-thorne')),
    ...(await peopleOf(demo, 'sw-bram-hollis')),
    ...(await peopleOf(demo, 'sw-cleo-marchbank')),
    ...(await peopleOf(demo, 'sw-dorn-aske')),
  };
  quist = await familyOf(demo, 'sw-ada-thorne', 'Quist');
});
afterAll(() => demo.stop());

const FIELDS = `member { forename surname dateOfBirth } children { forename }
  parentingAssessments { summary strengths concerns capacityToChange nature } monthlySummaries { month summary nature }
  ratings { about { forename } month rating reason nature } plans { about { forename } kind startedOn category } notice page`;
const VIEW = `query View($family: ID!, $member: ID!) @purpose(of: SUBJECT_ACCESS) { familyView(family: $family, member: $member) { ${FIELDS} } }`;
const view = (worker: string, family: string, member: string, query = VIEW) =>
  ask(demo, worker, query, { family, member: people[member] ?? member });
const shownTo = async (worker: string, family: string, member: string) =>
  (await view(worker, family, member)).data['familyView'] as Json;
const shownOf = async (worker: string, surname: string, member: string) =>
  shownTo(worker, await familyOf(demo, worker, surname), member);

describe('FS-05: a mother', () => {
  it('is shown her own assessment, the summaries of work with her, the ratings of her, and her children’s plans', async () => {
    const seen = await shownTo('sw-ada-thorne', quist, 'Mira Quist');
    expect(seen['member']).toMatchObject({ forename: 'Mira', surname: 'Quist' });
    expect((seen['children'] as Json[]).map(({ forename }) => forename).sort()).toEqual(['Robin', 'Tilly']);
    expect(seen['parentingAssessments']).toMatchObject([
      { summary: expect.stringContaining('Mira keeps'), nature: 'OPINION' },
    ]);
    expect(seen['monthlySummaries']).toHaveLength(4);
    expect((seen['ratings'] as Json[]).map(({ reason }) => reason)).not.toContainEqual(expect.stringContaining('He '));
    expect(seen['ratings']).toHaveLength(8);
    expect((seen['plans'] as Json[]).map(({ kind }) => kind)).toContain('CHILD_PROTECTION_PLAN');
  });

  it('is shown nothing of work with the father, nor who wrote what', async () => {
    const text = JSON.stringify(await shownTo('sw-ada-thorne', quist, 'Mira Quist'));
    for (const other of [
      'Dane',
      'use is down',
      'disputes the offence',
      'looks for',
      'Willa',
      'Tess',
      'RECOVERY',
      'ZZ17',
    ])
      expect(text).not.toContain(other);
  });

  it('is shown no summary whose nature nobody stated, and no child’s talks with a worker', async () => {
    const seen = await shownOf('sw-ada-thorne', 'Lowther', 'Joan Lowther');
    expect(JSON.stringify(seen)).not.toContain('Bea misses');
    expect(JSON.stringify(seen)).not.toContain('Asa');
    const abel = await shownOf('sw-ada-thorne', 'Threlkeld', 'Abel Threlkeld');
    expect(abel['monthlySummaries']).toEqual([]);
  });

  it('who is protected with her child is shown her child’s plan; what an open enquiry concerns stays', async () => {
    const imke = await shownOf('sw-cleo-marchbank', 'Sorrel', 'Imke Sorrel');
    expect((imke['children'] as Json[]).map(({ forename }) => forename)).toEqual(['Pip']);
    expect(imke['ratings']).toMatchObject([{ reason: 'Keeps Pip safe.' }]);
    const sally = await shownOf('sw-dorn-aske', 'Stannard', 'Sally Stannard');
    expect([...sally['ratings'], ...sally['plans'], ...sally['monthlySummaries']]).toEqual([]);
  });
});

describe('a competent child', () => {
  it('who refused sharing in his own name is shown his own plan, and his mother nothing of him', async () => {
    const gwen = await shownOf('sw-cleo-marchbank', 'Sefton', 'Gwen Sefton');
    expect(gwen['member']).toMatchObject({ forename: 'Gwen' });
    expect([gwen['children'], gwen['plans'], gwen['ratings']]).toEqual([[], [], []]);
    const rhys = await shownOf('sw-cleo-marchbank', 'Sefton', 'Rhys Sefton');
    expect((rhys['plans'] as Json[]).length).toBeGreaterThan(0);
    expect(JSON.stringify(rhys)).not.toContain('Gwen');
  });
});

describe('an alleged perpetrator', () => {
  it('is shown what is said of himself alone: neither the children who live with her, nor where, nor her', async () => {
    const seen = await shownTo('sw-ada-thorne', quist, 'Dane Marlow');
    expect(seen['member']).toMatchObject({ forename: 'Dane' });
    expect([seen['children'], seen['ratings'], seen['plans'], seen['parentingAssessments']]).toEqual([[], [], [], []]);
    expect((seen['monthlySummaries'] as Json[]).map(({ summary }) => summary)).toContain(
      'Attended group; still disputes the offence.',
    );
    const text = JSON.stringify(seen);
    for (const hers of ['Mira', 'Quist', 'Tilly', 'Robin', 'their mother', 'Safety plan', 'Sleep', 'ZZ17', 'school'])
      expect(text).not.toContain(hers);
  });

  it('is shown nothing of a child with the other parent where each alleges against the other; the carer is', async () => {
    const nico = await shownOf('sw-ada-thorne', 'Lowen', 'Nico Brandreth');
    expect([nico['children'], nico['plans'], nico['ratings']]).toEqual([[], [], []]);
    expect(JSON.stringify(nico)).not.toMatch(/Paige|Sky|nursery/);
    const paige = await shownOf('sw-ada-thorne', 'Lowen', 'Paige Lowen');
    expect(JSON.stringify(paige)).not.toMatch(/Nico|Attends group|nursery/);
  });

  it('whose allegation a review found not to stand is shown like any parent', async () => {
    const family = await familyAs('sw-vera-lindqvist', 'Ruddock');
    const { data } = await view(
      'sw-vera-lindqvist',
      family.id,
      family.of('Hal'),
      VIEW.replace('SUBJECT_ACCESS)', 'SUBJECT_ACCESS, as: SOCIAL_WORKER)'),
    );
    expect((data['familyView'].children as Json[]).map(({ forename }) => forename)).toEqual(['Wyn']);
  });
});

/** A family on the board of a worker with two roles. */
async function familyAs(worker: string, surname: string) {
  const { data } = await ask(
    demo,
    worker,
    'query Board @purpose(of: SUPERVISION, as: SOCIAL_WORKER) { families(first: 200) { nodes { id members { person { id forename surname } } } } }',
  );
  const found = (data['families'].nodes as Json[]).find(({ members }) =>
    members.some(({ person }: Json) => person?.surname === surname),
  ) as Json;
  const members = found['members'] as Json[];
  return {
    id: found['id'] as string,
    of: (forename: string) => members.find(({ person }) => person?.forename === forename)?.['person'].id as string,
  };
}

describe('who asks', () => {
  it.each([
    ['somebody not involved', 'sw-isla-penrose'],
    ['another family’s social worker', 'sw-bram-hollis'],
    ['an adult service', 'dap-willa-jessop'],
    ['the perpetrator’s officer', 'dao-zeke-morrow'],
    ['an officer', 'ig-sol-whitby'],
    ['a head of service', 'hos-rhea-dunmore'],
    ['a child practitioner of the team', 'cp-jory-vane'],
  ])('is shown nothing as %s, nothing that tells whether there is anybody', async (_, worker) => {
    const nobody = Buffer.from('Person:P-9999').toString('base64url');
    const answers = [
      await view(worker, quist, 'Mira Quist'),
      await view(worker, quist, nobody),
      await view(worker, 'x', 'y'),
    ];
    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined();
      expect(data).toEqual({ familyView: null });
    }
  });

  it('names a member of that family: not another’s, not one who is left out of the workflow', async () => {
    const pike = await familyOf(demo, 'sw-bram-hollis', 'Pike');
    const pomeroy = await familyOf(demo, 'sw-bram-hollis', 'Pomeroy');
    expect(await shownTo('sw-bram-hollis', pike, 'Ebba Pomeroy')).toBeNull();
    expect(await shownTo('sw-bram-hollis', pomeroy, 'Ebba Pomeroy')).not.toBeNull();
    expect(await shownTo('sw-bram-hollis', pomeroy, Buffer.from('Person:P-1045').toString('base64url'))).toBeNull();
  });

  it('asks for SUBJECT_ACCESS and for nothing else', async () => {
    const { errors, data } = await view(
      'sw-ada-thorne',
      quist,
      'Mira Quist',
      VIEW.replace('SUBJECT_ACCESS', 'DIRECT_WORK'),
    );
    expect(errors?.[0]?.extensions.code).toBe('PURPOSE_DOES_NOT_FIT');
    expect(data).toBeFalsy();
  });

  it('reaches nothing by another way for that purpose, and one member does not lend another their view', async () => {
    const { data } = await ask(
      demo,
      'sw-ada-thorne',
      `query Two($family: ID!, $mira: ID!, $dane: ID!) @purpose(of: SUBJECT_ACCESS) {
        hers: familyView(family: $family, member: $mira) { monthlySummaries { summary } }
        his: familyView(family: $family, member: $dane) { monthlySummaries { summary } plans { kind } }
        person(id: $mira) { surname } family(id: $family) { workbook { monthlySummaries { nodes { summary } } } }
      }`,
      { family: quist, mira: people['Mira Quist'], dane: people['Dane Marlow'] },
    );
    expect(JSON.stringify(data['his'])).not.toContain('Sleep');
    expect(JSON.stringify(data['hers'])).not.toContain('offence');
    expect(data['his'].plans).toEqual([]);
    expect(data['person']?.surname ?? null).toBeNull();
    expect(JSON.stringify(data['family'] ?? null)).not.toContain('summary":"');
  });
});

describe('the log', () => {
  it('names purpose and member, and has every removal with its facts', async () => {
    await shownTo('sw-ada-thorne', quist, 'Dane Marlow');
    const [entry] = await demo.audit.read({ limit: 1 });
    const body = entry?.body;
    expect(body?.purpose).toBe('SUBJECT_ACCESS');
    expect(body?.statements).toMatchObject([{ did: 'FAMILY_VIEW', subjects: ['P-1002'] }]);
    const kept = body?.outcomes.flatMap(([index, , , , ids]) => {
      const { facts = 0, outcome, permits = [] } = body.decisions[index] ?? {};
      if (outcome === 'RELEASED') expect([permits, factsOf(facts).forMember]).toEqual([['family-view'], true]);
      const isRemoved = !factsOf(facts).forMember;
      if (isRemoved) expect(outcome).not.toBe('RELEASED');
      return isRemoved ? ids : [];
    });
    expect(kept?.length).toBeGreaterThan(10);
    expect(new Set(body?.outcomes.map(([, , holder]) => holder))).toEqual(new Set(['csc']));
  });
});

describe('the page', () => {
  it('is text whatever people wrote, and fetches and runs nothing', async () => {
    const { page, monthlySummaries } = await shownOf('sw-bram-hollis', 'Pike', 'Lena Pike');
    expect((monthlySummaries as Json[]).map(({ summary }) => summary)).toContain(XSS);
    expect(page).toContain(
      '&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&lt;/dd&gt;',
    );
    expect(page).not.toMatch(/<script|<img|<link|<iframe|<form|javascript:|https?:|@import|url\(|\u202e/i);
    expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/);
    expect(page).toContain('Lena Pike');
  });

  it('is written by the command, for its owner alone, over nothing that stands already', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'family-view-'));
    const out = join(folder, 'mira.html');
    const lines: string[] = [];
    const options = { as: 'sw-ada-thorne', family: quist, member: people['Mira Quist'] ?? '', out };
    await writeFamilyView(demo, options, (line) => lines.push(line));
    expect(await readFile(out, 'utf8')).toContain('<h1>What is written about Mira Quist</h1>');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(lines).toEqual([`${out}; entry ${entry?.body.id} of the log`]);
    await expect(writeFamilyView(demo, options, () => {})).rejects.toThrow('EEXIST');
    await expect(
      writeFamilyView(demo, { ...options, as: 'sw-isla-penrose', out: join(folder, 'none.html') }, () => {}),
    ).rejects.toThrow('nothing that this worker may show');
    await rm(folder, { recursive: true });
  });
});
