/** What the adult services hold about a generated family's parent, and what their workers judged relevant to its first child. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { daysBefore } from './invented.js';
import type { Random } from './random.js';
import type { Sink } from './sink.js';
import type { StaffMember } from './staff.js';
import { writeProbation, writeVictimCase } from './write-domestic-abuse.js';
import { judge } from './write-judgement.js';

export const clientId = ({ number }: Member) => `HR${number}`;
export const patientId = ({ number }: Member) => `svp-${number}`;

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const NAMES = { N: 'normal', R: 'restricted', V: 'very restricted' } as const;
const labelled = (code: keyof typeof NAMES) => ({
  security: [{ system: CONFIDENTIALITY, code, display: NAMES[code] }],
});

/** Writes the work of the family's adult services. Does nothing for a family without any. */
export function writeAdultWork(family: Family, today: IsoDate, random: Random, sink: Sink): void {
  const { work, adultWorker, adult, father } = family;
  if (!work || !adultWorker) return;
  if (work === 'SUBSTANCE') writeTreatment(family, adult, adultWorker, today, random, sink);
  else if (work === 'MENTAL_HEALTH') writeCare(family, adult, adultWorker, today, random, sink);
  else if (father) {
    writeVictimCase(family, adult, father, adultWorker, today, random, sink);
    writeProbation(family, father, family.team.officer, today, random, sink);
  }
}

function writeTreatment(
  family: Family,
  adult: Member,
  worker: StaffMember,
  today: IsoDate,
  random: Random,
  sink: Sink,
): void {
  const { house, postcode } = adult.home;
  const [id, episode, profile, from] = [
    clientId(adult),
    `E${adult.number}`,
    `T${adult.number}`,
    daysBefore(family.opened, -14),
  ];
  sink.row('substance-misuse/client-index', {
    CLIENTID: id,
    FORENAME: adult.forename,
    SURNAME: adult.surname,
    DOB: adult.born,
    SEX: adult.sex,
    HOUSE: house,
    POSTCODE: postcode,
    KEYWORKER_ID: worker.own,
    KEYWORKER_NAME: worker.name,
    TEAM_ID: worker.team,
    FROM: from,
  });
  if (random.chance(0.03)) {
    sink.row('substance-misuse/extract', { AGNCY: 'HVN01', CLIENTID: id, CONSENT: 'N' });
    return;
  }
  const days = () => String(random.int(0, 14));
  sink.row('substance-misuse/extract', {
    FINITIAL: adult.forename.charAt(0),
    SINITIAL: adult.surname.charAt(0),
    DOB: adult.born,
    SEX: adult.sex === 'M' ? '1' : '2',
    REFLD: from,
    AGNCY: 'HVN01',
    CLIENT: `HVN-${id}`,
    CLIENTID: id,
    EPISODID: episode,
    CONSENT: 'Y',
    PC: postcode.slice(0, -2),
    PRNTSTAT: '11',
    RFLS: '19',
    TRIAGED: from,
    DRUG1: random.pick(['1011', '3201', '5000', '7000']),
    DRUG2: '9996',
    DRUG3: '9997',
    CHILDWTH: family.children.length,
    DISD: 'NA',
    MODAL: '95',
    MODID: `M${adult.number}`,
    MODST: from,
    TOPDATE: daysBefore(today, 20),
    TOPID: profile,
    TRSTAGE: '2',
    ALCUSE: days(),
    OPIUSE: days(),
    CRAUSE: days(),
    COCAUSE: '0',
    AMPHUSE: '0',
    CANNUSE: days(),
  });
  judge(
    family,
    {
      source: 'substance-misuse',
      type: 'SubstanceMisuseRecord',
      holder: 'haven',
      local_id: `${id}/${episode}`,
      subject: adult,
      factor: '2B',
      by: worker,
    },
    today,
    sink,
  );
}

function writeCare(
  family: Family,
  adult: Member,
  worker: StaffMember,
  today: IsoDate,
  random: Random,
  sink: Sink,
): void {
  const [id, key, from] = [patientId(adult), adult.number, daysBefore(family.opened, -10)];
  const isRestricted = random.chance(0.03);
  const subject = { reference: `Patient/${id}` };
  const by = { reference: `Practitioner/${worker.own}`, display: worker.name };
  const label = labelled('N');
  sink.resource({
    resourceType: 'Patient',
    id,
    meta: labelled(isRestricted ? 'R' : 'N'),
    identifier: [nhsIdentifier(adult.nhs)],
    name: [{ use: 'usual', family: adult.surname, given: [adult.forename] }],
    gender: adult.sex === 'F' ? 'female' : 'male',
    birthDate: adult.born,
    ...(isRestricted
      ? {}
      : {
          telecom: [{ system: 'phone', value: adult.phone, use: 'mobile' }],
          address: [
            {
              use: 'home',
              line: [`${adult.home.house} ${adult.home.street}`],
              city: adult.home.town,
              postalCode: adult.home.postcode,
              period: { start: adult.since },
            },
          ],
        }),
  });
  sink.resource({
    resourceType: 'EpisodeOfCare',
    id: `svc-${key}`,
    meta: label,
    status: 'active',
    patient: subject,
    careManager: by,
    period: { start: from },
  });
  sink.resource({
    resourceType: 'Encounter',
    id: `sve-${key}`,
    meta: label,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject,
    participant: [{ individual: by }],
    period: { start: `${from}T10:00:00Z`, end: `${from}T10:50:00Z` },
    reasonCode: [{ text: 'First appointment' }],
    episodeOfCare: [{ reference: `EpisodeOfCare/svc-${key}` }],
  });
  const encounter = { reference: `Encounter/sve-${key}` };
  sink.resource({
    resourceType: 'Condition',
    id: `svd-${key}`,
    meta: labelled(random.chance(0.01) ? 'V' : 'N'),
    verificationStatus: { coding: [{ code: 'confirmed' }] },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '35489007', display: 'Depressive disorder' }] },
    subject,
    encounter,
    recordedDate: from,
    recorder: by,
  });
  sink.resource({
    resourceType: 'CarePlan',
    id: `svl-${key}`,
    meta: label,
    status: 'active',
    intent: 'plan',
    title: 'Weekly sessions',
    description: 'Eight sessions, then a review.',
    subject,
    encounter,
    period: { start: from },
    created: from,
    author: by,
  });
  judge(
    family,
    {
      source: 'mental-health',
      type: 'MentalHealthRecord',
      holder: 'mht',
      local_id: `Condition/svd-${key}`,
      subject: adult,
      factor: '4B',
      by: worker,
    },
    today,
    sink,
  );
}

function nhsIdentifier(value: string) {
  const url = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
  const coding = [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus', code: '01' }];
  return { system: 'https://fhir.nhs.uk/Id/nhs-number', value, extension: [{ url, valueCodeableConcept: { coding } }] };
}
