/**
 * Question 13: which versions of the policies have been in force, what changed from one to the next, and what each change let
 * through: what was released under it that the version before would not have released, by deciding it again under that.
 */
import type { Search } from '../../audit/index/search.js';
import { withLines } from '../../audit/known-to.js';
import { factsIn } from '../../audit/logged-facts.js';
import { createDecide, type Decide } from '../../disclosure/decide.js';
import { compilePolicies, type PolicyTexts } from '../../disclosure/policies.js';
import { FACTS } from '../../domain/facts.js';
import type { IsoInstant } from '../../domain/words.js';
import { NotValid } from '../../sharing/refused.js';
import type { AskingAudit, AuditedOperation } from './asking.js';
import { type Days, daysOf, type PlacedPage } from './finding.js';

export interface PolicyChangesParts {
  readonly asking: AskingAudit;
  readonly search: Search;
  readonly versions: PolicyVersions;
  /** Decides by policies that are no longer in force; one compilation a version. */
  readonly pastDecides: PastDecides;
}

/** The texts of a version; undefined where it decided before any were kept. */
export interface PolicyVersions {
  read(version: string): Promise<PolicyTexts | undefined>;
}

export type PastDecides = Map<string, Decide>;

/** A version, as far as the log has it. */
export interface AuditedVersion {
  readonly version: string;
  readonly operations: number;
  readonly firstAt: IsoInstant | null;
  readonly lastAt: IsoInstant | null;
  /** Its texts are kept, so that what was decided can be held against it. */
  readonly isKept: boolean;
}

/** From one version to the next that decided something. Ids of policies. */
export interface PolicyChange {
  readonly from: string;
  readonly to: string;
  /** Of the first operation under the new version. */
  readonly at: IsoInstant | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** The values of the protocol packs are others. */
  readonly packsChanged: boolean;
  /** Both texts are kept, and the facts are those of today. */
  readonly isComparable: boolean;
}

/** A part of the log, looked through from the latest on. `lookedUntil` is the place at which to go on. */
export interface LetThrough {
  readonly operations: readonly AuditedOperation[];
  readonly isMore: boolean;
  readonly lookedUntil: string | null;
}

const LOOKED_AT_ONCE = 500;
const LOOKED_AT_MOST = 2_000;

/** Every version that the log names, the first in force first. Throws NotPermitted as `AskingAudit.ask`. */
export async function policyVersions(parts: PolicyChangesParts): Promise<readonly AuditedVersion[]> {
  await parts.asking.ask('policyVersions');
  return allVersions(parts);
}

async function allVersions({ search, versions }: PolicyChangesParts): Promise<readonly AuditedVersion[]> {
  const extents = [...(await search.extents('version'))].sort((a, b) => a.first - b.first);
  const at = async (place: number) => (await search.at([place]))[0]?.body.at ?? null;
  return Promise.all(
    extents.map(async ({ name: version, entries: operations, first, last }) => ({
      version,
      operations,
      firstAt: await at(first),
      lastAt: await at(last),
      isKept: (await versions.read(version)) !== undefined,
    })),
  );
}

/** The changes whose first operation is of these days, in order. Throws NotPermitted as `AskingAudit.ask`. */
export async function policyChanges(
  parts: PolicyChangesParts,
  { since, until }: Days,
): Promise<readonly PolicyChange[]> {
  await parts.asking.ask('policyChanges');
  const all = await allVersions(parts);
  const pairs = all.flatMap((version, i) => (i === 0 ? [] : [[all[i - 1] as AuditedVersion, version] as const]));
  const wanted = pairs.filter(
    ([, { firstAt }]) => (!since || (firstAt ?? '') >= since) && (!until || (firstAt ?? '~') < until),
  );
  return Promise.all(wanted.map(([from, to]) => changeOf(parts.versions, from.version, to)));
}

async function changeOf(
  versions: PolicyChangesParts['versions'],
  from: string,
  { version: to, firstAt: at }: AuditedVersion,
): Promise<PolicyChange> {
  const [before, after] = await Promise.all([versions.read(from), versions.read(to)]);
  if (!before || !after)
    return { from, to, at, added: [], removed: [], changed: [], packsChanged: false, isComparable: false };
  const [old, fresh] = [policiesIn(before), policiesIn(after)];
  return {
    from,
    to,
    at,
    added: [...fresh.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !fresh.has(id)),
    changed: [...fresh].flatMap(([id, text]) => (old.has(id) && old.get(id) !== text ? [id] : [])),
    packsChanged: JSON.stringify(before.rests) !== JSON.stringify(after.rests),
    isComparable: isOfToday(before) && isOfToday(after),
  };
}

/**
 * Of the operations under `to`, those with something that `from` would not have released, with these lines alone: a part of the
 * log at a time. Throws NotPermitted as `AskingAudit.ask`; NotValid where the texts of `from` are not kept.
 */
export async function letThrough(
  parts: PolicyChangesParts,
  { from, to, ...days }: { readonly from: string; readonly to: string } & Days,
  { limit, before }: PlacedPage,
): Promise<LetThrough> {
  const { asking, search } = parts;
  await asking.ask('letThrough', [], [from, to]);
  const decide = await decideBy(parts, from);
  const operations: AuditedOperation[] = [];
  let place = before;
  for (let looked = 0; looked < LOOKED_AT_MOST; looked += LOOKED_AT_ONCE) {
    const found = await search.find({
      all: [{ kind: 'version', name: to }],
      ...daysOf(days),
      ...(place === undefined ? {} : { before: place }),
      limit: LOOKED_AT_ONCE,
    });
    for (const entry of await asking.see(found.entries)) {
      const body = withLines(entry.body, (line) => {
        const facts = line.outcome === 'RELEASED' ? factsIn(line, entry.body) : undefined;
        return facts !== undefined && decide(facts).outcome !== 'RELEASED';
      });
      place = entry.index;
      if (body.outcomes.length === 0) continue;
      operations.push(...asking.told([{ ...entry, body }]));
      if (operations.length >= limit) return { operations, isMore: true, lookedUntil: String(place) };
    }
    if (!found.isMore) return { operations, isMore: false, lookedUntil: null };
  }
  return { operations, isMore: true, lookedUntil: place === undefined ? null : String(place) };
}

async function decideBy({ versions, pastDecides }: PolicyChangesParts, version: string): Promise<Decide> {
  const known = pastDecides.get(version);
  if (known) return known;
  const texts = await versions.read(version);
  if (!texts || !isOfToday(texts)) throw new NotValid(['that version cannot be decided by: its texts are not kept']);
  const { written } = compilePolicies(texts.files, texts.rests);
  const decide = createDecide({ ...written, written }, () => undefined);
  pastDecides.set(version, decide);
  return decide;
}

function isOfToday({ facts }: PolicyTexts): boolean {
  return JSON.stringify(facts) === JSON.stringify(FACTS);
}

/** Policies of the texts by id; of what cannot be read, by its file. */
function policiesIn({ files }: PolicyTexts): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ file, text }) => {
      const parts = text.split(/(?=^@id\()/m).filter((part) => part.startsWith('@id('));
      return parts.length === 0
        ? [[file, text] as const]
        : parts.map((part) => [/^@id\("([^"]*)"\)/.exec(part)?.[1] ?? file, withoutRemarks(part)] as const);
    }),
  );
}

/** Remarks before the next policy stand in the part of the one before: they decide nothing. */
function withoutRemarks(part: string): string {
  return part
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'))
    .join('\n')
    .trim();
}
