/** Resolvers of the family view: a root field of its own, asked for SUBJECT_ACCESS and nothing else. */
import { familyPage } from '../sharing/family-page.js';
import { type FamilyView, familyView } from '../sharing/family-view.js';
import { NOTICE } from './connection.js';
import type { GraphContext } from './context.js';
import { Refusal } from './errors.js';
import { personOf, readNodeId } from './node-id.js';

export const FAMILY_VIEW = {
  Query: {
    familyView: (
      _: unknown,
      { family, member }: { family: string; member: string },
      { operation, drafts }: GraphContext,
    ) => {
      if (operation.purpose !== 'SUBJECT_ACCESS') throw new Refusal('PURPOSE_DOES_NOT_FIT');
      const ref = readNodeId(family);
      return familyView(
        operation,
        { family: ref?.kind === 'Family' ? ref.family : '', member: personOf(member) },
        drafts.draft,
      );
    },
  },
  FamilyView: {
    notice: () => NOTICE,
    page: (view: FamilyView) => familyPage(view),
  },
};
