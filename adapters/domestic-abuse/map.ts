/** A case in the gateway's words: its records, and what it tells about the people on it. */
import type { Circumstances, InvolvementRow, Period } from '../../src/domain/circumstances.js';
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import {
  addressKey,
  type ContentValue,
  type RecordLabel,
  type RecordType,
  type SourceRecord,
} from '../../src/domain/records.js';
import type { IsoDate, LocalId, SourceId } from '../../src/domain/words.js';
import type { SourceAnswer } from '../../src/sources/contract.js';
import {
  type Case,
  type CaseOutline,
  type Parsed,
  parseAddresses,
  type WireAddress,
  type WireEntry,
  type WireReferral,
} from './wire.js';

/** Neutral on purpose: an involvement is seen more widely than which side the service works with. */
const ROLE = 'case worker';

/**
 * Everything one case holds: the details and the involvement of the person worked with, the case itself (risk, MARAC,
 * safety plan, safe contact; the only one to hold addresses) and one record an entry and a referral.
 */
export function recordsOf(source: SourceId, item: Case): SourceRecord[] {
  return [
    detailsOf(source, item),
    involvementRecordOf(source, item),
    caseRecordOf(source, item),
    ...item.entries.map((entry) => entryRecordOf(source, item, entry)),
    ...item.referrals.map((referral) => referralRecordOf(source, item, referral)),
  ];
}

function labelOf(source: SourceId, item: Case, type: RecordType, localId: string): RecordLabel<LocalId> {
  const subject = item.workedWith.personId;
  return {
    type,
    source,
    localId,
    subject,
    names: [],
    fromWorkWith: [subject],
    category: item.workWith === 'victim' ? 'DOMESTIC_ABUSE_VICTIM' : 'DOMESTIC_ABUSE_PERPETRATOR',
    kind: 'OTHER',
    confidentiality: item.confidentiality,
    addresses: [],
    episode: item.caseId,
  };
}

/** In the category of the work, so that no name shows that somebody is known here. */
function detailsOf(source: SourceId, item: Case): SourceRecord {
  const { forename, surname, aliases, dateOfBirth, sex, addresses, phones } = item.workedWith;
  return {
    label: {
      ...labelOf(source, item, 'PersonDetails', item.caseId),
      addresses: keysOf(addresses ?? []),
      at: item.openedOn,
    },
    content: {
      forename,
      surname,
      aliases: aliases ?? [],
      dateOfBirth: dateOfBirth ?? null,
      sex: sex ?? null,
      addresses: (addresses ?? []).map(contentOfAddress),
      phones: phones ?? [],
    },
  };
}

function involvementRecordOf(source: SourceId, item: Case): SourceRecord {
  return {
    label: { ...labelOf(source, item, 'Involvement', item.caseId), category: 'INVOLVEMENT', at: item.openedOn },
    content: {
      workerName: item.worker.name ?? null,
      workerRole: ROLE,
      from: item.openedOn,
      until: item.closedOn ?? null,
    },
    persons: { person: item.workedWith.personId },
  };
}

function caseRecordOf(source: SourceId, item: Case): SourceRecord {
  const { risk, marac, worker } = item;
  const recordedOn =
    [risk?.assessedOn, marac?.heardOn]
      .flatMap((day) => day ?? [])
      .sort()
      .at(-1) ?? item.openedOn;
  const judged = risk?.professionalJudgement ?? false;
  return {
    label: {
      ...domesticAbuseLabel(source, item, item.caseId),
      addresses: keysOf(item.persons.flatMap(({ addresses }) => addresses ?? [])),
      author: worker.id,
      at: recordedOn,
    },
    content: {
      ...commonContent(item, recordedOn),
      kind: 'Case',
      summary: summaryOf(item),
      nature: judged === false || judged === '' ? 'FACT' : 'OPINION',
      riskLevel: risk?.level ?? null,
      dashScore: risk?.dashScore ?? null,
      marac: marac !== undefined && marac !== null,
      safetyPlan: item.safetyPlan ?? null,
      safeContact: item.safeContact ?? null,
    },
    persons: personsOf(item),
  };
}

function entryRecordOf(source: SourceId, item: Case, entry: WireEntry): SourceRecord {
  const at = entry.at.length === 10 ? entry.at : new Date(entry.at).toISOString();
  return {
    label: { ...domesticAbuseLabel(source, item, `${item.caseId}/${entry.entryId}`), author: entry.author, at },
    content: { ...commonContent(item, at.slice(0, 10)), kind: entry.kind, summary: entry.text, nature: entry.nature },
    persons: personsOf(item),
  };
}

function referralRecordOf(source: SourceId, item: Case, referral: WireReferral): SourceRecord {
  const { referralId, madeOn, direction, agency, reason, outcome } = referral;
  const summary = [
    `${direction === 'in' ? 'From' : 'To'} ${agency}`,
    reason ? `Reason: ${reason}` : undefined,
    outcome ? `Outcome: ${outcome}` : undefined,
  ];
  return {
    label: { ...domesticAbuseLabel(source, item, `${item.caseId}/referral/${referralId}`), at: madeOn },
    content: {
      ...commonContent(item, madeOn),
      kind: direction === 'in' ? 'Referral received' : 'Referral made',
      summary: summary.filter((line) => line !== undefined).join('\n'),
      nature: 'FACT',
    },
    persons: personsOf(item),
  };
}

function domesticAbuseLabel(source: SourceId, item: Case, localId: string): RecordLabel<LocalId> {
  const names = item.persons.map(({ personId }) => personId).filter((person) => person !== item.workedWith.personId);
  return { ...labelOf(source, item, 'DomesticAbuseRecord', localId), names };
}

/** Whom the service works with, and everybody on the case by their role. */
function personsOf({ workedWith, persons }: Case) {
  return {
    adult: workedWith.personId,
    victims: withRole(persons, 'victim'),
    allegedPerpetrators: withRole(persons, 'alleged_perpetrator'),
    children: withRole(persons, 'child'),
    others: withRole(persons, 'other'),
  };
}

function commonContent(item: Case, recordedOn: IsoDate): { readonly [field: string]: ContentValue } {
  return { recordedOn, side: item.workWith === 'victim' ? 'VICTIM' : 'PERPETRATOR' };
}

/** The words beside the numbers: what the MARAC decided and what the worker judged. */
function summaryOf({ risk, marac }: Case): string | null {
  const judgement = risk?.professionalJudgement;
  const parts = [
    typeof judgement === 'string' && judgement !== '' ? `Professional judgement: ${judgement}` : undefined,
    judgement === true ? 'Risk level by professional judgement.' : undefined,
    marac ? `Heard at MARAC on ${marac.heardOn}${marac.outcome ? `: ${marac.outcome}` : '.'}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('\n') || null;
}

function contentOfAddress({ house, street, town, postcode, from, until }: WireAddress): ContentValue {
  const line = [house, street].filter((part) => part).join(' ');
  return {
    line: line || null,
    town: town ?? null,
    postcode: postcode ?? null,
    from: from ?? null,
    until: until ?? null,
  };
}

function keysOf(addresses: readonly WireAddress[]): string[] {
  return [
    ...new Set(
      addresses.flatMap(
        ({ postcode, house }) => addressKey({ postcode: postcode ?? null, house: house ?? null }) ?? [],
      ),
    ),
  ];
}

/** The service's worker with the person worked with, and with nobody else on the case. */
export function involvementsOf({ workedWith, worker, openedOn, closedOn }: CaseOutline): InvolvementRow[] {
  if (workedWith === undefined || worker === undefined) return [];
  return [
    {
      person: workedWith,
      worker: worker.id,
      ...(worker.teamId ? { team: worker.teamId } : {}),
      role: ROLE,
      ...periodOf(openedOn, closedOn),
    },
  ];
}

/** Every victim × every alleged perpetrator of each case, where its people live, whose whereabouts are protected. */
export function circumstancesOf({ items: cases, rejected }: Parsed<CaseOutline>): SourceAnswer<Circumstances> {
  const persons = cases.flatMap((item) => item.persons);
  const addresses = persons.map((person) => ({ person: person.personId, parsed: parseAddresses(person.addresses) }));
  const allegations = cases.flatMap(({ openedOn, persons: on }) =>
    withRole(on, 'victim').flatMap((victim) =>
      withRole(on, 'alleged_perpetrator').map((perpetrator) => ({ victim, perpetrator, recordedAt: openedOn })),
    ),
  );
  const residences = addresses.flatMap(({ person, parsed }) =>
    parsed.items.flatMap(({ postcode, house, from, until }) => {
      const address = addressKey({ postcode: postcode ?? null, house: house ?? null });
      return address === undefined ? [] : [{ person, address, ...periodOf(from, until) }];
    }),
  );
  const guarded = new Set(persons.filter(({ locationProtected }) => locationProtected).map(({ personId }) => personId));
  return {
    items: [
      {
        ...NO_CIRCUMSTANCES,
        involvements: cases.flatMap(involvementsOf),
        allegations: allegations.filter(({ victim, perpetrator }) => victim !== perpetrator),
        residences,
        protectedPersons: [...guarded].map((person) => ({ person })),
        circles: cases.map(({ on }) => on),
      },
    ],
    rejected: addresses.reduce((sum, { parsed }) => sum + parsed.rejected, rejected),
  };
}

function withRole(persons: CaseOutline['persons'], role: string): LocalId[] {
  return [...new Set(persons.filter((person) => person.role === role).map(({ personId }) => personId))];
}

function periodOf(from: IsoDate | null | undefined, until: IsoDate | null | undefined): Period {
  return { ...(from ? { from } : {}), ...(until ? { until } : {}) };
}
