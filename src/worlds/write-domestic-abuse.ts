/** Work with the victim, and with the man alleged to have hurt her, in a generated family: one case each, at two agencies. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { daysBefore } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';
import type { StaffMember } from './staff.js';
import { judge } from './write-judgement.js';

export const caseId = ({ number }: Member) => `LC${number}`;
export const clientOfLantern = ({ number }: Member) => `LP${number}`;
export const crn = ({ number }: Member) => `X${String(number).padStart(6, '0')}`;

export function writeVictimCase(
  family: Family,
  victim: Member,
  alleged: Member,
  worker: StaffMember,
  today: IsoDate,
  random: Random,
  sink: Sink,
): void {
  const [id, opened, score] = [caseId(victim), daysBefore(family.opened, 2), random.int(6, 20)];
  const isHidden = family.isHidden;
  const person = (member: Member, role: string) => ({
    personId: clientOfLantern(member),
    role,
    forename: member.forename,
    surname: member.surname,
    dateOfBirth: member.born,
    sex: member.sex,
    ...(role === 'child'
      ? {}
      : { addresses: [{ ...member.home, from: member.since, safeToVisit: role === 'victim' }] }),
    locationProtected: isHidden && role !== 'alleged_perpetrator',
  });
  sink.item('domestic-abuse', {
    caseId: id,
    openedOn: opened,
    workWith: 'victim',
    confidentiality: 'N',
    worker: { id: worker.own, name: worker.name, teamId: worker.team },
    persons: [
      person(victim, 'victim'),
      person(alleged, 'alleged_perpetrator'),
      ...family.children.map((child) => person(child, 'child')),
    ],
    risk: {
      dashScore: score,
      level: score >= 14 ? 'HIGH' : 'MEDIUM',
      assessedOn: opened,
      professionalJudgement: false,
    },
    safetyPlan: 'Code word with school.',
    safeContact: 'Text first.',
    entries: [
      {
        entryId: '1',
        at: `${opened}T11:00:00Z`,
        kind: 'Home visit',
        text: 'She says he shouted through the night.',
        nature: 'THIRD_PARTY_REPORT',
        author: worker.own,
      },
      {
        entryId: '2',
        at: `${daysBefore(today, 15)}T11:00:00Z`,
        kind: 'Meeting',
        text: 'The children sleep better.',
        nature: 'FACT',
        author: worker.own,
      },
    ],
  });
  judge(
    family,
    {
      source: 'domestic-abuse',
      type: 'DomesticAbuseRecord',
      holder: 'safe',
      local_id: `${id}/2`,
      subject: victim,
      factor: '3B',
      by: worker,
    },
    today,
    sink,
  );
}

export function writeProbation(
  family: Family,
  man: Member,
  officer: StaffMember,
  today: IsoDate,
  random: Random,
  sink: Sink,
): void {
  const [id, date] = [crn(man), daysBefore(family.opened, -5)];
  const [forename = '', surname = ''] = officer.name.split(' ');
  const limited = random.chance(0.02) ? [{ email: `other-officer-${random.int(1, 99)}@prob.alderbrook.example` }] : [];
  const { house, street, town, postcode } = man.home;
  sink.item('probation', {
    crn: id,
    detail: {
      otherIds: { crn: id },
      firstName: man.forename,
      surname: man.surname,
      dateOfBirth: man.born,
      gender: 'Male',
      contactDetails: { phoneNumbers: [{ number: man.phone, type: 'MOBILE' }] },
      offenderAliases: [],
      currentExclusion: limited.length > 0,
      currentRestriction: false,
    },
    supervisions: {
      communityManager: {
        name: { forename, surname },
        username: officer.own,
        email: officer.email,
        team: { code: officer.team, description: 'Delivery team' },
        allocated: true,
      },
      supervisions: [
        {
          number: 1,
          active: true,
          date,
          sentence: { description: 'Community order', date, length: 12, lengthUnits: 'Months', custodial: false },
          mainOffence: { description: 'Common assault, domestic' },
        },
      ],
      dynamicRisks: [
        {
          code: 'ADVP',
          description: 'Domestic abuse perpetrator',
          startDate: date,
          reviewDate: daysBefore(date, -180),
          notes: 'Angry at handovers.',
        },
      ],
      personStatus: [],
    },
    addresses: {
      contactDetails: {
        addresses: [{ noFixedAbode: false, addressNumber: house, streetName: street, town, postcode, from: man.since }],
      },
    },
    accessLimitations: { excludedFrom: limited, restrictedTo: [] },
  });
  judge(
    family,
    {
      source: 'probation',
      type: 'DomesticAbuseRecord',
      holder: 'prob',
      local_id: `${id}/risk/ADVP`,
      subject: man,
      factor: '3B',
      by: officer,
    },
    today,
    sink,
  );
}
