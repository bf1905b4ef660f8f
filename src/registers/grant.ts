/**
 * Grants: approved sharing requests (RULES §2, grant; §8; clause CF-06). Pure: whether a live one covers what is asked. A grant
 * opens a door that policies guard: it is no lawful basis by itself, and lifts no veto but those that name it.
 */
import type { RecordType } from '../domain/records.js';
import type {
  AgencyId,
  Category,
  IsoInstant,
  LocalId,
  PersonId,
  Purpose,
  Role,
  SourceId,
  WorkerId,
} from '../domain/words.js';

/** A record that the holder approved itself, by name. */
export interface GrantedItem {
  readonly source: SourceId;
  readonly type: RecordType;
  readonly localId: LocalId;
  /** Keys of the addresses it held when it was approved: a later one is not what the holder said yes to. */
  readonly addresses: readonly string[];
}

/** What holds for everybody a grant is about. Whom it names: a worker, in one role, for one agency. */
export interface GrantTerms {
  readonly id: string;
  /** The sharing request that was approved. */
  readonly request: string;
  readonly holder: AgencyId;
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  readonly categories: readonly Category[];
  readonly purpose: Purpose;
  /** The records approved by name; where it lists any, it covers those and no other. Empty: all of these categories. */
  readonly items: readonly GrantedItem[];
  readonly from: IsoInstant;
  readonly until: IsoInstant;
  readonly recordedAt: IsoInstant;
  /** A manager of the holder. */
  readonly approvedBy: WorkerId;
  /** Ids of the consents and exceptions that the approval cites. Whether they still are live, the basis of each release says. */
  readonly cites: readonly string[];
}

export interface Grant extends GrantTerms {
  readonly subjects: readonly PersonId[];
}

/** A grant as it stands about one of its subjects. */
export interface GrantAbout extends GrantTerms {
  readonly subject: PersonId;
  /** It was ended before its time: as soon as that is in the register it counts for nothing. */
  readonly endedAt?: IsoInstant;
}

export interface GrantAsk {
  readonly worker: WorkerId;
  readonly agency: AgencyId;
  readonly role: Role;
  readonly subject: PersonId;
  readonly category: Category;
  readonly holder: AgencyId;
  readonly purpose: Purpose;
  readonly at: IsoInstant;
  /** The record in question, with the keys of the addresses it holds now. */
  readonly record: GrantedItem;
}

export interface GrantFinding {
  readonly state: 'NONE' | 'COVERS' | 'COVERS_BY_NAME';
  /** Ids of the grants that cover it so. */
  readonly ids: readonly string[];
}

/** What the grants amount to; by name where any that covers names the record. */
export function grantFor(grants: readonly GrantAbout[], ask: GrantAsk): GrantFinding {
  if (grants.length === 0) return NOTHING;
  const live = grants.filter((grant) => isFor(grant, ask));
  const byName = live.filter(({ items }) => items.some((item) => isItem(item, ask)));
  if (byName.length > 0) return { state: 'COVERS_BY_NAME', ids: byName.map(({ id }) => id) };
  const general = live.filter(({ items }) => items.length === 0);
  return general.length > 0 ? { state: 'COVERS', ids: general.map(({ id }) => id) } : NOTHING;
}

function isFor(grant: GrantAbout, ask: GrantAsk): boolean {
  return (
    grant.endedAt === undefined &&
    grant.from <= ask.at &&
    ask.at < grant.until &&
    grant.worker === ask.worker &&
    grant.agency === ask.agency &&
    grant.role === ask.role &&
    grant.subject === ask.subject &&
    grant.holder === ask.holder &&
    grant.purpose === ask.purpose &&
    grant.categories.includes(ask.category)
  );
}

/** Of what locates somebody, only the addresses that were approved: who moved since is not found by an old yes. */
function isItem({ source, type, localId, addresses }: GrantedItem, { record, category }: GrantAsk): boolean {
  if (source !== record.source || type !== record.type || localId !== record.localId) return false;
  return category !== 'CONTACT' || record.addresses.every((address) => addresses.includes(address));
}

const NOTHING: GrantFinding = Object.freeze({ state: 'NONE', ids: Object.freeze([]) });
