/**
 * The two deployments that English authorities have, as the published scripts make them: Liquidlogic (SystemC) and Mosaic.
 * Each is a database made from the fixtures and then altered as those scripts would have it.
 */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import type { Circumstances } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import { type Source, SourceNotReady } from '../../src/sources/contract.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/social-care/fixtures', import.meta.url));
const signal = AbortSignal.timeout(60_000);
const now = () => '2025-11-23T10:00:00.000Z';

let source: Source;
let file: string;
let stop: () => Promise<void>;
afterEach(async () => {
  await source.stop();
  await stop();
});

/** Starts the source over a database that these changes have made another deployment. `onStatement` sees what is sent. */
async function deploy(alter: (database: Database.Database) => void, onStatement?: (sql: string) => void) {
  const simulated = await simulateSocialCare(FIXTURES, { id: 'social-care', holder: 'council', now });
  ({ file, stop } = simulated);
  const database = new Database(file);
  alter(database);
  database.close();
  const verbose = (sql?: unknown) => onStatement?.(String(sql));
  source = createSocialCare({
    ...simulated.options,
    database: { type: 'better-sqlite3', database: file, ...(onStatement ? { verbose } : {}) },
  });
  await source.start();
}

function change(sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

/** Takes columns away, and the indexes on them. */
function without(database: Database.Database, table: string, ...columns: readonly string[]): void {
  const indexes = database.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE ?`,
  );
  for (const column of columns) {
    for (const name of indexes.pluck().all(table, `%${column}%`)) database.exec(`DROP INDEX ${name}`);
    database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  }
}

async function read(type: RecordType, ...persons: string[]): Promise<readonly SourceRecord[]> {
  const { items, rejected } = await source.read({ wants: [{ type, persons }] }, { signal });
  expect(rejected).toBe(0);
  return items;
}
const readOne = async (type: RecordType, localId: string) =>
  (await source.readOne({ type, localId }, { signal })).items;
const contents = (records: readonly SourceRecord[]) => records.map(({ content }) => content);
const ids = (records: readonly SourceRecord[]) => records.map(({ label }) => label.localId).sort();

async function tell(...persons: string[]): Promise<Circumstances> {
  const { items } = await source.circumstances(persons, { signal });
  if (!items[0]) throw new Error('told nothing');
  return items[0];
}

/** As the Mosaic script leaves it: other names, fewer columns, staff by their staff id, words where others have codes. */
function mosaic(database: Database.Database): void {
  without(database, 'ssd_person', 'pers_forename', 'pers_surname');
  without(database, 'ssd_involvements', 'invo_person_id');
  without(database, 'ssd_cin_visits', 'cinv_person_id');
  without(database, 'ssd_cp_visits', 'cppv_person_id');
  without(database, 'ssd_cp_reviews', 'cppr_person_id');
  without(database, 'ssd_professionals', 'prof_professional_name');
  database.exec(`
    UPDATE ssd_cin_visits SET cinv_cin_plan_id = 'CIN-2';
    ALTER TABLE ssd_cin_plans RENAME COLUMN cinp_cin_plan_id TO cin_plan_id;
    ALTER TABLE ssd_cla_care_plan RENAME COLUMN lacp_table_id TO lacp_cla_care_plan_id;
    UPDATE ssd_professionals SET prof_professional_id = NULL, prof_professional_job_title = NULL;
    UPDATE ssd_involvements SET invo_professional_id = 'ST-01' WHERE invo_professional_id = 'P-1';
    UPDATE ssd_involvements SET invo_professional_id = 'ST-02', invo_referral_id = 'R-1' WHERE invo_professional_id = 'P-2';
    UPDATE ssd_cin_assessments SET cina_assessment_worker_id = 'ST-01';
    UPDATE ssd_care_leavers SET clea_table_id = NULL, clea_care_leaver_worker_id = 'ST-01';
    UPDATE ssd_person SET pers_sex = 'FEMALE' WHERE pers_person_id = 'SC-0101';
    UPDATE ssd_contacts SET cont_contact_source_code = NULL;
    UPDATE ssd_cla_placement SET clap_cla_placement_distance = NULL;
    DROP TABLE ssd_pre_proceedings;
  `);
}

/** As the Liquidlogic script leaves it: placeholders, times of day, no participation, visits without their plan. */
function liquidlogic(database: Database.Database): void {
  without(database, 'ssd_cin_visits', 'cinv_cin_plan_id');
  database.exec(`
    UPDATE ssd_early_help_episodes SET earl_episode_worker_id = 'SSD_PH';
    UPDATE ssd_sdq_scores SET csdq_sdq_reason = 'SSD_PH';
    UPDATE ssd_cp_reviews SET cppr_cp_review_participation = NULL;
    UPDATE ssd_person SET pers_dob = NULL, pers_single_unique_id = 'SSD_PH', pers_forename = 'SSD_PH' WHERE pers_person_id = 'SC-0102';
    UPDATE ssd_cp_plans SET cppl_cp_plan_start_date = cppl_cp_plan_start_date || ' 13:45:00.000';
    UPDATE ssd_involvements SET invo_professional_id = 'P-GONE', invo_professional_team = 'T-GONE' WHERE invo_involvements_id = 'I-1';
    UPDATE ssd_cp_visits SET cppv_cp_plan_id = 'CP-GONE';
    UPDATE ssd_cla_episodes SET clae_referral_id = 'R-GONE', clae_cla_placement_id = 'PL-GONE';
    UPDATE ssd_assessment_factors SET cinf_assessment_id = 'A-GONE';
  `);
}

describe('a Mosaic deployment', () => {
  it('reads a plan by the name that Mosaic gives its id, and the visits and reviews that hold no person through it', async () => {
    await deploy(mosaic);
    const plans = await read('ChildInNeedPlan', 'SC-0101', 'SC-0102');
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(await readOne('ChildInNeedPlan', plan.label.localId)).toEqual([plan]);
    const visits = await read('Visit', 'SC-0101', 'SC-0102');
    expect(ids(visits).map((id) => id.split(':')[0])).toEqual(['cin', 'cp']);
    for (const visit of visits) expect(await readOne('Visit', visit.label.localId)).toEqual([visit]);
    expect(ids(await read('PlanReview', 'SC-0101'))).toHaveLength(1);
    expect(ids(await read('CarePlan', 'SC-0109'))).toEqual(['CPN-1']);
    expect(await readOne('CarePlan', 'CPN-1')).toHaveLength(1);
  });

  it('knows its workers by their staff id, where their professional id is NULL', async () => {
    await deploy(mosaic);
    expect((await tell('SC-0101')).involvements.map(({ worker }) => worker).sort()).toEqual([
      'ST-01',
      'ST-01',
      'ST-02',
    ]);
    const { items } = await source.workload({ workers: ['ST-01'], teams: [] }, { signal });
    expect(items.map(({ person }) => person).sort()).toEqual(['SC-0101', 'SC-0102']);
    expect((await read('Assessment', 'SC-0101'))[0]?.label.author).toBe('ST-01');
  });

  it('knows a care leaver without a row id by the person, and each of several rows', async () => {
    await deploy((database) => {
      mosaic(database);
      database.exec(`INSERT INTO ssd_care_leavers (clea_person_id, clea_care_leaver_eligibility, clea_care_leaver_latest_contact)
        VALUES ('SC-0103', 'Qualifying', '2020-01-01')`);
    });
    const records = await read('CareLeaver', 'SC-0103');
    expect(ids(records)).toEqual(['person:SC-0103', 'person:SC-0103#2']);
    for (const record of records) expect(await readOne('CareLeaver', record.label.localId)).toEqual([record]);
  });

  it('shows words as they are where Liquidlogic has codes, and names that it has not as null', async () => {
    await deploy(mosaic);
    expect(contents(await read('PersonDetails', 'SC-0101'))).toEqual([
      expect.objectContaining({ forename: null, surname: null, sex: 'Female', ethnicity: 'White British' }),
    ]);
    expect(contents(await read('Contact', 'SC-0101'))[0]).toMatchObject({ sourceCode: null });
    expect(contents(await read('Involvement', 'SC-0101')).map(({ workerName }) => workerName)).toEqual([null, null]);
  });

  it('takes a row that stands there twice for one, and counts another under the same id', async () => {
    await deploy((database) => {
      mosaic(database);
      database.exec(`
        INSERT INTO ssd_missing SELECT * FROM ssd_missing;
        INSERT INTO ssd_legal_status SELECT * FROM ssd_legal_status;
        INSERT INTO ssd_legal_status SELECT * FROM ssd_legal_status LIMIT 1;
        UPDATE ssd_legal_status SET lega_legal_status = 'E1' WHERE rowid = 2;
      `);
    });
    expect(ids(await read('MissingEpisode', 'SC-0109'))).toEqual(['MS-1']);
    const { items, rejected } = await source.read(
      { wants: [{ type: 'LegalStatus', persons: ['SC-0109'] }] },
      { signal },
    );
    expect([ids(items), rejected]).toEqual([['LS-1'], 1]);
  });

  it('names what it has not, and only that', async () => {
    await deploy(mosaic);
    expect([...(source.missing ?? [])].sort()).toEqual([
      'ssd_cin_visits.cinv_person_id',
      'ssd_cp_reviews.cppr_person_id',
      'ssd_cp_visits.cppv_person_id',
      'ssd_involvements.invo_person_id',
      'ssd_person.pers_forename',
      'ssd_person.pers_surname',
      'ssd_pre_proceedings',
      'ssd_professionals.prof_professional_name',
    ]);
  });
});

describe('a Liquidlogic deployment', () => {
  it('reads SSD_PH as nothing, wherever it stands', async () => {
    await deploy(liquidlogic);
    expect(contents(await read('PersonDetails', 'SC-0102'))[0]).toMatchObject({
      forename: null,
      dateOfBirth: null,
      nhsNumber: null,
    });
    expect(contents(await read('EarlyHelpEpisode', 'SC-0101'))[0]).toMatchObject({ keyworkerName: null });
    expect(contents(await read('SdqScore', 'SC-0109')).map(({ noScoreReasonCode }) => noScoreReasonCode)).toEqual([
      null,
      null,
    ]);
    const everything = await source.read(
      { wants: [...source.provides].map((type) => ({ type, persons: ['SC-0101', 'SC-0102', 'SC-0103', 'SC-0109'] })) },
      { signal },
    );
    expect(JSON.stringify(everything)).not.toContain('SSD_PH');
  });

  it('drops the time of day, and keeps the child’s plan', async () => {
    await deploy(liquidlogic);
    expect(contents(await read('ChildProtectionPlan', 'SC-0101'))[0]).toMatchObject({ startedOn: '2025-06-01' });
    expect(contents(await read('ChildStatus', 'SC-0101'))[0]).toMatchObject({ stage: 'CHILD_PROTECTION' });
  });

  it('keeps what points at nothing: visits, episodes, involvements, factors, mothers', async () => {
    await deploy(liquidlogic);
    expect((await read('Visit', 'SC-0101')).map(({ label }) => [label.localId, label.episode])).toEqual([
      ['cp:V-1', undefined],
    ]);
    expect(contents(await read('LookedAfterPlan', 'SC-0109'))[0]).toMatchObject({
      startedOn: '2022-01-05',
      placementType: null,
    });
    expect(ids(await read('Placement', 'SC-0109'))).toEqual(['PL-0', 'PL-1']);
    expect((await read('Involvement', 'SC-0101')).map(({ content }) => content.workerName)).toEqual([
      null,
      'Ludo Worksample',
    ]);
    expect((await tell('SC-0101')).involvements).toContainEqual(
      expect.objectContaining({ worker: 'P-GONE', team: 'T-GONE' }),
    );
    expect(contents(await read('Assessment', 'SC-0101'))[0]).toMatchObject({ factors: [] });
    expect((await read('Relationship', 'SC-0109')).map(({ persons }) => persons)).toEqual([
      { person: 'SC-0109', other: 'SC-0199' },
    ]);
  });

  it('names the one column that it has not', async () => {
    await deploy(liquidlogic);
    expect(source.missing).toEqual(['ssd_cin_visits.cinv_cin_plan_id']);
  });
});

describe('codes', () => {
  it('become words; a code that is none is kept and marked', async () => {
    await deploy(() => undefined);
    const placements = await read('Placement', 'SC-0109');
    expect(contents(placements).map(({ typeCode, type }) => [typeCode, type])).toEqual(
      expect.arrayContaining([['U9', 'unknown code U9']]),
    );
    expect(contents(placements)).toContainEqual(
      expect.objectContaining({
        provider: 'Private provision',
        endReasonCode: 'CARPL',
        endReason: 'Move in the care plan',
      }),
    );
    expect(contents(await read('Disability', 'SC-0109'))).toEqual([
      { code: 'AUT', meaning: 'Autism' },
      { code: 'QQQ', meaning: 'unknown code QQQ' },
    ]);
    expect(contents(await read('CarePlan', 'SC-0109'))[0]?.permanence).toEqual([
      'Long-term fostering to 18',
      'unknown code LOCALPLAN',
    ]);
    expect(contents(await read('SdqScore', 'SC-0109'))).toEqual([
      { completedOn: '2024-03-01', score: 17, noScoreReasonCode: null, noScoreReason: null },
      { completedOn: '2025-03-01', score: null, noScoreReasonCode: 'SDQ5', noScoreReason: 'Child refused' },
    ]);
    expect(contents(await read('MissingEpisode', 'SC-0109'))[0]).toMatchObject({
      startedOn: '2025-05-03',
      typeCode: 'A',
      returnInterviewOffered: 'Yes',
      returnInterviewAccepted: 'Not applicable',
    });
    expect(contents(await read('CareLeaver', 'SC-0103'))[0]).toMatchObject({
      eligibilityCode: 'Former Relevant',
      accommodation: 'Independent living',
      accommodationSuitable: 'Suitable',
      personalAdviserName: 'Ludo Worksample',
      workerName: 'Hesper Worksample',
      teamName: 'East Family Safeguarding Team',
    });
    expect(contents(await read('PersonDetails', 'SC-0109'))[0]?.ethnicity).toBe('unknown code ZZZZ');
  });

  it('seal what the rules name no category for', async () => {
    await deploy(() => undefined);
    const sealed = [
      'Disability',
      'ImmigrationStatus',
      'SdqScore',
      'HealthCheck',
      'SubstanceUse',
      'Conviction',
      'Permanence',
      'PreviousPermanence',
    ] as const;
    for (const type of sealed) {
      const records = await read(type, 'SC-0109');
      expect(records.length).toBeGreaterThan(0);
      for (const { label } of records) expect(label).toMatchObject({ category: 'SOCIAL_CARE', confidentiality: 'R' });
    }
  });

  it('of health, permanence and proceedings are read too', async () => {
    await deploy((database) =>
      database.exec(`UPDATE ssd_pre_proceedings SET prep_table_id = NULL, prep_pre_pro_meetings_num = 'a few'`),
    );
    expect(contents(await read('HealthCheck', 'SC-0109'))).toEqual([
      { type: 'Dental', date: '2025-04-01', status: 'Done', immunisationsUpToDate: null },
      { type: 'Immunisations', date: '2025-04-02', status: null, immunisationsUpToDate: 'Yes' },
    ]);
    expect(await readOne('HealthCheck', 'immunisations:SC-0109')).toHaveLength(1);
    expect(contents(await read('PreviousPermanence', 'SC-0109'))[0]).toMatchObject({
      orderedOn: '2018',
      option: 'Special guardianship order',
    });
    expect(contents(await read('Permanence', 'SC-0109'))[0]).toMatchObject({
      adoptionDecidedOn: '2024-02-01',
      decisionReversedReason: 'No adopters found',
      partOfSiblingGroup: false,
      siblingsPlacedApart: 1,
    });
    const [proceedings] = await read('PreProceedings', 'SC-0101');
    expect(proceedings).toMatchObject({
      label: { localId: 'person:SC-0101', category: 'SOCIAL_CARE', confidentiality: 'R' },
      content: { decidedOn: '2024-01-05', steppedDownOrIssueAgreedOn: '2024-06-01', reviewMeetings: null },
    });
    expect(await readOne('PreProceedings', 'person:SC-0101')).toEqual([proceedings]);
  });

  it('tell the nationality beside a status, or alone', async () => {
    await deploy(() => undefined);
    expect(contents(await read('ImmigrationStatus', 'SC-0109', 'SC-0103'))).toEqual([
      { status: 'Leave to remain', from: '2023-02-01', until: null, nationality: 'Testland' },
      { status: null, from: null, until: null, nationality: 'Testland' },
    ]);
    expect(await readOne('ImmigrationStatus', 'person:SC-0103')).toHaveLength(1);
  });
});

describe('relationships', () => {
  it('of a kind that is none of ours keep the word of the source, and are OTHER to the facts', async () => {
    await deploy((database) =>
      database.exec(`UPDATE gw_relationship SET kind = 'Step parent' WHERE relationship_id = 'RL-1'`),
    );
    const shown = await read('Relationship', 'SC-0101');
    expect(shown.map(({ label, content }) => [label.localId, content.kind])).toContainEqual(['RL-1', 'Step parent']);
    expect((await tell('SC-0101')).relationships).toContainEqual({
      person: 'SC-0101',
      other: 'SC-0103',
      kind: 'OTHER',
      parentalResponsibility: true,
    });
  });
});

describe('mothers', () => {
  it('are told from either side where the view of relationships says nothing of the two', async () => {
    await deploy(() => undefined);
    expect(ids(await read('Relationship', 'SC-0101'))).toEqual(['RL-1', 'RL-2']);
    expect((await read('Relationship', 'SC-0102')).map(({ label, content }) => [label.localId, content.kind])).toEqual([
      ['mother:M-2', 'PARENT'],
    ]);
    expect(ids(await read('Relationship', 'SC-0103'))).toEqual(['RL-3', 'child:M-1', 'child:M-2']);
    const told = (await tell('SC-0102')).relationships.filter(({ person }) => person === 'SC-0102');
    expect(told).toEqual([{ person: 'SC-0102', other: 'SC-0103', kind: 'PARENT', parentalResponsibility: false }]);
  });
});

describe('a reload', () => {
  it('that empties ssd_person between two statements of a call makes the call not ready, not empty', async () => {
    let isArmed = false;
    await deploy(
      () => undefined,
      (sql) => {
        if (!isArmed || !sql.includes('ssd_cp_plans')) return;
        isArmed = false;
        change('CREATE TABLE kept AS SELECT * FROM ssd_person; DELETE FROM ssd_person; DELETE FROM ssd_cp_plans');
      },
    );
    expect(await read('ChildProtectionPlan', 'SC-0101')).toHaveLength(1);
    isArmed = true;
    await expect(read('ChildProtectionPlan', 'SC-0101')).rejects.toThrow(SourceNotReady);
    expect(isArmed).toBe(false);
    await expect(tell('SC-0101')).rejects.toThrow(SourceNotReady);
    await expect(source.workload({ workers: ['ST-01'], teams: [] }, { signal })).rejects.toThrow(SourceNotReady);
    change('INSERT INTO ssd_person SELECT * FROM kept');
    expect(await read('ChildProtectionPlan', 'SC-0101')).toEqual([]);
  });

  it('that empties another table, one that is never empty, does so too; a table of few rows may come to have none', async () => {
    await deploy((database) => {
      const add = database.prepare(`INSERT INTO ssd_cp_plans (cppl_cp_plan_id, cppl_person_id) VALUES (?, 'SC-0199')`);
      for (let i = 0; i < 20; i += 1) add.run(`CP-1${i}`);
    });
    expect(await read('ChildProtectionPlan', 'SC-0101')).toHaveLength(1);
    change('CREATE TABLE kept AS SELECT * FROM ssd_cp_plans; DELETE FROM ssd_cp_plans; DELETE FROM ssd_missing');
    await expect(read('ChildProtectionPlan', 'SC-0101')).rejects.toThrow('ssd_cp_plans is empty');
    await expect(tell('SC-0101')).rejects.toThrow(SourceNotReady);
    change('INSERT INTO ssd_cp_plans SELECT * FROM kept');
    expect(await read('ChildProtectionPlan', 'SC-0101')).toHaveLength(1);
    expect(await read('MissingEpisode', 'SC-0109')).toEqual([]);
  });
});
