/**
 * Reads of people what tells who lives near whom, for the watch over the log. In the background, at most one call at a time,
 * through gates of its own: it takes no place of anybody who waits for an answer. What is read is compared and let go of;
 * nothing of it is released, so it passes no door. Whoever calls writes the entry of the log first.
 */
import { localsIn, View } from '../disclosure/facts/view.js';
import type { ContentValue, SourceRecord } from '../domain/records.js';
import type { AgencyId, LocalId, PersonId, SourceId, TeamId } from '../domain/words.js';
import { Links } from '../people/links.js';
import type { People } from '../people/people.js';
import { Asking, type Gates, hasAnswered } from '../sources/ask.js';
import { startBudget } from '../sources/budget.js';
import type { Source } from '../sources/contract.js';
import { circumstancesOf, recordsOf } from '../sources/expected.js';

export interface WatchedReading {
  readonly sources: readonly Source[];
  readonly people: People;
  /** Not those of the operations. */
  readonly gates: Gates;
  /** For all calls together, ms. */
  readonly deadlineMs: number;
}

/** An address: its key where the source gives one, else postcode and first line. */
export interface WatchedPlace {
  readonly key?: string;
  readonly postcode?: string;
  readonly line?: string;
  readonly isPast: boolean;
}

/** Somebody's work with a person or their family, as a system of this holder tells it. */
export interface WatchedWork {
  readonly holder: AgencyId;
  /** `${space} ${staff id}`. */
  readonly worker?: string;
  readonly team?: TeamId;
}

export interface WatchedPerson {
  readonly surnames: readonly string[];
  readonly places: readonly WatchedPlace[];
  readonly work: readonly WatchedWork[];
}

export interface WatchedPersons {
  readonly persons: ReadonlyMap<PersonId, WatchedPerson>;
  /** Sources that did not answer: what they would tell is not known. */
  readonly gaps: readonly SourceId[];
}

/** Asked of a source that knows none of them is nothing: the watch answers nobody, so its calls need hide nothing. */
export async function readWatchedPersons(
  { sources, people, gates, deadlineMs }: WatchedReading,
  persons: readonly PersonId[],
  at: string,
): Promise<WatchedPersons> {
  const asking = new Asking(sources, gates, startBudget(deadlineMs, gates.tick), 'INFORMATION_GOVERNANCE');
  const links = new Links(people);
  const view = new View(at, new Set());
  const locals = await links.localsOf(persons);
  const surnames = new Map<PersonId, string[]>();
  const places = new Map<PersonId, WatchedPlace[]>();
  const gaps = new Set<SourceId>();
  for (const source of sources) {
    const ids = [...new Set([...locals.values()].flat())].flatMap(({ space, local }) =>
      space === source.space ? local : [],
    );
    if (ids.length === 0) continue;
    const personOf = links.personsIn(source.space);
    if (source.provides.has('PersonDetails')) {
      const reply = await asking.ask(
        source,
        (options) => source.read({ wants: [{ type: 'PersonDetails', persons: ids }] }, options),
        undefined,
        recordsOf(new Map([['PersonDetails', new Set<LocalId>(ids)]])),
      );
      if (!hasAnswered(reply)) gaps.add(source.id);
      for (const record of reply.items) {
        const person = personOf(record.label.subject);
        add(surnames, person, ...textsOf(record.content['surname']));
        add(places, person, ...placesOf(record, at));
      }
    }
    if (source.tells.size === 0) continue;
    const told = await asking.ask(
      source,
      (options) => source.circumstances(ids, options),
      undefined,
      circumstancesOf(ids),
    );
    if (!hasAnswered(told)) {
      gaps.add(source.id);
      continue;
    }
    await links.learn(source.space, localsIn(told.items));
    for (const circumstances of told.items)
      view.add({ space: source.space, holder: source.holder, circumstances, personOf });
  }
  return {
    persons: new Map(
      persons.map((person) => {
        const residences = view.of('residences', person).map(({ address, until }) => ({
          key: address,
          isPast: until !== undefined && until <= at,
        }));
        return [
          person,
          {
            surnames: surnames.get(person) ?? [],
            places: [...(places.get(person) ?? []), ...residences],
            work: workAround(view, person),
          },
        ] as const;
      }),
    ),
    gaps: [...gaps],
  };
}

/** Whoever works with the person, or with anybody of their families, or holds a seat there, now. */
function workAround(view: View, person: PersonId): readonly WatchedWork[] {
  const families = view.familiesOf(person);
  const around = [...new Set([person, ...families.flatMap(({ members }) => [...members.keys()])])];
  const isNow = (period: { readonly from?: string; readonly until?: string }) => view.isCurrent(period);
  return [
    ...around.flatMap((member) => [
      ...view
        .of('involvements', member)
        .filter(isNow)
        .map(({ holder, space, worker, team }) => ({
          holder,
          ...(worker === undefined ? {} : { worker: `${space} ${worker}` }),
          ...(team === undefined ? {} : { team }),
        })),
      ...view
        .of('coreGroups', member)
        .filter(isNow)
        .map(({ holder, space, worker }) => ({ holder, worker: `${space} ${worker}` })),
    ]),
    ...families.flatMap((family) => [
      ...view
        .ofFamily('familyTeams', family)
        .filter(isNow)
        .map(({ holder, team }) => ({ holder, team })),
      ...view
        .ofFamily('handovers', family)
        .filter(isNow)
        .map(({ holder, space, receivingWorker }) => ({ holder, worker: `${space} ${receivingWorker}` })),
      ...view
        .ofFamily('panels', family)
        .filter(isNow)
        .flatMap(({ holder, space, workers }) => workers.map((worker) => ({ holder, worker: `${space} ${worker}` }))),
    ]),
  ];
}

function placesOf({ label, content }: SourceRecord, at: string): readonly WatchedPlace[] {
  const told = content['addresses'];
  const lines = Array.isArray(told) ? told.filter(isFields) : [];
  return [
    // The label's keys do not say since when: the residences do, and the lines below.
    ...(lines.length === 0 ? label.addresses.map((key) => ({ key, isPast: false })) : []),
    ...lines.map(({ line, postcode, until }) => ({
      ...(typeof postcode === 'string' ? { postcode } : {}),
      ...(typeof line === 'string' ? { line } : {}),
      isPast: typeof until === 'string' && until <= at,
    })),
  ];
}

function isFields(value: ContentValue): value is { readonly [k: string]: ContentValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(value: ContentValue | undefined): string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}

function add<T>(map: Map<PersonId, T[]>, person: PersonId, ...values: readonly T[]): void {
  map.set(person, [...(map.get(person) ?? []), ...values]);
}
