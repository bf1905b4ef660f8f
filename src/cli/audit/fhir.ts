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
    readonly policies: readonly string[];
  }[];
  /** Of questions that are answered with more than operations. */
  readonly marks?: readonly string[];
  readonly overriddenBy?: readonly Evidence[];
  readonly behind?: readonly Evidence[];
  readonly sample?: { readonly seed: string; readonly size: number; readonly root: string };
  readonly alert?: string;
  readonly rule?: string;
}

interface Evidence {
  readonly id: string;
  readonly about: readonly string[];
  readonly says: readonly { readonly name: string; readonly value: string }[];
  readonly [field: string]: unknown;
}

/** The resource. Requires a row as the questions that are answered with operations select it. */
export function auditEventOf(row: Json): Json {
  const operation = row as unknown as AuditedOperation;
  const purposes = operation.purpose === null ? [] : [purposeOf(operation.purpose)];
  const { marks = [], overriddenBy = [], behind = [], sample, alert, rule } = operation;
  const entities = [
    ...operation.lines.map(entityOfLine),
    ...operation.statements.map(entityOfStatement),
    ...overriddenBy.map((one) => entityOfEvidence('overriddenBy', one)),
    ...behind.map((one) => entityOfEvidence('behind', one)),
    ...(sample
      ? [
          entityOf('4', 'sample', [
            ['seed', sample.seed],
            ['size', String(sample.size)],
            ['root', sample.root],
          ]),
        ]
      : []),
    ...(alert
      ? [
          entityOf('4', 'alert', [
            ['id', alert],
            ['rule', rule],
          ]),
        ]
      : []),
  ];
  const subtypes = [
    ...(operation.operation ? [{ system: `${SYSTEM}:operation`, code: codeOf(operation.operation) }] : []),
    ...marks.map((code) => ({ system: `${SYSTEM}:mark`, code })),
  ];
  return {
    resourceType: 'AuditEvent',
    id: operation.id,
    type: { system: TYPES, code: 'rest', display: 'RESTful Operation' },
    ...(subtypes.length > 0 ? { subtype: subtypes } : {}),
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

function entityOfStatement({ did, ids, persons, policies }: AuditedOperation['statements'][number]): Json {
  return entityOf('20', 'statement', [
    ['did', did],
    ...ids.map((id) => ['id', id] as const),
    ...persons.map((person) => ['person', person] as const),
    ...policies.map((policy) => ['policy', policy] as const),
  ]);
}

/** What a release rests on, or was overridden by: what is told of it, as details. */
function entityOfEvidence(stands: 'overriddenBy' | 'behind', { id, about, says, ...told }: Evidence): Json {
  return entityOf('4', stands, [
    ['id', id],
    ...EVIDENCE.map((field) => [field, told[field]] as const),
    ...about.map((person) => ['about', person] as const),
    ...says.map(({ name, value }) => [`says:${name}`, value] as const),
  ]);
}

const EVIDENCE = ['kind', 'gateway', 'citation', 'recordedAt', 'recordedBy', 'approvedBy', 'from', 'until'] as const;
const ROLES = { '4': 'Domain Resource', '20': 'Job' } as const;

/** Something that is no person, as details: `stands` is what it is here. A value that is not told is left out. */
function entityOf(
  role: keyof typeof ROLES,
  stands: string,
  details: readonly (readonly [type: string, value: unknown])[],
): Json {
  return {
    type: { system: ENTITY_TYPES, code: '2', display: 'System Object' },
    role: { system: ENTITY_ROLES, code: role, display: ROLES[role] },
    detail: [['stands', stands] as const, ...details].flatMap(([type, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [{ type, valueString: value }] : [],
    ),
  };
}

function identified(type: string, kind: string, value: string): Json {
  return { type, identifier: { system: `${SYSTEM}:${kind}`, value } };
}

/** A code has no space at its ends and none doubled (FHIR R4, code). */
function codeOf(name: string): string {
  return name.trim().replace(/\s+/g, ' ');
}
