/** Names what happened to a side row that is not its leaf's: altered, dropped, inserted, or moved. Runs once, at the first fault. */
import { LogFault } from './fault.js';
import { type Lines, readBundle } from './files.js';
import { isCommittedTo, leafOfRow, readSideRow, type SideRow } from './side-row.js';

export interface Suspect {
  readonly folder: string;
  readonly size: number;
  readonly index: number;
  readonly leaf: string;
  /** Standing at the line that does not fit. */
  readonly lines: Lines;
}

const WIDTH = 256;

/** The fault at this entry. */
export function diagnose({ folder, size, index, leaf, lines }: Suspect): LogFault {
  const place = `entry ${index}`;
  const rows: (SideRow | undefined)[] = [];
  for (let ahead = 0; ahead < 3; ahead += 1) {
    const line = lines.peek(ahead);
    rows.push(line && readSideRow(line.bytes, `entry ${index + ahead}`));
  }
  const [here, next, third] = rows as [SideRow, SideRow | undefined, SideRow | undefined];
  const made = leafOfRow(here);
  if (made === undefined && here.index === index && isCommittedTo(here, leaf))
    return new LogFault('ENTRY_MALFORMED', place);
  const fits = (row: SideRow | undefined, wanted: string) => row !== undefined && leafOfRow(row) === wanted;
  if (made === undefined && !here.erased && here.index === index)
    return new LogFault(fits(next, leaf) ? 'ENTRY_INSERTED' : 'ENTRY_ALTERED', place);
  const at = made === undefined ? here.index : placeOf(made, folder, size);
  if (at === undefined) return new LogFault(fits(next, leaf) ? 'ENTRY_INSERTED' : 'ENTRY_ALTERED', place);
  if (at === index) {
    // The right row under a wrong number.
    return new LogFault('ENTRY_ALTERED', place);
  }
  if (at < index) return new LogFault(fits(next, leaf) ? 'ENTRY_INSERTED' : 'ENTRY_ORDER', place);
  if (fits(next, leaf)) {
    const after = third && placeOf(leafOfRow(third) ?? '', folder, size);
    return new LogFault(
      after === at && at === index + 1 ? 'ENTRY_INSERTED' : at === index + 1 ? 'ENTRY_ORDER' : 'ENTRY_INSERTED',
      place,
    );
  }
  return new LogFault(standsLater(leaf, lines) ? 'ENTRY_ORDER' : 'ENTRY_MISSING', place);
}

/** The index of a leaf. */
function placeOf(leaf: string, folder: string, size: number): number | undefined {
  for (let first = 0; first < size; first += WIDTH) {
    const found = leavesAt(folder, first / WIDTH, Math.min(WIDTH, size - first)).indexOf(leaf);
    if (found >= 0) return first + found;
  }
  return undefined;
}

function leavesAt(folder: string, index: number, width: number): readonly string[] {
  try {
    return readBundle(folder, index, width);
  } catch {
    // A bundle that cannot be read has no leaf of anybody.
    return [];
  }
}

/** Whether the row of a leaf comes further on. */
function standsLater(leaf: string, lines: Lines): boolean {
  for (let line = lines.next(); line; line = lines.next()) {
    try {
      if (leafOfRow(readSideRow(line.bytes, '')) === leaf) return true;
    } catch {
      // A line that says nothing is not the row of a leaf.
    }
  }
  return false;
}
