/** Each released item says why, to its own requester, and shows no statement that they may not see. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObjectType } from 'graphql';
import type { Demo } from '../../src/compose-demo.js';
import { createPages } from '../../src/graph/connection.js';
import { DEFAULT_LIMITS } from '../../src/graph/limits.js';
import { buildGraph } from '../../src/graph/schema.js';
import { ask, type Json, startDemo } from '../attacks/demo.js';

const WHY = 'releasedBecause { holder { id } category basis obligations evidence policies { id says sources } }';
const BOARD = `families(first: 200) { nodes { members { ${WHY} person { id forename ${WHY}
  ... on Child { statuses { nodes { ${WHY} obligations } } childProtectionPlans { nodes { ${WHY} } } visits { nodes { ${WHY} } } }
  ... on Adult { adultWork(first: 50) { nodes { id ${WHY} obligations holder { id } } } } } } workbook { ragRatings { nodes { ${WHY} } } } } }`;

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

async function groundsSeenBy(
  worker: string,
  purpose: string,
): Promise<{ grounds: Json[]; nodes: Json[]; text: string }> {
  const { data, errors } = await ask(demo, worker, `query Board @purpose(of: ${purpose}) { ${BOARD} }`);
  expect(errors).toBeUndefined();
  const nodes: Json[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (value !== null && typeof value === 'object') {
      if ('releasedBecause' in value) nodes.push(value as Json);
      for (const inner of Object.values(value)) walk(inner);
    }
  };
  walk(data);
  return { nodes, grounds: nodes.flatMap((node) => node['releasedBecause'] as Json[]), text: JSON.stringify(data) };
}

const WORKERS: readonly (readonly [string, string])[] = [
  ['sw-ada-thorne', 'CHILD_PROTECTION'],
  ['sw-cleo-marchbank', 'SUPERVISION'],
  ['sw-dorn-aske', 'S47_ENQUIRY'],
  ['dap-willa-jessop', 'SUPERVISION'],
  ['rw-quinn-darrow', 'SUPERVISION'],
  ['dao-zeke-morrow', 'SUPERVISION'],
  ['kw-noor-ashdown', 'DIRECT_WORK'],
];

describe('releasedBecause', () => {
  it.each(WORKERS)('gives %s for %s a permit with its sentence and clauses for everything', async (worker, purpose) => {
    const { nodes, grounds } = await groundsSeenBy(worker, purpose);
    expect(nodes.length).toBeGreaterThan(5);
    const [entry] = await demo.audit.read({ limit: 1 });
    const released = entry?.body.decisions.filter(({ outcome }) => outcome === 'RELEASED') ?? [];
    const logged = new Set(released.map((line) => [line.category, line.basis ?? 'NONE', line.permits?.join()].join()));
    for (const { policies, category, basis } of grounds) {
      expect((policies as Json[]).length).toBeGreaterThan(0);
      for (const { says, sources } of policies as Json[]) {
        expect(says.length).toBeGreaterThan(20);
        expect(sources.length).toBeGreaterThan(0);
      }
      expect(logged).toContain([category, basis, (policies as Json[]).map(({ id }) => id).join()].join());
    }
  });

  it('says on what it crossed, and nothing of a basis within the own agency', async () => {
    const { grounds } = await groundsSeenBy('sw-ada-thorne', 'CHILD_PROTECTION');
    for (const { holder, basis } of grounds)
      if (holder.id === 'csc') expect(basis).toBe('NONE');
      else expect(['CONSENT', 'EXCEPTION']).toContain(basis);
    expect(grounds.some(({ basis }) => basis === 'CONSENT')).toBe(true);
    const enquiry = await groundsSeenBy('sw-dorn-aske', 'S47_ENQUIRY');
    expect(enquiry.grounds.some(({ basis }) => basis === 'EXCEPTION')).toBe(true);
  });

  it('gives every decision on a record of several categories, with the obligations of each', async () => {
    const { nodes } = await groundsSeenBy('sw-ada-thorne', 'CHILD_PROTECTION');
    const several = nodes.filter(
      ({ releasedBecause }) => new Set(releasedBecause.map(({ category }: Json) => category)).size > 1,
    );
    expect(several.length).toBeGreaterThan(0);
    for (const { obligations, releasedBecause } of nodes.filter((one) => 'obligations' in one))
      expect([...new Set((releasedBecause as Json[]).flatMap((ground) => ground['obligations']))].sort()).toEqual(
        [...obligations].sort(),
      );
  });

  it('asked by the id of a record says the same', async () => {
    const { nodes } = await groundsSeenBy('sw-ada-thorne', 'CHILD_PROTECTION');
    const record = nodes.find((one) => one['id'] && one['holder']);
    const { data } = await ask(
      demo,
      'sw-ada-thorne',
      `query One($id: ID!) @purpose(of: CHILD_PROTECTION) { node(id: $id) { ... on HeldRecord { ${WHY} } } }`,
      { id: record?.['id'] },
    );
    expect(data['node'].releasedBecause).toEqual(record?.['releasedBecause']);
  });

  it.each(WORKERS)('shows %s for %s only ids of statements that they may see', async (worker, purpose) => {
    const { grounds, nodes } = await groundsSeenBy(worker, purpose);
    const persons = [...new Set(nodes.flatMap(({ id, forename }) => (forename === undefined ? [] : id)))];
    const visible = new Set<string>();
    for (const id of persons) {
      const { data } = await ask(
        demo,
        worker,
        `query Said($id: ID!) @purpose(of: ${purpose}) { consents(person: $id) { id } exceptions(person: $id) { id } judgements(person: $id) { id } }`,
        { id },
      );
      for (const list of ['consents', 'exceptions', 'judgements'])
        for (const said of data[list] as Json[]) visible.add(said['id']);
    }
    const shown = grounds.flatMap(({ evidence }) => evidence as string[]);
    expect(shown.filter((id) => !visible.has(id))).toEqual([]);
  });

  it('shows the consent that a release rests on to whom it concerns, and a holder’s judgement to nobody else', async () => {
    const { grounds, text } = await groundsSeenBy('sw-ada-thorne', 'CHILD_PROTECTION');
    expect(grounds.flatMap(({ evidence }) => evidence as string[]).length).toBeGreaterThan(0);
    const [entry] = await demo.audit.read({ limit: 1 });
    const { judgements } = await demo.house.registers.read(['P-1001', 'P-1002']);
    const judged = new Set(judgements.map(({ id }) => id));
    const rested = entry?.body.decisions.flatMap(({ evidence = [] }) => evidence.filter((id) => judged.has(id))) ?? [];
    expect(rested.length).toBeGreaterThan(0);
    for (const id of rested) expect(text).not.toContain(`"${id}"`);
  });

  it('stands on every type of record, and is filled in by the door alone', () => {
    const { schema } = buildGraph('schema/graphql', createPages('key'), DEFAULT_LIMITS);
    const records = Object.values(schema.getTypeMap()).filter(
      (type) =>
        isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'HeldRecord' || name === 'Person'),
    );
    expect(records.length).toBeGreaterThan(40);
    for (const type of records)
      expect([type.name, isObjectType(type) && typeof type.getFields()['releasedBecause']?.resolve]).toEqual([
        type.name,
        'function',
      ]);
  });
});
