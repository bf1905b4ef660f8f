/** Everybody whom early help knows, some hundreds at a time. Its views hold no NHS number: by what they hold nobody is joined with certainty of one. */
import type { PersonIdentity } from '../../src/domain/identity.js';
import type { SourceId } from '../../src/domain/words.js';
import type { SourceAnswer } from '../../src/sources/contract.js';
import { identityOf } from '../../src/sources/identity-of.js';
import { eachOnce, PERSONS_AT_ONCE } from '../../src/sources/listing.js';
import { RowReader } from '../../src/sources/sql-values.js';
import { type EarlyHelpClient, WHERE } from './client.js';
import { personDetails } from './map.js';

export async function* identities(
  client: EarlyHelpClient,
  signal: AbortSignal,
  { source, space }: { readonly source: SourceId; readonly space: SourceId },
): AsyncGenerator<SourceAnswer<PersonIdentity>> {
  signal.throwIfAborted();
  const { ids, rejected } = await client.everybody(signal);
  let lost = rejected;
  const once = eachOnce();
  for (let from = 0; from === 0 || from < ids.length; from += PERSONS_AT_ONCE) {
    const asked = new Set(ids.slice(from, from + PERSONS_AT_ONCE));
    const call = { signal, reader: new RowReader() };
    const rows = await client.select(call, 'gw_eh_person', asked, WHERE.person);
    // A database may compare without regard to case: only exactly who was asked for.
    const records = rows.map((row) => personDetails(source, row)).filter(({ label }) => asked.has(label.subject));
    const items = records.map((record) => identityOf(space, record));
    yield once({ items, rejected: call.reader.rejected + lost });
    lost = 0;
  }
}
