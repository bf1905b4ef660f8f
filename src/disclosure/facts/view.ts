/**
 * What is known, for one operation, of the circumstances of the people it touches: everything the sources told, with
 * the gateway's person ids, indexed for the facts. Grows as the operation reaches further people; never shared.
 */
import { CIRCUMSTANCE_KINDS, type CircumstanceKind, type Circumstances } from '../../domain/circumstances.js';
import { entry, push } from '../../domain/entry.js';
import type { AgencyId, LocalId, PersonId, SourceId } from '../../domain/words.js';
import { type AllegationReview, type ReviewResult, reviewStanding, reviewsOf } from '../../registers/reviews.js';

/** One source's telling. */
export interface Telling {
  readonly space: SourceId;
  readonly holder: AgencyId;
  readonly circumstances: Circumstances<LocalId>;
  /** Who the source's persons are; without it they are the gateway's already. */
  readonly personOf?: (local: LocalId) => PersonId;
}

/** A source that should have told these kinds about these persons and did not answer. */
export interface Gap {
  readonly source: SourceId;
  readonly holder: AgencyId;
  readonly tells: ReadonlySet<CircumstanceKind>;
  readonly persons: ReadonlySet<PersonId>;
}

export interface Member {
  readonly included: boolean;
  readonly isChild: boolean;
}

/** A family as the rules know it: the social-care family, or the early-help family where social care has none. */
export interface FamilyView {
  /** `${space}:${family id}` of the social-care family, else of the early-help family. */
  readonly id: string;
  /** Every id under which sources know it. */
  readonly aliases: readonly string[];
  readonly members: ReadonlyMap<PersonId, Member>;
  readonly children: readonly PersonId[];
  /** Members of the workflow (FS-19), and the children among them. */
  readonly included: readonly PersonId[];
  readonly includedChildren: readonly PersonId[];
}

/** A row as told, with where it came from. */
export type Told<K extends CircumstanceKind> = Circumstances<PersonId>[K][number] & {
  readonly space: SourceId;
  readonly holder: AgencyId;
};

/** The fields of each kind that hold persons: by these its rows are found. */
const PERSON_FIELDS: { readonly [K in CircumstanceKind]: readonly string[] } = {
  involvements: ['person'],
  memberships: ['person'],
  familyTeams: [],
  relationships: ['person', 'other'],
  residences: ['person'],
  allegations: ['victim', 'perpetrator'],
  enquiries: ['child', 'names'],
  plans: ['child'],
  coreGroups: ['child'],
  panels: [],
  handovers: [],
  received: ['person'],
  protectedPersons: ['person'],
  serviceConsents: ['person'],
  consents: ['person'],
  protectionGrounds: [],
};
/** Family-level kinds are found by the family's key. */
const FAMILY_OF: { readonly [K in CircumstanceKind]?: (row: Circumstances<PersonId>[K][number]) => string } = {
  familyTeams: (row) => row.family,
  panels: (row) => row.family,
  handovers: (row) => row.family,
  protectionGrounds: (row) => row.family,
};

export class View {
  readonly #rows = new Map<CircumstanceKind, Map<string, Told<CircumstanceKind>[]>>();
  readonly #gaps: Gap[] = [];
  readonly #reviews = new Map<PersonId, AllegationReview[]>();
  #areReviewsUntold = false;
  readonly #addresses = new Map<string, Set<PersonId>>();
  #families: ReadonlyMap<PersonId, readonly FamilyView[]> | undefined;
  #memberships: { family: string; person: PersonId; member: Member; first: boolean }[] = [];

  #tellings = 0;

  /** Another number whenever more is known: what was worked out before may be otherwise now. */
  get tellings(): number {
    return this.#tellings;
  }

  constructor(
    /** The operation's instant. */
    readonly now: string,
    /** Sources whose explicit family membership decides (social care), before all others. */
    private readonly leading: ReadonlySet<SourceId>,
  ) {
    for (const kind of CIRCUMSTANCE_KINDS) this.#rows.set(kind, new Map());
  }

  /** Adds what a source told. Telling the same twice changes nothing. */
  add({ space, holder, circumstances, personOf = itself }: Telling): void {
    this.#tellings += 1;
    for (const kind of CIRCUMSTANCE_KINDS) {
      const index = entry(this.#rows, kind, () => new Map<string, Told<CircumstanceKind>[]>());
      const fields = PERSON_FIELDS[kind];
      const familyOf = FAMILY_OF[kind] as ((row: unknown) => string) | undefined;
      for (const row of circumstances[kind]) {
        // Copied last, for to add to a copy costs twenty times as much (V8 11); whose word it is is never the row's to say.
        const told: Told<CircumstanceKind> = Object.assign({ space, holder, ...row }, { space, holder });
        const held = told as unknown as Record<string, string | readonly string[]>;
        for (const field of fields) {
          const value = held[field] ?? NONE;
          const persons = typeof value === 'string' ? personOf(value) : value.map(personOf);
          held[field] = persons;
          if (typeof persons === 'string') push(index, persons, told);
          else for (const person of persons) push(index, person, told);
        }
        if (familyOf) push(index, `${space}:${familyOf(row)}`, told);
        if (kind === 'memberships') this.#member(told as Told<'memberships'>);
        if (kind === 'residences') this.#resident(told as Told<'residences'>);
      }
    }
  }

  /** Adds team managers' reviews of allegations, read with whatever else was said. Adding one twice changes nothing. */
  addReviews(reviews: readonly AllegationReview[]): void {
    this.#tellings += 1;
    for (const review of reviews) push(this.#reviews, review.victim, review);
  }

  /** The reviews recorded in the register could not be read. */
  reviewsUntold(): void {
    this.#tellings += 1;
    this.#areReviewsUntold = true;
  }

  /** What reviews of an allegation amount to. DISPUTED too where they could not be read. */
  reviewOf(row: Told<'allegations'>): ReviewResult | 'DISPUTED' | undefined {
    return this.#areReviewsUntold ? 'DISPUTED' : reviewStanding(this.reviewsFor(row), row.review);
  }

  /** The reviews of an allegation that the register holds. */
  reviewsFor(row: Told<'allegations'>): readonly AllegationReview[] {
    return reviewsOf(this.#reviews.get(row.victim) ?? NONE, row);
  }

  addGap(gap: Gap): void {
    this.#tellings += 1;
    this.#gaps.push(gap);
  }

  /** Whether a source that tells this kind about any of these persons failed to answer. */
  isUnknown(kind: CircumstanceKind, persons: Iterable<PersonId>): boolean {
    if (this.#gaps.length === 0) return false;
    const asked = [...persons];
    return this.#gaps.some((gap) => gap.tells.has(kind) && asked.some((person) => gap.persons.has(person)));
  }

  /** The same of one holder's sources. */
  isUntold(kind: CircumstanceKind, holder: AgencyId, person: PersonId): boolean {
    return this.#gaps.some((gap) => gap.holder === holder && gap.tells.has(kind) && gap.persons.has(person));
  }

  /** Whether there may be rows of this kind about anybody: some were told, or somebody who should have told was not reached. */
  mayHold(kind: CircumstanceKind): boolean {
    return (this.#rows.get(kind)?.size ?? 0) > 0 || this.#gaps.length > 0;
  }

  /** Rows of a kind about a person. */
  of<K extends CircumstanceKind>(kind: K, person: PersonId): readonly Told<K>[] {
    return (this.#rows.get(kind)?.get(person) ?? NONE) as readonly Told<K>[];
  }

  /** Rows of a family-level kind. */
  ofFamily<K extends 'familyTeams' | 'panels' | 'handovers' | 'protectionGrounds'>(
    kind: K,
    family: FamilyView,
  ): readonly Told<K>[] {
    const index = this.#rows.get(kind);
    if (!index || index.size === 0) return NONE;
    return family.aliases.flatMap((alias) => index.get(alias) ?? NONE) as unknown as readonly Told<K>[];
  }

  /** Whether a period counts now: `from` counts, `until` does not. */
  isCurrent(period: { readonly from?: string; readonly until?: string }): boolean {
    return isWithin(period, this.now);
  }

  familiesOf(person: PersonId): readonly FamilyView[] {
    this.#families ??= joinFamilies(this.#memberships);
    return this.#families.get(person) ?? NONE;
  }

  /** The families in which the person is an included member: those through which access may be reached (FS-19). */
  includingFamiliesOf(person: PersonId): readonly FamilyView[] {
    return this.familiesOf(person).filter((family) => family.members.get(person)?.included === true);
  }

  isChild(person: PersonId): boolean {
    return this.of('memberships', person).some((row) => row.isChild);
  }

  /** Who lives, now, at an address. */
  residentsOf(address: string): ReadonlySet<PersonId> {
    return this.#addresses.get(address) ?? NOBODY;
  }

  /** Everybody who now lives where the person lives, the person included. */
  householdOf(person: PersonId): ReadonlySet<PersonId> {
    const household = new Set([person]);
    for (const row of this.of('residences', person)) {
      if (this.isCurrent(row)) for (const resident of this.residentsOf(row.address)) household.add(resident);
    }
    return household;
  }

  #member(row: Told<'memberships'>): void {
    const member = { included: row.included, isChild: row.isChild };
    this.#memberships.push({
      family: `${row.space}:${row.family}`,
      person: row.person,
      member,
      first: this.leading.has(row.space),
    });
    this.#families = undefined;
  }

  #resident(row: Told<'residences'>): void {
    if (!this.isCurrent(row)) return;
    const residents = this.#addresses.get(row.address) ?? new Set();
    residents.add(row.person);
    this.#addresses.set(row.address, residents);
  }
}

const NONE: readonly never[] = Object.freeze([]);
const NOBODY: ReadonlySet<never> = new Set<never>();

/** [from, until): dates count from their first moment. */
export function isWithin(period: { readonly from?: string; readonly until?: string }, now: string): boolean {
  return (period.from === undefined || period.from <= now) && (period.until === undefined || now < period.until);
}

/** Families of several sources are one when they share a child; the social-care family's membership decides. */
function joinFamilies(
  rows: readonly { family: string; person: PersonId; member: Member; first: boolean }[],
): ReadonlyMap<PersonId, readonly FamilyView[]> {
  const leader = new Map<string, string>();
  const find = (id: string): string => {
    const next = leader.get(id);
    return next === undefined || next === id ? id : find(next);
  };
  const leading = new Set(rows.filter((row) => row.first).map((row) => row.family));
  const childHome = new Map<PersonId, string>();
  for (const { family, person, member } of rows) {
    if (!leader.has(family)) leader.set(family, family);
    if (!member.isChild) continue;
    const other = childHome.get(person);
    if (other === undefined) childHome.set(person, family);
    else if (leading.has(family) !== leading.has(other)) {
      const [to, from] = leading.has(family) ? [family, other] : [other, family];
      leader.set(find(from), find(to));
      childHome.set(person, to);
    }
  }
  const families = new Map<string, { id: string; aliases: Set<string>; members: Map<PersonId, Member> }>();
  for (const row of [...rows].sort((a, b) => Number(a.first) - Number(b.first))) {
    const id = find(row.family);
    const family = families.get(id) ?? { id, aliases: new Set<string>(), members: new Map<PersonId, Member>() };
    families.set(id, family);
    family.aliases.add(row.family);
    family.members.set(row.person, row.member);
  }
  const byPerson = new Map<PersonId, FamilyView[]>();
  for (const family of families.values()) {
    const members = [...family.members];
    const personsWho = (is: (member: Member) => boolean) =>
      members.flatMap(([person, member]) => (is(member) ? person : []));
    const view: FamilyView = {
      id: family.id,
      aliases: [...family.aliases],
      members: family.members,
      children: personsWho(({ isChild }) => isChild),
      included: personsWho(({ included }) => included),
      includedChildren: personsWho(({ included, isChild }) => included && isChild),
    };
    for (const person of family.members.keys()) push(byPerson, person, view);
  }
  return byPerson;
}

function itself(local: LocalId): PersonId {
  return local;
}

/** Every person that a telling speaks of, each once. */
export function localsIn(told: readonly Circumstances<LocalId>[]): ReadonlySet<LocalId> {
  const locals = new Set<LocalId>();
  for (const circumstances of told) {
    for (const kind of CIRCUMSTANCE_KINDS) {
      const fields = PERSON_FIELDS[kind];
      const rows = circumstances[kind] as readonly unknown[] as readonly {
        readonly [field: string]: LocalId | readonly LocalId[] | undefined;
      }[];
      for (const row of rows) {
        for (const field of fields) {
          const value = row[field] ?? NONE;
          if (typeof value === 'string') locals.add(value);
          else for (const local of value) locals.add(local);
        }
      }
    }
  }
  return locals;
}
