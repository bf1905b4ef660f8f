/** What the worker of an adult service said of a record: whether it serves the family's first child. */
import type { IsoDate } from '../domain/words.js';
import type { Family, Member } from './family.js';
import { atTime, daysBefore } from './invented.js';
import type { Sink } from './sink.js';
import type { StaffMember } from './staff.js';

export interface Judged {
  readonly source: string;
  readonly type: string;
  readonly holder: string;
  readonly local_id: string;
  readonly subject: Member;
  readonly factor: string;
  readonly by: StaffMember;
}

/** What of an adult's record the holder's worker said of the first child, in families where it was judged at all. */
export function judge(family: Family, { by, subject, ...judged }: Judged, today: IsoDate, sink: Sink): void {
  const [child] = family.children;
  if (!family.isJudged || !child) return;
  sink.row('registers/judgements.csv', {
    id: `j-${subject.number}-${judged.holder}`,
    ...judged,
    subject: subject.id,
    serves_child: child.id,
    decision: family.isRelevant ? 'RELEVANT' : 'NOT_RELEVANT',
    why: family.isRelevant ? 'It bears on how the child is cared for.' : 'Bears on no need of the child.',
    judged_at: atTime(daysBefore(today, 18), 10),
    judged_by: by.id,
  });
}
