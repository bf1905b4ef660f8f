/** Question 12: a random sample of a month's releases for the monthly check, with the evidence for each. */

import { asKnownTo } from '../../audit/known-to.js';
import { monthOf, type Sample, type Sampling } from '../../audit/sampling.js';
import { NotValid } from '../../sharing/refused.js';
import type { AuditedOperation } from './asking.js';
import { type Evidence, evidenceBehind } from './evidence.js';
import type { EvidencedParts } from './overridden.js';

export interface SampleParts extends Omit<EvidencedParts, 'search'> {
  readonly sampling: Sampling;
  readonly at: string;
}

export interface SampledOperation {
  readonly operation: AuditedOperation;
  readonly evidence: readonly Evidence[];
}

export interface MonthlySample extends Pick<Sample, 'seed' | 'checkpoint'> {
  readonly month: string;
  /** In the order of the draws. Of one that the officer may not see all of: what they may. */
  readonly operations: readonly SampledOperation[];
}

const MOST = 100;

/**
 * Operations of the month that released something, by draws that the officer cannot choose. Throws NotPermitted as
 * `AskingAudit.ask`, NotValid for a month that is not over, or a size out of bounds.
 */
export async function monthlySample(parts: SampleParts, month: string, size: number): Promise<MonthlySample> {
  const { asking, sampling, at, agency } = parts;
  await asking.ask('sample', [], [month.slice(0, 7), String(size)]);
  const period = monthOf(month);
  if (!period) throw new NotValid(['a month is written YYYY-MM']);
  if (!Number.isInteger(size) || size < 1 || size > MOST)
    throw new NotValid([`a sample is of 1 to ${MOST} operations`]);
  const sample =
    at < period.until
      ? undefined
      : await sampling.draw(month, size, ({ body: whole }) => {
          // What released only what another agency keeps locked is drawn again: that it is drawn would tell of it.
          const body = asKnownTo(whole, agency);
          return body.outcomes.some(([line]) => body.decisions[line]?.outcome === 'RELEASED');
        });
  if (!sample) throw new NotValid(['that month is not over, or no checkpoint has been signed since']);
  const operations = await asking.show(sample.entries);
  const evidence = await evidenceBehind(parts, operations);
  const { seed, checkpoint } = sample;
  return {
    month,
    seed,
    checkpoint,
    operations: operations.map((operation) => ({
      operation,
      evidence: [...new Set(operation.lines.flatMap((line) => line.evidence))].flatMap((id) => evidence.get(id) ?? []),
    })),
  };
}
