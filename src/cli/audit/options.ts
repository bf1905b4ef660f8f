/**
 * What the options of `threshold audit` may be, by the GraphQL type of each: a closed list, or a form. What is neither is refused by
 * the command, in words that name the option and what it may be, before anything is asked.
 */
import { InvalidArgumentError, Option } from 'commander';
import { instantOf, isDate } from '../../domain/instants.js';
import { CATEGORIES, OUTCOMES, PURPOSES } from '../../domain/words.js';
import { ALERT_OUTCOMES } from '../../oversight/alerts/alert-rows.js';
import { ALERT_RULES } from '../../oversight/alerts/rules.js';
import { COUNTED } from '../../oversight/questions/counts.js';
import { EMERGENCY_STATES } from '../../oversight/questions/emergencies.js';
import { MARKED_QUESTIONS, MARKS } from '../../oversight/questions/marked.js';
import { RELEVANCE_STATES } from '../../oversight/questions/requests.js';
import { GROUNDS } from '../../oversight/questions/resting-on.js';
import { SHARING_REQUEST_STATES } from '../../oversight/questions/sharing-requests.js';
import { wholeNumber } from '../whole-number.js';

/** The values of each enum of the schema that an option has. */
export const CLOSED: { readonly [type: string]: readonly string[] } = {
  AlertOutcome: ALERT_OUTCOMES,
  AlertRule: Object.keys(ALERT_RULES),
  AuditCountBy: Object.keys(COUNTED),
  AuditMark: MARKS,
  AuditPeriod: ['DAY', 'WEEK', 'MONTH'],
  AuditResult: ['ANSWERED', 'REFUSED', 'FAILED'],
  Category: CATEGORIES,
  EmergencyState: EMERGENCY_STATES,
  EndMark: MARKED_QUESTIONS.afterTheEnd,
  Ground: GROUNDS,
  NearMark: MARKED_QUESTIONS.nearThemselves,
  Outcome: OUTCOMES,
  ProtectedMark: MARKED_QUESTIONS.attemptsOnProtected,
  Purpose: PURPOSES,
  RelevanceRequestState: RELEVANCE_STATES,
  SharingRequestState: SHARING_REQUEST_STATES,
  UseMark: MARKED_QUESTIONS.unusualUse,
};

/** Reads the form of each scalar that has one. */
const FORMS: { readonly [type: string]: (text: string) => unknown } = {
  Boolean: formed((text) => text === 'true' || text === 'false', 'It is true or false.'),
  Date: formed(isDate, 'It is a day, such as 2026-11-23.'),
  DateTime: formed(
    (text) => instantOf(text) !== undefined,
    'It is an instant as RFC 3339 has it, such as 2026-11-23T00:00:00Z.',
  ),
  Int: wholeNumber({ least: 1, most: 2 ** 31 - 1 }),
};
/** Named as it is in the question, for no type of the schema says it. */
const FORMS_OF_NAMES: typeof FORMS = {
  month: formed((text) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text), 'It is a month, such as 2026-10.'),
  size: wholeNumber({ least: 1, most: 100 }),
};

function formed(has: (text: string) => boolean, says: string): (text: string) => string {
  return (text) => {
    if (!has(text)) throw new InvalidArgumentError(says);
    return text;
  };
}

/** An option of a question, which is refused unless it has its type's form. `!` at the type's end: it must be given. */
export function optionOf(name: string, typed: string, says: string): Option {
  const type = typed.replace('!', '');
  const option = new Option(`--${dashed(name)} <${type.toLowerCase()}>`, says);
  option.makeOptionMandatory(typed.endsWith('!'));
  const closed = CLOSED[type];
  if (closed) return option.choices(closed);
  const form = FORMS_OF_NAMES[name] ?? FORMS[type];
  return form ? option.argParser(form) : option;
}

/** What was given, as a value of its GraphQL type. */
export function asTyped(typed: string, text: string): unknown {
  if (typed.startsWith('Int')) return Number(text);
  return typed.startsWith('Boolean') ? text === 'true' : text;
}

export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
