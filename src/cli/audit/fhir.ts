/**
 * An operation of the log as a FHIR R4 AuditEvent (http://hl7.org/fhir/R4/auditevent.html, profiled by nobody): who asked, for what
 * purpose, what came of it for whom, on what policies and statements. People, workers and statements stand by identifiers; nothing
 * of a record is in it.
 */
import type { Json } from './questions.js';

const SYSTEM = 'urn:threshold';
const TYPES = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const ENTITY_TYPES = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const ENTITY_ROLES = 'http://terminology.hl7.org/CodeSystem/object-role';
const SOURCE_TYPES = 'http://terminology.hl7.org/CodeSystem/security-source-type';
const ACT_REASONS = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

interface Agency {
  readonly id: string;
  readonly name: string;
}

interface Line {
  readonly person: string;
  readonly holder: Agency;
  readonly recordType: string;
  readonly records: number;
  readonly category: string;
  readonly outcome: string;
  readonly basis: string;
  readonly permits: readonly string[];
  readonly vetoes: readonly string[];
  readonly reasons: readonly string[];
  readonly obligations: readonly string[];
  readonly evidence: readonly string[];
}

interface AuditedOperation {
  readonly id: string;
  readonly at: string;
  readonly operation: string;
  readonly worker: string;
  readonly agency: Agency | null;
  readonly role: string;
  readonly purpose: string | null;
  readonly result: 'ANSWERED' | 'REFUSED' | 'FAILED';
  readonly code: string | null;
  readonly policyVersion: string;
  readonly lines: readonly Line[];
  readonly statements: readonly {
    readonly did: string;
    readonly ids: readonly string[];
    readonly persons: readonly string[];
  }[];
}

/** The resource. Requires a row as the questions that are answered with operations select it. */
export function auditEventOf(row: Json): Json {
  const operation = row as unknown as AuditedOperation;
  const purposes = operation.purpose === null ? [] : [purposeOf(operation.purpose)];
  const entities = [...operation.lines.map(entityOfLine), ...operation.statements.flatMap(entityOfStatement)];
  return {
    resourceType: 'AuditEvent',
    id: operation.id,
    type: { system: TYPES, code: 'rest', display: 'RESTful Operation' },
    ...(operation.operation ? { subtype: [{ system: `${SYSTEM}:operation`, code: codeOf(operation.operation) }] } : {}),
    action: operation.statements.some(({ did }) => !READING.has(did)) ? 'E' : 'R',
    recorded: operation.at,
    outcome: OUTCOMES[operation.result],
    ...(operation.code ? { outcomeDesc: operation.code } : {}),
    ...(purposes.length > 0 ? { purposeOfEvent: purposes } : {}),
    agent: [
      {
        type: { coding: [{ system: PARTICIPATION, code: 'IRCP', display: 'information recipient' }] },
        role: [{ coding: [{ system: `${SYSTEM}:role`, code: operation.role }] }],
        who: identified('Practitioner', 'worker', operation.worker),
        requestor: true,
        policy: [`${SYSTEM}:policies:${operation.policyVersion}`],
        ...(purposes.length > 0 ? { purposeOfUse: purposes } : {}),
      },
      ...(operation.agency
        ? [
            {
              who: { ...identified('Organization', 'agency', operation.agency.id), display: operation.agency.name },
              requestor: false,
            },
          ]
        : []),
    ],
    source: {
      observer: { identifier: { system: `${SYSTEM}:log`, value: 'threshold' }, display: 'Threshold gateway' },
      type: [{ system: SOURCE_TYPES, code: '4', display: 'Application Server' }],
    },
    ...(entities.length > 0 ? { entity: entities } : {}),
  };
}

/** Kinds of statement by which nothing was said. */
const READING = new Set([
  'SHOWN',
  'RELEASES_SHOWN',
  'REQUESTS_SHOWN',
  'FAMILY_VIEW',
  'LINKS_SHOWN',
  'EXPLAINED',
  'EXPLAINED_PAST',
  'AUDIT_ASKED',
  'SENTENCES_LEFT_OUT',
]);

/** http://hl7.org/fhir/audit-event-outcome: success, minor failure (it was refused), serious failure. */
const OUTCOMES = { ANSWERED: '0', REFUSED: '4', FAILED: '8' } as const;

/** The purposes of the published list that ours come nearest to, beside our own word. */
const REASONS: { readonly [purpose: string]: string } = {
  EMERGENCY: 'ETREAT',
  SERVICE_MEASURES: 'HOPERAT',
  INFORMATION_GOVERNANCE: 'HCOMPL',
  SUBJECT_ACCESS: 'PATRQT',
  COURT_PROCEEDINGS: 'HLEGAL',
};

function purposeOf(purpose: string): Json {
  const reason = REASONS[purpose];
  return {
    coding: [
      { system: `${SYSTEM}:purpose`, code: purpose },
      ...(reason ? [{ system: ACT_REASONS, code: reason }] : []),
    ],
  };
}

function entityOfLine(line: Line): Json {
  return {
    what: identified('Patient', 'person', line.person),
    type: { system: ENTITY_TYPES, code: '1', display: 'Person' },
    role: { system: ENTITY_ROLES, code: '1', display: 'Patient' },
    detail: [
      ['holder', line.holder.id],
      ['recordType', line.recordType],
      ['records', String(line.records)],
      ['category', line.category],
      ['outcome', line.outcome],
      ['basis', line.basis],
      ...(['permits', 'vetoes', 'reasons', 'obligations', 'evidence'] as const).flatMap((list) =>
        line[list].map((value) => [list, value] as const),
      ),
    ].map(([type, valueString]) => ({ type, valueString })),
  };
}

function entityOfStatement({ did, ids, persons }: AuditedOperation['statements'][number]): readonly Json[] {
  const about = { system: ENTITY_TYPES, code: '2', display: 'System Object' };
  const detail = [
    { type: 'did', valueString: did },
    ...ids.map((id) => ({ type: 'id', valueString: id })),
    ...persons.map((person) => ({ type: 'person', valueString: person })),
  ];
  return [{ type: about, role: { system: ENTITY_ROLES, code: '20', display: 'Job' }, detail }];
}

function identified(type: string, kind: string, value: string): Json {
  return { type, identifier: { system: `${SYSTEM}:${kind}`, value } };
}

/** A code has no space at its ends and none doubled (FHIR R4, code). */
function codeOf(name: string): string {
  return name.trim().replace(/\s+/g, ' ');
}
