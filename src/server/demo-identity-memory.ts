/** Where the demo's identity provider keeps sessions, codes and grants: in memory, for as long as the process runs. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Most things kept; the oldest goes first. */
const MOST = 1_000;

/** Storage for `oidc-provider`: one call makes the storage of all its models. */
export function memoryAdapter(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  const find = (test: (key: string, payload: AdapterPayload) => boolean) =>
    [...kept].find(([key, payload]) => test(key, payload))?.[1];
  return (model) => {
    const prefix = `${model} `;
    return {
      async upsert(id, payload) {
        kept.delete(prefix + id);
        const [oldest] = kept.keys();
        if (kept.size >= MOST && oldest !== undefined) kept.delete(oldest);
        kept.set(prefix + id, payload);
      },
      find: async (id) => kept.get(prefix + id),
      findByUid: async (uid) => find((key, payload) => key.startsWith(prefix) && payload.uid === uid),
      findByUserCode: async (code) => find((key, payload) => key.startsWith(prefix) && payload.userCode === code),
      async consume(id) {
        const payload = kept.get(prefix + id);
        if (payload) kept.set(prefix + id, { ...payload, consumed: true });
      },
      async destroy(id) {
        kept.delete(prefix + id);
      },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
