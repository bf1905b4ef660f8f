/**
 * The review queue: pairs of source persons about whom somebody must decide, and what was decided. A decision is of a pair,
 * stands in the store, and is read before every matching: matching again asks nobody twice and undoes nothing.
 */
import type { IsoInstant, SourceId, WorkerId } from '../domain/words.js';
import type { Store, Transaction } from '../store/store.js';
import { joinPersons, RejectedBefore } from './join-persons.js';
import type { PersonRef } from './people.js';
import type { Decisions, Matching, Question } from './person-index.js';
import { separatePersons } from './separate-persons.js';

export const LINK_STATES = ['REVIEW', 'CONFIRMED', 'REJECTED'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** A question as it stands in the store. */
export interface LinkQuestion {
  readonly id: string;
  readonly a: PersonRef;
  readonly b: PersonRef;
  readonly state: LinkState;
  /** Bits. */
  readonly weight: number;
  readonly ground: string;
  readonly levels: { readonly [field: string]: string };
  readonly askedAt: IsoInstant;
  readonly decidedAt?: IsoInstant;
  readonly decidedBy?: WorkerId;
  readonly reason?: string;
}

/** What became of a matching. */
export interface Applied {
  /** Groups whose members are from now on one person. */
  readonly joined: number;
  /** Groups left as they were, since a pair among them was rejected. */
  readonly heldBack: number;
  readonly asked: number;
}

export interface LinkQuestions {
  /** Every pair decided so far. */
  decisions(): Promise<Decisions>;
  /**
   * Joins the groups and brings the queue up to date: new questions are asked, open ones that no longer arise are dropped, save
   * those about somebody of an `unread` space, of whom nothing is known to have changed.
   */
  apply(matching: Matching, at: IsoInstant, unread?: ReadonlySet<SourceId>): Promise<Applied>;
  /** What came of matching a few: joins and asks, and drops nothing. */
  add(matching: Matching, at: IsoInstant): Promise<Applied>;
  /** Questions in this state with a side in one of these spaces, oldest first. */
  list(state: LinkState, spaces: readonly SourceId[]): Promise<readonly LinkQuestion[]>;
  find(id: string): Promise<LinkQuestion | undefined>;
  /**
   * Decides an open question inside the caller's transaction. CONFIRMED makes both sides one person. Rejects with
   * AlreadyDecided, or with RejectedBefore when the two persons hold a pair that was rejected.
   */
  decide(
    transaction: Transaction,
    decision: {
      readonly id: string;
      readonly state: 'CONFIRMED' | 'REJECTED';
      readonly by: WorkerId;
      readonly at: IsoInstant;
      readonly reason: string;
    },
  ): Promise<void>;
  /**
   * Takes a confirmed link back inside the caller's transaction: the pair is rejected from then on, and `taken` is of a person of
   * its own. Rejects with AlreadyDecided when it is not confirmed.
   */
  undo(transaction: Transaction, undone: Undone & { readonly id: string; readonly taken: PersonRef }): Promise<void>;
  /**
   * Takes these records out of the person they are of, each for itself, and rejects every pair of them and whoever else is in that
   * person, inside the caller's transaction. The same is done whether or not there is anybody else.
   */
  separate(transaction: Transaction, undone: Undone & { readonly taken: readonly PersonRef[] }): Promise<void>;
}

/** Who took a link back, when and why. */
export interface Undone {
  readonly by: WorkerId;
  readonly at: IsoInstant;
  readonly reason: string;
}

/** The ground of pairs that were parted without having been asked about. They are listed to nobody: see docs/decisions/0013. */
export const SEPARATED = 'SEPARATED';

/** Thrown when the question is not open. */
export class AlreadyDecided extends Error {
  override readonly name = 'AlreadyDecided';
}

interface QuestionRow {
  readonly id: string;
  readonly space_a: string;
  readonly local_a: string;
  readonly space_b: string;
  readonly local_b: string;
  readonly state: string;
  readonly weight: number;
  readonly ground: string;
  readonly levels: string;
  readonly asked_at: string;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
}

const COLUMNS =
  'id, space_a, local_a, space_b, local_b, state, weight, ground, levels, asked_at, decided_at, decided_by, reason';
/** Groups joined in one transaction. */
const AT_ONCE = 200;

export function openLinkQuestions(store: Store, { newId }: { readonly newId: () => string }): LinkQuestions {
  const asked = ['id', 'space_a', 'local_a', 'space_b', 'local_b', 'weight', 'ground', 'levels', 'asked_at'];
  const askNew = `INSERT INTO person_link_question (${asked.join(', ')}, state)
    SELECT ${asked.map((column) => (column === 'weight' ? 'CAST(r.weight AS INTEGER)' : `r.${column}`)).join(', ')}, 'REVIEW'
    FROM ${store.rowList(asked)} r
    WHERE NOT EXISTS (SELECT 1 FROM person_link_question q ${store.claiming} WHERE q.space_a = r.space_a
      AND q.local_a = r.local_a AND q.space_b = r.space_b AND q.local_b = r.local_b)`;
  const open = `SELECT id, space_a, local_a, space_b, local_b FROM person_link_question WHERE state = 'REVIEW'`;
  const drop = `DELETE FROM person_link_question WHERE state = 'REVIEW' AND id IN ${store.keyList}`;
  const listed = `SELECT ${COLUMNS} FROM person_link_question
    WHERE state = ? AND ground <> '${SEPARATED}' AND (space_a IN ${store.keyList} OR space_b IN ${store.keyList}) ORDER BY asked_at, id`;
  const byId = `SELECT ${COLUMNS} FROM person_link_question WHERE id = ?`;
  const decide = `UPDATE person_link_question SET state = ?, decided_at = ?, decided_by = ?, reason = ? WHERE id = ? AND state = ?`;
  const together = `SELECT space, local_id AS local FROM person_link WHERE person_id IN
    (SELECT person_id FROM person_link WHERE space = ? AND local_id = ?)`;
  const pairs = store.rowList(['id', 'space_a', 'local_a', 'space_b', 'local_b']);
  const isPair = 'q.space_a = r.space_a AND q.local_a = r.local_a AND q.space_b = r.space_b AND q.local_b = r.local_b';
  const reject = `UPDATE person_link_question SET state = 'REJECTED', decided_at = ?, decided_by = ?, reason = ?
    WHERE id IN (SELECT q.id FROM person_link_question q JOIN ${pairs} r ON ${isPair})`;
  const part = `INSERT INTO person_link_question (id, space_a, local_a, space_b, local_b, state, weight, ground, levels, asked_at, decided_at, decided_by, reason)
    SELECT r.id, r.space_a, r.local_a, r.space_b, r.local_b, 'REJECTED', 0, ?, '{}', ?, ?, ?, ? FROM ${pairs} r
    WHERE NOT EXISTS (SELECT 1 FROM person_link_question q ${store.claiming} WHERE ${isPair})`;
  const decided = `SELECT ${COLUMNS} FROM person_link_question WHERE state <> 'REVIEW'`;

  async function joinGroups(groups: Matching['groups'], at: IsoInstant): Promise<{ joined: number; heldBack: number }> {
    let [joined, heldBack] = [0, 0];
    for (let from = 0; from < groups.length; from += AT_ONCE) {
      await store.transaction(async (transaction) => {
        for (const group of groups.slice(from, from + AT_ONCE)) {
          try {
            await joinPersons(store, transaction, group, { newId, at });
            joined += 1;
          } catch (error) {
            if (!(error instanceof RejectedBefore)) throw error;
            heldBack += 1;
          }
        }
      });
    }
    return { joined, heldBack };
  }

  return {
    async decisions() {
      const rows = (await store.read<QuestionRow>(decided)).map(readQuestion);
      const pairs = (state: LinkState) => rows.filter((row) => row.state === state).map(({ a, b }) => [a, b] as const);
      return { confirmed: pairs('CONFIRMED'), rejected: pairs('REJECTED') };
    },

    async apply({ groups, questions }, at, unread = new Set()) {
      const { joined, heldBack } = await joinGroups(groups, at);
      const rows = questions.map((question) => rowOf(question, newId(), at));
      await store.transaction(async (transaction) => {
        const arising = new Set(rows.map(([, ...pair]) => JSON.stringify(pair.slice(0, 4))));
        const gone = (await transaction.run<QuestionRow>(open)).filter(
          (row) =>
            !arising.has(JSON.stringify([row.space_a, row.local_a, row.space_b, row.local_b])) &&
            !unread.has(row.space_a) &&
            !unread.has(row.space_b),
        );
        await transaction.run(drop, [JSON.stringify(gone.map(({ id }) => id))]);
        await transaction.run(askNew, [JSON.stringify(rows)]);
      });
      return { joined, heldBack, asked: rows.length };
    },

    async add({ groups, questions }, at) {
      const { joined, heldBack } = await joinGroups(groups, at);
      const rows = questions.map((question) => rowOf(question, newId(), at));
      if (rows.length > 0) await store.transaction((transaction) => transaction.run(askNew, [JSON.stringify(rows)]));
      return { joined, heldBack, asked: rows.length };
    },

    async list(state, spaces) {
      const keys = JSON.stringify(spaces);
      return (await store.read<QuestionRow>(listed, [state, keys, keys])).map(readQuestion);
    },

    async find(id) {
      const [row] = await store.read<QuestionRow>(byId, [id]);
      return row && readQuestion(row);
    },

    async decide(transaction, { id, state, by, at, reason }) {
      const [row] = await transaction.run<QuestionRow>(byId, [id]);
      if (row?.state !== 'REVIEW') throw new AlreadyDecided('the question is not open');
      const { a, b } = readQuestion(row);
      if (state === 'CONFIRMED') await joinPersons(store, transaction, [a, b], { newId, at, question: id });
      await transaction.run(decide, [state, at, by, reason, id, 'REVIEW']);
    },

    async undo(transaction, { id, taken, by, at, reason }) {
      const [row] = await transaction.run<QuestionRow>(byId, [id]);
      if (row?.state !== 'CONFIRMED') throw new AlreadyDecided('the link is not confirmed');
      const { a, b } = readQuestion(row);
      const from = a.space === taken.space && a.local === taken.local ? b : a;
      await separatePersons(transaction, taken, { newId, at, from });
      await transaction.run(decide, ['REJECTED', at, by, reason, id, 'CONFIRMED']);
    },

    async separate(transaction, { taken, by, at, reason }) {
      for (const ref of taken) {
        const others = (await transaction.run<PersonRef>(together, [ref.space, ref.local])).filter(
          ({ space, local }) => space !== ref.space || local !== ref.local,
        );
        const rows = others.map((other) => [newId(), ...inOrder(ref, other)]);
        const parted = JSON.stringify(rows);
        await transaction.run(reject, [at, by, reason, parted]);
        await transaction.run(part, [SEPARATED, at, at, by, reason, parted]);
        await separatePersons(transaction, ref, { newId, at });
      }
    },
  };
}

/** The sides in one order, whichever way round they were found, so that a pair is asked about once. */
function inOrder(a: PersonRef, b: PersonRef): readonly [string, string, string, string] {
  const isInOrder = a.space < b.space || (a.space === b.space && a.local < b.local);
  const [first, second] = isInOrder ? [a, b] : [b, a];
  return [first.space, first.local, second.space, second.local];
}

function rowOf({ a, b, weight, ground, levels }: Question, id: string, at: IsoInstant) {
  const hundredths = Math.round(weight * 100);
  return [id, ...inOrder(a, b), hundredths, ground, JSON.stringify(levels), at] as const;
}

function readQuestion(row: QuestionRow): LinkQuestion {
  const state = LINK_STATES.find((known) => known === row.state);
  if (!state) throw new Error('a question is in no known state');
  return {
    id: row.id,
    a: { space: row.space_a, local: row.local_a },
    b: { space: row.space_b, local: row.local_b },
    state,
    weight: row.weight / 100,
    ground: row.ground,
    levels: JSON.parse(row.levels) as LinkQuestion['levels'],
    askedAt: row.asked_at,
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at }),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}
