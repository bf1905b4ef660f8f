/** Date and DateTime. Outward they are what the sources gave, already validated; inward they are hostile. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { instantOf, isDate } from '../domain/instants.js';

function readDate(value: unknown): string {
  if (typeof value === 'string' && isDate(value)) return value;
  throw new GraphQLError('A Date is a day of the calendar, YYYY-MM-DD.');
}

function readDateTime(value: unknown): string {
  const instant = typeof value === 'string' ? instantOf(value) : undefined;
  if (instant === undefined)
    throw new GraphQLError(
      'A DateTime is an RFC 3339 instant with seconds and an offset, such as 2026-11-23T10:00:00Z.',
    );
  return instant;
}

export const dateScalar = new GraphQLScalarType({
  name: 'Date',
  serialize: (value) => String(value).slice(0, 10),
  parseValue: readDate,
  parseLiteral: (node) => readDate(node.kind === Kind.STRING ? node.value : undefined),
});

export const dateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  serialize: String,
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined),
});
