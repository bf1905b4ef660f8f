/** What `threshold check-source` expects of an authority's workbook views. Its persons stand in another source: not looked for. */
import { NATURES } from '../../src/domain/words.js';
import { askedBy, type SqlExpectation } from '../../src/sources/check/expectation.js';
import { INDEXES } from './seed.js';
import { CONTRACT, SHAPES } from './wire.js';

const CONFIDENTIALITY = ['N', 'R', 'V'];

export const EXPECTATION: SqlExpectation = {
  contract: CONTRACT,
  shapes: SHAPES,
  asked: askedBy(INDEXES, SHAPES),
  unique: [
    ['gw_workbook_parenting_assessment', 'id'],
    ['gw_workbook_monthly_summary', 'id'],
    ['gw_workbook_rag_rating', 'id'],
    ['gw_workbook_supervision', 'id'],
  ],
  references: [{ from: ['gw_workbook_supervision_person', 'supervision_id'], to: [['gw_workbook_supervision', 'id']] }],
  codes: [
    { at: ['gw_workbook_parenting_assessment', 'confidentiality'], known: CONFIDENTIALITY },
    { at: ['gw_workbook_monthly_summary', 'confidentiality'], known: CONFIDENTIALITY },
    { at: ['gw_workbook_rag_rating', 'confidentiality'], known: CONFIDENTIALITY },
    { at: ['gw_workbook_supervision', 'confidentiality'], known: CONFIDENTIALITY },
    { at: ['gw_workbook_parenting_assessment', 'nature'], known: NATURES },
    { at: ['gw_workbook_monthly_summary', 'nature'], known: NATURES },
    { at: ['gw_workbook_rag_rating', 'nature'], known: NATURES },
  ],
  fed: [
    ['gw_workbook_monthly_summary', 'recorded_at'],
    ['gw_workbook_rag_rating', 'recorded_at'],
    ['gw_workbook_supervision', 'held_on'],
  ],
  lacking: [],
};
