/** How each source has answered so far in one operation: what stands beside every list, so that a gap never reads as "none". */
import { entry } from '../domain/entry.js';
import type { RecordType } from '../domain/records.js';
import type { Agency, Requester } from '../domain/requester.js';
import { ADULT_WORK_AGENCY_KINDS, type AgencyId, type PersonId, type SourceState } from '../domain/words.js';
import { type Asking, hasAnswered } from '../sources/ask.js';
import type { Source } from '../sources/contract.js';
import type { SourceStatus } from './listing.js';

export class Statuses {
  /** By the list of types, of which resolvers have one a field. */
  readonly #holders = new Map<readonly RecordType[], readonly Source[]>();
  readonly #last = new Map<readonly RecordType[], readonly SourceStatus[]>();

  constructor(
    private readonly asking: Asking,
    private readonly agencies: ReadonlyMap<AgencyId, Agency>,
    private readonly requester: Requester,
    private readonly mayKnowOf: (person: PersonId) => boolean,
  ) {}

  /** Of every source that could hold these types: the same list whatever is known of anybody. */
  of(types: readonly RecordType[]): readonly SourceStatus[] {
    const sources = entry(this.#holders, types, () =>
      this.asking.sources.filter((source) => types.some((type) => source.provides.has(type))),
    );
    const last = this.#last.get(types);
    if (last && sources.every((source, i) => last[i]?.state === this.#stateOf(source))) return last;
    const statuses = sources.map((source) => this.ofSource(source));
    this.#last.set(types, statuses);
    return statuses;
  }

  /** Of the requester's own agency's sources of these types. */
  own(types: readonly RecordType[]): readonly SourceStatus[] {
    return this.of(types).filter(({ agency }) => agency.id === this.requester.agency);
  }

  /** Of every source. */
  all(): readonly SourceStatus[] {
    return this.asking.sources.map((source) => this.ofSource(source));
  }

  /** Those that did not answer, in the order of the configuration; the same whomever they were asked about. */
  gaps(): readonly SourceStatus[] {
    return this.asking.sources.filter((source) => !this.#hasAnswered(source)).map((source) => this.ofSource(source));
  }

  /** Whether everyone who tells who works with whom has answered so far: where not, who is let see nothing may be one who works with them. */
  isWorkTold(): boolean {
    const tellers = this.asking.sources.filter(({ tells }) => tells.has('involvements') || tells.has('memberships'));
    return tellers.every((source) => this.#hasAnswered(source));
  }

  #hasAnswered({ id }: Source): boolean {
    return hasAnswered({ state: this.asking.stateOf(id) });
  }

  /** Of one source. */
  ofSource(source: Source): SourceStatus {
    const { asking } = this;
    return {
      agency: agencyOf(this.agencies, source.holder),
      source: source.id,
      state: this.#stateOf(source),
      missingColumns: source.missing ?? [],
      // Looked up where they are asked for: a status stands beside every list.
      get lagSeconds() {
        return asking.healthOf(source).lagSeconds;
      },
      get lastGoodRead() {
        return asking.healthOf(source).lastGoodRead ?? null;
      },
    };
  }

  /**
   * That rows could not be read tells that somebody asked for is known there. So it is told only of calls that asked for nobody but those
   * whom the requester works with, and of an adult service to itself alone: others are told whether it answered, no more. The log has the rest.
   */
  #stateOf(source: Source): SourceState {
    const agency = agencyOf(this.agencies, source.holder);
    const state = this.asking.stateOf(source.id);
    if (state !== 'DEGRADED') return state;
    if (agency.id !== this.requester.agency && ADULT_WORK_AGENCY_KINDS.includes(agency.kind)) return 'OK';
    return this.asking.rejectedOf(source.id).some((about) => about.every(this.mayKnowOf)) ? state : 'OK';
  }
}

/** The agency with this id. Throws where the directory has none that the configuration names. */
export function agencyOf(agencies: ReadonlyMap<AgencyId, Agency>, id: AgencyId): Agency {
  const agency = agencies.get(id);
  if (!agency) throw new Error('an agency of the configuration is not in the directory');
  return agency;
}
