/**
 * Question 3: every release that rests on one consent, exception, grant, lawful gateway or policy; and the recall list, for when
 * it proves wrong: who must be told to forget what.
 */
import { ENQUIRY_GATEWAY, restsOnEnquiry, type Term } from '../../audit/index/terms.js';
import type { Agency } from '../../domain/requester.js';
import type { Category, IsoInstant, PersonId, WorkerId } from '../../domain/words.js';
import type { LawfulGateways } from '../../registers/lawful-gateways.js';
import type { Listing } from '../../registers/listing.js';
import { NotValid } from '../../sharing/refused.js';
import type { AuditedOperation } from './asking.js';
import {
  type Days,
  daysOf,
  type FindingParts,
  findOperations,
  type Keeps,
  type OperationsPage,
  type PlacedPage,
} from './finding.js';

export const GROUNDS = ['CONSENT', 'EXCEPTION', 'GRANT', 'EMERGENCY', 'JUDGEMENT', 'GATEWAY', 'POLICY'] as const;

/** What releases rest on. `id` is that of the statement, of the lawful gateway or of the policy. */
export interface RestingOn extends Days {
  readonly ground: (typeof GROUNDS)[number];
  readonly id: string;
}

export interface RestingOnParts extends FindingParts {
  readonly listing: Pick<Listing, 'underGateway'>;
  readonly gateways: Pick<LawfulGateways, 'has'>;
}

/** What one worker received of one kind about one person, as far as it was looked through. */
export interface Recalled {
  readonly worker: WorkerId;
  readonly agency: Agency | null;
  readonly person: PersonId;
  readonly holder: Agency;
  readonly recordType: string;
  readonly category: Category;
  /** One is counted each time it was released. */
  readonly records: number;
  readonly firstAt: IsoInstant;
  readonly lastAt: IsoInstant;
  /** Of the log, the latest first. */
  readonly entries: readonly string[];
}

/** Statements under one gateway that are looked for together. */
const MOST_STATEMENTS = 2_000;

/** Operations with the releases that rest on it, the latest first. Throws NotPermitted as `AskingAudit.ask`, NotValid. */
export async function restingOn(
  parts: RestingOnParts,
  ask: RestingOn,
  page: PlacedPage,
  question = 'restingOn',
): Promise<OperationsPage> {
  await parts.asking.ask(question, [], [ask.ground, ask.id]);
  const { terms, keeps } = await groundOf(parts, ask);
  if (terms.length === 0) return { operations: [], isMore: false };
  return findOperations(parts, { anyOf: [terms], ...daysOf(ask) }, page, keeps);
}

async function groundOf(
  { listing, gateways }: RestingOnParts,
  { ground, id }: RestingOn,
): Promise<{ terms: readonly Term[]; keeps: Keeps }> {
  if (ground === 'POLICY')
    return {
      terms: [{ kind: 'policy', name: id }],
      keeps: ({ outcome, permits }) => outcome === 'RELEASED' && permits?.includes(id) === true,
    };
  const ids = ground === 'GATEWAY' ? await underGateway(listing, gateways, id) : [id];
  const wanted = new Set(ids);
  // Open enquiries are exceptions that no register has: releases that rest on them are found by the gateway itself.
  const isEnquiries = ground === 'GATEWAY' && id === ENQUIRY_GATEWAY;
  return {
    terms: [...ids, ...(isEnquiries ? [ENQUIRY_GATEWAY] : [])].map((name) => ({ kind: 'evidence', name })),
    keeps: (line) =>
      (line.outcome === 'RELEASED' && line.evidence?.some((one) => wanted.has(one)) === true) ||
      (isEnquiries && restsOnEnquiry(line)),
  };
}

async function underGateway(
  listing: RestingOnParts['listing'],
  gateways: RestingOnParts['gateways'],
  gateway: string,
): Promise<readonly string[]> {
  if (!gateways.has(gateway)) throw new NotValid(['there is no such lawful gateway']);
  const ids = await listing.underGateway(gateway, MOST_STATEMENTS + 1);
  if (ids.length > MOST_STATEMENTS)
    throw new NotValid([`more than ${MOST_STATEMENTS} statements rest on it: ask for them one by one`]);
  return ids;
}

/** Who received what in these operations, in the order of who, each once for a person, holder, type and category. */
export function recallOf(operations: readonly AuditedOperation[]): readonly Recalled[] {
  const found = new Map<string, Recalled>();
  for (const { entry, at, worker, agency, lines } of operations)
    for (const { person, holder, recordType, category, records } of lines) {
      const key = JSON.stringify([agency?.id, worker, person, holder.id, recordType, category]);
      const known = found.get(key);
      found.set(key, {
        worker,
        agency,
        person,
        holder,
        recordType,
        category: category as Category,
        records: (known?.records ?? 0) + records,
        firstAt: known && known.firstAt < at ? known.firstAt : at,
        lastAt: known && known.lastAt > at ? known.lastAt : at,
        entries: [...new Set([...(known?.entries ?? []), entry])],
      });
    }
  const place = ({ agency, worker, person }: Recalled) => `${agency?.id ?? ''} ${worker} ${person}`;
  return [...found.values()].sort((a, b) => (place(a) < place(b) ? -1 : Number(place(a) > place(b))));
}
