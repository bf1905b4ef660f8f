/** Numbers that the command line gives. */
import { InvalidArgumentError } from 'commander';

export interface WholeNumberBounds {
  /** 0 unless told. */
  readonly least?: number;
  readonly most?: number;
  /** What the command ends with when it is given something else; 1 unless told. */
  readonly exitCode?: number;
}

/**
 * Reads an option that is a whole number, in decimal digits. Throws InvalidArgumentError on anything else: `Number` makes NaN of
 * `x` and 0 of nothing, and what is compared with NaN passes every check.
 */
export function wholeNumber({
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
  exitCode = 1,
}: WholeNumberBounds = {}): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    throw Object.assign(new InvalidArgumentError(`It must be a whole number ${bounds}.`), { exitCode });
  };
}
