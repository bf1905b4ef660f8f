/** `threshold family-view`: the page of a family view in a file, through HTTP and GraphQL like any other asking. */
import { writeFile } from 'node:fs/promises';
import type { Demo } from '../compose-demo.js';

const QUERY = `query FamilyViewPage($family: ID!, $member: ID!) @purpose(of: SUBJECT_ACCESS) {
  familyView(family: $family, member: $member) { page }
}`;

export interface FamilyViewOptions {
  /** The worker who shows it. */
  readonly as: string;
  /** Node ids, as the worker's board gives them. */
  readonly family: string;
  readonly member: string;
  readonly out: string;
}

/**
 * Writes the page, readable by its owner alone, and tells where and under which entry of the log. Throws, saying the same
 * whether or not family and member exist, when there is nothing that the worker may show; and when the file cannot be written
 * or stands already.
 */
export async function writeFamilyView(
  gateway: Pick<Demo, 'ask'>,
  { as: worker, family, member, out }: FamilyViewOptions,
  print: (line: string) => void,
): Promise<void> {
  const { data, errors, extensions } = (await gateway.ask(worker, QUERY, { family, member })) as {
    readonly data?: { readonly familyView: { readonly page: string } | null } | null;
    readonly errors?: readonly { readonly message: string }[];
    readonly extensions?: { readonly receipt?: { readonly entry: string } };
  };
  if (errors?.[0]) throw new Error(errors[0].message);
  const page = data?.familyView?.page;
  if (page === undefined)
    throw new Error('there is nothing that this worker may show to such a member of such a family');
  await writeFile(out, page, { mode: 0o600, flag: 'wx' });
  print(`${out}; entry ${extensions?.receipt?.entry ?? 'unknown'} of the log`);
}
