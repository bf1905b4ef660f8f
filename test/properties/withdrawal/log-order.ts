/**
 * The order of the log, checked with none of the code that decides: what stood when a release was written is worked out again
 * from the entries before it, line by line, by rules simple enough to be read off RULES §2 and §7.
 */
import type { LoggedEntry } from '../../../src/audit/audit.js';
import type { AuditEntryBody, OutcomeEntry } from '../../../src/audit/entry.js';
import { factsOf } from '../../../src/domain/facts.js';
import type { GrantAbout } from '../../../src/registers/grant.js';
import type { ConsentStatement, ExceptionRecord, Judgement, Scope } from '../../../src/registers/statements.js';

/** Every statement that the registers hold after the race, whoever wrote it and when. */
export interface Written {
  readonly consents: readonly ConsentStatement[];
  readonly exceptions: readonly ExceptionRecord[];
  readonly judgements: readonly Judgement[];
  readonly grants: readonly GrantAbout[];
}

export interface Checked {
  readonly entries: number;
  /** Parts of records that were released across agencies. */
  readonly released: number;
  /** How many of them rest on a fact of each kind. */
  readonly restingOn: {
    readonly consents: number;
    readonly exceptions: number;
    readonly judgements: number;
    readonly grants: number;
  };
  /** Statements that stand in the log. */
  readonly statements: number;
  /** Consents and judgements of which an entry says that they were taken back or replaced, and grants that were ended. */
  readonly ended: number;
  readonly refusedForChanges: number;
  /** Releases that were decided while what they rest on was live and became durable after an entry of a time past its end. */
  readonly overtaken: number;
  readonly overtakenByMs: number;
  /** What must not be: none, or in words of ids of statements and numbers of entries. */
  readonly violations: readonly string[];
}

/** What a release is of: one line of an entry. */
interface Release {
  readonly seq: number;
  readonly at: string;
  readonly subject: string;
  readonly category: string;
  readonly holder: string;
  readonly recipient: string;
  readonly worker: string;
  readonly purpose: string;
}

/**
 * `firstVersion` is the registers' version before the first entry; `clocksApartMs` how far the instances' clocks may be apart:
 * by that much an entry's own time may be past an end that another instance has not yet come to.
 */
export function checkLogOrder(
  entries: readonly LoggedEntry[],
  written: Written,
  firstVersion: number,
  clocksApartMs = 0,
): Checked {
  const violations: string[] = [];
  const restingOn = { consents: 0, exceptions: 0, judgements: 0, grants: 0 };
  const consents = new Map(written.consents.map((row) => [row.id, row]));
  const exceptions = new Map(written.exceptions.map((row) => [row.id, row]));
  const judgements = new Map(written.judgements.map((row) => [row.id, row]));
  const grants = new Map(written.grants.map((row) => [row.id, row]));
  const said = new Set(
    entries.flatMap(({ body }) => (body.result === 'ANSWERED' ? writesOf(body).flatMap(({ ids }) => ids) : [])),
  );
  // What no entry names stood before the first. After that everything stands where the log says.
  const order = new Map<string, number>();
  for (const { id } of [...written.consents, ...written.exceptions, ...written.judgements, ...written.grants])
    if (!said.has(id)) order.set(id, -1);
  /** Where grants were ended before their time, and what the log itself says that a statement took back or replaced. */
  const ended = new Map<string, number>();
  let version = firstVersion;
  let lastAt = '';
  let [released, statements, refusedForChanges, overtaken, overtakenByMs] = [0, 0, 0, 0, 0];

  function restsOnConsent(release: Release, consent: ConsentStatement): void {
    restingOn.consents += 1;
    const stands = order.get(consent.id);
    if (stands === undefined)
      violations.push(`entry ${release.seq} rests on ${consent.id}, which nobody had given yet`);
    if (consent.state !== 'GIVEN')
      violations.push(`entry ${release.seq} rests on ${consent.id}, which is no agreement`);
    expires(release, consent.id, consent.until);
    for (const other of written.consents) {
      const later = order.get(other.id);
      if (later === undefined || stands === undefined || later <= stands || other.state === 'GIVEN') continue;
      if (other.subject === consent.subject && other.givenBy === consent.givenBy && isIn(other, release))
        violations.push(`entry ${release.seq} rests on ${consent.id}, which ${other.id} had taken back`);
    }
  }

  function restsOnException(release: Release, exception: ExceptionRecord): void {
    restingOn.exceptions += 1;
    if (!order.has(exception.id)) violations.push(`entry ${release.seq} rests on ${exception.id}, not yet recorded`);
    if (exception.from > release.at) violations.push(`entry ${release.seq} rests on ${exception.id} before its start`);
    expires(release, exception.id, exception.until);
    const last = latest(
      written.consents.filter((row) => order.has(row.id) && row.subject === release.subject && isIn(row, release)),
      order,
    );
    if (last !== undefined && last.state !== 'GIVEN' && !exception.overridesRefusal)
      violations.push(`entry ${release.seq} rests on ${exception.id} against ${last.id}, which it does not override`);
  }

  function restsOnJudgement(release: Release, judgement: Judgement): void {
    restingOn.judgements += 1;
    const stands = order.get(judgement.id);
    if (stands === undefined) violations.push(`entry ${release.seq} rests on ${judgement.id}, not yet judged`);
    const same = written.judgements.filter(
      (row) => order.has(row.id) && keyOf(row) === keyOf(judgement) && row.localId !== undefined,
    );
    const last = judgement.localId === undefined ? judgement : latest(same, order);
    if (last?.decision !== 'RELEVANT')
      violations.push(`entry ${release.seq} rests on ${judgement.id}, which ${last?.id} had replaced`);
  }

  function restsOnGrant(release: Release, grant: GrantAbout): void {
    restingOn.grants += 1;
    if (!order.has(grant.id)) violations.push(`entry ${release.seq} rests on ${grant.id}, not yet approved`);
    if (ended.has(grant.id)) violations.push(`entry ${release.seq} rests on ${grant.id}, which was ended`);
    const isFor =
      grant.worker === release.worker &&
      grant.agency === release.recipient &&
      grant.holder === release.holder &&
      grant.purpose === release.purpose &&
      grant.subject === release.subject &&
      grant.categories.some((category) => category === release.category);
    if (!isFor) violations.push(`entry ${release.seq} rests on ${grant.id}, which is for something else`);
    expires(release, grant.id, grant.until);
  }

  function expires(release: Release, id: string, until: string | undefined): void {
    if (until === undefined) return;
    if (until <= release.at) violations.push(`entry ${release.seq} rests on ${id}, which had ended`);
    else if (until <= lastAt) {
      overtaken += 1;
      const by = Date.parse(lastAt) - Date.parse(until);
      overtakenByMs = Math.max(overtakenByMs, by);
      if (by > clocksApartMs) violations.push(`entry ${release.seq} stands after the end of ${id}, which it rests on`);
    }
  }

  function checkRelease(body: AuditEntryBody, seq: number, [index, subject, holder]: OutcomeEntry): void {
    const line = body.decisions[index];
    if (line?.outcome !== 'RELEASED' || holder === body.requester.agency) return;
    released += 1;
    const { agency: recipient } = body.requester;
    const release = {
      seq,
      at: body.at,
      subject,
      category: line.category,
      holder,
      recipient,
      worker: body.requester.worker,
      purpose: body.purpose ?? '',
    };
    const { basis = 'NONE', evidence = [] } = line;
    const facts = factsOf(line.facts);
    if (basis === 'NONE' && !facts.authoredByRequester) violations.push(`entry ${seq} releases on no basis`);
    const known = evidence.filter((id) => exceptions.has(id) || consents.has(id));
    if (basis === 'CONSENT' && !known.some((id) => consents.has(id)))
      violations.push(`entry ${seq} names no consent it rests on`);
    if (basis === 'EXCEPTION' && !evidence.some((id) => exceptions.has(id) || id.includes(':')))
      violations.push(`entry ${seq} names no exception it rests on`);
    const isGranted = evidence.some((id) => grants.has(id));
    for (const id of evidence) {
      if (ended.has(id) && !grants.has(id))
        violations.push(`entry ${seq} rests on ${id}, which the log says was ended`);
      const consent = consents.get(id);
      if (consent && basis === 'CONSENT') restsOnConsent(release, consent);
      const exception = exceptions.get(id);
      if (exception) restsOnException(release, exception);
      const judgement = judgements.get(id);
      // What the holder granted needs no judgement; one that said otherwise is evidence of why it needed the grant.
      if (judgement && !isGranted) restsOnJudgement(release, judgement);
      const grant = grants.get(id);
      if (grant) restsOnGrant(release, grant);
      if (!consent && !exception && !judgement && !grant && !id.includes(':'))
        violations.push(`entry ${seq} rests on ${id}, which nobody ever said`);
    }
  }

  let lastSeq = 0;
  for (const { seq, body } of entries) {
    if (seq <= lastSeq) violations.push(`entry ${seq} stands after ${lastSeq}`);
    lastSeq = seq;
    if (body.code === 'FACTS_CHANGED') refusedForChanges += 1;
    if (body.result !== 'ANSWERED') continue;
    // The clock of the registers is as many statements on as stand before: nothing was said between decision and entry.
    if (body.registersVersion !== undefined && body.registersVersion !== version)
      violations.push(`entry ${seq} was decided at version ${body.registersVersion}, and stands at ${version}`);
    for (const line of body.outcomes) checkRelease(body, seq, line);
    for (const { did, ids } of body.statements ?? [])
      if (TAKING_BACK.includes(did)) for (const id of ids) ended.set(id, seq);
    for (const { did, ids } of writesOf(body)) {
      for (const id of ids) (did === 'GRANT_END' ? ended : order).set(id, seq);
      version += ids.length;
      statements += ids.length;
    }
    if (body.at > lastAt) lastAt = body.at;
  }
  return {
    entries: entries.length,
    released,
    restingOn,
    statements,
    ended: ended.size,
    refusedForChanges,
    overtaken,
    overtakenByMs,
    violations,
  };
}

const WRITES: readonly string[] = ['CONSENT', 'EXCEPTION', 'JUDGEMENT', 'GRANT', 'GRANT_END'];

/** Beside what is written, and no write by itself. */
const TAKING_BACK: readonly string[] = ['CONSENT_END', 'JUDGEMENT_END'];

function writesOf({ statements = [] }: AuditEntryBody) {
  return statements.filter(({ did }) => WRITES.includes(did));
}

function latest<T extends { readonly id: string }>(
  rows: readonly T[],
  order: ReadonlyMap<string, number>,
): T | undefined {
  return rows.reduce<T | undefined>(
    (last, row) => (last === undefined || (order.get(row.id) ?? -1) >= (order.get(last.id) ?? -1) ? row : last),
    undefined,
  );
}

/** Judgements of one record that serve the same person follow one another. */
function keyOf({ source, type, localId, servesChild, servesAdult }: Judgement): string {
  return [source, type, localId, servesChild, servesAdult].join(' ');
}

/** The race's statements name agencies, never kinds. */
function isIn(scope: Scope, { category, holder, recipient, purpose }: Release): boolean {
  const names = (list: readonly string[], value: string) => list.includes(value) || list.includes('*');
  return (
    names(scope.categories, category) &&
    names(scope.holders, holder) &&
    names(scope.recipients, recipient) &&
    names(scope.purposes, purpose)
  );
}
