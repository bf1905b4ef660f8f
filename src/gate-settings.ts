/** How single sources are asked, as the sources file says it: `asking` beside a source's own settings. */
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from './config.js';
import type { SourceId } from './domain/words.js';
import type { GateSettings } from './sources/gate.js';

const ms = z.int().min(1).max(120_000);
const places = z.int().min(1).max(1_000);
const asking = z.strictObject({
  timeoutMs: ms.optional(),
  tries: z.int().min(1).max(10).optional(),
  pauseMs: ms.optional(),
  /** All three or none: together no more than the source's connections. */
  atOnce: z.strictObject({ urgent: places, casework: places, overview: places }).optional(),
  shutMs: ms.optional(),
});
const listed = z.array(z.looseObject({ id: z.string(), asking: asking.optional() }));

/** By source id; a source that says nothing is not in it. Throws ConfigError naming source and setting. */
export function readGateSettings(text: string): ReadonlyMap<SourceId, Partial<GateSettings>> {
  const read = listed.safeParse(parse(text));
  if (!read.success) {
    const lines = read.error.issues.map(
      ({ path: [at, ...rest], message }) => `source ${Number(at) + 1}, ${rest.join('.')}: ${message}`,
    );
    throw new ConfigError(lines.join('; '));
  }
  return new Map(
    read.data.flatMap(({ id, asking: said }): [SourceId, Partial<GateSettings>][] =>
      said ? [[id, Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))]] : [],
    ),
  );
}
