/** The families of one operation: which the requester works with, which an id names, and who is included in them. */
import DataLoader from 'dataloader';
import type { FamilyView } from '../disclosure/facts/view.js';
import type { Surroundings } from '../disclosure/surroundings.js';
import type { PersonId } from '../domain/words.js';
import { type ShownFamily, type ShownFamilyParts, showFamilies } from './shown-family.js';

export interface FamiliesParts extends ShownFamilyParts {
  readonly surroundings: Surroundings;
}

export class Families {
  readonly #shown: DataLoader<FamilyView, ShownFamily | null, string>;

  constructor(private readonly parts: FamiliesParts) {
    this.#shown = new DataLoader((families) => showFamilies(parts, families), { cacheKeyFn: (family) => family.id });
  }

  /**
   * The family with this id, if the requester may know of it: found through the member that the id names where the requester may know that they
   * are in it; else through those whom the requester works with, whoever is named. So nothing is told of a member who is hidden.
   */
  async byId(member: PersonId, id: string): Promise<ShownFamily | null> {
    const { surroundings, view, work } = this.parts;
    await surroundings.ensure([member]);
    const shown = await this.#showOne(view.familiesOf(member), id);
    if (shown?.known.has(member)) return shown;
    const direct = [...work.own, ...work.managed];
    await surroundings.ensure(direct);
    const families = direct.flatMap((person) => view.includingFamiliesOf(person));
    return this.#showOne(families, id);
  }

  async #showOne(families: readonly FamilyView[], id: string): Promise<ShownFamily | null> {
    const family = families.find(({ aliases }) => aliases.includes(id));
    return family ? this.#shown.load(family) : null;
  }

  /** The families that the requester (MINE) or those they manage (TEAM) work with, by id. */
  async workedWith(scope: 'MINE' | 'TEAM' | undefined): Promise<readonly ShownFamily[]> {
    const { work, surroundings, view } = this.parts;
    const persons = [...(scope === 'TEAM' ? [] : work.own), ...(scope === 'MINE' ? [] : work.managed)];
    await surroundings.ensure(persons);
    const families = new Map(
      persons.flatMap((person) => view.includingFamiliesOf(person)).map((family) => [family.id, family]),
    );
    const sorted = [...families.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const shown = await this.#shown.loadMany(sorted);
    return shown.flatMap((family) => {
      if (family instanceof Error) throw family;
      return family ?? [];
    });
  }

  /** The included members of the family with this id, if this member is one of them; for what is asked for a member. */
  async includedWith(member: PersonId, id: string): Promise<readonly PersonId[] | undefined> {
    await this.parts.surroundings.ensure([member]);
    const families = this.parts.view.includingFamiliesOf(member);
    return families.find(({ aliases }) => aliases.includes(id))?.included;
  }

  /** Everybody included in the families that the requester, and those they manage, work with, and with whom they work. */
  async everybodyWorkedWith(): Promise<readonly PersonId[]> {
    const { work, surroundings, view } = this.parts;
    const direct = [...work.own, ...work.managed];
    await surroundings.ensure(direct);
    const families = direct.flatMap((person) => view.includingFamiliesOf(person));
    return [...new Set([...direct, ...families.flatMap(({ included }) => included)])].sort();
  }
}
