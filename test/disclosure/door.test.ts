/** One way through: what of a record is shown, what is only said to be held, and that every outcome stands in the ledger. */
import { describe, expect, it } from '@jest/globals';
import { type DoorParts, openDoor, recordId } from '../../src/disclosure/door.js';
import { FactGatherer } from '../../src/disclosure/facts/gather.js';
import { View } from '../../src/disclosure/facts/view.js';
import { workOf } from '../../src/disclosure/facts/work.js';
import { Ledger } from '../../src/disclosure/ledger.js';
import type { Projection } from '../../src/disclosure/projection.js';
import { DECIDED } from '../../src/disclosure/released.js';
import { type Circumstances, NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { Decision } from '../../src/domain/decision.js';
import type { FactRecord } from '../../src/domain/facts.js';
import type { RecordLabel } from '../../src/domain/records.js';
import type { Agency, Standing } from '../../src/domain/requester.js';
import type { AgencyKind, Category, Outcome } from '../../src/domain/words.js';
import { loadProtocol } from '../../src/protocols/load.js';
import { seal } from '../../src/sources/sealed.js';

const NOW = '2026-11-23T12:00:00.000Z';
const { handover } = loadProtocol('schema/protocols', []).protocol;
const agency = (id: string, kind: AgencyKind): Agency => ({
  id,
  name: id,
  kind,
  voluntary: false,
  dutyPoint: `${id} duty`,
});
const agencies = new Map(
  [agency('csc', 'CHILDRENS_SOCIAL_CARE'), agency('eh', 'EARLY_HELP'), agency('trust', 'MENTAL_HEALTH')].map((one) => [
    one.id,
    one,
  ]),
);
const standing: Standing = {
  requester: { worker: 'me', name: 'Me', agency: 'csc', agencyKind: 'CHILDRENS_SOCIAL_CARE', role: 'SOCIAL_WORKER' },
  teams: [],
  supports: [],
  manages: [],
  onDuty: false,
  managed: [],
  identities: new Map([['care me', 'me']]),
  conflicts: [],
};
/** A visit: a title of the record's own category, a place, and a note that is more protected. */
const visit: Projection = ({ category, confidentiality }) => ({
  own: [{ name: 'title', isPerson: false }],
  others: [
    { category: 'CONTACT', confidentiality, fields: [{ name: 'place', isPerson: false }] },
    { category, confidentiality: 'R', fields: [{ name: 'note', isPerson: false }] },
  ],
});
const bare: Projection = () => ({ own: [{ name: 'title', isPerson: false }], others: [] });

const decided = (outcome: Outcome, changes: Partial<Decision> = {}): Decision => ({
  facts: 1,
  outcome,
  permits: outcome === 'RELEASED' ? ['a-permit'] : [],
  vetoes: [],
  obligations: [],
  reasons: outcome === 'RELEASED' ? [] : ['NOT_ON_TEAM'],
  requestable: false,
  ...changes,
});
const RELEASED = decided('RELEASED');
const WITHHELD = decided('WITHHELD');
const BROKERED = decided('BROKERED');
const SILENT = decided('SILENT');

const label = (changes: Partial<RecordLabel<string>> = {}): RecordLabel<string> => ({
  type: 'Visit',
  source: 'care',
  localId: '7',
  subject: 'P-1',
  names: [],
  fromWorkWith: ['P-1'],
  category: 'SOCIAL_CARE',
  kind: 'OTHER',
  confidentiality: 'N',
  addresses: [],
  at: '2026-10-01',
  ...changes,
});
const CONTENT = { title: 'a visit', place: 'a street', note: 'a note', secret: 'never' };

interface Setting {
  readonly decide: (facts: FactRecord) => Decision;
  readonly projection?: Projection;
  readonly holder?: string;
  readonly told?: Partial<Circumstances<string>>;
  readonly isDown?: boolean;
}

function doorOf({ decide, projection = visit, holder = 'csc', told = {}, isDown = false }: Setting) {
  const view = new View(NOW, new Set(['care']));
  view.add({ space: 'care', holder: 'csc', circumstances: { ...NO_CIRCUMSTANCES, ...told } });
  if (isDown) view.addGap({ source: 'care', holder: 'csc', tells: new Set(['coreGroups']), persons: new Set(['P-1']) });
  const asker = { standing, work: workOf(standing, [], [], NOW), purpose: 'DIRECT_WORK' as const };
  const none = new Map();
  const statements = {
    consents: none,
    serviceConsents: none,
    exceptions: none,
    judgements: none,
    grants: none,
    emergencies: none,
    untold: false,
  };
  const gatherer = new FactGatherer(view, asker, statements, agencies, new Map(), handover);
  const ledger = new Ledger();
  const steps: string[] = [];
  const surroundings = {
    ensure: async (persons: Iterable<string>) => {
      steps.push(`ensure ${[...new Set(persons)].sort().join(' ')}`);
    },
  };
  const parts: DoorParts = {
    surroundings: surroundings as DoorParts['surroundings'],
    facts: () => gatherer,
    decide: (facts) => {
      steps.push('decide');
      return decide(facts);
    },
    projection,
    ledger,
    agencies,
    holderOf: () => holder,
  };
  const door = openDoor(parts);
  return {
    steps,
    ledger,
    release: (...labels: RecordLabel<string>[]) =>
      door.release(labels.map((one) => seal({ label: one, content: CONTENT }))),
    one: async (changes: Partial<RecordLabel<string>> = {}) => {
      const [passed] = await door.release([seal({ label: label(changes), content: CONTENT })]);
      if (!passed) throw new Error('nothing passed');
      return passed;
    },
  };
}
/** By the part: the record's own, its place, its note. */
const byPart =
  (own: Decision, place: Decision = own, note: Decision = own) =>
  ({ category, confidentiality }: FactRecord) =>
    category === 'CONTACT' ? place : confidentiality === 'R' ? note : own;
const fieldsOf = (record: object | undefined) =>
  record && Object.keys(record).filter((key) => !['__typename', 'id', 'holder', 'obligations'].includes(key));

describe('a record that is released', () => {
  it('is its allowed fields, its holder and a name, frozen, and keeps which decisions it rests on', async () => {
    const { one, ledger } = doorOf({ decide: byPart(RELEASED) });
    const { record, ...passed } = await one();
    expect(passed).toEqual({ type: 'Visit', subject: 'P-1', at: '2026-10-01', notices: [] });
    expect(record).toEqual({
      __typename: 'Visit',
      id: recordId(label()),
      holder: agencies.get('csc'),
      obligations: [],
      title: 'a visit',
      place: 'a street',
      note: 'a note',
      [DECIDED]: { subject: 'P-1', lines: [0, 1, 0] },
    });
    expect(Object.isFrozen(record)).toBe(true);
    expect(ledger.decisions.map(({ category, outcome }) => [category, outcome])).toEqual([
      ['SOCIAL_CARE', 'RELEASED'],
      ['CONTACT', 'RELEASED'],
    ]);
  });

  it('without a time of its own has none', async () => {
    const { at: _, ...undated } = label();
    const [passed] = await doorOf({ decide: byPart(RELEASED) }).release(undated);
    expect(passed?.at).toBe('');
  });

  it('is named by its type, source and id there', () => {
    const nameOf = (changes: Partial<RecordLabel<string>>) =>
      Buffer.from(recordId(label(changes)), 'base64url').toString();
    expect(nameOf({})).toBe('Visit:care:7');
    expect(nameOf({ type: 'Contact', source: 'eh', localId: '8' })).toBe('Contact:eh:8');
  });

  it('lacks the parts that are not, each of which is told', async () => {
    const { one, ledger } = doorOf({ decide: byPart(RELEASED, WITHHELD, SILENT) });
    const { record, notices } = await one();
    expect(fieldsOf(record)).toEqual(['title']);
    expect(notices).toEqual([
      {
        outcome: 'WITHHELD',
        holder: agencies.get('csc'),
        category: 'CONTACT',
        reason: 'NOT_ON_TEAM',
        requestable: false,
        dutyPoint: 'csc duty',
      },
    ]);
    expect(ledger.decisions.map(({ outcome }) => outcome)).toEqual(['RELEASED', 'WITHHELD', 'SILENT']);
    expect(record?.[DECIDED].lines).toEqual([0, 1, 2]);
  });

  it('binds by the obligations of every part that is released, each once, and of no other', async () => {
    const owing = (outcome: Outcome, ...obligations: Decision['obligations']) => decided(outcome, { obligations });
    const obligations = async (...parts: [Decision, Decision, Decision]) =>
      (await doorOf({ decide: byPart(...parts) }).one()).record?.obligations;
    expect(
      await obligations(owing('RELEASED', 'REVIEW'), owing('RELEASED', 'READ_ONLY', 'REVIEW'), owing('RELEASED')),
    ).toEqual(['READ_ONLY', 'REVIEW']);
    expect(
      await obligations(owing('RELEASED', 'REVIEW'), owing('WITHHELD', 'READ_ONLY'), owing('SILENT', 'NOTIFY_HOLDER')),
    ).toEqual(['REVIEW']);
    expect(await obligations(RELEASED, RELEASED, RELEASED)).toEqual([]);
    const whole = doorOf({ decide: () => owing('RELEASED', 'NOTIFY_HOLDER'), projection: bare });
    expect((await whole.one()).record?.obligations).toEqual(['NOTIFY_HOLDER']);
  });
});

describe('a record whose main part is withheld', () => {
  it('is shown as far as other parts are released', async () => {
    const { one } = doorOf({ decide: byPart(WITHHELD, RELEASED, SILENT) });
    const { record, notices } = await one();
    expect(fieldsOf(record)).toEqual(['place']);
    expect(notices.map(({ outcome, category }) => [outcome, category])).toEqual([['WITHHELD', 'SOCIAL_CARE']]);
  });

  it('is not there where none is: one notice, one line of the ledger', async () => {
    const { one, ledger } = doorOf({ decide: byPart(WITHHELD, WITHHELD, SILENT) });
    const passed = await one();
    expect(passed).not.toHaveProperty('record');
    expect(passed.notices.map(({ outcome, category }) => [outcome, category])).toEqual([['WITHHELD', 'SOCIAL_CARE']]);
    expect(ledger.outcomes).toEqual([[0, 'P-1', 'csc', 'Visit', ['7']]]);
  });

  it('says why, and whether a request would do', async () => {
    const reason = async (changes: Partial<Decision>, isDown = false) => {
      const { notices } = await doorOf({ decide: () => decided('WITHHELD', changes), projection: bare, isDown }).one();
      return [notices[0]?.reason, notices[0]?.requestable];
    };
    expect(await reason({ reasons: ['CONSENT_REFUSED', 'REQUEST_NEEDED'], requestable: true })).toEqual([
      'CONSENT_REFUSED',
      true,
    ]);
    expect(await reason({ reasons: ['OPPOSING_PARTY', 'NOT_ON_TEAM'] })).toEqual(['NOT_ON_TEAM', false]);
    expect(await reason({ reasons: ['LOCKED'] })).toEqual(['ROLE_NOT_PERMITTED', false]);
    expect(await reason({ reasons: ['CONSENT_REFUSED'] }, true)).toEqual(['FACT_UNAVAILABLE', false]);
  });
});

describe('a record whose main part is brokered or silent', () => {
  it('tells that this agency holds something and where to turn, and nothing else, whatever its other parts', async () => {
    const { one, ledger } = doorOf({ decide: byPart(BROKERED, RELEASED), holder: 'eh', isDown: true });
    const passed = await one();
    expect(passed).toEqual({
      type: 'Visit',
      subject: 'P-1',
      at: '2026-10-01',
      notices: [
        {
          outcome: 'BROKERED',
          holder: agencies.get('eh'),
          category: null,
          reason: null,
          requestable: true,
          dutyPoint: 'eh duty',
        },
      ],
    });
    expect(ledger.decisions.map(({ outcome, unknown }) => [outcome, unknown])).toEqual([['BROKERED', ['coreGroup']]]);
  });

  it('is not there, and not told of, but stands in the ledger', async () => {
    const { one, ledger } = doorOf({ decide: byPart(SILENT, RELEASED) });
    expect(await one()).toEqual({ type: 'Visit', subject: 'P-1', at: '2026-10-01', notices: [] });
    expect(ledger.outcomes).toEqual([[0, 'P-1', 'csc', 'Visit', ['7']]]);
    expect(ledger.decisions[0]).toMatchObject({ outcome: 'SILENT', category: 'SOCIAL_CARE' });
  });
});

describe('what an adult service holds', () => {
  /** The requester sits on the child's core group, and so is connected. */
  const seated = { coreGroups: [{ child: 'P-1', worker: 'me', from: '2026-01-01' }] };
  const seen = async (decision: Decision, changes: Partial<RecordLabel<string>>, setting: Partial<Setting> = {}) => {
    const { one, ledger } = doorOf({ decide: () => decision, projection: bare, holder: 'trust', ...setting });
    const { record, notices } = await one(changes);
    return [record ? 'RELEASED' : (notices[0]?.outcome ?? 'SILENT'), ledger.decisions[0]?.decided];
  };
  const details = { type: 'PersonDetails', category: 'IDENTITY' as Category } as const;
  const worker = { type: 'Involvement', category: 'INVOLVEMENT' as Category } as const;

  it('of who a person is, is silent wherever it is not released', async () => {
    for (const denied of [WITHHELD, BROKERED])
      expect(await seen(denied, details, { told: seated })).toEqual(['SILENT', denied.outcome]);
    expect(await seen(RELEASED, details)).toEqual(['RELEASED', undefined]);
    expect(await seen(SILENT, details)).toEqual(['SILENT', undefined]);
  });

  it('of anything else shows no further than adult work would', async () => {
    expect(await seen(WITHHELD, worker, { told: seated })).toEqual(['BROKERED', 'WITHHELD']);
    expect(await seen(WITHHELD, worker)).toEqual(['SILENT', 'WITHHELD']);
    expect(await seen(BROKERED, worker)).toEqual(['BROKERED', undefined]);
    expect(await seen(RELEASED, worker)).toEqual(['RELEASED', undefined]);
  });

  it('is nothing special to its own workers, nor is what others hold', async () => {
    for (const holder of ['csc', 'eh'])
      for (const changes of [details, worker])
        expect(await seen(WITHHELD, changes, { holder, told: seated })).toEqual(['WITHHELD', undefined]);
  });
});

describe('a batch', () => {
  it('is decided only once everybody on whom a decision may rest is known', async () => {
    const { release, steps } = doorOf({ decide: byPart(RELEASED) });
    const passed = await release(
      label({ names: ['P-2'], fromWorkWith: ['P-3', 'P-4'] }),
      label({ subject: 'P-5', localId: '8', fromWorkWith: [] }),
    );
    expect([...new Set(steps)]).toEqual(['ensure P-1 P-2 P-3 P-4 P-5', 'decide']);
    expect(passed.map(({ subject }) => subject)).toEqual(['P-1', 'P-5']);
  });

  it('of a holder whom the directory does not know is not released', async () => {
    const { one } = doorOf({ decide: byPart(RELEASED), holder: 'nobody' });
    await expect(one()).rejects.toThrow('an agency that the directory does not know');
  });

  it('that is empty passes empty', async () =>
    expect(await doorOf({ decide: byPart(RELEASED) }).release()).toEqual([]));

  it('is judged with its own records beside each: the latest of them is the one handed over', async () => {
    const told = {
      memberships: [{ family: 'F1', person: 'P-1', included: true, isChild: true }],
      handovers: [{ family: 'F1', direction: 'STEP_DOWN' as const, receivingWorker: 'me', from: '2026-11-01' }],
    };
    const decide = ({ inHandoverPack }: FactRecord) => (inHandoverPack ? RELEASED : SILENT);
    const { release } = doorOf({ decide, projection: bare, told });
    const plan = { type: 'ChildInNeedPlan', kind: 'CIN_PLAN', category: 'PLAN' } as const;
    const passed = await release(
      label({ ...plan, at: '2026-01-01' }),
      label({ ...plan, localId: '8', at: '2026-06-01' }),
    );
    expect(passed.map(({ record }) => record !== undefined)).toEqual([false, true]);
  });
});
