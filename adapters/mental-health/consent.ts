/**
 * FHIR Consents (R4 §6.2) as consent statements of the trust. What permits is read narrowly: only what it states plainly,
 * by the person, to recipients and for purposes it names. What denies is read widely: where it narrows itself in a way that
 * cannot be held here (to one document, to somebody unknown), it denies more than it says. A Consent that cannot be read
 * denies everything.
 */
import type { ConsentRow } from '../../src/domain/circumstances.js';
import { AGENCY_KINDS, type AgencyId, type Category, type LocalId } from '../../src/domain/words.js';
import type { Found } from './client.js';
import type { Context } from './context.js';
import { rangeOf } from './dates.js';
import { categoryNamed } from './labels.js';
import { purposesDenied, purposesPermitted } from './purposes.js';
import { type Concept, type Consent, consentSchema, type Provision, type Reference } from './wire.js';

/** Code systems of ours, by which a trust may name our agencies, kinds of agency and purposes in its Consents. */
export const AGENCY_SYSTEM = 'urn:threshold:agency';
export const AGENCY_KIND_SYSTEM = 'urn:threshold:agency-kind';

/** `system|value` of an identifier, or `Organization/id` on this server → which agency of ours that is. */
export type Organisations = Readonly<Record<string, AgencyId>>;

/** What an unlabelled permit lets pass of what the trust holds; whatever is more sensitive is permitted by its own label. */
const ORDINARY: readonly Category[] = ['MENTAL_HEALTH', 'INVOLVEMENT'];
const NOT_ABOUT_SHARING = new Set(['research', 'treatment', 'adr']);
const RECIPIENT_ROLES = new Set(['IRCP', 'PRCP', 'GRANTEE']);
const OTHER_ROLES = new Set(['CST', 'GRANTOR', 'CONSENTER', 'SUBJ']);
const SHARING_ACTIONS = new Set(['access', 'disclose']);
const OTHER_ACTIONS = new Set(['collect', 'correct']);
const OPTED_IN = new Set(['OPTIN', 'OPTINR']);
const OPTED_OUT = new Set(['OPTOUT', 'OPTOUTE']);

/** A rule with the rules it is an exception of, outermost first. */
interface Rule {
  readonly type: 'permit' | 'deny';
  readonly path: readonly Provision[];
}

type Scope = Pick<ConsentRow, 'categories' | 'recipients' | 'purposes'>;

/** The rows of these persons, as their Consents stand; and how many Consents could not be read. */
export function consentsOf(
  found: Found,
  asked: ReadonlySet<LocalId>,
  context: Context,
  organisations: Organisations,
): { readonly rows: readonly ConsentRow[]; readonly rejected: number } {
  const readable: Consent[] = [];
  const rows: ConsentRow[] = [];
  let { rejected } = found;
  // An entry without a resource may have been anybody's denial.
  if (rejected > 0) rows.push(...[...asked].map((person) => deniesAll('Consent', person)));
  for (const resource of found.resources) {
    const consent = consentSchema.safeParse(resource).data;
    const patient = context.idOf((resource as { readonly patient?: Reference }).patient, 'Patient');
    if (consent && patient !== undefined) {
      if (asked.has(patient)) readable.push(consent);
      continue;
    }
    if (patient !== undefined && !asked.has(patient)) continue;
    rejected += 1;
    const persons = patient === undefined ? [...asked] : [patient];
    rows.push(...persons.map((person) => deniesAll(idOf(resource), person)));
  }
  const reading = { context, organisations, all: readable };
  return { rows: [...rows, ...readable.flatMap((consent) => rowsOf(consent, reading))], rejected };
}

interface Reading {
  readonly context: Context;
  readonly organisations: Organisations;
  readonly all: readonly Consent[];
}

function rowsOf(consent: Consent, reading: Reading): ConsentRow[] {
  const scope = codesIn(consent.scope);
  if (!['active', 'rejected', 'inactive'].includes(consent.status) || isOnly(scope, NOT_ABOUT_SHARING)) return [];
  const person = reading.context.idOf(consent.patient, 'Patient') ?? '';
  const about = { id: `Consent/${consent.id}`, person };
  if (consent.status !== 'active')
    return agreedIn(consent).flatMap((rule) => {
      const ended = deniedBy(rule, reading);
      return ended ? [{ ...about, ...endOf(consent, reading), ...ended }] : [];
    });
  const { at } = saidAt(consent);
  const mayAgree = scope.includes('patient-privacy') && isOwnWord(consent, person, reading);
  return rulesOf(consent).flatMap((rule): ConsentRow[] => {
    if (rule.type === 'deny') {
      const denied = deniedBy(rule, reading);
      return denied
        ? [{ ...about, state: 'REFUSED', inForce: true, ...denied, ...periodDenied(rule), ...(at ? { at } : {}) }]
        : [];
    }
    const permitted = mayAgree && permittedBy(rule, reading);
    return permitted && at
      ? [{ ...about, state: 'GIVEN', inForce: false, ...permitted, ...periodPermitted(rule), at }]
      : [];
  });
}

/**
 * What a consent that is not active any more, or never was, would have agreed to: all that it does not say to be a denial.
 * A denial that is ended denies nothing.
 */
function agreedIn({ policyRule, provision: root = {} }: Consent): Rule[] {
  if (root.type === 'deny' || codesIn(policyRule).some((code) => OPTED_OUT.has(code))) return [];
  const permits = (root.provision ?? []).filter(({ type }) => type === 'permit');
  const isContainer = root.type === undefined && !isNarrowed(root) && permits.length > 0;
  const paths = isContainer ? permits.map((permit) => [root, permit]) : [[root]];
  return paths.map((path) => ({ type: 'permit', path }));
}

/** What a permit that was rejected, or is no longer active, says: that it was refused, or taken back; when, as late as can be. */
function endOf(consent: Consent, { all, context }: Reading): Pick<ConsentRow, 'state' | 'inForce' | 'at'> {
  const said = rangeOf(consent.dateTime)?.until;
  if (consent.status === 'rejected')
    return { state: 'REFUSED', inForce: said === undefined, ...(said ? { at: said } : {}) };
  const person = context.idOf(consent.patient, 'Patient');
  const first = rangeOf(consent.dateTime)?.from;
  const isReplaced = all.some(
    (other) =>
      other.status === 'active' &&
      context.idOf(other.patient, 'Patient') === person &&
      (saidAt(other).at ?? '') > (first ?? ''),
  );
  const changed = rangeOf(consent.meta?.lastUpdated)?.until;
  const at = isReplaced || changed === undefined ? said : said === undefined || changed > said ? changed : said;
  return at === undefined ? { state: 'REFUSED', inForce: true } : { state: 'WITHDRAWN', inForce: false, at };
}

/**
 * The rules of a consent. A permit says that it is one (`type`); the policy of opting in alone permits nobody anything. The
 * policy of opting out denies everything, whatever is excepted. A root without a type that names somebody or something is a
 * denial of that, as in R4's own example notThem; without a rule inside either, of everything. A denial counts at any depth; a
 * permit within another rule would be an exception to it, and is not taken.
 */
function rulesOf({ policyRule, provision: root = {} }: Consent): Rule[] {
  const nested = root.provision ?? [];
  const policies = codesIn(policyRule);
  const isOptedOut = policies.some((code) => OPTED_OUT.has(code));
  const isBare = nested.length === 0 && !policies.some((code) => OPTED_IN.has(code));
  const type = isOptedOut || (root.type === undefined && (isNarrowed(root) || isBare)) ? 'deny' : root.type;
  const whole: Provision = root.period ? { period: root.period } : {};
  const within = (provision: Provision, outer: readonly Provision[], above: Rule['type'] | undefined): Rule[] => {
    const path = [...outer, provision];
    const own = provision.type ?? 'deny';
    const counted: Rule[] = own === 'deny' || above === undefined ? [{ type: own, path }] : [];
    return [...counted, ...(provision.provision ?? []).flatMap((inner) => within(inner, path, above ?? own))];
  };
  const base: Rule[] = type ? [{ type, path: [isOptedOut ? whole : root] }] : [];
  return [...base, ...nested.flatMap((rule) => within(rule, [root], type))];
}

/** Whether a rule is about less than everything for ever. */
function isNarrowed(rule: Provision): boolean {
  const { actor, action, securityLabel, purpose } = rule;
  return isNarrowedUnheld(rule) || [actor, action, securityLabel, purpose].some((list) => list?.length);
}

/** Whether it is so in a way that the gateway's consents cannot hold. */
function isNarrowedUnheld({ class: kinds, code, data, dataPeriod }: Provision): boolean {
  return [kinds, code, data].some((list) => list?.length) || dataPeriod !== undefined;
}

/** What a permit covers; none unless it says plainly to whom, for what, and nothing that cannot be held here. */
function permittedBy({ path }: Rule, reading: Reading): Scope | undefined {
  const actions = stated(path, ({ action }) => action).flatMap(codesIn);
  if (path.some(isNarrowedUnheld) || (actions.length > 0 && !actions.some((one) => SHARING_ACTIONS.has(one))))
    return undefined;
  const recipients = stated(path, ({ actor }) => actor).flatMap(({ role, reference }) =>
    role && !codesIn(role).some((code) => RECIPIENT_ROLES.has(code)) ? [] : (agencyOf(reference, reading) ?? []),
  );
  const labels = stated(path, ({ securityLabel }) => securityLabel);
  const named = labels.map(categoryNamed);
  const purposes = purposesPermitted(stated(path, ({ purpose }) => purpose));
  if (recipients.length === 0 || purposes.length === 0 || named.includes(undefined)) return undefined;
  const categories = labels.length === 0 ? ORDINARY : named.filter((category) => category !== undefined);
  return { categories, recipients, purposes };
}

/** What a denial covers, at its widest; none where it plainly is about something else than sharing with an agency. */
function deniedBy({ path }: Rule, reading: Reading): Scope | undefined {
  const actions = stated(path, ({ action }) => action).flatMap(codesIn);
  if (isOnly(actions, OTHER_ACTIONS)) return undefined;
  const purposes = purposesDenied(stated(path, ({ purpose }) => purpose));
  const actors = stated(path, ({ actor }) => actor).filter(({ role }) => !isOnly(codesIn(role), OTHER_ROLES));
  const agencies = actors.filter(
    ({ reference }) => !/(^|\/)(RelatedPerson|Patient)\//.test(reference?.reference ?? ''),
  );
  if (purposes.length === 0 || (actors.length > 0 && agencies.length === 0)) return undefined;
  const known = agencies.map(({ reference }) => agencyOf(reference, reading) ?? '*');
  const categories = stated(path, ({ securityLabel }) => securityLabel).map((label) => categoryNamed(label) ?? '*');
  return {
    categories: categories.length === 0 ? ['*'] : categories,
    recipients: known.length === 0 ? ['*'] : known,
    purposes,
  };
}

/** An element as the innermost rule states it that states it at all. */
function stated<T>(path: readonly Provision[], element: (rule: Provision) => readonly T[] | undefined): readonly T[] {
  return path.map(element).findLast((list) => list !== undefined && list.length > 0) ?? [];
}

function agencyOf(reference: Reference | undefined, { context, organisations }: Reading): string | undefined {
  const { system = '', value = '' } = reference?.identifier ?? {};
  if (system === AGENCY_SYSTEM && value !== '') return value;
  if (system === AGENCY_KIND_SYSTEM) return AGENCY_KINDS.find((kind) => kind === value);
  const id = context.idOf(reference, 'Organization');
  return organisations[`${system}|${value}`] ?? (id === undefined ? undefined : organisations[`Organization/${id}`]);
}

/** The person said it: nobody else performed it, and no check found that they did not. */
function isOwnWord({ performer = [], verification = [] }: Consent, person: LocalId, { context }: Reading): boolean {
  return (
    performer.every((one) => context.idOf(one, 'Patient') === person) && verification.every(({ verified }) => verified)
  );
}

/** The earliest it can have been said: of two statements the later counts. */
function saidAt({ dateTime }: Consent): Pick<ConsentRow, 'at'> {
  const at = rangeOf(dateTime)?.from;
  return at === undefined ? {} : { at };
}

/** While every rule it stands in holds. */
function periodPermitted({ path }: Rule): Pick<ConsentRow, 'from' | 'until'> {
  const from = path
    .flatMap(({ period }) => (period?.start && rangeOf(period.start)?.last) || [])
    .sort()
    .at(-1);
  const until = path.flatMap(({ period }) => (period?.end && endOfPermit(period.end)) || []).sort()[0];
  return { ...(from ? { from } : {}), ...(until ? { until } : {}) };
}

function endOfPermit(end: string): string | undefined {
  return end.length >= 10 ? rangeOf(end)?.until : rangeOf(end)?.from;
}

/** As long as its own period, or the nearest around it, can last. */
function periodDenied({ path }: Rule): Pick<ConsentRow, 'from' | 'until'> {
  const period = path.map((rule) => rule.period).findLast((one) => one !== undefined);
  const [from, until] = [rangeOf(period?.start)?.from, rangeOf(period?.end)?.until];
  return { ...(from ? { from } : {}), ...(until ? { until } : {}) };
}

function deniesAll(id: string, person: LocalId): ConsentRow {
  return { id, person, state: 'REFUSED', inForce: true, categories: ['*'], recipients: ['*'], purposes: ['*'] };
}

function idOf(resource: unknown): string {
  const { id } = resource as { readonly id?: unknown };
  return typeof id === 'string' ? `Consent/${id}` : 'Consent';
}

function codesIn(concept: Concept | undefined): string[] {
  return (concept?.coding ?? []).flatMap(({ code }) => code ?? []);
}

function isOnly(codes: readonly string[], of: ReadonlySet<string>): boolean {
  return codes.length > 0 && codes.every((code) => of.has(code));
}
