/**
 * What the log holds, by whom, about whom, resting on what: the one search behind the officers' questions. Filters add up;
 * each but the days is a term of the index.
 */
import type { Search } from '../../audit/index/search.js';
import type { Term, TermKind } from '../../audit/index/terms.js';
import type { AgencyId, IsoInstant, PersonId } from '../../domain/words.js';
import type { Directory } from '../../people/directory.js';
import { NotValid } from '../../sharing/refused.js';
import type { AskingAudit } from './asking.js';
import { daysOf, findOperations, type Keeps, type OperationsPage, type PlacedPage } from './finding.js';

export interface OperationsFilter {
  readonly person?: PersonId | null;
  readonly worker?: string | null;
  /** A team of the directory: whoever belongs to it or manages it now. */
  readonly team?: string | null;
  readonly agency?: string | null;
  readonly purpose?: string | null;
  readonly result?: string | null;
  /** Of what was released. */
  readonly holder?: string | null;
  readonly category?: string | null;
  readonly policy?: string | null;
  /** Id of a consent, exception, grant, enquiry or judgement that a release rests on. */
  readonly evidence?: string | null;
  readonly mark?: string | null;
  readonly did?: string | null;
  readonly policyVersion?: string | null;
  readonly since?: IsoInstant | null;
  readonly until?: IsoInstant | null;
}

export interface OperationsParts {
  readonly asking: AskingAudit;
  readonly search: Search;
  /** The officer's own. */
  readonly agency: AgencyId;
  readonly directory: Pick<Directory, 'workersOf'>;
}

/** The filters that are one term each, by the kind of term. */
const TERM_OF: { readonly [F in keyof OperationsFilter]?: TermKind } = {
  person: 'person',
  worker: 'worker',
  agency: 'agency',
  purpose: 'purpose',
  result: 'result',
  holder: 'holder',
  category: 'category',
  policy: 'policy',
  evidence: 'evidence',
  mark: 'mark',
  did: 'did',
  policyVersion: 'version',
};

/**
 * A page, the latest first; of `keeps`, see `finding.ts`. Throws NotPermitted as `AskingAudit.ask`; NotValid naming a team that
 * the directory does not know.
 */
export async function auditedOperations(
  { asking, search, agency, directory }: OperationsParts,
  filter: OperationsFilter,
  page: PlacedPage,
  question = 'operations',
  keeps?: Keeps,
): Promise<OperationsPage> {
  const { person, team } = filter;
  const terms = termsOfFilter(filter);
  const names = terms.flatMap(({ kind, name }) => (kind === 'person' ? [] : [name]));
  await asking.ask(question, person ? [person] : [], team ? [...names, team] : names);
  const find = { all: terms, ...(team ? { anyOf: [await workersOf(directory, team)] } : {}), ...daysOf(filter) };
  return findOperations({ asking, search, agency }, find, page, keeps);
}

function termsOfFilter(filter: OperationsFilter): readonly Term[] {
  return Object.entries(TERM_OF).flatMap(([field, kind]): Term[] => {
    const name = filter[field as keyof OperationsFilter];
    return name ? [{ kind, name }] : [];
  });
}

async function workersOf(directory: Pick<Directory, 'workersOf'>, team: string): Promise<readonly Term[]> {
  const members = await directory.workersOf(team);
  if (members.length === 0) throw new NotValid(['the directory knows no worker of such a team']);
  return members.map((name) => ({ kind: 'worker', name }));
}
