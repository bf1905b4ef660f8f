/** The clauses of the published protocols that rules, packs, tests and audit entries cite (`schema/protocols/clauses.yaml`). */
import { z } from 'zod';
import { ProtocolError, readYaml } from './yaml.js';

export const CLAUSE_KINDS = [
  'consent',
  'relevance',
  'access',
  'inform',
  'handover',
  'timescale',
  'escalation',
  'role',
  'record',
  'pathway',
  'measure',
] as const;
export type ClauseKind = (typeof CLAUSE_KINDS)[number];

export interface Clause {
  readonly id: string;
  /** The section of the document. */
  readonly where: string;
  readonly kind: ClauseKind;
  /** The clause in our words. */
  readonly says: string;
  /** What the gateway does about it. */
  readonly means: string;
}

export interface Clauses {
  /** Title of each document by its short name (FS, CF …). */
  readonly documents: ReadonlyMap<string, string>;
  readonly byId: ReadonlyMap<string, Clause>;
}

/** A clause id: the document's short name and two digits. */
export const CLAUSE_ID = /^([A-Z]{2,4})-\d{2}$/;

const shape = z.strictObject({
  documents: z.record(z.string(), z.strictObject({ title: z.string().min(1) })),
  clauses: z.array(
    z.strictObject({
      id: z.string().regex(CLAUSE_ID),
      where: z.string().min(1),
      kind: z.enum(CLAUSE_KINDS),
      says: z.string().min(1),
      means: z.string().min(1),
    }),
  ),
});

/** Reads the clauses. Throws ProtocolError on a clause that stands twice, has no document or no known kind. */
export function readClauses(text: string, where = 'clauses.yaml'): Clauses {
  const { documents, clauses } = readYaml(text, shape, where);
  const byId = new Map<string, Clause>();
  for (const clause of clauses) {
    if (byId.has(clause.id)) throw new ProtocolError(`${where}: clause ${clause.id} stands twice`);
    if (!(documentOf(clause.id) in documents)) throw new ProtocolError(`${where}: ${clause.id} is of no document`);
    byId.set(clause.id, clause);
  }
  return { documents: new Map(Object.entries(documents).map(([id, { title }]) => [id, title])), byId };
}

/** The document that a clause id belongs to. */
export function documentOf(clause: string): string {
  return clause.slice(0, clause.indexOf('-'));
}
