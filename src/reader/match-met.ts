/**
 * Matches persons whom a source told of for the first time, one by one against the index, between the whole matchings. Never
 * within the operation that met them: what an operation answers and how long it takes must not tell that some source told of
 * somebody new (docs/decisions/0012). They are remembered, and matched at a pace that does not depend on who was met.
 */
import { setImmediate } from 'node:timers/promises';
import type { PersonIdentity } from '../domain/identity.js';
import type { Agency } from '../domain/requester.js';
import type { AgencyId, LocalId, SourceId } from '../domain/words.js';
import type { Applied, LinkQuestions } from '../people/link-questions.js';
import { type People, type PersonRef, refKey } from '../people/people.js';
import type { Match, PersonIndex, Question } from '../people/person-index.js';
import { Asking, type Gates, hasAnswered } from '../sources/ask.js';
import { startBudget } from '../sources/budget.js';
import type { Source } from '../sources/contract.js';
import { circumstancesOf, recordsOf } from '../sources/expected.js';
import { identityOf } from '../sources/identity-of.js';
import { PERSONS_AT_ONCE } from '../sources/listing.js';
import { mayAskBetween } from './match-persons.js';

export interface MetParts {
  readonly sources: readonly Source[];
  readonly agencies: () => Promise<ReadonlyMap<AgencyId, Agency>>;
  readonly people: People;
  readonly questions: LinkQuestions;
  readonly gates: Gates;
  /** How long the sources may take for one round, ms. */
  readonly deadlineMs: number;
  readonly now: () => Date;
}

export interface Met {
  /** Remembers persons; does nothing else, and nothing that can fail. */
  note(refs: readonly PersonRef[]): void;
  /** Matches some of those remembered against an index, which then knows them. Rejects with the store's error. */
  match(index: PersonIndex): Promise<Applied>;
}

/** More are left to the next whole matching: who meets crowds must not fill the memory. */
const MOST_REMEMBERED = 10_000;
/** How often a source that does not answer is asked about somebody. */
const TRIES = 3;

export function openMet(parts: MetParts): Met {
  const { sources, people, questions } = parts;
  const waiting = new Map<string, { readonly ref: PersonRef; readonly tries: number }>();

  /** Who these are, as their source has them; those it could not be asked about are remembered again. */
  async function identitiesOf(source: Source, refs: readonly { ref: PersonRef; tries: number }[]) {
    const asking = new Asking(
      [source],
      parts.gates,
      startBudget(parts.deadlineMs, parts.gates.tick),
      'SERVICE_MEASURES',
    );
    const persons = refs.map(({ ref }) => ref.local);
    const asked = new Map([['PersonDetails' as const, new Set(persons)]]);
    const wants = [{ type: 'PersonDetails' as const, persons }];
    const details = await asking.ask(source, (options) => source.read({ wants }, options), undefined, recordsOf(asked));
    const told = source.tells.has('protectedPersons')
      ? await asking.ask(
          source,
          (options) => source.circumstances(persons, options),
          undefined,
          circumstancesOf(persons),
        )
      : undefined;
    if (!hasAnswered(details) || (told && !hasAnswered(told))) {
      for (const { ref, tries } of refs) if (tries < TRIES) waiting.set(refKey(ref), { ref, tries: tries + 1 });
      return [];
    }
    const guarded = new Set<LocalId>(
      (told?.items ?? []).flatMap(({ protectedPersons }) => protectedPersons.map(({ person }) => person)),
    );
    return details.items.map((record): PersonIdentity => {
      const identity = identityOf(source.space, record);
      return guarded.has(identity.local) ? { ...identity, isProtected: true } : identity;
    });
  }

  return {
    note(refs) {
      for (const ref of refs) if (waiting.size < MOST_REMEMBERED) waiting.set(refKey(ref), { ref, tries: 1 });
    },

    async match(index) {
      const round = [...waiting.values()].slice(0, PERSONS_AT_ONCE);
      for (const { ref } of round) waiting.delete(refKey(ref));
      const unknown = round.filter(({ ref }) => !index.has(ref));
      let total: Applied = { joined: 0, heldBack: 0, asked: 0 };
      if (unknown.length === 0) return total;
      const mayAsk = mayAskBetween(sources, await parts.agencies());
      // A source that cannot list its persons is linked by the links it has.
      for (const source of sources.filter(({ persons }) => persons)) {
        const own = unknown.filter(({ ref }) => ref.space === source.space);
        if (own.length === 0) continue;
        for (const identity of await identitiesOf(source, own)) {
          const matches = index.matchOne(identity);
          index.add(identity);
          const matching = await conclude(identity, matches, index, people, mayAsk);
          const applied = await questions.add(matching, parts.now().toISOString());
          total = {
            joined: total.joined + applied.joined,
            heldBack: total.heldBack + applied.heldBack,
            asked: total.asked + applied.asked,
          };
          // One comparison is short; many in a row would keep operations waiting.
          await setImmediate();
        }
      }
      return total;
    },
  };
}

/**
 * What comes of one person's matches. Joined with one person of ours or with nobody: whoever could be two of ours is a chain,
 * and chains are for a person to decide. The whole of the person joined must agree, as in the matching of all.
 */
export async function conclude(
  identity: PersonIdentity,
  matches: readonly Match[],
  index: PersonIndex,
  people: People,
  mayAsk: (a: SourceId, b: SourceId) => boolean,
): Promise<{ readonly groups: readonly (readonly PersonRef[])[]; readonly questions: readonly Question[] }> {
  const self: PersonRef = { space: identity.space, local: identity.local };
  const who = await people.resolve([self, ...matches.map(({ ref }) => ref)]);
  const personOf = (ref: PersonRef) => who.get(refKey(ref)) ?? '';
  const others = matches.filter(({ ref }) => personOf(ref) !== personOf(self));
  const joins = others.filter(({ verdict }) => verdict === 'JOIN');
  const persons = new Set(joins.map(({ ref }) => personOf(ref)));
  const [first] = joins;
  if (first && persons.size === 1) {
    const whole = await people.locals([personOf(self), ...persons]);
    const [left, right] = [personOf(self), personOf(first.ref)].map((person) =>
      whole.filter((one) => one.person === person),
    );
    if (index.mayBeOne(left ?? [], right ?? [])) return { groups: [[self, first.ref]], questions: [] };
  }
  const asked = new Set<string>();
  const questions = others.flatMap((match): Question[] => {
    const { ref, verdict, weight, ground, levels } = match;
    if (asked.has(personOf(ref)) || !mayAsk(self.space, ref.space)) return [];
    // Nobody is asked about somebody who is protected.
    if (!index.sketch(self) || !index.sketch(ref)) return [];
    asked.add(personOf(ref));
    return [{ a: self, b: ref, weight, ground: verdict === 'JOIN' ? 'CHAIN' : ground, levels }];
  });
  return { groups: [], questions };
}
