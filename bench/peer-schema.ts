/** The same SDL over the same records, with plain resolvers: no door, no consent, no log. What the peers serve. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import type { SourceRecord } from '../src/domain/records.js';
import type { BenchFamily, BenchRecords } from './records.js';

interface Shown {
  readonly [field: string]: unknown;
}

/** `personOf` and `obligations` make the peers' answers the same as the gateway's, byte for byte. */
export function peerTypeDefs(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

export function peerResolvers(records: BenchRecords, personOf: (local: string) => string) {
  const base64 = (text: string) => Buffer.from(text).toString('base64url');
  const byKey = new Map([...records.bySource.values()].flatMap((index) => [...index]));
  const show = ({ label, content }: SourceRecord): Shown => ({
    ...content,
    __typename: label.type,
    id: base64(`${label.type}:${label.source}:${label.localId}`),
    obligations: label.category === 'SUBSTANCE_MISUSE' ? ['NOT_TO_BE_PASSED_ON'] : [],
  });
  const newestFirst = (list: readonly SourceRecord[]) =>
    [...list].sort((a, b) => (a.label.at === b.label.at ? 0 : (a.label.at ?? '') < (b.label.at ?? '') ? 1 : -1));
  const shown = new Map([...byKey].map(([key, list]) => [key, newestFirst(list).map(show)]));
  const of = (type: string, person: string) => shown.get(`${type} ${person}`) ?? [];
  const people = new Map(
    records.families.flatMap(({ adults, children }) =>
      [...adults, ...children].map((local) => [
        local,
        {
          ...of('PersonDetails', local)[0],
          __typename: children.includes(local) ? 'Child' : 'Adult',
          id: base64(`Person:${personOf(local)}`),
          local,
        },
      ]),
    ),
  );
  const page = (list: readonly Shown[], { first }: { first: number }) => ({ nodes: list.slice(0, first) });
  const byDate = (lists: readonly SourceRecord[]) => newestFirstById(lists).map(show);
  const newestFirstById = (list: readonly SourceRecord[]) =>
    [...list].sort((a, b) => {
      if (a.label.at !== b.label.at) return (a.label.at ?? '') < (b.label.at ?? '') ? 1 : -1;
      const [x, y] = [show(a)['id'] as string, show(b)['id'] as string];
      return x < y ? -1 : 1;
    });
  const workbookList = (type: string, { adults, children }: BenchFamily) =>
    byDate([...adults, ...children].flatMap((person) => byKey.get(`${type} ${person}`) ?? []));
  const families = records.families.map((family) => ({
    id: base64(`Family:${[...family.adults, ...family.children].map(personOf).sort()[0]}:social-care:${family.id}`),
    members: [...family.adults, ...family.children].map((person) => ({
      isChild: family.children.includes(person),
      included: true,
      person: people.get(person),
    })),
    workbook: { rag: workbookList('RagRating', family), monthly: workbookList('MonthlySummary', family) },
  }));
  const byId = new Map(families.map((family) => [family.id, family]));
  return {
    families,
    resolvers: {
      Query: {
        families: (_: unknown, { first }: { first: number }) => ({ nodes: families.slice(0, first) }),
        family: (_: unknown, { id }: { id: string }) => byId.get(id),
      },
      Child: {
        statuses: ({ local }: { local: string }, args: { first: number }) => page(of('ChildStatus', local), args),
      },
      Adult: {
        adultWork: ({ local }: { local: string }, args: { first: number }) =>
          page(of('SubstanceMisuseRecord', local), args),
      },
      Workbook: {
        ragRatings: ({ rag }: { rag: Shown[] }, args: { first: number }) => page(rag, args),
        monthlySummaries: ({ monthly }: { monthly: Shown[] }, args: { first: number }) => page(monthly, args),
      },
    },
  };
}

export function peerSchema(folder: string, records: BenchRecords, personOf: (local: string) => string): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: peerTypeDefs(folder),
    resolvers: peerResolvers(records, personOf).resolvers,
  });
}
