/** Editions of the extract as data: which exist, which columns each must bring, and where a file's columns stand. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import data from './editions.json' with { type: 'json' };

const editionSchema = z.object({
  /** Whether its whole field list is known: then every column that is read must be there. */
  complete: z.boolean(),
  /** Whether its discharge reasons are those of code-sets.json; otherwise they are shown as their code. */
  dischargeReasons: z.boolean(),
  /** The whole list, for a complete edition. */
  fields: z.array(z.string()).optional(),
});
export type Edition = z.infer<typeof editionSchema>;

const fileSchema = z.object({ editions: z.record(z.string().regex(/^[A-Z]{1,3}$/), editionSchema) });

/** Edition of a file that names none: only what all editions have is required of it. */
export const UNNAMED: Edition = { complete: false, dischargeReasons: true };

/** Required of every edition. */
export const ALWAYS: readonly string[] = data.always;

/** Why a file is not taken, as a whole. Messages quote nothing of the file. */
export class ExtractRefused extends Error {
  override readonly name = 'ExtractRefused';
}

/**
 * The edition of this name (`K`, `CDS-K`), from editions.json or from a file of the same form that an administrator
 * adds; UNNAMED without a name. Throws ExtractRefused for an unknown one, Error if the added file is not of that form.
 */
export function editionNamed(name: string | undefined, addedFile?: string): Edition {
  if (name === undefined) return UNNAMED;
  const editions = fileSchema.parse(data).editions;
  const added = addedFile === undefined ? {} : fileSchema.parse(JSON.parse(readFileSync(addedFile, 'utf8'))).editions;
  const known = new Map(Object.entries({ ...editions, ...added }));
  const edition = known.get(plain(name));
  if (edition) return edition;
  throw new ExtractRefused(`its edition is none of those known (${[...known.keys()].join(', ')}): see editions.json`);
}

/** `CDS-K`, `cds-k` and `K` are one name. */
export function plain(name: string): string {
  return name
    .trim()
    .toUpperCase()
    .replace(/^CDS-?/, '');
}

/** Where a file's read columns stand. */
export interface Header {
  /** Cells in the header row: a row with another number is malformed. */
  readonly width: number;
  readonly position: ReadonlyMap<string, number>;
  /** Read columns that this file has not: they read as empty. */
  readonly lacking: readonly string[];
}

/**
 * Finds the `read` columns by name, whatever their order and case. Throws ExtractRefused if one of the `required` is
 * missing or a column is named twice. Never quotes the header: a file without one has persons in its first row.
 */
export function headerOf(cells: readonly string[], required: readonly string[], read: readonly string[]): Header {
  const position = new Map<string, number>();
  const seen = new Set<string>();
  cells.forEach((cell, i) => {
    const name = cell.trim().toUpperCase();
    if (name === '') return;
    if (seen.has(name)) throw new ExtractRefused(`its column ${i + 1} has the name of an earlier one`);
    seen.add(name);
    if (read.includes(name)) position.set(name, i);
  });
  const missing = required.filter((column) => !position.has(column));
  if (missing.length > 0) throw new ExtractRefused(`it lacks the columns ${missing.join(', ')}`);
  return { width: cells.length, position, lacking: read.filter((column) => !position.has(column)) };
}
