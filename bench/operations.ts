/** What is compared: the servers, and the two operations, the same text for every server. */

export const KINDS = [
  'threshold',
  'apollo',
  'apollo-no-cache-control',
  'apollo-gateway-jit',
  'mercurius-jit',
  'precomputed',
] as const;
export type Kind = (typeof KINDS)[number];

const PERSON = `__typename id forename surname dateOfBirth
  ... on Child { statuses(first: 1) { nodes { stage planStartedOn leadProfessionalName } } }
  ... on Adult { adultWork(first: 2) { nodes { __typename recordedOn summary } } }`;

const FAMILY = `id
  members { isChild included person { ${PERSON} } }
  workbook {
    ragRatings(first: 4) { nodes { month rating reason } }
    monthlySummaries(first: 2) { nodes { month summary } }
  }`;

/** A team's board: 25 families, about 50 KB. */
export const BOARD = `query TeamBoard($first: Int!) @purpose(of: SUPERVISION) { families(first: $first) { nodes { ${FAMILY} } } }`;

/** One family, about 2 KB. */
export const SINGLE = `query OneFamily($id: ID!) @purpose(of: SUPERVISION) { family(id: $id) { ${FAMILY} } }`;
