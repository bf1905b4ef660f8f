/** Who somebody is and where they live: `ssd_person` and `gw_adult` with `ssd_address`. */
import { addressKey, type ContentValue } from '../../src/domain/records.js';
import { readable } from './codes.js';
import { distinct, type Rows } from './rows.js';
import type { Row } from './wire.js';

/** The keys by which an address may be known: UPRN and postcode with house both, for other sources may hold only one. */
export function addressKeysOf({
  addr_address_json: parts,
  addr_address_postcode: postcode,
}: Row<'ssd_address'>): string[] {
  const house = parts?.HOUSE ?? parts?.BUILDING ?? null;
  const keys = [addressKey({ uprn: parts?.UPRN ?? null }), addressKey({ postcode, house })];
  return keys.filter((key) => key !== undefined);
}

function address(row: Row<'ssd_address'>): { [field: string]: ContentValue } {
  const parts = row.addr_address_json ?? {};
  const joined = (keys: readonly string[], by: string) => keys.flatMap((key) => parts[key] ?? []).join(by);
  const line = [joined(['ROOM', 'FLOOR', 'FLAT', 'BUILDING'], ', '), joined(['HOUSE', 'STREET'], ' ')];
  return {
    line: line.filter((part) => part !== '').join(', ') || null,
    town: parts.TOWN ?? null,
    postcode: row.addr_address_postcode,
    type: row.addr_address_type,
    from: row.addr_address_start_date,
    until: row.addr_address_end_date,
  };
}

const split = (text: string | null) =>
  (text ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What is known of a person, or undefined when neither table knows them. SSD leads; `gw_adult` fills in what it lacks. */
export function detailsOf(rows: Rows, person: string) {
  const [ssd] = rows.of('ssd_person', person);
  const [adult] = rows.of('gw_adult', person);
  if (!ssd && !adult) return undefined;
  const addresses = rows.of('ssd_address', person);
  return {
    addresses: [...new Set(addresses.flatMap(addressKeysOf))],
    content: {
      forename: ssd?.pers_forename ?? adult?.forename ?? null,
      surname: ssd?.pers_surname ?? adult?.surname ?? null,
      aliases: split(adult?.aliases ?? null),
      dateOfBirth: ssd?.pers_dob ?? adult?.dob ?? null,
      expectedDateOfBirth: ssd?.pers_expected_dob ?? null,
      dateOfDeath: ssd?.pers_death_date ?? null,
      sex: readable('sex', ssd?.pers_sex ?? adult?.sex ?? null),
      ethnicity: readable('ethnicity', ssd?.pers_ethnicity ?? null),
      nhsNumber: ssd?.pers_single_unique_id ?? adult?.nhs_number ?? null,
      addresses: distinct(addresses.map(address)),
      phones: split(adult?.phone ?? null),
    },
  };
}
