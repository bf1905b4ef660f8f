/** Worlds of any size in the form of test/worlds: invented families in realistic shares, the same for the same seed. */
import { isDate } from '../domain/instants.js';
import type { IsoDate } from '../domain/words.js';
import { familyOf } from './family.js';
import { randomOf } from './random.js';
import { openSink } from './sink.js';
import { hire } from './staff.js';
import { writeAdultWork } from './write-adult-work.js';
import { writeCouncil } from './write-council.js';
import { writePeople } from './write-people.js';
import { writeConsents, writeExceptions, writeLinks } from './write-registers.js';
import { writeEarlyHelp, writeWorkbook } from './write-workbook.js';

export interface GenerateOptions {
  readonly families: number;
  /** An integer; the same seed, number of families and day make the same files. */
  readonly seed: number;
  /** The folder to write, made if it is not there. Files of a world that stand in it are replaced. */
  readonly out: string;
  /** The day the world lives on. */
  readonly today: IsoDate;
  /** Told now and then how many families are done, and at the end. */
  readonly onProgress?: (done: number) => void;
}

const TOLD_EVERY = 500;
const STAFF_STREAM = -1;
const LONGEST = 60_000;

const SOURCES = `sources:
  - { id: social-care, adapter: social-care, holder: csc }
  - { id: workbook, adapter: workbook, holder: csc, space: social-care }
  - { id: early-help, adapter: early-help, holder: eh }
  - { id: substance-misuse, adapter: substance-misuse, holder: haven }
  - { id: mental-health, adapter: mental-health, holder: mht }
  - { id: domestic-abuse, adapter: domestic-abuse, holder: safe }
  - { id: probation, adapter: probation, holder: prob }
`;

/**
 * Writes a world folder, a family at a time: memory does not grow with the number of families.
 * Throws RangeError on a number of families outside 1 … 60,000, a seed that is no integer, or a day that is none.
 */
export async function generateWorld({ families, seed, out, today, onProgress }: GenerateOptions): Promise<void> {
  if (!Number.isInteger(families) || families < 1 || families > LONGEST)
    throw new RangeError(`a world has 1 to ${LONGEST} families`);
  if (!Number.isInteger(seed)) throw new RangeError('a seed is an integer');
  if (!isDate(today)) throw new RangeError('today is YYYY-MM-DD');
  const sink = await openSink(out);
  try {
    await sink.text('world.yaml', `name: Generated ${families} families, seed ${seed}\ntoday: ${today}\n${SOURCES}`);
    const staff = hire(families, randomOf(seed, STAFF_STREAM), sink);
    for (let number = 1; number <= families; number += 1) {
      const random = randomOf(seed, number);
      const family = familyOf(number, today, staff, random);
      writeLinks(family, sink);
      if (family.state !== 'EARLY_HELP') {
        writePeople(family, today, sink);
        writeCouncil(family, today, staff, random, sink);
        writeWorkbook(family, today, random, sink);
      }
      if (family.hasEarlyHelp) writeEarlyHelp(family, today, sink);
      writeAdultWork(family, today, random, sink);
      writeConsents(family, today, sink);
      writeExceptions(family, today, random, sink);
      await sink.drain();
      if (number % TOLD_EVERY === 0 || number === families) onProgress?.(number);
    }
  } finally {
    await sink.close();
  }
}
