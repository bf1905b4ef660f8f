/** Question 5: releases against a refusal or a withdrawal, with the exception that overrode it, its gateway and who approved it. */
import { isOverridden } from '../../audit/index/terms.js';
import type { AskingAudit, AuditedOperation } from './asking.js';
import { type Evidence, type EvidenceParts, evidenceBehind } from './evidence.js';
import { type Days, daysOf, type FindingParts, findOperations, type PlacedPage } from './finding.js';

/** An operation with the lines that overrode, and what they rest on beside what people refused. */
export interface OverriddenRefusal {
  readonly id: string;
  readonly operation: AuditedOperation;
  readonly overriddenBy: readonly Evidence[];
}

export interface EvidencedParts extends FindingParts, Omit<EvidenceParts, 'asking'> {
  readonly asking: AskingAudit;
}

/** A page, the latest first. Throws NotPermitted as `AskingAudit.ask`. */
export async function overriddenRefusals(
  parts: EvidencedParts,
  days: Days,
  page: PlacedPage,
): Promise<{ readonly items: readonly OverriddenRefusal[]; readonly isMore: boolean }> {
  await parts.asking.ask('overriddenRefusals');
  const find = { all: [{ kind: 'mark', name: 'OVERRIDDEN_REFUSAL' }] as const, ...daysOf(days) };
  const { operations, isMore } = await findOperations(parts, find, page, (line) => isOverridden(line));
  const evidence = await evidenceBehind(parts, operations);
  const items = operations.map((operation) => {
    const ids = [...new Set(operation.lines.flatMap((line) => line.evidence))];
    const overriddenBy = ids.flatMap((id) => evidence.get(id) ?? []).filter(({ kind }) => OVERRIDING.includes(kind));
    return { id: operation.id, operation, overriddenBy };
  });
  return { items, isMore };
}

/** An open enquiry overrides too; it stands in the council's own system. */
const OVERRIDING: readonly Evidence['kind'][] = ['EXCEPTION', 'EMERGENCY', 'OF_A_SOURCE'];
