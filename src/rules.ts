/** The rules that an authority picked: the house's policies, those of its protocol packs and its own, and what the packs fix. */
import { loadPoliciesWith, readOwnPolicies } from './disclosure/added-policies.js';
import type { Policies } from './disclosure/policies.js';
import { packagePath } from './package-path.js';
import { type LoadedProtocol, loadProtocol } from './protocols/load.js';

/** What decides: the policies, those of the packs and the authority's own among them, and what the packs fix. */
export interface Rules extends Omit<LoadedProtocol, 'policies'> {
  readonly policies: Policies;
}

/** What an authority says of its rules. */
export interface PickedRules {
  /** Ids of the protocol packs; none leaves the house rules. */
  readonly protocols: readonly string[];
  /** Folder of policies that the authority adds. */
  readonly ownPolicies?: string;
  /** Folder of the house's policies; the package's own unless others are asked about. */
  readonly policyFolder?: string;
}

/** Reads the rules that an authority picked. Throws ProtocolError or PolicyError naming what is invalid, and where. */
export function loadRules({ protocols, ownPolicies, policyFolder }: PickedRules): Rules {
  const { policies: packs, ...loaded } = loadProtocol(packagePath('schema', 'protocols'), protocols);
  const policies = loadPoliciesWith(policyFolder ?? packagePath('schema', 'policies'), {
    packs,
    own: ownPolicies === undefined ? [] : readOwnPolicies(ownPolicies),
    isClause: (id) => loaded.clauses.byId.has(id),
    rests: loaded.texts,
  });
  return { ...loaded, policies };
}
