/** What a person told the trust itself counts at the gateway's door: the demo as it runs, over a trust whose Consents are as a test says. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AGENCY_SYSTEM } from '../../adapters/mental-health/consent.js';
import { createMentalHealth } from '../../adapters/mental-health/index.js';
import { PURPOSE_SYSTEM } from '../../adapters/mental-health/purposes.js';
import { type SimulatedMentalHealth, simulateMentalHealth } from '../../adapters/mental-health/seed.js';
import type { Demo } from '../../src/compose-demo.js';
import { type Source, SourceFailure } from '../../src/sources/contract.js';
import { ask, type Json, peopleOf, startDemo } from './demo.js';

const FOLDER = fileURLToPath(new URL('../worlds/walsall-road/sources/mental-health', import.meta.url));
const MIRA = 'svp-20411';
const SALLY = 'svp-20412';

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});

async function demoOver(
  change: (source: Source) => Source = (source) => source,
): Promise<{ demo: Demo; trust: SimulatedMentalHealth }> {
  const trust = await simulateMentalHealth(FOLDER, { id: 'mental-health', holder: 'mht' });
  open.push(trust);
  const demo = await startDemo({}, (source) =>
    source.id === 'mental-health' ? change(createMentalHealth(trust.options)) : source,
  );
  open.push(demo);
  return { demo, trust };
}

function consent(patient: string, provision: object): object {
  return {
    resourceType: 'Consent',
    id: `of-${patient}`,
    status: 'active',
    scope: { coding: [{ code: 'patient-privacy' }] },
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-07-22T09:00:00Z',
    provision,
  };
}
const to = (agency: string) => [{ reference: { identifier: { system: AGENCY_SYSTEM, value: agency } } }];

/** What of the trust a worker gets about somebody, for a purpose: the records, and whether it is said that there is something. */
async function seen(demo: Demo, worker: string, id: string | undefined, purpose: string) {
  const { data } = await ask(
    demo,
    worker,
    `query W($id: ID!) @purpose(of: ${purpose}) { person(id: $id) { ... on Adult { adultWork { nodes { __typename ... on MentalHealthRecord { code } } withheld { outcome holder { id } reason } sources { source state } } } } }`,
    { id },
  );
  const work = data['person'].adultWork as Json;
  return {
    records: (work['nodes'] as Json[]).filter((node) => node['__typename'] === 'MentalHealthRecord').length,
    notices: (work['withheld'] as Json[]).filter(({ holder }) => holder.id === 'mht').map(({ outcome }) => outcome),
  };
}

describe('a denial in the trust’s own system', () => {
  it('silences what was agreed to at the gateway, for whom and for what it denies, until it is lifted there', async () => {
    const { demo, trust } = await demoOver();
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    const ada = () => seen(demo, 'sw-ada-thorne', mira, 'CHILD_PROTECTION');
    const before = await ada();
    expect(before.records).toBeGreaterThan(0);

    trust.put(consent(MIRA, { type: 'deny', actor: to('prob') }));
    expect(await ada()).toEqual(before);

    trust.put(consent(MIRA, { type: 'deny', actor: to('csc') }));
    expect(await ada()).toEqual({ records: 0, notices: [] });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(JSON.stringify(entry?.body)).toContain(`mental-health:Consent/of-${MIRA}`);
    // The trust's own worker goes on working.
    expect((await seen(demo, 'mhp-tess-garland', mira, 'DIRECT_WORK')).records).toBeGreaterThan(0);

    trust.put({ ...consent(MIRA, { type: 'deny', actor: to('csc') }), status: 'inactive' });
    expect(await ada()).toEqual(before);
  }, 60_000);

  it('that cannot be read silences everything', async () => {
    const { demo, trust } = await demoOver();
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    trust.put({ ...consent(MIRA, { type: 'permit' }), status: 'a status to come' });
    expect(await seen(demo, 'sw-ada-thorne', mira, 'CHILD_PROTECTION')).toEqual({ records: 0, notices: [] });
  }, 60_000);

  it('that cannot be asked for may be one: nothing of the trust passes, and the log says what was not known', async () => {
    const { demo } = await demoOver((source) => ({
      ...source,
      circumstances: () => Promise.reject(new SourceFailure('of the test')),
    }));
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    expect(await seen(demo, 'sw-ada-thorne', mira, 'CHILD_PROTECTION')).toEqual({ records: 0, notices: [] });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(JSON.stringify(entry?.body)).toContain('consentState');
  }, 60_000);

  it('is overridden by what overrides a refusal, and by nothing else', async () => {
    const { demo, trust } = await demoOver();
    const sally = (await peopleOf(demo, 'sw-dorn-aske'))['Sally Stannard'];
    trust.put(consent(SALLY, { type: 'deny' }));
    expect((await seen(demo, 'sw-dorn-aske', sally, 'S47_ENQUIRY')).records).toBeGreaterThan(0);
    expect(await seen(demo, 'sw-dorn-aske', sally, 'CHILD_IN_NEED')).toEqual({ records: 0, notices: [] });
  }, 60_000);
});

describe('what the trust’s own system says', () => {
  const LIST =
    'query C($id: ID!, $knownAt: DateTime) @purpose(of: DIRECT_WORK) { consentsComplete(person: $id) consents(person: $id, knownAt: $knownAt) { id state toldBy holders recipients recordedAt } }';

  it('is listed to the trust’s own workers as told by it, and is not taken back here; to nobody else', async () => {
    const { demo, trust } = await demoOver();
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    const list = async (worker: string, more: object = {}) =>
      (await ask(demo, worker, LIST, { id: mira, ...more })).data;
    const before = { ada: await list('sw-ada-thorne'), willa: await list('dap-willa-jessop') };
    for (const type of ['permit', 'deny'] as const) {
      const purpose = [{ system: PURPOSE_SYSTEM, code: 'CHILD_IN_NEED' }];
      trust.put(consent(MIRA, { type, actor: to('csc'), purpose }));
      const { consents, consentsComplete } = (await list('mhp-tess-garland')) as Json;
      expect(consentsComplete).toBe(true);
      expect((consents as Json[]).filter(({ toldBy }) => toldBy !== null)).toEqual([
        {
          id: expect.stringContaining(`Consent/of-${MIRA}`),
          state: type === 'permit' ? 'GIVEN' : 'REFUSED',
          toldBy: 'mht',
          holders: ['mht'],
          recipients: ['csc'],
          recordedAt: expect.stringMatching(/^2026-07-22T09:00:00/),
        },
      ]);
      expect((consents as Json[]).length).toBeGreaterThan(1);
      const [told] = (consents as Json[]).filter(({ toldBy }) => toldBy !== null);
      const back =
        'mutation B($id: ID!) @purpose(of: DIRECT_WORK) { withdrawConsent(consent: $id, method: "said so") { id } }';
      const answer = await ask(demo, 'mhp-tess-garland', back, { id: told?.['id'] });
      expect(answer.errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
      // Of the past only what was recorded here is known.
      const then = (await list('mhp-tess-garland', { knownAt: '2026-11-01T00:00:00Z' }))['consents'] as Json[];
      expect(then.filter(({ toldBy }) => toldBy !== null)).toEqual([]);
      // It concerns the council by name, and would tell it that the trust knows her.
      expect(await list('sw-ada-thorne')).toEqual(before.ada);
      expect(await list('dap-willa-jessop')).toEqual(before.willa);
    }
  }, 60_000);

  it('is said to be missing where the system does not answer, to its own workers alone', async () => {
    const { demo } = await demoOver((source) => ({
      ...source,
      circumstances: () => Promise.reject(new SourceFailure('of the test')),
    }));
    const mira = (await peopleOf(demo, 'sw-ada-thorne'))['Mira Quist'];
    const isComplete = async (worker: string) => (await ask(demo, worker, LIST, { id: mira })).data['consentsComplete'];
    expect(await isComplete('mhp-tess-garland')).toBe(false);
    expect(await isComplete('sw-ada-thorne')).toBe(true);
  }, 60_000);
});

describe('an agreement in the trust’s own system', () => {
  it('is a basis like any other, for whom and for what it names', async () => {
    const { demo, trust } = await demoOver();
    const sally = (await peopleOf(demo, 'sw-dorn-aske'))['Sally Stannard'];
    expect((await seen(demo, 'sw-dorn-aske', sally, 'CHILD_PROTECTION')).records).toBeGreaterThan(0);
    const inNeed = () => seen(demo, 'sw-dorn-aske', sally, 'CHILD_IN_NEED');
    expect((await inNeed()).records).toBe(0);
    const purpose = (code: string) => [{ system: PURPOSE_SYSTEM, code }];
    trust.put(consent(SALLY, { type: 'permit', actor: to('eh'), purpose: purpose('CHILD_IN_NEED') }));
    expect((await inNeed()).records).toBe(0);
    trust.put(consent(SALLY, { type: 'permit', actor: to('csc'), purpose: purpose('SUPERVISION') }));
    expect((await inNeed()).records).toBe(0);
    trust.put(consent(SALLY, { type: 'permit', actor: to('csc'), purpose: purpose('CHILD_IN_NEED') }));
    expect((await inNeed()).records).toBeGreaterThan(0);
  }, 60_000);
});
