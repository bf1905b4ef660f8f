/** The named questions of an officer, asked of the running gateway's log; and everybody who tries to learn by them what they may not. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkConsistency } from '../../src/audit/check-consistency.js';
import { keepPolicies, readStated } from '../../src/audit/kept-policies.js';
import { readVerifier, writeVerifier } from '../../src/audit/log/signed-note.js';
import { readLogKeys } from '../../src/audit/log-keys.js';
import type { Demo } from '../../src/compose-demo.js';
import { compilePolicies, textsIn } from '../../src/disclosure/policies.js';
import { ask, idOf, type Json, readPerson, startDemo } from '../attacks/demo.js';
import { keyText } from '../audit/sequenced.js';
import { excepted } from '../registers/said.js';

const OFFICER = 'ig-sol-whitby';
const LINES =
  'lines { person holder { id } recordType category outcome permits vetoes reasons basis evidence records obligations }';
const OPERATION = `id at worker agency { id } role purpose result policyVersion ${LINES} statements { did ids persons }`;
const PAGE = 'pageInfo { hasNextPage endCursor }';

let demo: Demo;
const indexed = async () => {
  await demo.sequencer.sequence();
  await demo.indexer.index();
};
/** What an officer is answered in a field of `Audit`, with the field's arguments written out. */
async function asked(field: string, selection: string, worker = OFFICER): Promise<{ answer: Json; code?: string }> {
  await indexed();
  const { data, errors } = await ask(
    demo,
    worker,
    `query Ask @purpose(of: INFORMATION_GOVERNANCE) { audit { answer: ${field} ${selection} } }`,
  );
  const code = errors?.[0]?.extensions.code;
  return { answer: data?.['audit']?.answer, ...(code ? { code } : {}) };
}
const nodesOf = async (field: string, selection: string): Promise<readonly Json[]> => {
  const { answer, code } = await asked(field, `{ nodes { ${selection} } ${PAGE} }`);
  expect(code).toBeUndefined();
  return answer['nodes'] as Json[];
};
const linesOf = (nodes: readonly Json[]) => nodes.flatMap((node) => node['lines'] as Json[]);
const read = (worker: string, person: string, purpose: string) => readPerson(demo, worker, person, purpose);
const noted = async (question: string) =>
  (await demo.audit.read({ worker: OFFICER, limit: 5 })).flatMap(({ body }) =>
    (body.statements ?? []).filter(({ did, ids }) => did === 'AUDIT_ASKED' && ids[0] === question),
  );

beforeAll(async () => {
  demo = await startDemo({ THRESHOLD_LOG_KEY: keyText(3) });
  const board = 'query Board @purpose(of: SUPERVISION) { families { nodes { members { person { surname } } } } }';
  for (const worker of ['sw-ada-thorne', 'sw-bram-hollis', 'kw-noor-ashdown']) await ask(demo, worker, board);
  await read('sw-dorn-aske', 'P-1020', 'S47_ENQUIRY');
  await read('sw-ada-thorne', 'P-1001', 'SUPERVISION');
  await read('dap-willa-jessop', 'P-1002', 'SUPERVISION');
  await read('sw-bram-hollis', 'P-1046', 'COURT_PROCEEDINGS');
  await read('sw-bram-hollis', 'P-1005', 'SUPERVISION');
  await read('rw-quinn-darrow', 'P-1005', 'SUPERVISION');
}, 120_000);
afterAll(() => demo.stop());

describe('about a person (1)', () => {
  it('tells of nobody else, whoever was asked about in the same operation', async () => {
    const nodes = await nodesOf(`aboutPerson(person: "${idOf('P-1001')}", first: 100)`, OPERATION);
    expect(nodes.length).toBeGreaterThan(1);
    expect(new Set(linesOf(nodes).map(({ person }) => person))).toEqual(new Set([idOf('P-1001')]));
    const persons = nodes.flatMap(({ statements }) => (statements as Json[]).flatMap((one) => one['persons']));
    expect(persons.every((person) => person === idOf('P-1001'))).toBe(true);
    for (const { policyVersion } of nodes) expect(policyVersion).toBe(demo.house.policyVersion);
    const withheld = await nodesOf(
      `aboutPerson(person: "${idOf('P-1005')}", outcome: BROKERED, first: 100)`,
      OPERATION,
    );
    expect(linesOf(withheld).length).toBeGreaterThan(0);
    for (const line of linesOf(withheld)) expect(line['outcome']).toBe('BROKERED');
  });
});

describe('the sentences for the person concerned (1)', () => {
  const told = async (person: string) => {
    const nodes = await nodesOf(`sentences(person: "${idOf(person)}", first: 100)`, 'on sentences');
    return nodes.flatMap(({ sentences }) => sentences as string[]);
  };
  const leftOut = async () => {
    const [entry] = await demo.audit.read({ worker: OFFICER, limit: 1 });
    return (entry?.body.statements ?? []).filter(({ did }) => did === 'SENTENCES_LEFT_OUT');
  };

  it('are plain, name a role and a service and no worker, and rest on the log', async () => {
    const sentences = await told('P-1005');
    expect(sentences).toContainEqual(
      expect.stringMatching(
        /^On 23 November 2026 a social worker of .+ asked for what Haven Recovery holds about you \(.+\), for a talk .+ because you/,
      ),
    );
    for (const sentence of sentences) expect(sentence).not.toMatch(/hollis|bram|P-\d|sw-/i);
  });

  it("tell an alleged abuser nothing of the victim's worker, nor that anything is left out; the log has it", async () => {
    const about = await nodesOf(`aboutPerson(person: "${idOf('P-1002')}", first: 100)`, OPERATION);
    const byVictims = about.filter(({ worker }) => worker === 'dap-willa-jessop');
    expect(byVictims.flatMap(({ lines }) => lines as Json[]).length).toBeGreaterThan(0);
    const { answer } = await asked(
      `sentences(person: "${idOf('P-1002')}", first: 100)`,
      `{ nodes { on sentences } ${PAGE} }`,
    );
    expect(JSON.stringify(answer)).not.toMatch(/Safe|domestic/i);
    expect(Object.keys(answer).sort()).toEqual(['nodes', 'pageInfo']);
    const lines = await leftOut();
    const entries = new Set(lines.flatMap(({ ids }) => ids.slice(1)));
    for (const { id } of byVictims) expect(entries).toContain(id);
    expect(lines.map(({ ids }) => ids[0])).toEqual(expect.arrayContaining(['VICTIMS_WORKER', 'DOMESTIC_ABUSE']));
    for (const { subjects } of lines) expect(subjects).toEqual(['P-1002']);
  });

  it("tell nothing of an open enquiry, of a victim's side, or of where somebody protected is", async () => {
    expect(await told('P-1020')).toEqual([]);
    expect((await leftOut()).map(({ ids }) => ids[0])).toContain('ENQUIRY');
    await told('P-1001');
    expect((await leftOut()).map(({ ids }) => ids[0])).toEqual(
      expect.arrayContaining(['VICTIM_SIDE', 'LOCATION_PROTECTED']),
    );
  });

  it('cut pages that join, with nothing between them that tells of what was left out', async () => {
    const all = await nodesOf(`sentences(person: "${idOf('P-1005')}", first: 100)`, 'on sentences');
    const paged: Json[] = [];
    let after = '';
    do {
      const { answer } = await asked(
        `sentences(person: "${idOf('P-1005')}", first: 1${after})`,
        `{ nodes { on sentences } ${PAGE} }`,
      );
      expect(answer['nodes'].length).toBe(1);
      paged.push(...answer['nodes']);
      after = answer['pageInfo'].hasNextPage ? `, after: "${answer['pageInfo'].endCursor}"` : '';
    } while (after);
    expect(paged).toEqual(all);
  });
});

describe('everything one received (2)', () => {
  it('is what was released to a worker, a team or an agency, and to one of the three', async () => {
    for (const by of ['worker: "sw-ada-thorne"', 'team: "fst-1"', 'agency: "csc"']) {
      const nodes = await nodesOf(`received(${by}, first: 100)`, OPERATION);
      expect(nodes.length).toBeGreaterThan(0);
      for (const line of linesOf(nodes)) expect(line['outcome']).toBe('RELEASED');
    }
    expect((await asked('received(worker: "x", agency: "csc")', '{ nodes { id } }')).code).toBe('NOT_VALID');
    expect((await asked('received', '{ nodes { id } }')).code).toBe('NOT_VALID');
    expect((await noted('received')).length).toBeGreaterThan(0);
  });
});

describe('what rests on something, and the recall (3)', () => {
  it('is every release on a consent, a policy and a lawful gateway, and nothing else', async () => {
    const nodes = await nodesOf('restingOn(ground: CONSENT, id: "c-1016", first: 100)', OPERATION);
    expect(nodes.length).toBeGreaterThan(0);
    for (const line of linesOf(nodes)) expect(line).toMatchObject({ outcome: 'RELEASED', basis: 'CONSENT' });
    for (const line of linesOf(nodes)) expect(line['evidence']).toContain('c-1016');
    for (const line of linesOf(await nodesOf('restingOn(ground: POLICY, id: "own-records", first: 100)', OPERATION)))
      expect(line['permits']).toContain('own-records');
    expect((await asked('restingOn(ground: GATEWAY, id: "NO_SUCH")', '{ nodes { id } }')).code).toBe('NOT_VALID');
  });

  it('groups who must forget what', async () => {
    const { answer } = await asked(
      'recall(ground: CONSENT, id: "c-1016", first: 100)',
      `{ recipients { worker agency { id } person holder { id } category records entries firstAt lastAt } ${PAGE} }`,
    );
    expect(answer['recipients']).toContainEqual(
      expect.objectContaining({
        worker: 'sw-bram-hollis',
        agency: { id: 'csc' },
        person: idOf('P-1005'),
        holder: { id: 'haven' },
        category: 'SUBSTANCE_MISUSE',
      }),
    );
    const keys = (answer['recipients'] as Json[]).map(({ records: _, entries: __, ...key }) => JSON.stringify(key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('finds by a gateway what rests on any exception recorded under it', async () => {
    const now = demo.house.now().getTime();
    const record = excepted({
      id: 'x-recall',
      subjects: ['P-1015'],
      gateway: 'CHILDREN_ACT_1989_S17',
      categories: ['*'],
      holders: ['csc'],
      recipients: ['haven'],
      purposes: ['*'],
      from: new Date(now - 3_600_000).toISOString(),
      until: new Date(now + 3_600_000).toISOString(),
    });
    await demo.store.transaction((transaction) => demo.house.registers.writeException(transaction, record));
    await read('rw-rory-ember', 'P-1015', 'SUPERVISION');
    const nodes = await nodesOf('restingOn(ground: GATEWAY, id: "CHILDREN_ACT_1989_S17", first: 100)', OPERATION);
    expect(linesOf(nodes).length).toBeGreaterThan(0);
    for (const line of linesOf(nodes)) expect(line['evidence']).toContain('x-recall');
  });
});

describe('what rests on open section 47 enquiries, which no register has', () => {
  const GATEWAY = 'restingOn(ground: GATEWAY, id: "CHILDREN_ACT_1989_S47", first: 100)';
  it('is found by their gateway as by the id of each, and nothing else is', async () => {
    const byGateway = await nodesOf(GATEWAY, OPERATION);
    const byId = await nodesOf('restingOn(ground: EXCEPTION, id: "social-care:740103", first: 100)', OPERATION);
    expect(linesOf(byId).length).toBeGreaterThan(0);
    const ids = byGateway.map(({ id }) => id);
    for (const { id } of byId) expect(ids).toContain(id);
    for (const line of linesOf(byGateway)) {
      expect(line).toMatchObject({ outcome: 'RELEASED', basis: 'EXCEPTION' });
      expect((line['evidence'] as string[]).some((id) => id.startsWith('social-care:'))).toBe(true);
    }
    for (const line of linesOf(byId)) expect(linesOf(byGateway)).toContainEqual(line);
  });

  it('is in the recall of it', async () => {
    const { answer } = await asked(GATEWAY.replace('restingOn', 'recall'), `{ recipients { worker person } ${PAGE} }`);
    expect((answer['recipients'] as Json[]).map(({ worker }) => worker)).toContain('sw-dorn-aske');
  });

  it('is not under the id of the gateway as if that were a statement, nor under another gateway', async () => {
    for (const ground of [
      'ground: EXCEPTION, id: "CHILDREN_ACT_1989_S47"',
      'ground: GATEWAY, id: "CHILDREN_ACT_1989_S17"',
    ]) {
      const lines = linesOf(await nodesOf(`restingOn(${ground}, first: 100)`, OPERATION));
      expect(lines.flatMap((line) => line['evidence'] as string[])).not.toContain('social-care:740103');
    }
  });
});

describe('emergencies (4) and overridden refusals (5)', () => {
  const OPEN = `mutation O @purpose(of: EMERGENCY) { openEmergencyAccess(input: { person: "${idOf('P-1009')}", gateway: "VITAL_INTERESTS",
    answers: ["Hers.", "She cannot be woken."], risk: "Unconscious CANARY-RISK.", phoned: "CANARY-PHONED" }) { id } }`;
  const EMERGENCY = `id person openedBy agency { id } gateway isRiskStated isCallStated reviewBy isOverdue review { at by finding }
    released(first: 5) { nodes { ${OPERATION} } }`;

  it('tell who opened it, that a risk was stated and not which, what was released, and what it overrode', async () => {
    const { data } = await ask(demo, 'sw-isla-penrose', OPEN);
    const id = data['openEmergencyAccess'].id as string;
    await read('sw-isla-penrose', 'P-1009', 'EMERGENCY');
    const [access] = await nodesOf('emergencies(state: UNREVIEWED)', EMERGENCY);
    expect(access).toMatchObject({
      id,
      openedBy: 'sw-isla-penrose',
      isRiskStated: true,
      isCallStated: true,
      review: null,
    });
    expect(access?.['isOverdue']).toBe(false);
    expect(JSON.stringify(access)).not.toContain('CANARY');
    const released = access?.['released'].nodes as Json[];
    expect(linesOf(released).length).toBeGreaterThan(0);
    for (const line of linesOf(released)) expect(line['evidence']).toContain(id);

    const [overridden] = await nodesOf(
      'overriddenRefusals',
      `operation { ${OPERATION} } overriddenBy { id kind gateway citation recordedBy approvedBy says { name value } }`,
    );
    expect(overridden?.['overriddenBy']).toContainEqual(
      expect.objectContaining({ id, kind: 'EMERGENCY', gateway: 'VITAL_INTERESTS', recordedBy: 'sw-isla-penrose' }),
    );
    for (const line of linesOf([overridden!['operation']]))
      expect(line).toMatchObject({ outcome: 'RELEASED', basis: 'EXCEPTION' });
    expect(JSON.stringify(overridden)).not.toContain('CANARY');
  });

  it("are overdue once the protocol's time for a review has passed", async () => {
    const [access] = await nodesOf('emergencies(state: UNREVIEWED)', 'id');
    const old = new Date(demo.house.now().getTime() - 5 * 86_400_000).toISOString();
    await demo.store.transaction((transaction) =>
      transaction.run('UPDATE emergency_access SET recorded_at = ? WHERE id = ?', [old, access?.['id']]),
    );
    expect(await nodesOf('emergencies(state: OVERDUE)', 'id isOverdue')).toEqual([
      { id: access?.['id'], isOverdue: true },
    ]);
    await ask(
      demo,
      'am-sable-frost',
      `mutation R @purpose(of: SUPERVISION) { reviewEmergencyAccess(id: "${access?.['id']}", finding: JUSTIFIED, why: "Yes.") { id } }`,
    );
    const reviewed = await nodesOf('emergencies', 'id isOverdue review { by finding }');
    expect(reviewed).toContainEqual({
      id: access?.['id'],
      isOverdue: true,
      review: { by: 'am-sable-frost', finding: 'JUSTIFIED' },
    });
    expect(await nodesOf('emergencies(state: OVERDUE)', 'id')).toEqual([]);
  });
});

describe('requests (10)', () => {
  const SELECTION =
    'holder { id } recordType agency { id } askedAt times dueBy isOverdue judgedAt decision factor firstReleasedAt';
  it('tell when adult work was asked for, due, judged and first released, and never of whom', async () => {
    const before = await nodesOf('relevanceRequests(first: 100)', SELECTION);
    expect(before).toContainEqual(
      expect.objectContaining({ holder: { id: 'haven' }, agency: { id: 'csc' }, judgedAt: null, isOverdue: false }),
    );
    const work = 'query W @purpose(of: DIRECT_WORK) { unjudgedRecords { nodes { id record { adult { id } } } } }';
    const { data } = await ask(demo, 'rw-quinn-darrow', work);
    const record = (data['unjudgedRecords'].nodes as Json[]).find(({ record }) => record.adult?.id === idOf('P-1005'));
    await ask(
      demo,
      'rw-quinn-darrow',
      `mutation J @purpose(of: DIRECT_WORK) { judgeRelevance(input: { record: "${record?.['id']}", decision: RELEVANT,
        servesChild: "${idOf('P-1006')}", factor: "2B", why: "CANARY-WHY" }) { id } }`,
    );
    await read('sw-bram-hollis', 'P-1005', 'SUPERVISION');
    const after = await nodesOf('relevanceRequests(first: 100)', SELECTION);
    const judged = after.filter(({ decision }) => decision === 'RELEVANT');
    expect(judged).toHaveLength(1);
    expect(judged[0]).toMatchObject({ factor: '2B', firstReleasedAt: expect.stringMatching(/^2026-11-23T/) });
    expect(JSON.stringify(after)).not.toMatch(/CANARY|P-1005|UC0xMDA1|HR4/);
    expect(await nodesOf('relevanceRequests(state: OVERDUE)', SELECTION)).toEqual([]);
  });

  it('tell what agencies asked each other, answered and why, how long it took, what is due (CAM-05); and no word of the case', async () => {
    const REQUEST = `id holder { id } agency { id } askedBy about categories purpose urgency state dueBy isOverdue isEscalated office
      minutesToAnswer firstReleasedAt minutesToShare answers { answer ground reasons by grant isDisputed }`;
    const { house } = demo as unknown as { house: { now: () => Date } };
    const clock = house.now;
    const later = (hours: number) => {
      house.now = () => new Date(clock().getTime() + hours * 3_600_000);
    };
    const request = async (worker: string, holder: string, purpose: string) => {
      const input = `holder: "${holder}", subjects: ["${idOf('P-1007')}"], categories: [SUBSTANCE_MISUSE], why: "CANARY-WHY", context: "CANARY-CONTEXT"`;
      const { data } = await ask(
        demo,
        worker,
        `mutation R @purpose(of: ${purpose}) { requestInformation(input: { ${input}, urgency: IMMEDIATE, until: "2026-12-23T00:00:00Z" }) { id } }`,
      );
      return data['requestInformation'].id as string;
    };
    const answer = (worker: string, id: string, more: string) =>
      ask(
        demo,
        worker,
        `mutation A @purpose(of: SUPERVISION) { answerInformationRequest(input: { request: "${id}", reasons: "CANARY-REASONS", ${more} }) { id } }`,
      );
    const approved = await request('sw-cleo-marchbank', 'haven', 'CHILD_IN_NEED');
    const refused = await request('sw-cleo-marchbank', 'haven', 'CHILD_IN_NEED');
    const byOwn = await request('rw-rory-ember', 'csc', 'SUPERVISION');
    const open = await request('sw-cleo-marchbank', 'haven', 'CHILD_IN_NEED');
    try {
      later(2);
      const { consents } = await demo.house.registers.read(['P-1007']);
      const cited = consents.find(({ state, recipients }) => state === 'GIVEN' && recipients.includes('csc'))?.id;
      expect(
        (await answer('am-sable-frost', approved, `answer: APPROVED, cites: ["${cited}"]`)).errors,
      ).toBeUndefined();
      await answer('am-sable-frost', refused, 'answer: REFUSED, ground: NOTHING_TO_SHARE');
      await answer('tm-piers-lovell', byOwn, 'answer: REFUSED, ground: NOT_NECESSARY');
      later(3);
      await read('sw-cleo-marchbank', 'P-1007', 'CHILD_IN_NEED');
      later(5);
      const all = await nodesOf('sharingRequests(first: 100)', REQUEST);
      expect(all.map(({ id }) => id)).toEqual([open, byOwn, refused, approved]);
      const of = (id: string) => all.find((one) => one['id'] === id);
      expect(of(approved)).toMatchObject({
        state: 'APPROVED',
        askedBy: 'sw-cleo-marchbank',
        about: [idOf('P-1007')],
        isOverdue: false,
        minutesToAnswer: 120,
        minutesToShare: 180,
        answers: [
          { answer: 'APPROVED', ground: null, by: 'am-sable-frost', grant: expect.any(String), isDisputed: false },
        ],
      });
      expect(of(refused)).toMatchObject({
        state: 'REFUSED',
        minutesToShare: null,
        answers: [{ ground: 'NOTHING_TO_SHARE', reasons: null }],
      });
      // Words of the own agency's manager, whom the officer watches over; and no others.
      expect(of(byOwn)).toMatchObject({ answers: [{ ground: 'NOT_NECESSARY', reasons: 'CANARY-REASONS' }] });
      expect(JSON.stringify(all).match(/CANARY-[A-Z]+/g)).toEqual(['CANARY-REASONS']);
      expect(of(open)).toMatchObject({ state: 'OPEN', isOverdue: true, minutesToAnswer: null, answers: [] });
      const idsIn = async (state: string) =>
        (await nodesOf(`sharingRequests(state: ${state}, first: 100)`, 'id')).map(({ id }) => id);
      expect(await idsIn('OVERDUE')).toEqual([open]);
      expect(await idsIn('REFUSED')).toEqual([byOwn, refused]);
      // The pack of the demo has one rung.
      for (const state of ['ESCALATED', 'WITHDRAWN', 'CONTRIBUTED', 'APPROVED_IN_PART'])
        expect(await idsIn(state)).toEqual([]);
      const grant = of(approved)?.['answers'][0].grant;
      const resting = await nodesOf(`restingOn(ground: GRANT, id: "${grant}", first: 100)`, OPERATION);
      expect(resting.map(({ worker }) => worker)).toEqual(['sw-cleo-marchbank']);
      const found = await nodesOf(
        'operations(filter: { did: "REQUEST_REFUSED" }, first: 100)',
        'statements { did ids persons }',
      );
      expect(found.flatMap(({ statements }) => statements as Json[]).map(({ ids }) => ids[0])).toEqual([
        byOwn,
        refused,
      ]);
    } finally {
      house.now = clock;
    }
  });

  it("tell what waits for a manager's approval, and grants", async () => {
    const grant = {
      id: 'g-named',
      request: 'r-1',
      subjects: ['P-1015'],
      holder: 'mht',
      worker: 'rw-rory-ember',
      agency: 'haven',
      role: 'RECOVERY_WORKER',
      categories: ['MENTAL_HEALTH'],
      purpose: 'SUPERVISION',
      items: [{ source: 'mental-health', type: 'MentalHealthRecord', localId: 'CANARY-ITEM', addresses: [] }],
      from: demo.house.now().toISOString(),
      until: new Date(demo.house.now().getTime() + 3_600_000).toISOString(),
      recordedAt: demo.house.now().toISOString(),
      approvedBy: 'am-viggo-inglis',
      cites: ['c-1056'],
    } as const;
    await demo.store.transaction((transaction) => demo.house.registers.writeGrant(transaction, grant));
    const listed = await nodesOf('grants', 'id holder { id } worker recordsByName approvedBy endedAt about cites');
    const shown = listed.find(({ id }) => id === 'g-named');
    expect(shown).toMatchObject({
      id: 'g-named',
      approvedBy: 'am-viggo-inglis',
      endedAt: null,
      about: [idOf('P-1015')],
    });
    // Of two other agencies: what was approved by name may be locked.
    expect(shown?.['recordsByName']).toBeNull();
    expect(JSON.stringify(shown)).not.toContain('CANARY');
    const waiting = excepted({ id: 'x-wait', subjects: ['P-1015'], gateway: 'COURT_ORDER', awaits: 'tm-piers-lovell' });
    await demo.store.transaction((transaction) => demo.house.registers.writeException(transaction, waiting));
    expect(await nodesOf('awaitingApproval', 'id gateway awaits')).toContainEqual({
      id: 'x-wait',
      gateway: 'COURT_ORDER',
      awaits: 'tm-piers-lovell',
    });
  });
});

describe('the monthly sample (12)', () => {
  const SAMPLE = `{ month seed checkpointSize checkpointRoot operations { operation { ${OPERATION} } evidence { id kind says { name value } } } }`;
  const GROUNDS =
    'query Ask($size: Int!) @purpose(of: INFORMATION_GOVERNANCE) { audit { sample(month: "2026-10", size: $size) ';
  const ofOctober = async (to: Demo) => {
    const [template] = (await demo.audit.after(0, 500)).filter(({ body }) =>
      body.decisions.some(({ evidence }) => evidence?.includes('c-1016')),
    );
    // One group, and so one checkpoint.
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        to.audit.append({
          ...template!.body,
          id: `OCT${String(i).padStart(23, '0')}`,
          at: `2026-10-${String((i % 28) + 1).padStart(2, '0')}T10:00:00.000Z`,
        }),
      ),
    );
    await to.sequencer.sequence();
  };

  it('is the same for whoever draws it, a smaller one the beginning of a larger, of that month alone, and with its evidence', async () => {
    const mine = await startDemo({ THRESHOLD_LOG_KEY: keyText(3) });
    await ofOctober(mine);
    await mine.indexer.index();
    const drawn = async (size: number): Promise<Json> =>
      (await ask(mine, OFFICER, `${GROUNDS} ${SAMPLE} } }`, { size })).data['audit'].sample;
    const [five, ten] = [await drawn(5), await drawn(10)];
    await mine.stop();
    const root = createHash('sha256').update(`threshold/sample/v1\n2026-10\n${five['checkpointRoot']}`).digest('hex');
    expect(five).toMatchObject({ checkpointSize: 40, seed: root });
    expect(ten['operations'].slice(0, 5)).toEqual(five['operations']);
    expect(ten['seed']).toBe(five['seed']);
    expect(new Set((ten['operations'] as Json[]).map(({ operation }) => operation.id)).size).toBe(10);
    for (const { operation, evidence } of ten['operations'] as Json[]) {
      expect(operation.at).toMatch(/^2026-10/);
      const released = (operation.lines as Json[]).filter(({ outcome }) => outcome === 'RELEASED');
      const ids = new Set(released.flatMap((line) => line['evidence'] as string[]));
      expect(new Set((evidence as Json[]).map(({ id }) => id))).toEqual(ids);
      const [consent] = (evidence as Json[]).filter(({ kind }) => kind === 'CONSENT');
      expect(consent?.['says']).toContainEqual({ name: 'state', value: 'GIVEN' });
    }
  });

  it('is drawn by nobody of a month that is not over, nor beyond its bounds', async () => {
    for (const [month, size] of [
      ['2026-11', 5],
      ['2026-13', 5],
      ['x', 5],
      ['2026-10', 0],
      ['2026-10', 101],
    ])
      expect((await asked(`sample(month: "${month}", size: ${size})`, SAMPLE)).code).toBe('NOT_VALID');
  });
});

describe('what changed in the policies (13)', () => {
  it('lists versions, and of a change what it let through', async () => {
    const present = textsIn((await readStated(demo.store, demo.house.policyVersion)) ?? '');
    const files = present.files.map(({ file, text }) => ({
      file,
      text: text.replace(/@id\("family-team"\)[\s\S]*?\};\n/, ''),
    }));
    const old = compilePolicies(files, present.rests);
    // An operation under the older version, before all others: the log of an authority that has changed its policies since.
    const mine = await startDemo({ THRESHOLD_LOG_KEY: keyText(3) });
    try {
      await keepPolicies(mine.store, old, '2026-09-01T00:00:00.000Z');
      const seed = (await demo.audit.after(0, 1))[0]!.body;
      await mine.audit.append({ ...seed, id: '0'.repeat(26), policyVersion: old.version });
      await ask(
        mine,
        'sw-ada-thorne',
        'query B @purpose(of: SUPERVISION) { families { nodes { members { person { surname } } } } }',
      );
      await ask(mine, 'tm-orla-finch', 'query M { me { name } }');
      await mine.sequencer.sequence();
      await mine.indexer.index();
      const { data } = await ask(
        mine,
        OFFICER,
        `query Ask @purpose(of: INFORMATION_GOVERNANCE) { audit { policyVersions { version operations firstAt isKept }
          policyChanges { from to added removed changed isComparable letThrough(first: 50) { nodes { ${OPERATION} } ${PAGE} } } } }`,
      );
      expect(data['audit'].policyVersions.map(({ version, isKept }: Json) => [version, isKept])).toEqual([
        [old.version, true],
        [mine.house.policyVersion, true],
      ]);
      const [change] = data['audit'].policyChanges as Json[];
      expect(change).toMatchObject({ added: ['family-team'], removed: [], changed: [], isComparable: true });
      const lines = linesOf(change!['letThrough'].nodes as Json[]);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatchObject({ outcome: 'RELEASED', permits: ['family-team'] });
    } finally {
      await mine.stop();
    }
  });
});

describe('proof for an outsider (14)', () => {
  it('is one file that checks offline, and fails when a byte of it is another', async () => {
    const sizes = async () => {
      await indexed();
      return Number(
        ((await ask(demo, 'sw-ada-thorne', 'query C { auditCheckpoint }')).data['auditCheckpoint'] as string).split(
          '\n',
        )[1],
      );
    };
    const from = await sizes();
    const to = await sizes();
    const { data } = await ask(demo, 'sw-ada-thorne', `query C { auditConsistencyFile(from: ${from}, to: ${to}) }`);
    const file = data['auditConsistencyFile'] as string;
    const keys = readLogKeys(keyText(3)).verifiers.map((key) => readVerifier(writeVerifier(key)));
    expect(checkConsistency(file, keys)).toMatchObject({ oldSize: from, size: to });
    const parsed = JSON.parse(file) as Json;
    const flipped = (hash: string) =>
      Buffer.from(Buffer.from(hash, 'base64').map((byte) => byte ^ 1)).toString('base64');
    for (const tampered of [
      { ...parsed, old: parsed['new'], new: parsed['old'] },
      { ...parsed, proof: parsed['proof'].slice(1) },
      { ...parsed, proof: parsed['proof'].map(flipped) },
      { ...parsed, new: parsed['new'].replace(`\n${to}\n`, `\n${to + 1}\n`) },
      { ...parsed, more: true },
    ])
      expect(() => checkConsistency(JSON.stringify(tampered), keys)).toThrow();
    expect(() => checkConsistency(file, readLogKeys(keyText(4)).verifiers)).toThrow();
    expect(() => checkConsistency('no', keys)).toThrow();
    const none = await ask(demo, 'sw-ada-thorne', `query C { auditConsistencyFile(from: ${from}, to: 99999999) }`);
    expect(none.data['auditConsistencyFile']).toBeNull();
  });
});

describe('saved questions', () => {
  const SAVE = `mutation S($name: String!, $question: SavedQuestionKind!, $filter: String!) @purpose(of: INFORMATION_GOVERNANCE) {
    saveAuditQuestion(name: $name, question: $question, filter: $filter) { id name question filter } }`;
  const save = (name: string, question: string, filter: object, worker = OFFICER) =>
    ask(demo, worker, SAVE, { name, question, filter: JSON.stringify(filter) });

  it('are saved, listed, run and deleted by their officer, each of it an entry that does not hold their name', async () => {
    const { data, errors } = await save('Mira CANARY-NAME', 'ABOUT_PERSON', { person: idOf('P-1001') });
    expect(errors).toBeUndefined();
    const { id, filter } = data['saveAuditQuestion'];
    expect(JSON.parse(filter)).toEqual({ person: idOf('P-1001') });
    const [entry] = await demo.audit.read({ limit: 1 });
    expect(entry?.body.statements).toMatchObject([
      { did: 'AUDIT_ASKED', ids: ['saveQuestion', id, 'ABOUT_PERSON'], subjects: ['P-1001'] },
    ]);
    expect(JSON.stringify(entry)).not.toContain('CANARY');
    const { answer } = await asked('savedQuestions', '{ id name question filter }');
    expect(answer).toContainEqual({ id, name: 'Mira CANARY-NAME', question: 'ABOUT_PERSON', filter });
    const run = await nodesOf(`run(id: "${id}", first: 100)`, OPERATION);
    expect(new Set(linesOf(run).map(({ person }) => person))).toEqual(new Set([idOf('P-1001')]));
    expect((await noted('runQuestion')).map(({ ids }) => ids[1])).toContain(id);
    const DELETE = 'mutation D($id: ID!) @purpose(of: INFORMATION_GOVERNANCE) { deleteAuditQuestion(id: $id) }';
    expect((await ask(demo, 'sw-ada-thorne', DELETE, { id })).errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    expect((await ask(demo, OFFICER, DELETE, { id: 'none' })).errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    expect((await ask(demo, OFFICER, DELETE, { id })).data['deleteAuditQuestion']).toBe(id);
    expect((await asked('savedQuestions', '{ id }')).answer).toEqual([]);
    expect((await asked(`run(id: "${id}")`, '{ nodes { id } }')).code).toBe('NOT_PERMITTED');
  });

  it('are refused when their filter is none, without repeating it', async () => {
    for (const [question, filter] of [
      ['ABOUT_PERSON', {}],
      ['RECEIVED', { worker: 'a', agency: 'b' }],
      ['RESTING_ON', { ground: 'NONE', id: 'CANARY' }],
      ['OPERATIONS', { CANARY: 'x' }],
      ['OPERATIONS', { worker: { $ne: 'CANARY' } }],
      ['OPERATIONS', { since: 'CANARY' }],
    ] as const) {
      const { errors } = await save('q', question, filter);
      expect(errors?.[0]?.extensions.code).toBe('NOT_VALID');
      expect(JSON.stringify(errors)).not.toContain('CANARY');
    }
    const { errors } = await ask(demo, OFFICER, SAVE, { name: 'q', question: 'OPERATIONS', filter: '[1' });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('who tries', () => {
  const FIELDS = [
    `aboutPerson(person: "${idOf('P-1001')}") { nodes { id } }`,
    `sentences(person: "${idOf('P-1001')}") { nodes { on } }`,
    'received(worker: "sw-ada-thorne") { nodes { id } }',
    'restingOn(ground: CONSENT, id: "c-1001") { nodes { id } }',
    'recall(ground: POLICY, id: "family-team") { recipients { worker } }',
    'emergencies { nodes { id } }',
    'overriddenRefusals { nodes { operation { id } } }',
    'relevanceRequests { nodes { askedAt } }',
    'sharingRequests { nodes { id } }',
    'awaitingApproval { nodes { id } }',
    'grants { nodes { id } }',
    'sample(month: "2026-10", size: 1) { seed }',
    'policyVersions { version }',
    'policyChanges { from }',
    'savedQuestions { id }',
    'run(id: "x") { nodes { id } }',
  ];

  it.each(FIELDS)('without being an officer, or for another purpose, is answered nothing: %s', async (field) => {
    for (const [worker, purpose] of [
      ['sw-ada-thorne', 'INFORMATION_GOVERNANCE'],
      ['tm-orla-finch', 'SUPERVISION'],
      ['ds-tamsin-grove', 'INFORMATION_GOVERNANCE'],
      [OFFICER, 'SUPERVISION'],
    ] as const) {
      const { data, errors } = await ask(demo, worker, `query A @purpose(of: ${purpose}) { audit { x: ${field} } }`);
      expect([data?.['audit'] ?? null, errors?.[0]?.extensions.code]).toEqual([null, 'NOT_PERMITTED']);
    }
  });

  it('as an officer near the person, is refused, and is shown nothing of them by any other question', async () => {
    const conflict = (person: string) =>
      demo.store.transaction((transaction) =>
        transaction.run('INSERT INTO conflict (worker, person, reason) VALUES (?, ?, ?)', [OFFICER, person, 'cousin']),
      );
    await conflict('P-1005');
    const near = idOf('P-1005');
    expect((await asked(`aboutPerson(person: "${near}")`, '{ nodes { id } }')).code).toBe('NOT_PERMITTED');
    expect((await asked(`sentences(person: "${near}")`, '{ nodes { on } }')).code).toBe('NOT_PERMITTED');
    const SAVE = `mutation S @purpose(of: INFORMATION_GOVERNANCE) { saveAuditQuestion(name: "q", question: ABOUT_PERSON,
      filter: "{\\"person\\": \\"${near}\\"}") { id } }`;
    expect((await ask(demo, OFFICER, SAVE)).errors?.[0]?.extensions.code).toBe('NOT_PERMITTED');
    for (const field of [
      'received(agency: "csc", first: 100)',
      'restingOn(ground: POLICY, id: "own-records", first: 100)',
      'operations(first: 100)',
    ]) {
      const nodes = await nodesOf(field, OPERATION);
      expect(JSON.stringify(nodes)).not.toContain(near);
    }
    // The consent is hers: that there is anything on it is not told either.
    expect(await nodesOf('restingOn(ground: CONSENT, id: "c-1016", first: 100)', OPERATION)).toEqual([]);
    const { answer } = await asked(
      'recall(ground: CONSENT, id: "c-1016", first: 100)',
      `{ recipients { person } ${PAGE} }`,
    );
    expect(answer).toEqual({ recipients: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  it("to learn of another agency's locked record by a filter, a mark, a page or an alias, learns nothing", async () => {
    const locked = (await demo.audit.after(0, 500)).filter(({ body }) =>
      body.outcomes.some(([line, person]) => person === 'P-1046' && body.decisions[line]?.vetoes?.includes('locked')),
    );
    expect(locked.length).toBeGreaterThan(0);
    const odile = idOf('P-1046');
    const about = await nodesOf(`aboutPerson(person: "${odile}", first: 100)`, OPERATION);
    expect(JSON.stringify(about)).not.toMatch(/LOCKED|"locked"/);
    for (const filter of ['mark: LOCKED_REFUSED', `person: "${odile}", mark: LOCKED_REFUSED`]) {
      expect(await nodesOf(`operations(filter: { ${filter} }, first: 100)`, 'id')).toEqual([]);
      const { answer } = await asked(`operations(filter: { ${filter} }, first: 0)`, `{ nodes { id } ${PAGE} }`);
      expect(answer).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
    }
    const { data } = await ask(
      demo,
      OFFICER,
      `query A @purpose(of: INFORMATION_GOVERNANCE) { audit { a: aboutPerson(person: "${odile}", first: 100) { nodes { ${LINES} } }
        b: aboutPerson(person: "${odile}", outcome: SILENT, first: 100) { nodes { l: ${LINES} } } } }`,
    );
    expect(JSON.stringify(data)).not.toMatch(/LOCKED|"locked"/);
  });

  it('a cursor of one list in another, or one made up, is refused', async () => {
    const { answer } = await asked('received(agency: "csc", first: 1)', `{ nodes { id } ${PAGE} }`);
    const cursor = answer['pageInfo'].endCursor as string;
    expect((await asked(`received(agency: "csc", after: "AAAAAAAAAAAAAAAA")`, '{ nodes { id } }')).code).toBe(
      'BAD_USER_INPUT',
    );
    for (const list of ['emergencies', 'grants', 'awaitingApproval', 'sharingRequests'])
      expect((await asked(`${list}(after: "${cursor}")`, '{ nodes { id } }')).code).toBe('BAD_USER_INPUT');
    expect((await asked('received(agency: "csc", first: 100000)', '{ nodes { id } }')).code).toBe('BAD_USER_INPUT');
  });
});
