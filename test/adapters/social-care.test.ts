import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import type { Circumstances } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import { type Source, SourceFailure, SourceNotReady } from '../../src/sources/contract.js';

const FIXTURES = fileURLToPath(new URL('../../adapters/social-care/fixtures', import.meta.url));
const signal = AbortSignal.timeout(60_000);

describe('social care', () => {
  let simulated: Awaited<ReturnType<typeof simulateSocialCare>>;
  let source: Source;
  let statements: string[];

  beforeEach(async () => {
    const now = () => '2025-11-23T10:00:00.000Z';
    simulated = await simulateSocialCare(FIXTURES, { id: 'social-care', holder: 'council', now });
    statements = [];
    const verbose = (statement: string) => statements.push(statement);
    const database = {
      ...simulated.options.database,
      type: 'better-sqlite3',
      database: simulated.file,
      verbose,
    } as const;
    source = createSocialCare({ ...simulated.options, database });
  });
  afterEach(async () => {
    await source.stop();
    await simulated.stop();
  });

  function change(sql: string): void {
    const database = new Database(simulated.file);
    database.exec(sql);
    database.close();
  }
  /** Takes a column away as a deployment without it would have it. */
  function withoutColumn(table: string, column: string): void {
    const database = new Database(simulated.file);
    const indexes = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE ?`).pluck();
    for (const name of indexes.all(`%${column})%`)) database.exec(`DROP INDEX ${name}`);
    database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    database.close();
  }
  async function read(type: RecordType, ...persons: string[]): Promise<readonly SourceRecord[]> {
    return (await source.read({ wants: [{ type, persons }] }, { signal })).items;
  }
  async function tell(...persons: string[]): Promise<Circumstances> {
    const { items } = await source.circumstances(persons, { signal });
    if (!items[0]) throw new Error('told nothing');
    return items[0];
  }

  describe('is not ready', () => {
    it('without the restricted list', async () => {
      change('DROP TABLE gw_restricted_person');
      await expect(source.start()).rejects.toThrow(SourceNotReady);
      await expect(read('PersonDetails', 'SC-0101')).rejects.toThrow(SourceNotReady);
    });

    it('when the restricted list goes away later, or names nobody', async () => {
      await source.start();
      change(`INSERT INTO gw_restricted_person (person_id) VALUES (' ')`);
      await expect(read('PersonDetails', 'SC-0101')).rejects.toThrow(SourceNotReady);
      change('DROP TABLE gw_restricted_person');
      await expect(tell('SC-0101')).rejects.toThrow(SourceNotReady);
      await expect(tell('SC-0101')).rejects.toThrow(SourceNotReady);
    });

    it('while ssd_person is empty, and is again once it is loaded', async () => {
      await source.start();
      change('CREATE TABLE kept AS SELECT * FROM ssd_person; DELETE FROM ssd_person');
      await expect(read('Relationship', 'SC-0101')).rejects.toThrow(SourceNotReady);
      await expect(tell('SC-0101')).rejects.toThrow(SourceNotReady);
      await expect(source.find({ forename: 'a', surname: 'b' }, { signal })).rejects.toThrow(SourceNotReady);
      change('INSERT INTO ssd_person SELECT * FROM kept');
      expect(await read('Relationship', 'SC-0101')).toHaveLength(2);
    });

    it('when a table that was there is gone: that is no empty list', async () => {
      await source.start();
      change('DROP TABLE ssd_cp_plans');
      await expect(read('ChildProtectionPlan', 'SC-0101')).rejects.toThrow(SourceFailure);
      await expect(read('ChildProtectionPlan', 'SC-0101')).rejects.toThrow(SourceNotReady);
    });
  });

  describe('deployments that differ', () => {
    it('read missing columns as null and missing tables as empty', async () => {
      withoutColumn('ssd_professionals', 'prof_professional_name');
      withoutColumn('ssd_person', 'pers_forename');
      change('DROP TABLE ssd_legal_status; DROP TABLE gw_handover');
      await source.start();
      expect((await read('Involvement', 'SC-0101'))[0]?.content.workerName).toBeNull();
      expect((await read('PersonDetails', 'SC-0101'))[0]?.content).toMatchObject({
        forename: null,
        surname: 'Fixturely',
      });
      expect(await read('LegalStatus', 'SC-0109')).toEqual([]);
      expect((await tell('SC-0101')).handovers).toEqual([]);
    });

    it('reach the person through the plan where visits and reviews hold no person', async () => {
      const before = [...(await read('Visit', 'SC-0101')), ...(await read('PlanReview', 'SC-0101'))];
      await source.stop();
      withoutColumn('ssd_cp_visits', 'cppv_person_id');
      withoutColumn('ssd_cp_reviews', 'cppr_person_id');
      source = createSocialCare(simulated.options);
      expect([...(await read('Visit', 'SC-0101')), ...(await read('PlanReview', 'SC-0101'))]).toEqual(before);
      expect(before).toHaveLength(2);
    });
  });

  it('asks with as many statements for three hundred persons as for one', async () => {
    const crowd = ['SC-0101', 'SC-0109', ...Array.from({ length: 300 }, (_, i) => `SC-9${i}`)];
    const count = async (call: () => Promise<unknown>) => {
      statements.length = 0;
      await call();
      return statements.length;
    };
    await source.start();
    const wants = (persons: readonly string[]) => ({ wants: [...source.provides].map((type) => ({ type, persons })) });
    expect(await count(() => source.read(wants(crowd), { signal }))).toBe(
      await count(() => source.read(wants(['SC-0101']), { signal })),
    );
    expect(await count(() => source.circumstances(crowd, { signal }))).toBeLessThanOrEqual(30);
    expect(await count(() => source.circumstances(['SC-0101'], { signal }))).toBeLessThanOrEqual(30);
  });

  describe('records', () => {
    it('derive the child’s status from open plans, the allocated social worker and open enquiries', async () => {
      const statuses = await read('ChildStatus', 'SC-0101', 'SC-0102', 'SC-0103', 'SC-0109');
      expect(Object.fromEntries(statuses.map(({ label, content }) => [label.subject, content]))).toEqual({
        'SC-0101': {
          stage: 'CHILD_PROTECTION',
          planType: 'CHILD_PROTECTION',
          planStartedOn: '2025-06-01',
          planEndsOn: null,
          leadProfessionalName: 'Hesper Worksample',
          leadProfessionalRole: 'Social Worker',
          openS47Enquiry: true,
        },
        'SC-0102': expect.objectContaining({
          stage: 'CHILD_IN_NEED',
          leadProfessionalName: 'Hesper Worksample',
          openS47Enquiry: false,
        }),
        'SC-0109': expect.objectContaining({ stage: 'LOOKED_AFTER', leadProfessionalName: null }),
      });
    });

    it('keep unknown codes and mark them, and take words in place of codes for words', async () => {
      const [assessment] = await read('Assessment', 'SC-0101');
      expect(assessment?.content.factors).toEqual([
        { code: '3B', meaning: 'Domestic abuse suffered by a parent or carer', subject: 'parent_or_carer' },
        { code: '2C', meaning: 'Drug misuse by someone else in the household', subject: 'other_household' },
        { code: '99Z', meaning: 'unknown code 99Z', subject: null },
      ]);
      expect((await read('ChildProtectionPlan', 'SC-0101'))[0]?.content).toMatchObject({
        initialCategory: 'Emotional abuse',
        latestCategoryCode: 'Words instead',
        latestCategory: 'Words instead',
      });
      expect((await read('Contact', 'SC-0101'))[0]?.content.outcomes).toEqual([
        'Became a new referral',
        'unknown code LOCAL_FLAG',
      ]);
    });

    it('join what SSD and the view of adults know, and read SSD_PH as nothing', async () => {
      const [adult] = await read('PersonDetails', 'SC-0103');
      expect(adult?.content).toMatchObject({
        aliases: ['Tam Fixturely', 'Tamsel Oldname'],
        nhsNumber: '9990000018',
        phones: ['01632 960101'],
      });
      expect(adult?.label.addresses).toEqual(['uprn:100000000017', 'pc:zz99aa/7', 'pc:zz99ab/12']);
      expect((await read('PersonDetails', 'SC-0101'))[0]?.content).toMatchObject({
        nhsNumber: null,
        dateOfBirth: '2016-03-04',
      });
    });

    it('say which agency referred, whom an enquiry names, and who wrote', async () => {
      const [referral] = await read('Referral', 'SC-0101');
      const [decision] = await read('ReferralDecision', 'SC-0101');
      expect([referral?.label.referredBy, decision?.label.referredBy]).toEqual([
        'agency-under-test',
        'agency-under-test',
      ]);
      expect(referral?.label).toMatchObject({ kind: 'REFERRAL', author: 'ST-01', episode: 'R-1' });
      const enquiries = await read('S47Enquiry', 'SC-0101');
      expect(enquiries.map(({ label }) => label.names)).toEqual([['SC-0104'], ['SC-0104', 'SC-0105']]);
    });

    it('keep the addresses of restricted persons for the door to withhold', async () => {
      expect((await read('PersonDetails', 'SC-0109'))[0]?.content.addresses).toHaveLength(1);
      expect((await tell('SC-0109')).protectedPersons).toContainEqual({ person: 'SC-0109' });
    });
  });

  describe('circumstances', () => {
    it('reach the whole family and those named on its child’s open enquiry', async () => {
      const told = await tell('SC-0105');
      expect(told.enquiries.map(({ id }) => id)).toEqual(expect.arrayContaining(['S-2']));
      expect(told.involvements).toContainEqual({
        person: 'SC-0101',
        worker: 'ST-01',
        team: 'T-EAST',
        role: 'social worker',
        from: '2025-02-01',
      });
      expect((await tell('SC-0102')).memberships.map(({ person, included }) => [person, included])).toEqual([
        ['SC-0101', true],
        ['SC-0102', true],
        ['SC-0103', true],
        ['SC-0104', false],
      ]);
    });

    it('do not follow a membership that has ended', async () => {
      expect((await tell('SC-0104')).memberships.map(({ family }) => family)).not.toContain('FA-2');
    });

    it('protect who is restricted now, and the protected person who lives at an address that is held', async () => {
      const told = await tell('SC-0101');
      expect(told.protectedPersons.map(({ person }) => person).sort()).toEqual(['SC-0103', 'SC-0109']);
      expect(told.residences).toContainEqual({ person: 'SC-0109', address: 'pc:zz99ab/12', from: '2021-05-01' });
    });

    it('protect while the end of a restriction cannot be read', async () => {
      change(`UPDATE gw_restricted_person SET until_date = 'soon' WHERE person_id = 'SC-0102'`);
      expect((await tell('SC-0102')).protectedPersons).toContainEqual({ person: 'SC-0102' });
    });

    it('keep an allegation whose date cannot be read, and count it as the later one', async () => {
      expect((await tell('SC-0101')).allegations).toEqual([
        { victim: 'SC-0103', perpetrator: 'SC-0104', recordedAt: '2025-05-10T00:00:00.000Z' },
        { victim: 'SC-0104', perpetrator: 'SC-0103', recordedAt: '9999-12-31', review: 'DOES_NOT_STAND' },
      ]);
    });

    it('say what a relationship is today', async () => {
      expect((await tell('SC-0103')).relationships).toEqual(
        expect.arrayContaining([
          { person: 'SC-0103', other: 'SC-0104', kind: 'FORMER_PARTNER', parentalResponsibility: false },
          { person: 'SC-0101', other: 'SC-0103', kind: 'PARENT', parentalResponsibility: true },
        ]),
      );
    });
  });

  it('reaches a team’s families through the members who are in the workflow only', async () => {
    const { items } = await source.workload({ workers: [], teams: ['T-EAST'] }, { signal });
    const throughFamily = items.filter(({ worker }) => worker === undefined).map(({ person }) => person);
    expect(throughFamily.sort()).toEqual(['SC-0101', 'SC-0102', 'SC-0103']);
  });
});
