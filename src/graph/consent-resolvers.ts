/** Resolvers of what people have said about sharing and about being worked with: `schema/graphql/consents.graphql`. */
import type { ConsentStatement } from '../registers/statements.js';
import type { Withdrawn } from '../sharing/consents.js';
import type { ServiceConsentDraft } from '../sharing/service-consents.js';
import type { ListedConsent } from '../sharing/told-consents.js';
import type { GraphContext } from './context.js';
import { personOf } from './node-id.js';

interface PersonAtMoment {
  readonly person: string;
  readonly validAt?: string | null;
  readonly knownAt?: string | null;
}

const momentOf = ({ validAt, knownAt }: PersonAtMoment) => ({
  validAt: validAt ?? undefined,
  knownAt: knownAt ?? undefined,
});

export const consentResolvers = {
  Query: {
    consents: (_: unknown, args: PersonAtMoment, { statements }: GraphContext) =>
      statements.consentsOf(personOf(args.person), momentOf(args)),
    consentsComplete: (_: unknown, { person }: { person: string }, { statements }: GraphContext) =>
      statements.areConsentsComplete(personOf(person)),
    serviceConsents: (_: unknown, args: PersonAtMoment, { serviceConsents }: GraphContext) =>
      serviceConsents.of(personOf(args.person), momentOf(args)),
  },
  Mutation: {
    withdrawConsent: (
      _: unknown,
      { consent, method }: { consent: string; method: string },
      { consents }: GraphContext,
    ) => consents.withdraw(consent, method),
    recordServiceConsent: (_: unknown, { input }: { input: ServiceConsentDraft }, { serviceConsents }: GraphContext) =>
      serviceConsents.record({ ...input, subject: personOf(input.subject), givenBy: personOf(input.givenBy) }),
    withdrawServiceConsent: (
      _: unknown,
      { serviceConsent, method }: { serviceConsent: string; method: string },
      { serviceConsents }: GraphContext,
    ) => serviceConsents.withdraw(serviceConsent, method),
  },
  Consent: {
    givenBy: ({ givenBy }: ConsentStatement, _: unknown, { operation }: GraphContext) =>
      operation.reader.person(givenBy),
    toldBy: ({ toldBy }: ListedConsent) => toldBy ?? null,
    reviewDue: (said: ConsentStatement, _: unknown, { statements }: GraphContext) => statements.isReviewDue(said),
  },
  Withdrawal: {
    releases: ({ of }: Withdrawn, _: unknown, { withdrawals }: GraphContext) => withdrawals.receivedUnder(of),
  },
};
