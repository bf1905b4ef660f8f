/**
 * Emergency access (RULES §8; clauses CF-12, BFS-04): one person's family, a stated risk, who was telephoned. Opens at once,
 * ends by itself, is reviewed by somebody else. Whether anybody may is decided by policies; every veto on reading still holds.
 */
import type { ActionAbout } from '../disclosure/facts/gather.js';
import type { Policies } from '../disclosure/policies.js';
import type { Action } from '../domain/facts.js';
import type { Protocol } from '../domain/protocol.js';
import type { IsoInstant, PersonId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { AlreadyDone } from '../registers/accesses.js';
import { isLive, type RecordedEmergency, type ReviewFinding } from '../registers/emergency.js';
import { checkException, type LawfulGateway, type LawfulGateways } from '../registers/lawful-gateways.js';
import type { Registers, Transaction } from '../registers/registers.js';
import { EVERYTHING } from '../registers/statements.js';
import { instantAfter } from './deadline.js';
import type { Drafts } from './drafts.js';
import { madeByOf, policiesOfAll } from './permitted.js';
import { NotPermitted, NotValid } from './refused.js';

export interface EmergencyDraft {
  /** Whose family. */
  readonly person: PersonId;
  readonly gateway: string;
  readonly answers: readonly string[];
  readonly risk: string;
  readonly phoned: string;
  /** Sooner than it would end by itself. */
  readonly until?: string | null;
}

export interface EmergencyParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly gateways: LawfulGateways;
  readonly protocol: Protocol;
  readonly newId: () => string;
  /** Adds what is written with the operation's audit entry, and the line of it. */
  readonly draft: Drafts['draft'];
}

/** An emergency access as it may be shown: to who opened it, and to who may review it. */
export interface ShownEmergency extends RecordedEmergency {
  readonly reviewBy: IsoInstant;
}

export interface Emergencies {
  /** Opens at once, for everybody included in the person's families now. Throws NotPermitted, NotValid. */
  open(draft: EmergencyDraft): Promise<ShownEmergency>;
  /** Ends it from the next operation on. Throws NotPermitted, also for one that does not exist, and NotValid. */
  end(id: string, why: string): Promise<ShownEmergency>;
  /** By somebody else; what was not justified ends with it. Throws NotPermitted, also for one that does not exist, and NotValid. */
  review(id: string, finding: ReviewFinding, why: string): Promise<ShownEmergency>;
  /** Those nobody has reviewed and the requester may, the oldest first; nobody's business else: none. */
  toReview(): Promise<readonly ShownEmergency[]>;
}

/** About whom an action is judged that is about nobody yet: no source knows them. */
const NOBODY: PersonId = 'nobody';
/** Unreviewed accesses looked at for one list. */
const AT_A_TIME = 100;

export function openEmergencies(parts: EmergencyParts): Emergencies {
  const { operation, policies, registers, directory, gateways, protocol, newId, draft } = parts;
  const { requester, at } = operation;

  const verdictOn = (action: Action, person: PersonId, about: ActionAbout) =>
    policies.mayDo(action, operation.facts().actionFacts(person, about));

  /** Policies by which the requester may, about each of these; undefined when they may not about one. */
  async function permitted(
    action: Action,
    persons: readonly PersonId[],
    about: ActionAbout,
  ): Promise<readonly string[] | undefined> {
    await operation.surroundings.ensure(persons);
    const verdicts = persons.map((person) => verdictOn(action, person, about));
    return policiesOfAll(verdicts);
  }

  const shown = (access: RecordedEmergency): ShownEmergency => ({
    ...access,
    reviewBy: instantAfter(access.recordedAt, protocol.timescales.EMERGENCY_REVIEW ?? ONE_DAY),
  });

  /** The requester's agency works, or worked, with somebody whom it covers: it is a holder. */
  async function isHolder(access: RecordedEmergency): Promise<boolean> {
    await operation.surroundings.ensure(concerned(access));
    return concerned(access).some((subject) => operation.facts().isKnownTo(subject, requester.agency));
  }

  /**
   * Whom an access to the person's family covers. Whoever works with the other side of somebody, or is in conflict with them,
   * opens nothing about them; where that is the person named, nothing at all. The answer is the same as for somebody who does
   * not exist, so that opening tells nobody that they are somebody's other side.
   */
  async function coveredBy(gateway: LawfulGateway, person: PersonId, about: ActionAbout): Promise<readonly PersonId[]> {
    await operation.surroundings.ensure([person]);
    const family = operation.facts().includedWith(person);
    await operation.surroundings.ensure(family);
    const covers = (member: PersonId) =>
      verdictOn('OPEN_EMERGENCY', member, about).allowed &&
      gateway.thresholds.includes(operation.facts().subject(member).stage);
    return covers(person) ? family.filter(covers) : [];
  }

  async function permittedOn(action: 'END_EMERGENCY' | 'REVIEW_EMERGENCY', access: RecordedEmergency) {
    const about = { ownAgency: await isHolder(access), party: true, madeBy: madeByOf(requester, access) };
    return permitted(action, concerned(access), about);
  }

  async function permit(action: 'END_EMERGENCY' | 'REVIEW_EMERGENCY', id: string) {
    const access = await registers.emergency(id);
    const by = access && (await permittedOn(action, access));
    if (!access || !by) throw new NotPermitted(action);
    return { access, by };
  }

  const endAt = (access: RecordedEmergency, why: string) => (transaction: Transaction) =>
    once(registers.endAccess(transaction, access.id, { at, by: requester.worker, why }), 'it has ended already');

  return {
    async open({ person, gateway: named, answers, risk, phoned, until: wanted }) {
      const gateway = gateways.get(named);
      const longest = instantAfter(at, protocol.timescales.EMERGENCY_ACCESS ?? ONE_DAY);
      const until = wanted ? new Date(wanted).toISOString() : longest;
      const agencies = await directory.agencies();
      const problems = [
        ...(risk.trim() ? [] : ['it says what the risk is']),
        ...(phoned.trim() ? [] : ['it says who was telephoned']),
        ...(until > longest ? [`it ends by ${longest}`] : []),
        ...(gateway ? gatewayProblems(gateway) : [unknown(named, gateways)]),
        ...(gateway
          ? checkException(gateway, {
              answers,
              holders: [EVERYTHING],
              recipients: [requester.agency],
              from: at,
              until,
              recordedBy: requester.worker,
              approver: undefined,
              agencies,
              // Of the draft alone: what stage somebody's case is at is told to nobody who has no access yet.
              stages: gateway.thresholds.slice(0, 1),
            })
          : []),
      ];
      const about = { ownAgency: false, party: true, overridesRefusal: gateway?.overridesRefusal === true };
      const general = await permitted('OPEN_EMERGENCY', [NOBODY], about);
      if (!general && !(await permitted('OPEN_EMERGENCY', [NOBODY], { ...about, overridesRefusal: true })))
        throw new NotPermitted('OPEN_EMERGENCY');
      if (!general || !gateway || problems.length > 0) throw new NotValid([...new Set(problems)]);
      const subjects = await coveredBy(gateway, person, about);
      const access: RecordedEmergency = {
        id: newId(),
        person,
        subjects,
        worker: requester.worker,
        agency: requester.agency,
        role: requester.role,
        gateway: gateway.id,
        answers: Object.fromEntries(gateway.questions.map((question, i) => [question, answers[i] ?? ''])),
        risk,
        phoned,
        from: at,
        until,
        recordedAt: at,
      };
      draft({ did: 'EMERGENCY', ids: [access.id], subjects, policies: general }, (transaction) =>
        registers.writeEmergency(transaction, access),
      );
      return shown(access);
    },

    async end(id, why) {
      const { access, by } = await permit('END_EMERGENCY', id);
      if (!why.trim()) throw new NotValid(['it says why']);
      if (!isLive(access, at)) throw new NotValid(['it has ended already']);
      draft({ did: 'EMERGENCY_END', ids: [id], subjects: access.subjects, policies: by }, endAt(access, why));
      return shown({ ...access, endedAt: at });
    },

    async review(id, finding, why) {
      const { access, by } = await permit('REVIEW_EMERGENCY', id);
      if (!why.trim()) throw new NotValid(['it says why']);
      if (access.review) throw new NotValid(['it has been reviewed already']);
      const review = { at, reviewedBy: requester.worker, finding, why };
      const ends = finding === 'NOT_JUSTIFIED' && isLive(access, at);
      const line = { did: 'EMERGENCY_REVIEW', ids: [id], subjects: access.subjects, policies: by } as const;
      draft(line, (transaction) =>
        once(registers.reviewEmergency(transaction, id, review), 'it has been reviewed already'),
      );
      if (ends) draft({ ...line, did: 'EMERGENCY_END' }, endAt(access, why));
      return shown({ ...access, ...(ends ? { endedAt: at } : {}), review });
    },

    async toReview() {
      const might = { ownAgency: true, party: true, madeBy: 'ANOTHER_AGENCY' } as const;
      if (!(await permitted('REVIEW_EMERGENCY', [NOBODY], might))) return [];
      const all = await registers.unreviewedEmergencies(AT_A_TIME);
      await operation.surroundings.ensure(all.flatMap(concerned));
      const found = await Promise.all(
        all.map(async (access) => ({ access, by: await permittedOn('REVIEW_EMERGENCY', access) })),
      );
      const mine = found.flatMap(({ access, by }) => (by ? [{ access, by }] : []));
      draft({
        did: 'SHOWN',
        ids: mine.map(({ access }) => access.id),
        subjects: [...new Set(mine.flatMap(({ access }) => access.subjects))],
        policies: [...new Set(mine.flatMap(({ by }) => by))],
      });
      return mine.map(({ access }) => shown(access));
    },
  };
}

/** Whom an access is about. */
function concerned({ person, subjects }: RecordedEmergency): readonly PersonId[] {
  return [...new Set([person, ...subjects])];
}

/** What an emergency asks of its gateway beside what the gateway asks. */
function gatewayProblems({ overridesRefusal, approver }: LawfulGateway): string[] {
  return [
    ...(overridesRefusal ? [] : ['its gateway is one that stands against a refusal']),
    ...(approver === 'none' ? [] : ['it opens at once, so that its gateway is one that asks for no approval']),
  ];
}

function unknown(named: string, gateways: LawfulGateways): string {
  return `there is no lawful gateway ${JSON.stringify(named)}; known are ${[...gateways.keys()].join(', ')}`;
}

/** What somebody else did first, in words. */
async function once(write: Promise<void>, problem: string): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw error instanceof AlreadyDone ? new NotValid([problem]) : error;
  }
}

/** Where neither a pack nor the house fixes a timescale. */
const ONE_DAY = { months: 0, days: 1, minutes: 0, workingDays: 0 } as const;
