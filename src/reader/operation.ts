/**
 * One operation: a requester, a purpose, an instant. Opens everything that it needs fresh (standing, work, statements) and
 * settles it: what was released becomes one audit entry, durable before anybody sees the answer.
 */
import type { Logger } from 'pino';
import type { Decide } from '../disclosure/decide.js';
import { type Door, openDoor } from '../disclosure/door.js';
import { FactGatherer } from '../disclosure/facts/gather.js';
import { View } from '../disclosure/facts/view.js';
import { type Work, type WorkRow, workOf } from '../disclosure/facts/work.js';
import { Ledger } from '../disclosure/ledger.js';
import type { Projection } from '../disclosure/projection.js';
import type { Released, ShownRecord } from '../disclosure/released.js';
import { type GapsAbout, Surroundings } from '../disclosure/surroundings.js';
import type { Protocol } from '../domain/protocol.js';
import type { Agency, Requester, Standing } from '../domain/requester.js';
import type { AgencyId, PersonId, Purpose, SourceId } from '../domain/words.js';
import type { Directory } from '../people/directory.js';
import { Links } from '../people/links.js';
import type { People } from '../people/people.js';
import type { Registers } from '../registers/registers.js';
import { Asking, type Gates, hasAnswered } from '../sources/ask.js';
import { type Budget, startBudget } from '../sources/budget.js';
import type { NumberedFindAsk, Source } from '../sources/contract.js';
import { workOf as expectWorkOf } from '../sources/expected.js';
import { Calls } from './calls.js';
import { contributorOf, releaseContributions, type WrittenContribution } from './contributions.js';
import { Families } from './families.js';
import { type FoundPersons, findPersons } from './find-persons.js';
import { type Holdings, openHoldings } from './holdings.js';
import { PassedRecords } from './passed-records.js';
import { Reader } from './reader.js';
import { Statuses } from './statuses.js';

/** What outlives operations: wired once, in compose. */
export interface House {
  readonly sources: readonly Source[];
  readonly people: People;
  readonly directory: Directory;
  readonly registers: Registers;
  readonly decide: Decide;
  readonly projection: Projection;
  /** Covers the policies, the packs' and the authority's own among them, and the values of the packs. */
  readonly policyVersion: string;
  /** What the authority's protocol packs fix. */
  readonly protocol: Protocol;
  /** The gateway's clock; a demo world lives on its own day. */
  readonly now: () => Date;
  /** What stands before the sources, for all operations. */
  readonly gates: Gates;
  /** How long one operation may wait for its sources, all calls together. */
  readonly operationDeadlineMs: number;
  readonly log: Logger;
}

export interface Operation {
  readonly requester: Requester;
  readonly purpose: Purpose;
  readonly at: string;
  readonly standing: Standing;
  /** Persons and records by key. */
  readonly reader: Reader;
  readonly families: Families;
  readonly findPersons: (ask: NumberedFindAsk) => Promise<FoundPersons>;
  readonly releaseContributions: (written: readonly WrittenContribution[]) => Promise<readonly Released<ShownRecord>[]>;
  readonly holdings: Holdings;
  readonly statuses: Statuses;
  readonly ledger: Ledger;
  readonly surroundings: Surroundings;
  readonly facts: () => FactGatherer;
  /** A door through which only what this member of a family may be shown is released; noted in the same ledger. */
  readonly doorFor: (member: PersonId) => Door;
  readonly agencies: ReadonlyMap<AgencyId, Agency>;
  readonly asking: Asking;
}

/** Who asks is not known to the directory in that agency and role. */
export class UnknownRequester extends Error {
  override readonly name = 'UnknownRequester';
}

/** The time of an operation that begins now; one that is decided again has no more of it. */
export function budgetOf({ gates, operationDeadlineMs }: House): Budget {
  return startBudget(operationDeadlineMs, gates.tick);
}

/** Opens an operation. Throws UnknownRequester. */
export function openOperation(
  house: House,
  requester: Pick<Requester, 'worker' | 'agency' | 'role'>,
  purpose: Purpose,
  budget: Budget,
): Promise<Operation> {
  return openWith(house, requester, purpose, new Asking(house.sources, house.gates, budget, purpose), 'KNOWN');
}

/**
 * As somebody else would open it, within another's operation: to ask what they would be given. Its calls are that operation's,
 * and what a source that is down would tell is unknown of everybody, so that nobody learns whom that source knows.
 */
export function openOnBehalf(
  house: House,
  requester: Pick<Requester, 'worker' | 'agency' | 'role'>,
  purpose: Purpose,
  within: Operation,
): Promise<Operation> {
  return openWith(house, requester, purpose, within.asking, 'ANYBODY');
}

async function openWith(
  house: House,
  claimed: Pick<Requester, 'worker' | 'agency' | 'role'>,
  purpose: Purpose,
  asking: Asking,
  gapsAbout: GapsAbout,
): Promise<Operation> {
  const at = house.now().toISOString();
  const [standing, agencyList] = await Promise.all([
    house.directory.standing(claimed.worker, claimed.agency, claimed.role),
    house.directory.agencies(),
  ]);
  if (!standing) throw new UnknownRequester('the directory does not know the requester');
  const agencies = new Map(agencyList.map((agency) => [agency.id, agency]));
  const links = new Links(house.people);
  const view = new View(at, leadingSpaces(house.sources, agencies));
  const surroundings = new Surroundings(view, links, asking, house.registers, purpose, gapsAbout);
  const work = await askWork(asking, links, standing, at);
  const spaces = new Map(house.sources.map((source) => [source.id, source.space]));
  const asker = { standing, work, purpose };
  const { handover } = house.protocol;
  const gather = (member?: PersonId) =>
    new FactGatherer(
      view,
      member === undefined ? asker : { ...asker, member },
      surroundings.statements,
      agencies,
      spaces,
      handover,
    );
  const facts = gather();
  const holders = new Map(house.sources.map((source) => [source.id, source.holder]));
  const ledger = new Ledger();
  const doorOver = (gatherer: FactGatherer) =>
    openDoor({
      surroundings,
      facts: () => gatherer,
      decide: house.decide,
      projection: house.projection,
      ledger,
      agencies,
      holderOf: ({ source }) => holders.get(source) ?? contributorOf(source) ?? '',
    });
  const door = doorOver(facts);
  const { requester } = standing;
  const calls = new Calls(asking, links, standing);
  const statuses = new Statuses(asking, agencies, requester, (person) => facts.mayKnowOf(person));
  const passed = new PassedRecords({ asking, calls, links, surroundings, door });
  const reader = new Reader({ view, calls, passed, statuses });
  return {
    requester,
    purpose,
    at,
    standing,
    reader,
    families: new Families({ requester, work, view, asking, surroundings, door }),
    findPersons: (ask) => findPersons({ asking, calls, passed, reader, statuses }, ask),
    releaseContributions: (written) => releaseContributions({ surroundings, view, door }, written),
    holdings: openHoldings({ requester, asking, calls, links, door }),
    statuses,
    ledger,
    surroundings,
    facts: () => facts,
    doorFor: (member) => doorOver(gather(member)),
    agencies,
    asking,
  };
}

/** Social care's explicit membership of a family decides, where it has the family. */
function leadingSpaces(sources: readonly Source[], agencies: ReadonlyMap<AgencyId, Agency>): ReadonlySet<SourceId> {
  return new Set(
    sources.filter(({ holder }) => agencies.get(holder)?.kind === 'CHILDRENS_SOCIAL_CARE').map(({ space }) => space),
  );
}

/** Every involvement of the requester, those they manage and their teams: one call a source, all sources. */
async function askWork(asking: Asking, links: Links, standing: Standing, now: string): Promise<Work> {
  const teams = [...new Set([...standing.supports, ...standing.manages])];
  const gaps: SourceId[] = [];
  const rows = await Promise.all(
    asking.sources.map(async (source): Promise<WorkRow[]> => {
      const prefix = `${source.space} `;
      const workers = [...standing.identities.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
      if (!source.tells.has('involvements') || (workers.length === 0 && teams.length === 0)) return [];
      const reply = await asking.ask(
        source,
        (options) => source.workload({ workers, teams }, options),
        undefined,
        expectWorkOf(workers, teams),
        // Asked for whoever the requester is, whomever they ask about.
        [],
      );
      if (!hasAnswered(reply)) gaps.push(source.id);
      await links.learn(
        source.space,
        reply.items.map(({ person }) => person),
      );
      const personOf = links.personsIn(source.space);
      return reply.items.map((row) => ({ space: source.space, ...row, person: personOf(row.person) }));
    }),
  );
  return workOf(standing, rows.flat(), gaps, now);
}
