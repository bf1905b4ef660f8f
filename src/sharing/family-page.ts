/**
 * The family view as a page to print: one HTML document that fetches nothing, runs nothing and submits nothing (its own
 * Content-Security-Policy says so, wherever it is opened). Everything that people wrote is text in it, whatever it looks like.
 */
import { createHash } from 'node:crypto';
import type { FamilyView, FamilyViewPerson, FamilyViewPlan } from './family-view.js';

const STYLE = `body { font: 11pt/1.5 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #999; }
section > article { margin: 1rem 0; break-inside: avoid; } h3 { font-size: 1rem; margin: 0; }
dl { margin: 0.25rem 0; } dt { font-weight: bold; } dd { margin: 0 0 0.5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.note { border: 1px solid #999; padding: 0.5rem 0.75rem; } footer { margin-top: 2rem; border-top: 1px solid #999; font-size: 9pt; }
@page { margin: 2cm; } @media print { body { margin: 0; max-width: none; padding: 0; } }`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const PLAN_NAMES = {
  CHILD_IN_NEED_PLAN: 'Child in need plan',
  CHILD_PROTECTION_PLAN: 'Child protection plan',
  LOOKED_AFTER_PLAN: 'Time in care',
  PLAN_REVIEW: 'Review of a plan',
  SUPPORT_PLAN: 'Support plan',
} as const;
const NATURES = {
  FACT: 'a fact',
  OPINION: 'the writer’s opinion',
  THIRD_PARTY_REPORT: 'what somebody reported',
} as const;

/** The page of a family view. */
export function familyPage(view: FamilyView): string {
  const { member, children, parentingAssessments, monthlySummaries, ratings, plans } = view;
  const sections = [
    section(
      'Parenting assessment',
      parentingAssessments.map((entry) =>
        article(period(entry.startedOn, entry.updatedOn), [
          ['Summary', entry.summary],
          ['Strengths', entry.strengths],
          ['Concerns', entry.concerns],
          ['Capacity to change', entry.capacityToChange],
          ['This is', NATURES[entry.nature]],
        ]),
      ),
    ),
    section(
      'Monthly summaries',
      monthlySummaries.map(({ month, summary, nature }) =>
        article(month ?? 'No month', [
          ['Summary', summary],
          ['This is', NATURES[nature]],
        ]),
      ),
    ),
    section(
      'Ratings',
      ratings.map(({ about, month, rating, reason, nature }) =>
        article(`${month ?? 'No month'}: ${nameOf(about)}`, [
          ['Rating', rating],
          ['Reason', reason],
          ['This is', NATURES[nature]],
        ]),
      ),
    ),
    section('Plans', plans.map(planArticle)),
  ].join('');
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${asText(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<title>Family view</title>
<style>${STYLE}</style>
</head>
<body>
<h1>What is written about ${asText(nameOf(member))}</h1>
<p class="note">To be read through by ${asText(view.shownBy)} before it is given to anybody. It holds what may be shown to this
person alone: it is not everything that is recorded, and what is missing does not tell that there is nothing.</p>
${children.length > 0 ? `<p>Children: ${children.map((child) => asText(nameOf(child))).join(', ')}</p>` : ''}
${sections}
<footer>Put together on ${asText(view.at.slice(0, 10))} at ${asText(view.at.slice(11, 16))} UTC. Not to be passed on by others. What
is wrong may be disputed: say so to ${asText(view.shownBy)}.</footer>
</body>
</html>
`;
}

function planArticle({ about, kind, startedOn, endedOn, dueOn, heldOn, category, goals, actions }: FamilyViewPlan) {
  return article(`${PLAN_NAMES[kind]}: ${nameOf(about)}`, [
    ['Started', startedOn],
    ['Ended', endedOn],
    ['Due', dueOn],
    ['Held', heldOn],
    ['Because of', category],
    ['Goals', goals],
    ['Actions', actions],
  ]);
}

function section(title: string, articles: readonly string[]): string {
  return `<section><h2>${asText(title)}</h2>${articles.length > 0 ? articles.join('') : '<p>Nothing that may be shown here.</p>'}</section>\n`;
}

function article(title: string, fields: readonly (readonly [string, string | null])[]): string {
  const rows = fields.flatMap(([name, value]) =>
    value === null ? [] : `<dt>${asText(name)}</dt><dd>${asText(value)}</dd>`,
  );
  return `<article><h3>${asText(title)}</h3><dl>${rows.join('')}</dl></article>`;
}

function period(from: string | null, until: string | null): string {
  return [from, until].filter((date) => date !== null).join(' – ') || 'No date';
}

function nameOf({ forename, surname }: FamilyViewPerson): string {
  return [forename, surname].filter((name) => name !== null).join(' ') || 'somebody without a recorded name';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Hostile input: control characters, and those that turn the direction of text round, are left out. */
function asText(value: string): string {
  return value.replace(UNPRINTABLE, '').replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
}

/** Cc but tab and line feed, and the bidirectional controls of Unicode (UAX #9). */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
