/** Patient, EpisodeOfCare and Practitioner as person details, residences and involvements. */
import type { InvolvementRow, Period, ResidenceRow } from '../../src/domain/circumstances.js';
import { addressKey, type SourceRecord } from '../../src/domain/records.js';
import { type Context, labelOf } from './context.js';
import { periodOf } from './dates.js';
import { categoryOf, confidentialityOf } from './labels.js';
import type { EpisodeOfCare, FhirAddress, HumanName, Patient, Practitioner, PractitionerRole } from './wire.js';

export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
const UK_CORE = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-';
const NAME_ORDER: readonly (string | undefined)[] = ['usual', 'official', undefined];
const SEXES: ReadonlyMap<string, string> = new Map([
  ['female', 'Female'],
  ['male', 'Male'],
  ['other', 'Other'],
  ['unknown', 'Unknown'],
]);
/** Episodes in which the trust works, or worked, with the patient. */
const WORKED: ReadonlySet<EpisodeOfCare['status']> = new Set(['active', 'onhold', 'finished']);

/** The involvement role told for a care manager. */
export const CARE_MANAGER = 'care manager';

/** Names by which the patient is known, the usual one first. */
export function namesOf(patient: Patient): readonly HumanName[] {
  const rank = ({ use }: HumanName) => (NAME_ORDER.includes(use) ? NAME_ORDER.indexOf(use) : NAME_ORDER.length);
  return [...patient.name].sort((a, b) => rank(a) - rank(b));
}

/** Whereabouts are protected unless the patient is labelled as ordinary: the NHS leaves them out at R. */
export function isProtected(patient: Patient): boolean {
  return confidentialityOf(patient.meta) !== 'N';
}

/** Person details in the adult-work category, so that no name shows that somebody is known here. */
export function detailsOf(patient: Patient, context: Context): SourceRecord {
  const [name, ...others] = namesOf(patient);
  const located = !isProtected(patient);
  const addresses = located ? (patient.address ?? []).filter(isPlace) : [];
  const gp = located ? patient.generalPractitioner?.[0] : undefined;
  return {
    label: {
      ...labelOf(context, 'PersonDetails', `Patient/${patient.id}`, patient.id),
      category: categoryOf(patient.meta),
      confidentiality: confidentialityOf(patient.meta),
      addresses: [...new Set(addresses.flatMap(keysOf))],
    },
    content: {
      forename: name?.given?.[0] ?? null,
      surname: name?.family ?? null,
      aliases: [...new Set(others.map(fullName))].filter((alias) => alias !== '' && alias !== (name && fullName(name))),
      dateOfBirth: patient.birthDate?.length === 10 ? patient.birthDate : null,
      sex: SEXES.get(patient.gender ?? '') ?? null,
      ethnicity: ethnicityOf(patient),
      nhsNumber: nhsNumberOf(patient),
      addresses: addresses.map(({ line, city, postalCode, period }) => {
        const { from, until } = periodOf(period, 'wide');
        return {
          line: line?.join(', ') ?? null,
          town: city ?? null,
          postcode: postalCode ?? null,
          from: from?.slice(0, 10) ?? null,
          until: until?.slice(0, 10) ?? null,
        };
      }),
      phones: located
        ? (patient.telecom ?? []).flatMap(({ system, value }) => (system === 'phone' && value ? [value] : []))
        : [],
      gpPractice: gp?.display ?? gp?.identifier?.value ?? null,
    },
  };
}

/** Where the patient lives or lived: told whatever the label, since it protects and is never released. */
export function residencesOf(patient: Patient): ResidenceRow[] {
  return (patient.address ?? [])
    .filter((address) => isPlace(address) && address.use !== 'old')
    .flatMap((address) =>
      keysOf(address).map((key) => ({ person: patient.id, address: key, ...periodOf(address.period, 'wide') })),
    );
}

/** Lived at, for good or for a time; not where only post or bills go. */
function isPlace({ use, type }: FhirAddress): boolean {
  return (use === undefined || use === 'home' || use === 'temp' || use === 'old') && type !== 'postal';
}

/** The UPRN's key and the key of postcode and house: other sources may know only one of them. */
function keysOf(address: FhirAddress): string[] {
  const part = address.extension?.find((e) => e.url === `${UK_CORE}AddressKey`)?.extension;
  const isUprn = part?.some((p) => p.url === 'type' && p.valueCoding?.code === 'UPRN');
  const uprn = isUprn ? part?.find((p) => p.url === 'value')?.valueString : undefined;
  const keys = [
    addressKey({ uprn: uprn ?? null }),
    addressKey({ postcode: address.postalCode ?? null, house: houseOf(address) }),
  ];
  return keys.filter((key) => key !== undefined);
}

/** The house of an address written in lines: its number, else the first line up to a comma. */
function houseOf({ line }: FhirAddress): string | null {
  const first = line?.find((one) => one.trim() !== '')?.trim();
  return first === undefined ? null : (/^\d+\s*[a-z]?\b/i.exec(first)?.[0] ?? first.split(',')[0] ?? null);
}

function fullName({ text, given, family }: HumanName): string {
  return [...(given ?? []), ...(family ? [family] : [])].join(' ') || (text ?? '');
}

function ethnicityOf(patient: Patient): string | null {
  const concept = patient.extension?.find((e) => e.url === `${UK_CORE}EthnicCategory`)?.valueCodeableConcept;
  return concept?.coding?.[0]?.display ?? concept?.text ?? null;
}

/** Only a number that the trust verified (status 01) and that passes its check digit may link people. */
function nhsNumberOf(patient: Patient): string | null {
  const number = patient.identifier?.find(
    ({ system, extension }) =>
      system === NHS_NUMBER &&
      extension?.some(
        ({ url, valueCodeableConcept }) =>
          url === `${UK_CORE}NHSNumberVerificationStatus` && valueCodeableConcept?.coding?.[0]?.code === '01',
      ),
  )?.value;
  return number !== undefined && passesModulus11(number) ? number : null;
}

/** Whether these are ten digits of which the last is the check digit (NHS Data Dictionary, NHS NUMBER). */
export function passesModulus11(number: string): boolean {
  if (!/^\d{10}$/.test(number)) return false;
  const sum = [...number].slice(0, 9).reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
  return (11 - (sum % 11)) % 11 === Number(number[9]);
}

/** Whether the trust verified this NHS number to be the patient's. */
export function hasNumber(patient: Patient, number: string): boolean {
  return nhsNumberOf(patient) === number;
}

/**
 * The period in which the trust works or worked with the patient: none for an episode that never began, was cancelled
 * or entered in error. A finished episode without an end counts as over from its start, never as open.
 */
export function careOf(episode: EpisodeOfCare): Period | undefined {
  if (!WORKED.has(episode.status)) return undefined;
  const period = periodOf(episode.period, 'narrow');
  if (episode.status !== 'finished' || period.until !== undefined) return period;
  return period.from === undefined ? undefined : { from: period.from, until: period.from };
}

/** Who works with the patient, for the door; none without a care manager. */
export function involvementOf(episode: EpisodeOfCare, context: Context): InvolvementRow | undefined {
  const care = careOf(episode);
  const person = context.idOf(episode.patient, 'Patient');
  const worker = context.idOf(episode.careManager, 'Practitioner');
  if (!care || person === undefined || worker === undefined) return undefined;
  return { person, worker, role: CARE_MANAGER, ...care };
}

/** A worker and the roles they hold or held. */
export interface Staff {
  readonly practitioner: Practitioner;
  readonly roles: readonly PractitionerRole[];
}

/** What somebody is called in a role that was theirs in the period, at best at the organisation; else their qualification. */
function titleOf(staff: Staff | undefined, care: Period, episode: EpisodeOfCare, context: Context): string | undefined {
  const organisation = context.idOf(episode.managingOrganization, 'Organization');
  const isHere = (role: PractitionerRole) => context.idOf(role.organization, 'Organization') === organisation;
  const roles = (staff?.roles ?? []).filter(
    ({ active, period }) => active !== false && overlap(periodOf(period, 'wide'), care),
  );
  const code = (roles.find(isHere) ?? roles[0])?.code?.[0];
  return code?.text ?? code?.coding?.[0]?.display ?? staff?.practitioner.qualification?.[0]?.code.text;
}

function overlap(a: Period, b: Period): boolean {
  return (a.from ?? '') < (b.until ?? '9999') && (b.from ?? '') < (a.until ?? '9999');
}

/** The same as a record; `staff` are those found by id. Requires a patient. */
export function involvementRecordOf(
  episode: EpisodeOfCare,
  staff: ReadonlyMap<string, Staff>,
  context: Context,
): SourceRecord | undefined {
  const care = careOf(episode);
  const person = context.idOf(episode.patient, 'Patient');
  if (!care || person === undefined) return undefined;
  const worker = staff.get(context.idOf(episode.careManager, 'Practitioner') ?? '');
  const name = worker?.practitioner.name?.[0];
  return {
    label: {
      ...labelOf(context, 'Involvement', `EpisodeOfCare/${episode.id}`, person),
      category: 'INVOLVEMENT',
      confidentiality: confidentialityOf(episode.meta),
      addresses: [],
      episode: episode.id,
      ...(care.from === undefined ? {} : { at: care.from }),
    },
    content: {
      workerName: (name && fullName(name)) ?? episode.careManager?.display ?? null,
      workerRole: titleOf(worker, care, episode, context) ?? (episode.careManager ? 'Care manager' : null),
      from: care.from?.slice(0, 10) ?? null,
      until: care.until?.slice(0, 10) ?? null,
      serviceName: episode.managingOrganization?.display ?? null,
    },
    persons: { person },
  };
}
