/** One probation case in the gateway's words. Records are of work with an alleged perpetrator; nDelius names nobody else. */
import type { InvolvementRow, ResidenceRow } from '../../src/domain/circumstances.js';
import {
  addressKey,
  type ContentValue,
  type RecordLabel,
  type RecordType,
  type SourceRecord,
} from '../../src/domain/records.js';
import type { Confidentiality, IsoDate, LocalId, SourceId } from '../../src/domain/words.js';
import type {
  CaseAddress,
  CaseloadRow,
  Manager,
  MappaDetail,
  ProbationCase,
  Registration,
  Sentences,
  Supervision,
} from './wire.js';

/** The involvement role told for a community manager. */
const ROLE = 'community manager';

function labelOf(source: SourceId, type: RecordType, crn: LocalId, localId: string): RecordLabel<LocalId> {
  return {
    type,
    source,
    localId,
    subject: crn,
    names: [],
    fromWorkWith: [crn],
    category: 'DOMESTIC_ABUSE_PERPETRATOR',
    kind: 'OTHER',
    confidentiality: 'N',
    addresses: [],
    episode: crn,
  };
}

/** Details of the person on probation, in the category of the work, so that no name shows that somebody is known here. */
export function detailsOf(source: SourceId, detail: ProbationCase, addresses: readonly CaseAddress[]): SourceRecord {
  const { crn } = detail.otherIds;
  const aliases = (detail.offenderAliases ?? []).map(({ firstName, surname }) => fullName(firstName, surname));
  return {
    label: {
      ...labelOf(source, 'PersonDetails', crn, crn),
      addresses: [...new Set(addresses.flatMap((address) => keyOf(address) ?? []))],
    },
    content: {
      forename: detail.firstName ?? null,
      surname: detail.surname ?? null,
      aliases: [...new Set(aliases.filter((alias) => alias !== ''))],
      dateOfBirth: detail.dateOfBirth ?? null,
      sex: detail.gender ?? null,
      ethnicity: detail.offenderProfile?.ethnicity ?? null,
      addresses: addresses.filter(({ noFixedAbode }) => noFixedAbode !== true).map(contentOfAddress),
      phones: (detail.contactDetails?.phoneNumbers ?? []).flatMap(({ number }) => number ?? []),
    },
  };
}

/** One record a supervision, one a code of risk or status registration, one for MAPPA (restricted). */
export function domesticAbuseRecordsOf(source: SourceId, crn: LocalId, sentences: Sentences): SourceRecord[] {
  const author = sentences.manager?.username;
  const record = (localId: string, said: Said, confidentiality: Confidentiality = 'N'): SourceRecord => ({
    label: {
      ...labelOf(source, 'DomesticAbuseRecord', crn, `${crn}/${localId}`),
      confidentiality,
      ...(author ? { author } : {}),
      ...(said.recordedOn ? { at: said.recordedOn } : {}),
    },
    content: { ...said, side: 'PERPETRATOR' },
    persons: { adult: crn },
  });
  return [
    ...byKey(sentences.supervisions, ({ number }) => String(number)).map(([number, same]) =>
      record(`supervision/${number}`, saidOfSupervision(same)),
    ),
    ...byKey(sentences.risks, ({ code }) => code).map(([code, same]) =>
      record(`risk/${code}`, saidOfRegistration('Risk registration', same)),
    ),
    ...byKey(sentences.statuses, ({ code }) => code).map(([code, same]) =>
      record(`status/${code}`, saidOfRegistration('Status registration', same)),
    ),
    ...(sentences.mappa ? [record('mappa', saidOfMappa(sentences.mappa), 'R')] : []),
  ];
}

interface Said {
  readonly [field: string]: ContentValue;
  readonly recordedOn: IsoDate | null;
}

function saidOfSupervision(same: readonly Supervision[]): Said {
  const recordedOn = latest(same.map(({ date }) => date));
  return { recordedOn, kind: 'Supervision', summary: lines(same.flatMap(wordsOfSupervision)), nature: 'FACT' };
}

function wordsOfSupervision({
  sentence,
  mainOffence,
  additionalOffences,
  active,
}: Supervision): (string | undefined)[] {
  const length =
    sentence?.length && sentence.lengthUnits ? `${sentence.length} ${sentence.lengthUnits.toLowerCase()}` : undefined;
  const details = [
    length,
    sentence?.custodial ? 'custodial' : undefined,
    sentence?.date ? `from ${sentence.date}` : undefined,
  ];
  const known = details.filter((detail) => detail !== undefined).join(', ');
  return [
    sentence ? `${sentence.description ?? 'Sentence'}${known && ` (${known})`}` : undefined,
    mainOffence?.description ? `Main offence: ${mainOffence.description}` : undefined,
    ...(additionalOffences ?? []).map(({ description }) => (description ? `Also: ${description}` : undefined)),
    active === false ? 'No longer active' : undefined,
  ];
}

/** A code may be registered twice; the latest stands first. With an officer's notes it is opinion. */
function saidOfRegistration(kind: string, same: readonly Registration[]): Said {
  const newestFirst = [...same].sort((a, b) => (b.startDate ?? '').localeCompare(a.startDate ?? ''));
  return {
    recordedOn: newestFirst[0]?.startDate ?? null,
    kind,
    summary: lines(
      newestFirst.flatMap(({ description, reviewDate, notes }) => [description, reviewOf(reviewDate), notes]),
    ),
    nature: same.some(({ notes }) => notes) ? 'OPINION' : 'FACT',
  };
}

function saidOfMappa(mappa: MappaDetail): Said {
  const level = mappa.level ?? undefined;
  const category = mappa.category ?? undefined;
  return {
    recordedOn: mappa.startDate ?? null,
    kind: 'MAPPA',
    summary: lines([
      mappa.levelDescription ?? (level === undefined ? undefined : `MAPPA level ${level}`),
      mappa.categoryDescription ?? (category === undefined ? undefined : `MAPPA category ${category}`),
      reviewOf(mappa.reviewDate),
      mappa.notes,
    ]),
    nature: 'FACT',
  };
}

function reviewOf(date: IsoDate | null | undefined): string | undefined {
  return date ? `To be reviewed on ${date}` : undefined;
}

/** The community manager's work with the person, while allocated. nDelius does not say since when: since the earliest active sentence. */
export function involvementsOf(crn: LocalId, { manager, supervisions }: Sentences): InvolvementRow[] {
  if (!isAllocated(manager)) return [];
  const from = earliestActive(supervisions);
  return [
    {
      person: crn,
      worker: manager.username,
      ...(manager.team?.code ? { team: manager.team.code } : {}),
      role: ROLE,
      ...(from ? { from } : {}),
    },
  ];
}

export function involvementRecordsOf(source: SourceId, crn: LocalId, sentences: Sentences): SourceRecord[] {
  return involvementsOf(crn, sentences).map(({ from, until }) => ({
    label: { ...labelOf(source, 'Involvement', crn, crn), category: 'INVOLVEMENT', ...(from ? { at: from } : {}) },
    content: {
      workerName: fullName(sentences.manager?.name?.forename, sentences.manager?.name?.surname) || null,
      workerRole: ROLE,
      from: from ?? null,
      until: until ?? null,
      serviceName: sentences.manager?.team?.description ?? null,
    },
    persons: { person: crn },
  }));
}

/** A row of the caseload extension. */
export function workOf({ crn, username, teamCode, from, until }: CaseloadRow): InvolvementRow {
  return {
    person: crn,
    worker: username,
    ...(teamCode ? { team: teamCode } : {}),
    role: ROLE,
    ...(from ? { from } : {}),
    ...(until ? { until } : {}),
  };
}

export function residencesOf(crn: LocalId, addresses: readonly CaseAddress[]): ResidenceRow[] {
  return addresses.flatMap((held) => {
    const address = keyOf(held);
    const period = { ...(held.from ? { from: held.from } : {}), ...(held.to ? { until: held.to } : {}) };
    return address === undefined ? [] : [{ person: crn, address, ...period }];
  });
}

function isAllocated(manager: Manager | undefined): manager is Manager & { username: string } {
  return manager?.allocated === true && Boolean(manager.username);
}

function earliestActive(supervisions: readonly Supervision[]): IsoDate | undefined {
  return supervisions.flatMap(({ active, date }) => (active === true && date ? [date] : [])).sort()[0];
}

function keyOf({ noFixedAbode, addressNumber, buildingName, postcode }: CaseAddress): string | undefined {
  if (noFixedAbode === true) return undefined;
  return addressKey({ postcode: postcode ?? null, house: addressNumber || buildingName || null });
}

function contentOfAddress({
  buildingName,
  addressNumber,
  streetName,
  town,
  district,
  postcode,
  from,
  to,
}: CaseAddress): ContentValue {
  const street = [addressNumber, streetName].filter((part) => part).join(' ');
  return {
    line: [buildingName, street, district].filter((part) => part).join(', ') || null,
    town: town ?? null,
    postcode: postcode ?? null,
    from: from ?? null,
    until: to ?? null,
  };
}

function fullName(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part).join(' ');
}

function lines(parts: readonly (string | null | undefined)[]): string | null {
  return parts.filter((part) => part).join('\n') || null;
}

function latest(dates: readonly (IsoDate | null | undefined)[]): IsoDate | null {
  return (
    dates
      .flatMap((date) => date ?? [])
      .sort()
      .at(-1) ?? null
  );
}

function byKey<T>(items: readonly T[], keyOfItem: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOfItem(item), [...(groups.get(keyOfItem(item)) ?? []), item]);
  return [...groups];
}
