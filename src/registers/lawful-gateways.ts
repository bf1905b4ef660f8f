/**
 * The lawful gateways: why consent may not be required (RULES §6; clause FS-01). They are data, read once at start and
 * validated strictly; here is only how a drafted exception is held against one.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { STAGES, type Stage } from '../domain/facts.js';
import type { Agency } from '../domain/requester.js';
import { AGENCY_KINDS, type AgencyKind, type IsoDate, type Role, type WorkerId } from '../domain/words.js';
import { EVERYTHING } from './statements.js';

export interface LawfulGateway {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  /** What a record under it must answer, in this order. */
  readonly questions: readonly string[];
  readonly approver: 'none' | 'manager';
  readonly overridesRefusal: boolean;
  readonly longestDays: number;
  /** The day from which it may be relied on, when the law says so. */
  readonly inForceFrom?: IsoDate;
  readonly holderKinds: readonly AgencyKind[];
  readonly recipientKinds: readonly AgencyKind[];
  /** Stages of the subject's case at which it may be relied on. */
  readonly thresholds: readonly Stage[];
  readonly notForVoluntaryBody: boolean;
  readonly gdprArticle6: string;
  readonly gdprArticle9: string;
}

export type LawfulGateways = ReadonlyMap<string, LawfulGateway>;

/** Somebody who may approve, as the directory knows them. */
export interface Approver {
  readonly id: WorkerId;
  readonly roles: readonly Role[];
}

/** An exception as somebody proposes to record it. Instants are RFC 3339. */
export interface DraftedException {
  /** Answers to the gateway's questions, in their order. */
  readonly answers: readonly string[];
  readonly holders: readonly string[];
  readonly recipients: readonly string[];
  readonly from: string;
  readonly until: string;
  readonly recordedBy: WorkerId;
  /** Who approved, as far as the directory knows them. */
  readonly approver: Approver | undefined;
  /** The stage of each subject's case. */
  readonly stages: readonly Stage[];
  /** Every agency there is. */
  readonly agencies: readonly Agency[];
}

const words = z.string().min(1);
const kinds = z.array(z.enum(AGENCY_KINDS)).min(1);

const fileShape = z.strictObject({
  kinds: z.unknown(),
  stages: z.unknown(),
  gateways: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Z0-9_]+$/),
        title: words,
        citation: words,
        in_force_from: z.iso.date().optional(),
        questions: z.array(words).min(1),
        approver: z.enum(['none', 'manager']),
        overrides_refusal: z.boolean(),
        longest_days: z.int().positive(),
        holder_kinds: kinds,
        recipient_kinds: kinds,
        thresholds: z.array(z.enum(STAGES)).min(1),
        not_for_voluntary_body: z.boolean(),
        gdpr_article_6: words,
        gdpr_article_9: words,
      }),
    )
    .min(1),
});

/** Reads the gateways, in the order of the file. Throws a ZodError, or an Error when an id stands twice. */
export function loadLawfulGateways(file: string): LawfulGateways {
  const { gateways } = fileShape.parse(parse(readFileSync(file, 'utf8')));
  const byId = new Map<string, LawfulGateway>();
  for (const row of gateways) {
    if (byId.has(row.id)) throw new Error(`lawful gateway ${row.id} stands twice`);
    byId.set(row.id, {
      id: row.id,
      title: row.title,
      citation: row.citation,
      questions: row.questions,
      approver: row.approver,
      overridesRefusal: row.overrides_refusal,
      longestDays: row.longest_days,
      ...(row.in_force_from === undefined ? {} : { inForceFrom: row.in_force_from }),
      holderKinds: row.holder_kinds,
      recipientKinds: row.recipient_kinds,
      thresholds: row.thresholds,
      notForVoluntaryBody: row.not_for_voluntary_body,
      gdprArticle6: row.gdpr_article_6,
      gdprArticle9: row.gdpr_article_9,
    });
  }
  return byId;
}

/** What of the gateway's conditions the draft does not meet, in sentences that name no person; empty when it meets them all. */
export function checkException(gateway: LawfulGateway, draft: DraftedException): string[] {
  return [
    ...answerProblems(gateway, draft),
    ...approvalProblems(gateway, draft),
    ...periodProblems(gateway, draft),
    ...stageProblems(gateway, draft),
    ...partyProblems('holder', draft.holders, gateway.holderKinds, gateway, draft.agencies),
    ...partyProblems('recipient', draft.recipients, gateway.recipientKinds, gateway, draft.agencies),
  ];
}

function answerProblems({ questions }: LawfulGateway, { answers }: DraftedException): string[] {
  const open = questions.filter((_, i) => !answers[i]?.trim()).map((question) => `not answered: ${question}`);
  return answers.length > questions.length ? [...open, 'there are more answers than questions'] : open;
}

const MANAGERS: readonly Role[] = ['TEAM_MANAGER', 'EARLY_HELP_MANAGER', 'AGENCY_MANAGER', 'HEAD_OF_SERVICE'];

function approvalProblems({ approver: needed }: LawfulGateway, { approver, recordedBy }: DraftedException): string[] {
  if (needed === 'none') return [];
  if (!approver) return ['a manager approves it, and none is named'];
  if (approver.id === recordedBy) return ['whoever records it cannot approve it'];
  return approver.roles.some((role) => MANAGERS.includes(role)) ? [] : ['who approved it is not a manager'];
}

const DAY = 24 * 3600 * 1000;

function periodProblems({ longestDays, inForceFrom }: LawfulGateway, draft: DraftedException): string[] {
  const [from, until] = [Date.parse(draft.from), Date.parse(draft.until)];
  if (Number.isNaN(from) || Number.isNaN(until)) return ['its start and end are instants'];
  if (until <= from) return ['it ends before it starts'];
  return [
    ...(until - from > longestDays * DAY ? [`it lasts longer than ${longestDays} days`] : []),
    ...(inForceFrom !== undefined && from < Date.parse(inForceFrom)
      ? [`the law is in force from ${inForceFrom} only`]
      : []),
  ];
}

function stageProblems({ thresholds }: LawfulGateway, { stages }: DraftedException): string[] {
  return stages.length > 0 && stages.every((stage) => thresholds.includes(stage))
    ? []
    : [`the case of everybody it names is at one of the stages ${thresholds.join(', ')}`];
}

function partyProblems(
  part: 'holder' | 'recipient',
  named: readonly string[],
  allowed: readonly AgencyKind[],
  { notForVoluntaryBody }: LawfulGateway,
  agencies: readonly Agency[],
): string[] {
  if (named.length === 0) return [`it names no ${part}`];
  const problems = new Set<string>();
  for (const name of named) {
    const agency = agencies.find(({ id }) => id === name);
    const kind = AGENCY_KINDS.find((known) => known === name) ?? agency?.kind;
    const named = name === EVERYTHING ? AGENCY_KINDS : kind === undefined ? [] : [kind];
    if (named.length === 0) problems.add(`a ${part} is not known`);
    if (!named.every((one) => allowed.includes(one))) problems.add(`a ${part} is not one of ${allowed.join(', ')}`);
    if (notForVoluntaryBody && agency?.voluntary)
      problems.add(`a ${part} is a voluntary body, which cannot rely on it`);
  }
  return [...problems];
}
