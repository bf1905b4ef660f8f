/**
 * What of people's statements is shown to whom: three lists about a person, of what concerns the requester's agency, and of
 * nothing to whom policies let see none. The log has what was shown, and no more.
 */
import type { Policies } from '../disclosure/policies.js';
import { entry } from '../domain/entry.js';
import type { PersonId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import type { Operation } from '../reader/operation.js';
import { asOf, isReviewDue, type Moment } from '../registers/as-of.js';
import type { Registers } from '../registers/registers.js';
import type { ConsentStatement, ExceptionRecord, Judgement } from '../registers/statements.js';
import type { Drafts } from './drafts.js';
import { type ShownJudgement, shownJudgement } from './judgements.js';
import { isParty } from './scope.js';
import { type ListedConsent, toldToOwn } from './told-consents.js';

export interface ShownStatementParts {
  readonly operation: Operation;
  readonly policies: Policies;
  readonly registers: Registers;
  readonly directory: Directory;
  readonly draft: Drafts['draft'];
}

export interface ShownStatements {
  /**
   * Consent statements about a person that concern the requester's agency, as they were known at a moment. Nobody's business
   * else: an empty list. What may be told is judged on what is known now: nobody learns by asking of the past what a refusal
   * since then covers. What the own agency's system says was agreed to or refused there is among them (`told-consents.ts`).
   */
  consentsOf(person: PersonId, moment?: Moment): Promise<readonly ListedConsent[]>;
  /**
   * False where the own agency's system keeps consents too and did not answer: the list then lacks them. False as well where a system that tells
   * who works with whom did not: who may not see them for that alone is not told that there are none.
   */
  areConsentsComplete(person: PersonId): Promise<boolean>;
  /** Whether a consent is due to be talked about again at the moment that is asked at. */
  isReviewDue(said: ConsentStatement): boolean;
  /** Reasons why consent is not required, to which the requester's agency is a party. */
  exceptionsOf(person: PersonId): Promise<readonly ExceptionRecord[]>;
  /** Judgements on the own agency's records: others would tell that there are records. */
  judgementsOf(person: PersonId): Promise<readonly ShownJudgement[]>;
  /** Ids of the statements about a person that the requester may see: what the three lists would show. Says nothing to the log. */
  seenOf(person: PersonId): Promise<ReadonlySet<string>>;
}

type Said = Operation['surroundings']['statements'];

export function openShownStatements(parts: ShownStatementParts): ShownStatements {
  const { operation, policies, registers, directory, draft } = parts;
  const { agency, agencyKind } = operation.requester;
  const seen = new Map<PersonId, Promise<ReadonlySet<string>>>();

  const maySee = (person: PersonId) =>
    policies.mayDo('SEE_STATEMENTS', operation.facts().actionFacts(person, { ownAgency: true, party: true }));

  /** What `pick` leaves of the statements, if the requester may see any; the log has what was shown, and no more. */
  async function shownTo<T extends { readonly id: string }>(
    person: PersonId,
    pick: (all: Said) => readonly T[] | Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    await operation.surroundings.ensure([person]);
    const verdict = maySee(person);
    const shown = verdict.allowed ? await pick(operation.surroundings.statements) : [];
    draft({ did: 'SHOWN', ids: shown.map(({ id }) => id), subjects: [person], policies: verdict.policies });
    return shown;
  }

  async function consentsIn(
    { consents }: Said,
    person: PersonId,
    moment: Moment,
  ): Promise<readonly ConsentStatement[]> {
    const all = consents.get(person) ?? [];
    const recorders = await Promise.all(all.map(({ recordedBy }) => directory.worker(recordedBy)));
    const byOwn = new Set(all.filter((_, i) => recorders[i]?.agency === agency).map(({ id }) => id));
    const told = new Set(all.filter((said) => byOwn.has(said.id) || concernsOwn(said, all)).map(({ id }) => id));
    const then = moment.knownAt === undefined ? asOf(all, moment) : await registers.consentsAsOf(person, moment);
    return then.filter(({ id }) => told.has(id)).map((said) => (byOwn.has(said.id) ? said : withoutAccount(said)));
  }

  /**
   * A holder sees all that is said by name about its own records. A recipient sees what lets it receive, as long as it does:
   * a refusal covers existence too, so what was refused or taken back since is no longer told to it.
   */
  function concernsOwn(said: ConsentStatement, all: readonly ConsentStatement[]): boolean {
    if (said.holders.some((id) => id === agency || id === agencyKind)) return true;
    if (said.state !== 'GIVEN' || !isParty(operation, said.recipients)) return false;
    const overlaps = (holders: readonly string[]) =>
      holders.some((id) => id === '*' || said.holders.includes('*') || said.holders.includes(id));
    return !all.some(
      (later) => later.state !== 'GIVEN' && later.recordedAt >= said.recordedAt && overlaps(later.holders),
    );
  }

  const exceptionsIn = ({ exceptions }: Said, person: PersonId): readonly ExceptionRecord[] =>
    (exceptions.get(person) ?? []).filter(({ holders, recipients }) => isParty(operation, [...holders, ...recipients]));

  const judgementsIn = ({ judgements }: Said, person: PersonId): readonly Judgement[] =>
    (judgements.get(person) ?? []).filter(({ holder }) => holder === agency);

  return {
    consentsOf: (person, moment = {}) =>
      shownTo<ListedConsent>(person, async (all) => [
        ...(await consentsIn(all, person, moment)),
        ...(toldToOwn(operation, person, moment) ?? []),
      ]),

    async areConsentsComplete(person) {
      await operation.surroundings.ensure([person]);
      return maySee(person).allowed ? toldToOwn(operation, person, {}) !== undefined : operation.statuses.isWorkTold();
    },

    isReviewDue: (said) => isReviewDue(said, operation.at),

    exceptionsOf: (person) => shownTo(person, (all) => exceptionsIn(all, person)),

    judgementsOf: (person) => shownTo(person, (all) => judgementsIn(all, person).map(shownJudgement)),

    seenOf: (person) =>
      entry(seen, person, async () => {
        await operation.surroundings.ensure([person]);
        if (!maySee(person).allowed) return new Set<string>();
        const all = operation.surroundings.statements;
        const shown = [
          ...(await consentsIn(all, person, {})),
          ...exceptionsIn(all, person),
          ...judgementsIn(all, person),
        ];
        return new Set(shown.map(({ id }) => id));
      }),
  };
}

/** How a child's competence was judged stays in the agency that judged it. */
function withoutAccount({ competence: _, ...said }: ConsentStatement): ConsentStatement {
  return said;
}
