/** Who may see a case in nDelius: its exclusions and restrictions, which bind whoever sits at the screen. */
import type { LimitedAccess } from './wire.js';

/**
 * Whether the person at the screen may see anything of a case. `viewer` is their e-mail address, compared without regard
 * to case. A viewer whose address is unknown (or is no address) may see no case that anybody is excluded from or that is
 * restricted; nobody may see a case from which somebody without an address is excluded (nDelius writes `Unknown` for them),
 * nor one that gives a message about a limitation and names nobody in it. Where a doubt remains, no.
 */
export function maySee(limits: LimitedAccess, viewer: string | undefined): boolean {
  const excluded = limits.excludedFrom.map(({ email }) => normal(email));
  const restricted = limits.restrictedTo.map(({ email }) => normal(email));
  const own = normal(viewer);
  if (excluded.length === 0 && limits.exclusionMessage) return false;
  if (restricted.length === 0 && limits.restrictionMessage) return false;
  if (excluded.length === 0 && restricted.length === 0) return true;
  if (own === undefined || excluded.includes(undefined) || excluded.includes(own)) return false;
  return restricted.length === 0 || restricted.includes(own);
}

function normal(email: string | null | undefined): string | undefined {
  const trimmed = email?.trim().toLowerCase();
  return trimmed?.includes('@') ? trimmed : undefined;
}
