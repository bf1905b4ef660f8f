/** Date and DateTime. Outward they are what the sources gave, already validated; inward they are hostile. */
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

function readDate(value: unknown): string {
  if (typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new GraphQLError('A Date is YYYY-MM-DD.');
}

function readDateTime(value: unknown): string {
  const time = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  const instant = Number.isNaN(time) ? '' : new Date(time).toISOString();
  // A zone can carry it past the year 9999 or before 0000: written with a sign, it would stand before all others in order of text.
  if (!/^\d/.test(instant)) throw new GraphQLError('A DateTime is an RFC 3339 instant.');
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
