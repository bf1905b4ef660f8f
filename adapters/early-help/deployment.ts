/** What `threshold check-source` expects of an authority's early-help views. */
import { askedBy, type Place, referencesBy, type SqlExpectation } from '../../src/sources/check/expectation.js';
import { INDEXES } from './seed.js';
import { CONTRACT, SHAPES } from './wire.js';

const PERSONS: readonly Place[] = [['gw_eh_person', 'person_id']];

export const EXPECTATION: SqlExpectation = {
  contract: CONTRACT,
  shapes: SHAPES,
  asked: askedBy(INDEXES, SHAPES),
  unique: [
    ['gw_eh_person', 'person_id'],
    ['gw_eh_episode', 'episode_id'],
    ['gw_eh_assessment', 'assessment_id'],
    ['gw_eh_support_plan', 'plan_id'],
    ['gw_eh_outcome', 'outcome_id'],
  ],
  references: referencesBy(SHAPES, [
    [/person_id$/, PERSONS],
    [/^episode_id$/, [['gw_eh_episode', 'episode_id']]],
    [/^family_id$/, [['gw_eh_family_member', 'family_id']]],
  ]),
  codes: [],
  fed: [
    ['gw_eh_episode', 'started_on'],
    ['gw_eh_outcome', 'recorded_on'],
    ['gw_eh_assessment', 'completed_on'],
  ],
  lacking: [],
  persons: ['gw_eh_person', 'person_id'],
};
