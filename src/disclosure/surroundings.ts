/**
 * What must be known of people before anything about them can be decided: their circumstances from every source that
 * tells any, and what they have said. Fetched in batches, the same calls whether or not a source knows the person, so
 * that neither the number nor the time of calls tells where somebody is known.
 */
import { FactsChanged } from '../audit/audit.js';
import { push } from '../domain/entry.js';
import type { LocalId, PersonId, Purpose, SourceId } from '../domain/words.js';
import type { Links } from '../people/links.js';
import type { EmergencyAbout } from '../registers/emergency.js';
import type { GrantAbout } from '../registers/grant.js';
import { type Registers, RegistersChanging, type Said } from '../registers/registers.js';
import type { ConsentStatement, ExceptionRecord, Judgement, ServiceConsent } from '../registers/statements.js';
import { type Asking, hasAnswered } from '../sources/ask.js';
import type { Source } from '../sources/contract.js';
import { circumstancesOf } from '../sources/expected.js';
import type { Statements } from './facts/basis.js';
import { localsIn, type View } from './facts/view.js';

/** Asked of a source that knows none of the persons: nobody's id at any source. */
export const NOBODY: LocalId = '-';

/** Of whom something is unknown while a source is down: of those it is linked to, or of anybody it might have known. */
export type GapsAbout = 'KNOWN' | 'ANYBODY';

export class Surroundings {
  readonly #known = new Set<PersonId>();
  readonly #consents = new Map<PersonId, ConsentStatement[]>();
  readonly #serviceConsents = new Map<PersonId, ServiceConsent[]>();
  readonly #exceptions = new Map<PersonId, ExceptionRecord[]>();
  readonly #judgements = new Map<PersonId, Judgement[]>();
  readonly #grants = new Map<PersonId, GrantAbout[]>();
  readonly #emergencies = new Map<PersonId, EmergencyAbout[]>();
  #isUntold = false;
  #queue: Promise<void> = Promise.resolve();
  registersVersion: number | undefined;

  constructor(
    private readonly view: View,
    private readonly links: Links,
    private readonly asking: Asking,
    private readonly registers: Registers,
    private readonly purpose: Purpose,
    private readonly gapsAbout: GapsAbout = 'KNOWN',
  ) {
    const isUntold = () => this.#isUntold;
    this.statements = {
      consents: this.#consents,
      serviceConsents: this.#serviceConsents,
      exceptions: this.#exceptions,
      judgements: this.#judgements,
      grants: this.#grants,
      emergencies: this.#emergencies,
      get untold() {
        return isUntold();
      },
    };
  }

  /** Grows as further people are reached. */
  readonly statements: Statements;

  /** Makes sure that everything about these persons, and the families they belong to, is known. One at a time. */
  ensure(persons: Iterable<PersonId>): Promise<void> {
    const asked = [...persons];
    this.#queue = this.#queue.then(() => this.#load(asked));
    return this.#queue;
  }

  async #load(asked: readonly PersonId[]): Promise<void> {
    const fresh = [...new Set(asked)].filter((person) => !this.#known.has(person));
    if (fresh.length === 0) return;
    const told = await this.#tell(fresh, () => false, fresh);
    const members = new Set(
      fresh.flatMap((person) => this.view.familiesOf(person).flatMap((family) => [...family.members.keys()])),
    );
    const further = [...members].filter((person) => !this.#known.has(person) && !fresh.includes(person));
    await this.#tell(further, (source, person) => told.get(source.id)?.has(person) === true, fresh);
    const reached = [...fresh, ...further];
    await this.#read(reached);
    for (const person of reached) this.#known.add(person);
  }

  /** Asks every telling source about the persons it has not `alreadyTold` of, for the sake of these. Answers whose families each source told whole. */
  async #tell(
    persons: readonly PersonId[],
    alreadyTold: (source: Source, person: PersonId) => boolean,
    forTheSakeOf: readonly PersonId[],
  ) {
    const told = new Map<SourceId, Set<PersonId>>();
    const locals = await this.links.localsOf(persons);
    const tellers = this.asking.sources.filter((source) => source.tells.size > 0);
    await Promise.all(
      tellers.map(async (source) => {
        const mine = persons.filter(
          (person) => !alreadyTold(source, person) && locals.get(person)?.some((ref) => ref.space === source.space),
        );
        const ids = mine.flatMap(
          (person) =>
            locals
              .get(person)
              ?.filter((ref) => ref.space === source.space)
              .map((ref) => ref.local) ?? [],
        );
        const ask = ids.length > 0 ? ids : [NOBODY];
        const reply = await this.asking.ask(
          source,
          (options) => source.circumstances(ask, options),
          undefined,
          circumstancesOf(ask),
          forTheSakeOf,
        );
        if (!hasAnswered(reply)) {
          const missed = this.gapsAbout === 'KNOWN' ? mine : persons;
          this.view.addGap({ source: source.id, holder: source.holder, tells: source.tells, persons: new Set(missed) });
          return;
        }
        await this.links.learn(source.space, localsIn(reply.items));
        const personOf = this.links.personsIn(source.space);
        for (const circumstances of reply.items)
          this.view.add({ space: source.space, holder: source.holder, circumstances, personOf });
        if (source.tells.has('memberships'))
          told.set(
            source.id,
            new Set(reply.items.flatMap((item) => item.memberships.map((row) => personOf(row.person)))),
          );
      }),
    );
    return told;
  }

  async #read(persons: readonly PersonId[]): Promise<void> {
    const read = await this.#said(persons);
    if (this.registersVersion !== undefined && read.version !== this.registersVersion)
      throw new FactsChanged('registers changed');
    this.registersVersion = read.version;
    for (const consent of read.consents) push(this.#consents, consent.subject, consent);
    for (const consent of read.serviceConsents) push(this.#serviceConsents, consent.subject, consent);
    for (const judgement of read.judgements) push(this.#judgements, judgement.subject, judgement);
    for (const grant of read.grants) push(this.#grants, grant.subject, grant);
    for (const access of read.emergencies) push(this.#emergencies, access.subject, access);
    if (this.#isUntold) this.view.reviewsUntold();
    else this.view.addReviews(read.reviews);
    const asked = new Set(persons);
    for (const exception of read.exceptions) {
      for (const subject of exception.subjects) if (asked.has(subject)) push(this.#exceptions, subject, exception);
    }
  }

  /**
   * What is said about them. In an emergency, and then only, what people said may be out of reach: everybody may have refused,
   * and nothing but emergency access is known. Its exception does not depend on the consents being read (RULES §6).
   */
  async #said(persons: readonly PersonId[]): Promise<Said> {
    try {
      return await this.registers.read(persons);
    } catch (error) {
      if (this.purpose !== 'EMERGENCY')
        throw error instanceof RegistersChanging ? new FactsChanged(error.message, { cause: error }) : error;
      const { version, emergencies } = await this.registers.readEmergencies(persons);
      this.#isUntold = true;
      return {
        version,
        emergencies,
        consents: [],
        serviceConsents: [],
        exceptions: [],
        judgements: [],
        grants: [],
        reviews: [],
      };
    }
  }
}
