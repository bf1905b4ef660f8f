/** YAML read strictly: a key that stands twice or is not known is refused, and the message says which and where. */
import { parse } from 'yaml';
import type { z } from 'zod';

/** Thrown at start: the message names the file, the place in it and what is wrong. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Reads YAML of a shape. Throws ProtocolError naming the file (`where`) and every place that does not fit. */
export function readYaml<S extends z.ZodType>(text: string, shape: S, where: string): z.output<S> {
  const read = shape.safeParse(parsed(text, where));
  if (read.success) return read.data;
  throw new ProtocolError(
    read.error.issues
      .map(({ path, message }) => `${where}${path.length > 0 ? `, ${path.join('.')}` : ''}: ${message}`)
      .join('\n'),
  );
}

function parsed(text: string, where: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new ProtocolError(`${where}: ${error instanceof Error ? error.message : 'is not YAML'}`);
  }
}
