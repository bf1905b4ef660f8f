/** Persons whom a source tells of for the first time, between two matchings of all: real adapters over their simulated systems. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createEarlyHelp } from '../../adapters/early-help/index.js';
import { simulateEarlyHelp } from '../../adapters/early-help/seed.js';
import { createSocialCare } from '../../adapters/social-care/index.js';
import { simulateSocialCare } from '../../adapters/social-care/seed.js';
import type { Agency } from '../../src/domain/requester.js';
import { openLinkQuestions } from '../../src/people/link-questions.js';
import { openPeople, type PersonRef, refKey } from '../../src/people/people.js';
import { createPersonIndex, readMatching } from '../../src/people/person-index.js';
import { openMet } from '../../src/reader/match-met.js';
import { matchPersons } from '../../src/reader/match-persons.js';
import { openGates } from '../../src/sources/ask.js';
import type { Source } from '../../src/sources/contract.js';
import { counter, openEmpty, STORES } from '../store/test-stores.js';

const fixtures = (adapter: string) => fileURLToPath(new URL(`../../adapters/${adapter}/fixtures`, import.meta.url));
const NOW = '2025-11-23T10:00:00.000Z';
const agency = (id: string, kind: Agency['kind']): Agency => ({ id, name: id, kind, voluntary: false, dutyPoint: '' });
const AGENCIES = new Map([
  ['council', agency('council', 'CHILDRENS_SOCIAL_CARE')],
  ['ehs', agency('ehs', 'EARLY_HELP')],
]);
const KNOWN: PersonRef = { space: 'social-care', local: 'SC-0104' };
const met = (local: string): PersonRef => ({ space: 'early-help', local });

/** A source that counts what it is asked, and may be down. */
function counting(source: Source) {
  const asked = { reads: 0, isDown: false };
  const read: Source['read'] = (ask, options) => {
    asked.reads += 1;
    return asked.isDown ? Promise.reject(new Error('down')) : source.read(ask, options);
  };
  return { source: { ...source, read }, asked };
}

describe.each(STORES)('a person met for the first time on $kind', (config) => {
  async function open() {
    const store = await openEmpty(config);
    const care = await simulateSocialCare(fixtures('social-care'), {
      id: 'social-care',
      holder: 'council',
      now: () => NOW,
    });
    const help = await simulateEarlyHelp(fixtures('early-help'), { id: 'early-help', holder: 'ehs', now: () => NOW });
    const { source, asked } = counting(createEarlyHelp(help.options));
    const sources = [createSocialCare(care.options), source];
    for (const each of sources) await each.start();
    const newId = counter('n');
    const questions = openLinkQuestions(store, { newId });
    const noted: PersonRef[] = [];
    const people = openPeople(store, {
      newId,
      met: (refs) => {
        noted.push(...refs);
        meeting.note(refs);
      },
    });
    const now = () => new Date(NOW);
    const gates = openGates({ now, tick: () => performance.now(), random: () => 0.5, log: { warn: () => {} } });
    const meeting = openMet({
      sources,
      agencies: async () => AGENCIES,
      people,
      questions,
      gates,
      deadlineMs: 5_000,
      now,
    });
    const { index } = await matchPersons({
      sources,
      agencies: AGENCIES,
      newIndex: () => createPersonIndex(readMatching()),
      questions,
      now,
      signal: AbortSignal.timeout(20_000),
    });
    await people.resolve([KNOWN]);
    noted.length = 0;
    await meeting.match(index);
    asked.reads = 0;
    const add = (id: string, forename: string, dob: string, house = '12', postcode = 'ZZ9 9AB') => {
      const file = new Database(help.file);
      file
        .prepare(
          `INSERT INTO gw_eh_person (person_id, forename, surname, dob, sex, house, postcode) VALUES (?, ?, 'Placeholder', ?, 'M', ?, ?)`,
        )
        .run(id, forename, dob, house, postcode);
      file.close();
    };
    const who = async (ref: PersonRef) => (await people.resolve([ref])).get(refKey(ref));
    const stop = async () => {
      for (const each of sources) await each.stop();
      await care.stop();
      await help.stop();
      await store.close();
    };
    return { index, meeting, questions, people, add, who, asked, noted, stop };
  }

  it('is joined with whom they plainly are, and then known to the index', async () => {
    const { index, meeting, add, who, noted, stop } = await open();
    add('EH-90', 'Dorrick', '1988-02-29');
    expect(await who(met('EH-90'))).not.toBe(await who(KNOWN));
    expect(noted).toEqual([met('EH-90')]);
    expect(await meeting.match(index)).toEqual({ joined: 1, heldBack: 0, asked: 0 });
    expect(await who(met('EH-90'))).toBe(await who(KNOWN));
    expect(index.has(met('EH-90'))).toBe(true);
    expect(await meeting.match(index)).toEqual({ joined: 0, heldBack: 0, asked: 0 });
    await stop();
  });

  it('is asked about where it is for somebody to decide', async () => {
    const { index, meeting, add, who, questions, stop } = await open();
    add('EH-91', 'Dorrick', '1988-02-28', '99', 'ZZ9 9AF');
    const apart = await who(met('EH-91'));
    expect(await meeting.match(index)).toEqual({ joined: 0, heldBack: 0, asked: 1 });
    expect(await who(met('EH-91'))).toBe(apart);
    const [asked] = await questions.list('REVIEW', ['early-help']);
    expect([asked?.a.local, asked?.b.local, asked?.ground]).toEqual(['EH-91', 'SC-0104', 'BIRTH_DIFFERS']);
    await stop();
  });

  it('is not joined with a person who has a record of that source, nor when they could be two of ours', async () => {
    const { index, meeting, add, who, questions, stop } = await open();
    add('EH-92', 'Dorrick', '1988-02-29');
    await who(met('EH-92'));
    await meeting.match(index);
    add('EH-93', 'Dorrick', '1988-02-29');
    await who(met('EH-93'));
    expect(await meeting.match(index)).toMatchObject({ joined: 0, asked: 1 });
    expect(await who(met('EH-93'))).not.toBe(await who(KNOWN));
    const [question] = await questions.list('REVIEW', ['early-help']);
    expect([question?.a.local, question?.b.local]).toContain('EH-93');
    await stop();
  });

  it('costs the operation that meets them nothing at any source: they are asked about later, and once', async () => {
    const { index, meeting, add, who, asked, stop } = await open();
    add('EH-94', 'Dorrick', '1988-02-29');
    await who(met('EH-94'));
    await who(met('EH-94'));
    expect(asked.reads).toBe(0);
    await meeting.match(index);
    await meeting.match(index);
    expect(asked.reads).toBe(1);
    await stop();
  });

  it('is asked about again while their source is down, and then left to the next matching of all', async () => {
    const { index, meeting, add, who, asked, stop } = await open();
    add('EH-95', 'Dorrick', '1988-02-29');
    await who(met('EH-95'));
    asked.isDown = true;
    await meeting.match(index);
    asked.isDown = false;
    expect(await meeting.match(index)).toMatchObject({ joined: 1 });
    add('EH-96', 'Dorrick', '1988-02-29');
    await who(met('EH-96'));
    asked.isDown = true;
    for (let round = 0; round < 3; round += 1) await meeting.match(index);
    asked.isDown = false;
    expect(await meeting.match(index)).toEqual({ joined: 0, heldBack: 0, asked: 0 });
    await stop();
  });

  it('whom the index knows already is not read again', async () => {
    const { index, meeting, who, asked, stop } = await open();
    await who(met('EH-01'));
    await meeting.match(index);
    expect(asked.reads).toBe(0);
    await stop();
  });
});
