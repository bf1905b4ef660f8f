/**
 * Questions that an officer saves by name, to ask again: one of those that are answered with operations, and its filter. Each is
 * its officer's own. That it was saved, run or deleted is an entry of the log like every question; its name is not in it.
 */
import { z } from 'zod';
import { CATEGORIES, OUTCOMES, type PersonId, PURPOSES } from '../../domain/words.js';
import type { SavedRegister } from '../../registers/saved-questions.js';
import { NotPermitted, NotValid } from '../../sharing/refused.js';
import type { AskingAudit } from './asking.js';
import { MARKS } from './marked.js';
import { GROUNDS } from './resting-on.js';

const id = z.string().min(1).max(200);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
const days = { since: instant.exactOptional(), until: instant.exactOptional() };

/** The filter of each kind of question; people stand by their own ids. */
export const SAVED_FILTERS = {
  OPERATIONS: z.strictObject({
    person: id.exactOptional(),
    worker: id.exactOptional(),
    team: id.exactOptional(),
    agency: id.exactOptional(),
    purpose: z.enum(PURPOSES).exactOptional(),
    result: z.enum(['ANSWERED', 'REFUSED', 'FAILED']).exactOptional(),
    holder: id.exactOptional(),
    category: z.enum(CATEGORIES).exactOptional(),
    policy: id.exactOptional(),
    evidence: id.exactOptional(),
    mark: z.enum(MARKS).exactOptional(),
    did: id.exactOptional(),
    policyVersion: id.exactOptional(),
    ...days,
  }),
  ABOUT_PERSON: z.strictObject({ person: id, outcome: z.enum(OUTCOMES).exactOptional(), ...days }),
  RECEIVED: z
    .strictObject({ worker: id.exactOptional(), team: id.exactOptional(), agency: id.exactOptional(), ...days })
    .refine(({ worker, team, agency }) => [worker, team, agency].filter(Boolean).length === 1, {
      error: 'names a worker, a team or an agency, and one of them',
    }),
  RESTING_ON: z.strictObject({ ground: z.enum(GROUNDS), id, ...days }),
} as const;

export type SavedKind = keyof typeof SAVED_FILTERS;
export type SavedFilter<K extends SavedKind = SavedKind> = z.output<(typeof SAVED_FILTERS)[K]>;

export interface SavedQuestion {
  readonly id: string;
  readonly name: string;
  readonly question: SavedKind;
  readonly filter: SavedFilter;
  readonly savedAt: string;
}

export interface SavedParts {
  readonly asking: AskingAudit;
  readonly savedRegister: SavedRegister;
  readonly worker: string;
  readonly agency: string;
  readonly at: string;
  readonly newId: () => string;
}

export interface SavedQuestions {
  /** Throws NotPermitted as `AskingAudit.ask`, of whoever the filter names too; NotValid naming what is wrong. */
  save(name: string, question: SavedKind, filter: unknown): Promise<SavedQuestion>;
  /** The officer's own, the first saved first. */
  list(): Promise<readonly SavedQuestion[]>;
  /** Throws NotPermitted for one that is not the officer's own, as for none. */
  delete(id: string): Promise<string>;
  /** The same; that it is run is noted by itself, beside the question. */
  toRun(id: string): Promise<SavedQuestion>;
}

const MOST = 100;
const LONGEST_NAME = 100;

export function openSavedQuestions({ asking, savedRegister, worker, agency, at, newId }: SavedParts): SavedQuestions {
  const officer = { worker, agency };

  async function read(): Promise<readonly SavedQuestion[]> {
    return (await savedRegister.of(officer)).map(({ question, filter, ...row }) => ({
      ...row,
      question: question as SavedKind,
      filter: JSON.parse(filter) as SavedFilter,
    }));
  }

  /** Asks first: who may not ask is told the same of every id. */
  async function find(id: string, question: string): Promise<SavedQuestion> {
    await asking.ask(question, [], [id]);
    const found = (await read()).find((saved) => saved.id === id);
    if (!found) throw new NotPermitted('ASK_AUDIT');
    return found;
  }

  return {
    async save(name, question, given) {
      const parsed = SAVED_FILTERS[question].safeParse(given);
      const filter = parsed.success ? parsed.data : undefined;
      const saved = { id: newId(), name: name.trim(), question, filter: filter ?? {}, savedAt: at };
      await asking.ask('saveQuestion', personsIn(filter), [saved.id, question], (manager) =>
        savedRegister.write(manager, officer, { ...saved, filter: JSON.stringify(saved.filter) }),
      );
      const standing = await read();
      const problems = [
        ...(parsed.success ? [] : parsed.error.issues.map(problemOf)),
        ...(saved.name === '' || saved.name.length > LONGEST_NAME ? [`its name has 1 to ${LONGEST_NAME} letters`] : []),
        ...(standing.some((other) => other.name === saved.name) ? ['there is one of that name'] : []),
        ...(standing.length >= MOST ? [`there are ${MOST} already`] : []),
      ];
      if (problems.length > 0) throw new NotValid(problems);
      return saved as SavedQuestion;
    },
    async list() {
      await asking.ask('savedQuestions');
      return read();
    },
    async delete(id) {
      await asking.ask('deleteQuestion', [], [id], (manager) => savedRegister.delete(manager, officer, id));
      if (!(await read()).some((saved) => saved.id === id)) throw new NotPermitted('ASK_AUDIT');
      return id;
    },
    toRun: (id) => find(id, 'runQuestion'),
  };
}

function personsIn(filter: object | undefined): readonly PersonId[] {
  const { person } = (filter ?? {}) as { person?: PersonId };
  return person === undefined ? [] : [person];
}

/** By the place and the kind of fault alone: nothing that was given is repeated. */
function problemOf({ path, code }: { readonly path: readonly PropertyKey[]; readonly code: string }): string {
  return `${path.map(String).join('.').slice(0, 40) || 'the filter'}: ${code}`;
}
