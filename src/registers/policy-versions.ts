/** The texts of every version of the policies that has decided anything: written once, at the first start with it. */
import type { IsoInstant } from '../domain/words.js';
import type { Store } from '../store/store.js';

/** All that a version is of (`PolicyTexts` of the policies). */
export interface KeptPolicies {
  readonly facts: { readonly [name: string]: readonly unknown[] };
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly rests: readonly string[];
}

export interface PolicyVersions {
  /** Keeps the texts of a version, unless they are kept already. */
  keep(version: string, texts: KeptPolicies, at: IsoInstant): Promise<void>;
  /** The texts of a version; undefined where it was in force before any were kept. */
  read(version: string): Promise<KeptPolicies | undefined>;
}

export function openPolicyVersions(store: Store): PolicyVersions {
  const standing = `SELECT version FROM policy_version ${store.claiming} WHERE version = ?`;
  return {
    keep: (version, texts, at) =>
      store.transaction(async (manager) => {
        const there = await store.run(manager, standing, [version]);
        if (there.length > 0) return;
        await store.run(manager, 'INSERT INTO policy_version (version, kept_at, texts) VALUES (?, ?, ?)', [
          version,
          at,
          JSON.stringify(texts),
        ]);
      }),
    async read(version) {
      const [row] = await store.read<{ texts: string }>('SELECT texts FROM policy_version WHERE version = ?', [
        version,
      ]);
      return row && (JSON.parse(row.texts) as KeptPolicies);
    },
  };
}
