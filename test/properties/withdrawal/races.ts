/**
 * What is given and taken away while others read. Each race has one fact, which it gives and takes again and again; another
 * kind of fact (a grant, an emergency) is another entry of RACES, and its check stands beside the others in log-order.ts.
 */
import type Database from 'better-sqlite3';
import type { Grant } from '../../../src/registers/grant.js';

/** What a race acts through. */
export interface Hands {
  /** A mutation as a worker, at any instance; again where it was refused because the registers changed. Answers its data. */
  say(
    worker: string,
    mutation: string,
    variables: object,
  ): Promise<{ readonly [field: string]: { readonly id: string } }>;
  /**
   * A grant as approving a sharing request makes it, and its ending: written with an entry of the log in one transaction, by an
   * instance of its own. Answers the grant's id.
   */
  grant(terms: GrantedTerms): Promise<string>;
  endGrant(id: string): Promise<void>;
  /** The council's case system itself. */
  readonly socialCare: Database.Database;
  now(): number;
  random(): number;
}

/** What a race says of a grant. */
export type GrantedTerms = Pick<Grant, 'subjects' | 'worker' | 'agency' | 'role' | 'categories' | 'purpose' | 'until'>;

/** A statement that was refused for another reason than that the registers changed. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
  constructor(readonly code: string | undefined) {
    super(`a statement was refused: ${code}`);
  }
}

export interface Race {
  readonly name: string;
  /** Resolves once the fact is there; with the instant when it ends by itself, if it does. */
  give(hands: Hands): Promise<{ readonly endsAt?: number } | undefined>;
  /** Resolves once the fact is gone. A race whose fact ends by itself has none. */
  take?(hands: Hands): Promise<void>;
}

/** Somebody who asks for somebody's adult work, and the races that must all have given for there to be any. */
export interface Reading {
  readonly worker: string;
  readonly person: string;
  readonly purpose: string;
  readonly needs: readonly string[];
  /** One record alone is asked for, of whoever it is about: its id at the service. */
  readonly record?: string;
}

const idOf = (person: string) => Buffer.from(`Person:${person}`).toString('base64url');
const recordOf = (localId: string) =>
  Buffer.from(`SubstanceMisuseRecord:substance-misuse:${localId}`).toString('base64url');

const RECORD =
  'mutation R($input: ConsentInput!) @purpose(of: DIRECT_WORK) { said: recordConsent(input: $input) { id } }';
const WITHDRAW =
  'mutation W($id: ID!) @purpose(of: DIRECT_WORK) { said: withdrawConsent(consent: $id, method: "by telephone") { id } }';
const JUDGE =
  'mutation J($input: RelevanceInput!) @purpose(of: DIRECT_WORK) { said: judgeRelevance(input: $input) { id } }';
const EXCEPT =
  'mutation X($input: ConsentNotRequiredInput!) @purpose(of: DIRECT_WORK) { said: recordConsentNotRequired(input: $input) { id } }';

const SCOPE = {
  categories: ['SUBSTANCE_MISUSE', 'INVOLVEMENT'],
  holders: ['haven'],
  recipients: ['csc'],
  purposes: ['SUPERVISION', 'CHILD_IN_NEED'],
};

/** Agreed to, then refused or taken back, by the service's worker or the social worker. */
function consent(name: string, person: string, first: string, workers: readonly string[]): Race {
  let given = first;
  const by = ({ random }: Hands) => workers[Math.floor(random() * workers.length)] ?? '';
  const record = async (hands: Hands, state: 'GIVEN' | 'REFUSED') => {
    const subject = idOf(person);
    const input = { subject, givenBy: subject, capacity: 'SELF', state, ...SCOPE, method: 'at a visit' };
    return (await hands.say(by(hands), RECORD, { input }))['said']?.id ?? '';
  };
  return {
    name,
    async give(hands) {
      given = await record(hands, 'GIVEN');
      return undefined;
    },
    async take(hands) {
      if (hands.random() < 0.5) await record(hands, 'REFUSED');
      else await hands.say(by(hands), WITHDRAW, { id: given });
    },
  };
}

function judgement(name: string, localId: string, child: string, worker: string): Race {
  const judge = async (hands: Hands, decision: string) => {
    const input = {
      record: recordOf(localId),
      decision,
      servesChild: idOf(child),
      factor: '1B',
      why: 'For the child.',
    };
    await hands.say(worker, JUDGE, { input });
  };
  return {
    name,
    async give(hands) {
      await judge(hands, 'RELEVANT');
      return undefined;
    },
    take: (hands) => judge(hands, 'NOT_RELEVANT'),
  };
}

/** A recorded reason why consent is not required, which ends by itself soon after. */
function exception(name: string, person: string, worker: string, lastsMs: number): Race {
  return {
    name,
    async give(hands) {
      for (let lasts = lastsMs; ; lasts *= 2) {
        const endsAt = hands.now() + lasts;
        const input = {
          ...SCOPE,
          subjects: [idOf(person)],
          gateway: 'CHILDREN_ACT_2004_S16LA',
          answers: ['It shows when the child is alone.', 'Without it nobody sees to the child in the evenings.'],
          until: new Date(endsAt).toISOString(),
        };
        try {
          await hands.say(worker, EXCEPT, { input });
          return { endsAt };
        } catch (error) {
          // On a busy machine it may have ended before it was recorded.
          if (!(error instanceof StatementRefused && error.code === 'NOT_VALID')) throw error;
        }
      }
    },
  };
}

/** An approved sharing request: it ends by itself soon after, or the holder's manager ends it. */
function grant(name: string, terms: Omit<GrantedTerms, 'until'>, lastsMs?: number): Race {
  let given = '';
  const HOUR_MS = 3_600_000;
  return {
    name,
    async give(hands) {
      const endsAt = hands.now() + (lastsMs ?? HOUR_MS);
      given = await hands.grant({ ...terms, until: new Date(endsAt).toISOString() });
      return lastsMs === undefined ? undefined : { endsAt };
    },
    ...(lastsMs === undefined ? { take: (hands: Hands) => hands.endGrant(given) } : {}),
  };
}

/** An involvement that is ended, and begun again, in the council's own system. */
function involvement(name: string, id: string): Race {
  const end = async ({ socialCare, random }: Hands, date: string | null) => {
    const set = socialCare.prepare(
      'UPDATE ssd_involvements SET invo_involvement_end_date = ? WHERE invo_involvements_id = ?',
    );
    // Instances read the file at the same time; who writes waits for them without stopping this process.
    for (;;) {
      try {
        set.run(date, id);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
        await new Promise((resolve) => setTimeout(resolve, 1 + random() * 3));
      }
    }
  };
  return {
    name,
    async give(hands) {
      await end(hands, null);
      return undefined;
    },
    take: (hands) => end(hands, '2026-11-02'),
  };
}

const GRANTED = {
  agency: 'csc',
  role: 'SOCIAL_WORKER',
  categories: ['SUBSTANCE_MISUSE'],
  purpose: 'CHILD_IN_NEED',
} as const;

/** Who they are stands in the README of the world (`test/worlds/walsall-road`). */
export const RACES: readonly Race[] = [
  consent('Gilda agrees', 'P-1007', 'c-1018', ['rw-rory-ember', 'sw-cleo-marchbank']),
  judgement('Gilda’s episode is relevant', 'HR4103/E6105', 'P-1008', 'rw-rory-ember'),
  exception('Nessa need not be asked', 'P-1015', 'sw-cleo-marchbank', 400),
  exception('Rufina’s refusal is overridden', 'P-1009', 'sw-cleo-marchbank', 300),
  consent('Lena agrees', 'P-1005', 'c-1016', ['rw-quinn-darrow']),
  involvement('Bram works with the Pikes', '790108'),
  grant('Dorn is given what is held of Lena', { ...GRANTED, subjects: ['P-1005'], worker: 'sw-dorn-aske' }, 500),
  grant('Isla is given what is held of Gilda', { ...GRANTED, subjects: ['P-1007'], worker: 'sw-isla-penrose' }),
];

export const READINGS: readonly Reading[] = [
  {
    worker: 'sw-cleo-marchbank',
    person: 'P-1007',
    purpose: 'SUPERVISION',
    needs: ['Gilda agrees', 'Gilda’s episode is relevant'],
  },
  { worker: 'sw-cleo-marchbank', person: 'P-1015', purpose: 'SUPERVISION', needs: ['Nessa need not be asked'] },
  {
    worker: 'sw-cleo-marchbank',
    person: 'P-1009',
    purpose: 'CHILD_IN_NEED',
    needs: ['Rufina’s refusal is overridden'],
  },
  {
    worker: 'sw-bram-hollis',
    person: 'P-1005',
    purpose: 'CHILD_IN_NEED',
    needs: ['Lena agrees', 'Bram works with the Pikes'],
  },
  // Neither works with whom they ask about: nothing but the grant, and what the person said, lets them read.
  {
    worker: 'sw-dorn-aske',
    person: 'P-1005',
    record: 'HR4102/E6103',
    purpose: 'CHILD_IN_NEED',
    needs: ['Lena agrees', 'Dorn is given what is held of Lena'],
  },
  {
    worker: 'sw-isla-penrose',
    person: 'P-1007',
    record: 'HR4103/E6105',
    purpose: 'CHILD_IN_NEED',
    needs: ['Gilda agrees', 'Isla is given what is held of Gilda'],
  },
];

/** A reading as an operation. */
export function queryOf({ person, purpose, record }: Reading): string {
  if (record !== undefined)
    return `query W @purpose(of: ${purpose}) { node(id: "${recordOf(record)}") { id ... on SubstanceMisuseRecord { summary } } }`;
  return `query W @purpose(of: ${purpose}) { person(id: "${idOf(person)}") { ... on Adult { adultWork { nodes { id ... on SubstanceMisuseRecord { summary } } } } } }`;
}

/** What an answer to `queryOf` shows, if anything. */
export function shownIn(data: unknown): boolean {
  const { node, person } = (data ?? {}) as {
    readonly node?: object | null;
    readonly person?: { readonly adultWork?: { readonly nodes: readonly unknown[] } } | null;
  };
  return (node ?? undefined) !== undefined || (person?.adultWork?.nodes.length ?? 0) > 0;
}
