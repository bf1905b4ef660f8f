/** Resolvers of sharing requests: `schema/graphql/sharing-requests.graphql`. They cut pages and translate ids. */
import type { PersonId } from '../domain/words.js';
import type { AnswerDraft } from '../sharing/answers.js';
import type { RequestDraft } from '../sharing/requests.js';
import type { ShownAnswer, ShownRequest } from '../sharing/shown-request.js';
import { NOTICE, type PageArguments, type Pages } from './connection.js';
import type { GraphContext } from './context.js';
import { missed, Refusal } from './errors.js';
import type { Limits } from './limits.js';
import { personIdOf, personOf, readNodeId } from './node-id.js';

type AnswerInput = Omit<AnswerDraft, 'records'> & { readonly records?: readonly string[] | null };
interface Worded {
  readonly id: string;
  readonly why: string;
}

const requested = (person: PersonId) => ({ id: personIdOf(person), personId: person });

export function requestResolvers(pages: Pages, limits: Limits) {
  /** A cursor is the place of a request in the list of who asked: when, and its id. */
  function ownPage(page: PageArguments) {
    const { size, afterId } = pages.wanted(page, limits.records);
    const [, at, id] = PLACE.exec(afterId ?? '') ?? [];
    if (afterId !== undefined && !(at && id)) throw missed('CURSOR');
    return { limit: size, ...(at && id ? { after: { at, id } } : {}) };
  }
  const beside = ({ operation: { statuses } }: GraphContext) => ({ sources: statuses.all(), notice: NOTICE });

  return {
    Query: {
      informationRequests: async (_: unknown, page: PageArguments, context: GraphContext) => {
        const { items, isMore } = await context.requests.own(ownPage(page));
        const placed = items.map((request) => ({
          ...request,
          id: `${request.askedAt} ${request.id}`,
          request: request.id,
        }));
        return Object.assign(pages.made(placed, Boolean(page.after), isMore), beside(context));
      },
      informationRequestsToAnswer: async (
        _: unknown,
        { answered, ...page }: PageArguments & { readonly answered?: boolean | null },
        context: GraphContext,
      ) => pages.cut(await context.answering.list(answered !== true), page, limits.records, beside(context)),
    },
    Mutation: {
      requestInformation: (_: unknown, { input }: { input: RequestDraft }, { requests }: GraphContext) =>
        requests.ask({ ...input, subjects: input.subjects.map(personOf) }),
      withdrawInformationRequest: (_: unknown, { id, why }: Worded, { requests }: GraphContext) =>
        requests.withdraw(id, why),
      answerInformationRequest: (_: unknown, { input }: { input: AnswerInput }, { answering }: GraphContext) =>
        answering.answer(draftOf(input)),
      disputeInformationAnswer: (_: unknown, { id, why }: Worded, { requests }: GraphContext) =>
        requests.dispute(id, why),
      endInformationGrant: async (_: unknown, { id, why }: Worded, { grants }: GraphContext) => {
        await grants.end(id, why);
        return id;
      },
    },
    fields: {
      InformationRequest: {
        id: ({ id, request }: ShownRequest & { readonly request?: string }) => request ?? id,
        askedBy: ({ worker }: ShownRequest) => worker,
        subjects: ({ subjects }: ShownRequest) => subjects.map(requested),
      },
      RequestedPerson: {
        person: ({ personId }: ReturnType<typeof requested>, _: unknown, { operation }: GraphContext) =>
          operation.reader.person(personId),
      },
      InformationAnswer: {
        answeredAt: ({ at }: ShownAnswer) => at,
        contributions: ({ written }: ShownAnswer, _: unknown, { operation }: GraphContext) =>
          operation.releaseContributions(written),
      },
      InformationGrant: {
        subjects: ({ subjects }: NonNullable<ShownAnswer['grant']>) => subjects.map(requested),
        isByName: ({ items }: NonNullable<ShownAnswer['grant']>) => items.length > 0,
      },
    },
  };
}

const PLACE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.+)$/;

/** People and records by the gateway's own ids. Throws Refusal NOT_PERMITTED on an id that names no record, as of one that is another's. */
function draftOf({ records, subjects, contributions, ...input }: AnswerInput): AnswerDraft {
  return {
    ...input,
    ...(subjects ? { subjects: subjects.map(personOf) } : {}),
    ...(contributions
      ? { contributions: contributions.map((part) => ({ ...part, about: personOf(part.about) })) }
      : {}),
    ...(records
      ? {
          records: records.map((id) => {
            const ref = readNodeId(id);
            if (ref?.kind !== 'Record') throw new Refusal('NOT_PERMITTED');
            return ref;
          }),
        }
      : {}),
  };
}
