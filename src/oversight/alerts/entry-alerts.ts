/** Alerts that one entry makes by itself: what was said in it, an officer is to see each time. */
import type { IndexedEntry } from '../../audit/index/search.js';
import { ADULT_WORK, AGENCY_KINDS, type AgencyKind } from '../../domain/words.js';
import type { Directory } from '../../people/directory.js';
import type { Registers } from '../../registers/registers.js';
import type { StatementLine } from '../../sharing/drafts.js';
import type { NewAlert } from './alert-rows.js';

export interface EntryAlertParts {
  readonly registers: Pick<Registers, 'consent'>;
  readonly directory: Pick<Directory, 'agencies'>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface EntryAlerts {
  about(entry: IndexedEntry): Promise<readonly NewAlert[]>;
}

export function openEntryAlerts({ registers, directory, now, newId }: EntryAlertParts): EntryAlerts {
  /** RULES §6: consent to adult work of another agency that was recorded by who receives it. */
  async function recipientConsents({ index, body }: IndexedEntry): Promise<readonly NewAlert[]> {
    const ids = (body.statements ?? []).filter(({ did }) => did === 'CONSENT').flatMap((line) => line.ids);
    if (ids.length === 0) return [];
    const { worker, agency } = body.requester;
    const kind = (await directory.agencies()).find(({ id }) => id === agency)?.kind;
    const consents = await Promise.all(ids.map((id) => registers.consent(id)));
    return consents.flatMap((consent) => {
      if (consent?.state !== 'GIVEN') return [];
      const { categories, recipients, holders, subject: person } = consent;
      const isAdultWork = categories.some((category) => category === '*' || ADULT_WORK.includes(category));
      const isOfOthers = holders.some((holder) => holder !== agency && holder !== kind);
      if (!isAdultWork || !isOfOthers || !names(recipients, agency, kind)) return [];
      return [{ id: newId(), rule: 'RECIPIENT_CONSENT', worker, person, indexes: [index], at: now().toISOString() }];
    });
  }

  /**
   * ADR 13: an alleged perpetrator's record may be known as that person's no longer, so each is to be seen. The two of a pair share
   * one alert.
   */
  function linksTakenBack({ index, body }: IndexedEntry): readonly NewAlert[] {
    if (body.result !== 'ANSWERED') return [];
    const lines = (body.statements ?? []).filter(({ did }) => TAKEN_BACK.includes(did));
    const { worker } = body.requester;
    return [...new Set(lines.flatMap(({ subjects }) => subjects))].map((person) => ({
      id: newId(),
      rule: 'LINK_TAKEN_BACK',
      worker,
      person,
      indexes: [index],
      at: now().toISOString(),
    }));
  }

  return {
    about: async (entry) => [...(await recipientConsents(entry)), ...linksTakenBack(entry)],
  };
}

function names(recipients: readonly string[], agency: string, kind: AgencyKind | undefined): boolean {
  const isKind = kind !== undefined && AGENCY_KINDS.includes(kind) && recipients.includes(kind);
  return recipients.includes('*') || recipients.includes(agency) || isKind;
}

const TAKEN_BACK: readonly string[] = ['LINK_UNDONE', 'SEPARATED'] satisfies readonly StatementLine['did'][];
