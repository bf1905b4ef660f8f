/** Who somebody is, who is around them, and what is theirs for longer than any episode of work. */
import type { RecordType } from '../../src/domain/records.js';
import { readable } from './codes.js';
import { detailsOf } from './person.js';
import { type Mapper, record } from './record.js';
import { kindShown, relationshipNow, toldByMothers } from './relationships.js';

export const PEOPLE = {
  PersonDetails: {
    tables: ['ssd_person', 'gw_adult', 'ssd_address'],
    found: [
      { table: 'ssd_person', id: 'pers_person_id', person: 'pers_person_id' },
      { table: 'gw_adult', id: 'person_id', person: 'person_id' },
    ],
    map: (m, person) => {
      const details = detailsOf(m.rows, person);
      if (!details) return [];
      return [
        record(m, 'PersonDetails', person, person, 'IDENTITY', { addresses: details.addresses }, details.content, {}),
      ];
    },
  },
  Relationship: {
    tables: ['gw_relationship', 'ssd_mother'],
    found: [
      { table: 'gw_relationship', id: 'relationship_id', person: 'person_id' },
      { table: 'ssd_mother', id: 'moth_table_id', person: 'moth_childs_person_id', prefix: 'mother:' },
      { table: 'ssd_mother', id: 'moth_table_id', person: 'moth_person_id', prefix: 'child:' },
    ],
    map: (m, person) => {
      const told = m.rows.of('gw_relationship', person);
      return [
        ...told.map((row) => {
          const { parentalResponsibility } = relationshipNow(row, m.today);
          const content = {
            kind: kindShown(row, m.today),
            parentalResponsibility,
            levelOfContact: row.level_of_contact,
          };
          const extra = { names: [row.other_person_id], at: row.from_date };
          const persons = { person, other: row.other_person_id };
          return record(m, 'Relationship', row.relationship_id, person, 'NETWORK', extra, content, persons);
        }),
        ...toldByMothers(m.rows.of('ssd_mother', person), told)
          .filter((row) => row.person === person)
          .map(({ localId, other, kind, parentalResponsibility }) => {
            const content = { kind, parentalResponsibility, levelOfContact: null };
            return record(m, 'Relationship', localId, person, 'NETWORK', { names: [other] }, content, {
              person,
              other,
            });
          }),
      ];
    },
  },
  Involvement: {
    tables: ['ssd_involvements'],
    found: [{ table: 'ssd_involvements', id: 'invo_involvements_id', person: 'invo_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_involvements', person).map((row) => {
        const worker = m.lookups.worker(row.invo_professional_id);
        const team = m.lookups.team(row.invo_professional_team);
        const content = {
          workerName: worker?.name ?? null,
          workerRole: row.invo_professional_role_id ?? worker?.title ?? null,
          from: row.invo_involvement_start_date,
          until: row.invo_involvement_end_date,
          serviceName: team?.dept_team_name ?? null,
          changeReason: readable('worker_change_reason', row.invo_worker_change_reason),
          district: team?.dept_team_parent_name ?? null,
        };
        const extra = { episode: row.invo_referral_id, at: row.invo_involvement_start_date };
        return record(m, 'Involvement', row.invo_involvements_id, person, 'INVOLVEMENT', extra, content, { person });
      }),
  },
  /** The rules name no category for it: health data, so as protected as the record of the work, and sealed. */
  Disability: {
    tables: ['ssd_disability'],
    found: [{ table: 'ssd_disability', id: 'disa_table_id', person: 'disa_person_id' }],
    map: (m, person) =>
      m.rows.of('ssd_disability', person).map((row) => {
        const code = row.disa_disability_code;
        const content = { code, meaning: readable('disability', code) };
        const extra = { confidentiality: 'R' } as const;
        return record(m, 'Disability', row.disa_table_id, person, 'SOCIAL_CARE', extra, content, { person });
      }),
  },
  /** The rules name no category for it: as protected as the record of the work, and sealed. Nationality stands beside it. */
  ImmigrationStatus: {
    tables: ['ssd_immigration_status', 'ssd_person'],
    found: [
      { table: 'ssd_immigration_status', id: 'immi_immigration_status_id', person: 'immi_person_id' },
      { table: 'ssd_person', id: 'pers_person_id', person: 'pers_person_id', prefix: 'person:' },
    ],
    map: (m, person) => {
      const nationality = m.rows.of('ssd_person', person).at(0)?.pers_nationality ?? null;
      const told = m.rows.of('ssd_immigration_status', person).map((row) => ({
        id: row.immi_immigration_status_id,
        status: row.immi_immigration_status,
        from: row.immi_immigration_status_start_date,
        until: row.immi_immigration_status_end_date,
      }));
      const alone = { id: `person:${person}`, status: null, from: null, until: null };
      const rows = told.length === 0 && nationality !== null ? [alone] : told;
      return rows.map(({ id, ...status }) => {
        const extra = { confidentiality: 'R', at: status.from } as const;
        const content = { ...status, nationality };
        return record(m, 'ImmigrationStatus', id, person, 'SOCIAL_CARE', extra, content, { person });
      });
    },
  },
} as const satisfies { readonly [T in RecordType]?: Mapper };
