/** The five packs as they are, and what a pack that is wrong is told. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadClauses, loadEveryPack, loadProtocol } from '../../src/protocols/load.js';
import { citations, PACKS, readPack } from '../../src/protocols/pack.js';
import { ProtocolError } from '../../src/protocols/yaml.js';

const folder = 'schema/protocols';
const clauses = loadClauses(folder);
const BESIDE = ['carried.yaml', 'clauses.yaml', 'house.yaml'];

describe('the packs', () => {
  it('are the five listed, and no file beside them', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !BESIDE.includes(name));
    expect(files.sort()).toEqual(PACKS.map((id) => `${id}.yaml`).sort());
    expect(loadEveryPack(folder).map(({ id }) => id)).toEqual([...PACKS]);
  });

  it('each render a document of their own, and cite nothing else', () => {
    const documents = loadEveryPack(folder).map(({ document }) => document);
    expect(documents).toEqual(['FS', 'CAM', 'FIP', 'CF', 'BFS']);
  });

  it('carry every clause of kind timescale and escalation', () => {
    const cited = new Set(loadEveryPack(folder).flatMap((pack) => citations(pack).flatMap(([, ids]) => ids)));
    const due = [...clauses.byId.values()].filter(({ kind }) => kind === 'timescale' || kind === 'escalation');
    expect(due.length).toBe(13);
    expect(due.filter(({ id }) => !cited.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('say the figures of their documents: FS-23, FS-24, FS-25, FS-26, FS-27, FIP-06, CF-09, CF-13, BFS-05, BFS-06, BFS-07', () => {
    const { timescales } = loadProtocol(folder, PACKS).protocol;
    const of = (months: number, days: number, minutes = 0) => ({ months, days, minutes, workingDays: 0 });
    expect(timescales).toMatchObject({
      ALLOCATION: of(0, 7),
      MONTHLY_SUMMARY: of(0, 3),
      SUPERVISION: of(1, 0),
      SUPERVISION_SIGN_OFF: of(0, 3),
      VISIT_RECORDED: of(0, 0, 1440),
      KEYWORKER_UPDATE: of(1, 0),
      FAMILY_OUTCOME_PLAN_REVIEW: of(3, 0),
      ALLOCATION_PANEL: of(0, 14),
      STEP_MEETING: of(0, 7),
      RETURN_TO_PREVIOUS_WORKER: of(1, 0),
      CHILD_IN_NEED_BEFORE_STEP_DOWN: of(3, 0),
    });
  });
});

const right = {
  id: 'ours',
  title: 'Ours',
  document: 'CF',
  timescales: { ALLOCATION_PANEL: { value: 'P14D', clause: 'CF-13' } },
};
const refusal = (changed: object | string): string => {
  try {
    readPack(typeof changed === 'string' ? changed : JSON.stringify({ ...right, ...changed }), 'ours.yaml', clauses);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

describe('a pack is refused, saying where and why, that', () => {
  it('is right until something is wrong', () =>
    expect(readPack(JSON.stringify(right), 'ours.yaml', clauses).id).toBe('ours'));

  it.each<[string, object | string, string]>([
    [
      'names an unknown clause',
      { timescales: { ALLOCATION_PANEL: { value: 'P14D', clause: 'CF-99' } } },
      'ours.yaml: timescales.ALLOCATION_PANEL cites CF-99, which is no clause of clauses.yaml',
    ],
    [
      'names an unknown clause on its ladder',
      { escalation: [{ level: 'TEAM', office: 'x', roles: [], clause: 'CF-77' }] },
      'ours.yaml: escalation cites CF-77',
    ],
    [
      'names an unknown clause for what it hands over',
      { handover: { stepDown: [{ item: 'ASSESSMENT', clause: ['CF-03', 'XX-01'] }] } },
      'ours.yaml: handover.stepDown cites XX-01',
    ],
    [
      'puts another council’s clause into its mouth',
      { timescales: { SUPERVISION: { value: 'P1M', clause: 'FS-27' } } },
      'timescales.SUPERVISION cites FS-27, which is not of its own document CF',
    ],
    ['cites nothing', { timescales: { SUPERVISION: { value: 'P1M' } } }, 'ours.yaml, timescales.SUPERVISION.clause'],
    [
      'cites an empty list',
      { timescales: { SUPERVISION: { value: 'P1M', clause: [] } } },
      'timescales.SUPERVISION.clause',
    ],
    ['has no document', { document: undefined }, 'ours.yaml: it names no document'],
    ['has an unknown document', { document: 'ZZ' }, 'ours.yaml: the document ZZ is not one of FIP, CF, FS, BFS, CAM'],
    ['has an unknown part', { deadlines: {} }, 'deadlines'],
    ['has an unknown switch', { switches: { SHARE_ALL: { value: true, clause: 'CF-02' } } }, 'ours.yaml, switches'],
    ['has an unknown timescale', { timescales: { LUNCH: { value: 'P1D', clause: 'CF-09' } } }, 'LUNCH'],
    [
      'has no duration',
      { timescales: { SUPERVISION: { value: 'monthly', clause: 'CF-09' } } },
      'monthly is no duration',
    ],
    [
      'has an age in working days',
      { handover: { assessmentNewerThan: { value: '5 working days', clause: 'CF-03' } } },
      '5 working days is no calendar duration',
    ],
    [
      'has a switch that is neither yes nor no',
      { switches: { COMBINE_REVIEWS: { value: 'maybe', clause: 'CF-02' } } },
      'switches.COMBINE_REVIEWS.value',
    ],
    [
      'hands over an unknown item',
      { handover: { stepDown: [{ item: 'WORKBOOK', clause: 'CF-03' }] } },
      'handover.stepDown.0.item',
    ],
    [
      'hands over an item twice',
      {
        handover: {
          exit: [
            { item: 'WORKBOOK', clause: 'CF-03' },
            { item: 'WORKBOOK', clause: 'CF-03' },
          ],
        },
      },
      'stands twice',
    ],
    [
      'has an unknown role on its ladder',
      { escalation: [{ level: 'TEAM', office: 'x', roles: ['MAYOR'], clause: 'CF-08' }] },
      'escalation.0.roles.0',
    ],
    [
      'has a ladder that goes down',
      {
        escalation: [
          { level: 'HEAD', office: 'x', roles: [], clause: 'CF-08' },
          { level: 'TEAM', office: 'y', roles: [], clause: 'CF-08' },
        ],
      },
      'from the lowest to the highest',
    ],
    ['names policies outside its folder', { policies: ['../vetoes.cedar'] }, 'must be a .cedar file beside the pack'],
    ['says a key twice', 'id: a\nid: b\n', 'ours.yaml: Map keys must be unique'],
    ['is not YAML', '{', 'ours.yaml: '],
    ['is no pack', '[]', 'ours.yaml'],
  ])('%s', (_, changed, message) => expect(refusal(changed)).toContain(message));

  it('does not exist, is picked twice, or is not what its file is called', () => {
    expect(() => loadProtocol(folder, ['walsall'])).toThrow(/no protocol pack walsall; there are walsall-family-safe/);
    expect(() => loadProtocol(folder, ['cambridgeshire-fip', 'cambridgeshire-fip'])).toThrow(/is picked twice/);
    const copy = mkdtempSync(join(tmpdir(), 'threshold-packs-'));
    for (const name of ['clauses.yaml', 'house.yaml'])
      writeFileSync(join(copy, name), readFileSync(join(folder, name)));
    expect(() => loadProtocol(copy, ['cambridgeshire-fip'])).toThrow(/cambridgeshire-fip.yaml cannot be read/);
    writeFileSync(join(copy, 'cambridgeshire-fip.yaml'), readFileSync(join(folder, 'connecting-families.yaml')));
    expect(() => loadProtocol(copy, ['cambridgeshire-fip'])).toThrow(/its id is connecting-families/);
    writeFileSync(join(copy, 'connecting-families.yaml'), readFileSync(join(folder, 'connecting-families.yaml')));
    expect(() => loadProtocol(copy, ['connecting-families'])).toThrow(
      /no policy file policies\/connecting-families.cedar/,
    );
  });
});
