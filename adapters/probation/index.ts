/** The probation case system (nDelius) as a source, by its published API. */
import { NO_CIRCUMSTANCES } from '../../src/domain/circumstances.js';
import type { RecordType, SourceRecord } from '../../src/domain/records.js';
import type { AgencyId, LocalId, SourceId } from '../../src/domain/words.js';
import { type CallOptions, type Source, type SourceAnswer, SourceFailure } from '../../src/sources/contract.js';
import { maySee } from './access.js';
import { createProbationClient, fanOut, type ProbationClientOptions } from './client.js';
import {
  detailsOf,
  domesticAbuseRecordsOf,
  involvementRecordsOf,
  involvementsOf,
  residencesOf,
  workOf,
} from './map.js';
import { CRN, caseloadRow, type Parsed, parseAddresses, parseEach, parseSentences, probationCase } from './wire.js';

export interface ProbationOptions extends ProbationClientOptions {
  readonly id: SourceId;
  readonly holder: AgencyId;
  /** The id space of persons and staff; its own id if not given. */
  readonly space?: SourceId;
}

const START_DEADLINE_MS = 10_000;
const UNASKED = 'nDelius answers about somebody who was not asked for';
const NONE = { items: [], rejected: 0 } as const;

/**
 * Local person id = CRN, staff id = nDelius username. Nothing of a case leaves before its access limitations were asked,
 * live, for whoever is at the screen (`onBehalfOf`, an e-mail address): a case they may not see is as if it did not
 * exist; limitations that cannot be asked fail the whole read.
 */
export function createProbation(options: ProbationOptions): Source {
  const client = createProbationClient(options);
  const provides: ReadonlySet<RecordType> = new Set<RecordType>([
    'DomesticAbuseRecord',
    'PersonDetails',
    'Involvement',
  ]);

  /** A case that does not exist and one that must not be seen cost and give the same. */
  async function isOpenTo(viewer: string | undefined, crn: LocalId, signal: AbortSignal): Promise<boolean> {
    const limits = await client.accessLimitations(crn, signal);
    return limits !== undefined && maySee(limits, viewer);
  }

  /** The records of these types of one case, its requests one after another, the access limitations first. */
  async function recordsOf(
    crn: LocalId,
    types: ReadonlySet<RecordType>,
    { signal, onBehalfOf, operation }: CallOptions,
  ): Promise<Parsed<SourceRecord>> {
    if (!(await isOpenTo(onBehalfOf, crn, signal))) return NONE;
    const under = { signal, ...(operation ? { operation } : {}) };
    const items: SourceRecord[] = [];
    let rejected = 0;
    if (types.has('DomesticAbuseRecord') || types.has('Involvement')) {
      const answer = await client.supervisions(crn, under);
      const sentences = answer === undefined ? undefined : parseSentences(answer);
      rejected += sentences?.rejected ?? 0;
      if (sentences && types.has('DomesticAbuseRecord'))
        items.push(...domesticAbuseRecordsOf(options.id, crn, sentences));
      if (sentences && types.has('Involvement')) items.push(...involvementRecordsOf(options.id, crn, sentences));
    }
    if (types.has('PersonDetails')) {
      const details = parseEach(probationCase, await client.search({ crn }, signal));
      if (details.items.some(({ otherIds }) => otherIds.crn !== crn)) throw new SourceFailure(UNASKED);
      const [detail] = details.items;
      const answer = detail && (await client.addresses(crn, under));
      const addresses = answer === undefined ? NONE : parseAddresses(answer);
      rejected += details.rejected + addresses.rejected;
      if (detail) items.push(detailsOf(options.id, detail, addresses.items));
    }
    return { items, rejected };
  }

  return {
    id: options.id,
    space: options.space ?? options.id,
    holder: options.holder,
    provides,
    tells: new Set(['involvements', 'residences']),
    finds: true,
    start: () => client.check(AbortSignal.timeout(START_DEADLINE_MS)),
    stop: () => client.close(),

    async read({ wants }, { signal, ...rest }) {
      const typesOf = new Map<LocalId, Set<RecordType>>();
      for (const { type, persons } of wants.filter(({ type }) => provides.has(type))) {
        for (const crn of persons) typesOf.set(crn, (typesOf.get(crn) ?? new Set<RecordType>()).add(type));
      }
      return joined(
        await fanOut([...typesOf], signal, ([crn, types], either) =>
          recordsOf(crn, types, { ...rest, signal: either }),
        ),
      );
    },

    async readOne({ type, localId }, callOptions) {
      callOptions.signal.throwIfAborted();
      const [crn = ''] = localId.split('/');
      if (!provides.has(type)) return NONE;
      const { items, rejected } = await recordsOf(crn, new Set([type]), callOptions);
      return { items: items.filter(({ label }) => label.localId === localId), rejected };
    },

    async circumstances(persons, { signal, ...rest }) {
      const told = await fanOut([...new Set(persons)], signal, async (crn, either) => {
        const under = { ...rest, signal: either };
        const answer = await client.supervisions(crn, under);
        if (answer === undefined) return { involvements: [], residences: [], rejected: 0 };
        const sentences = parseSentences(answer);
        const held = await client.addresses(crn, under);
        const addresses = held === undefined ? NONE : parseAddresses(held);
        return {
          involvements: involvementsOf(crn, sentences),
          residences: residencesOf(crn, addresses.items),
          rejected: sentences.rejected + addresses.rejected,
        };
      });
      const involvements = told.flatMap((one) => one.involvements);
      const residences = told.flatMap((one) => one.residences);
      const rejected = told.reduce((sum, one) => sum + one.rejected, 0);
      return { items: [{ ...NO_CIRCUMSTANCES, involvements, residences }], rejected };
    },

    async workload({ workers, teams }, { signal }) {
      const asked = { workers: new Set(workers), teams: new Set(teams) };
      const rows = await client.caseload([...asked.workers], [...asked.teams], signal);
      const { items, rejected } = parseEach(caseloadRow, rows);
      const isAsked = (row: { username: string; teamCode?: string | null | undefined }) =>
        asked.workers.has(row.username) || asked.teams.has(row.teamCode ?? '');
      if (!items.every(isAsked)) throw new SourceFailure(UNASKED);
      const unique = new Map(items.map((row) => [JSON.stringify(row), workOf(row)]));
      return { items: [...unique.values()], rejected };
    },

    async find(ask, { signal, onBehalfOf }) {
      signal.throwIfAborted();
      const given = [ask.forename, ask.surname, ask.dateOfBirth].filter((value) => value !== undefined && value !== '');
      if (given.length < 2) return NONE;
      const { items, rejected } = parseEach(probationCase, await client.search(ask, signal));
      const found = [...new Set(items.map(({ otherIds }) => otherIds.crn))].filter((crn) => CRN.test(crn));
      const open = await fanOut(found, signal, (crn, either) => isOpenTo(onBehalfOf, crn, either));
      return { items: found.filter((_, index) => open[index]), rejected };
    },
  };
}

function joined<T>(answers: readonly SourceAnswer<T>[]): SourceAnswer<T> {
  return {
    items: answers.flatMap(({ items }) => items),
    rejected: answers.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}
