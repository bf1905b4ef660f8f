/** What every mapping of this source shares: whose records they are, and what a reference points at. */
import type { RecordType } from '../../src/domain/records.js';
import type { LocalId, SourceId } from '../../src/domain/words.js';
import { FHIR_ID, type Reference } from './wire.js';

/** What mapping needs beside the resource. */
export interface Context {
  readonly source: SourceId;
  /** The id in a reference to a resource of this type on this server; none for another type, or another server's. */
  idOf(reference: Reference | undefined, type: string): string | undefined;
}

/** Reads references relative to the base, or absolute ones below it (R4 §2.3.0.1). */
export function referenceReader(baseUrl: string): Context['idOf'] {
  const base = `${baseUrl.replace(/\/+$/, '')}/`;
  return (reference, type) => {
    const text = reference?.reference ?? '';
    const [kind, id, ...rest] = (text.startsWith(base) ? text.slice(base.length) : text).split('/');
    const isCurrent = rest.length === 0 || rest[0] === '_history';
    return kind === type && id !== undefined && FHIR_ID.test(id) && isCurrent ? id : undefined;
  };
}

/** What every label of this source has in common. */
export function labelOf(context: Context, type: RecordType, localId: string, subject: LocalId) {
  return { type, source: context.source, localId, subject, names: [], fromWorkWith: [subject], kind: 'OTHER' } as const;
}
