/** What becomes of two records: the rules that weight may not override, each with people who would fall foul of it. */
import { describe, expect, it } from '@jest/globals';
import type { PersonIdentity } from '../../../src/domain/identity.js';
import { createPersonIndex, readMatching } from '../../../src/people/person-index.js';

const NHS = ['9990000018', '9990000026'] as const;

const HOME = { postcode: 'ZZ1 1AB', address: 'pc:zz11ab/4' };
const ada: PersonIdentity = {
  space: 'social-care',
  local: '1',
  forename: 'Wilhelmina Pearl',
  surname: 'Thornquarry',
  dateOfBirth: '2014-03-05',
  sex: 'F',
  places: [HOME],
};
const elsewhere = (changes: Partial<PersonIdentity>): PersonIdentity => ({
  ...ada,
  space: 'early-help',
  local: '9',
  ...changes,
});

/** What becomes of two records in an index that holds the first. */
function outcome(first: PersonIdentity, second: PersonIdentity): string {
  const index = createPersonIndex(readMatching());
  index.add(first);
  const [match] = index.matchOne(second);
  return match ? `${match.verdict} ${match.ground}` : 'APART';
}

describe('two records', () => {
  it('of one name, birth and home are joined', () => {
    expect(outcome(ada, elsewhere({}))).toBe('JOIN WEIGHT');
  });

  it.each([
    ['a pet form of the forename', { forename: 'Billie' }, 'POSSIBLE_TWINS'],
    ['a misspelt surname', { surname: 'Thornquary' }, 'JOIN'],
    ['accents, capitals and a hyphen', { forename: 'WILHELMÍNA-PEARL', surname: "Thorn'quarry" }, 'JOIN'],
    ['day and month swapped', { dateOfBirth: '2014-05-03' }, 'JOIN'],
    ['forename and surname in the wrong order', { forename: 'Thornquarry', surname: 'Wilhelmina' }, 'JOIN'],
    [
      'another surname, the first among the other names',
      { surname: 'Ley', otherNames: [{ surname: 'Thornquarry' }] },
      'JOIN',
    ],
    ['a former home', { places: [{ postcode: 'ZZ9 9XX' }, HOME] }, 'JOIN'],
  ])('meet in spite of %s', (_, changes, expected) => {
    expect(outcome(ada, elsewhere(changes))).toContain(expected);
  });

  it('with one verified NHS number are joined whatever else is missing', () => {
    const number = { nhsNumber: NHS[0] };
    expect(outcome({ ...ada, ...number }, elsewhere({ ...number, places: [], surname: 'Ley' }))).toBe(
      'JOIN NHS_NUMBER',
    );
  });

  it('whose number fails its check digit are not linked by it', () => {
    const wrong = { nhsNumber: '9990000019' };
    const stranger = elsewhere({ ...wrong, forename: 'Odo', surname: 'Ley', dateOfBirth: '1980-01-02', places: [] });
    expect(outcome({ ...ada, ...wrong }, stranger)).toBe('APART');
  });

  it('with two different verified NHS numbers are never joined by themselves', () => {
    expect(outcome({ ...ada, nhsNumber: NHS[0] }, elsewhere({ nhsNumber: NHS[1] }))).not.toContain('JOIN');
  });

  it('that share a number but are plainly two people are for somebody to decide', () => {
    const mother = elsewhere({ nhsNumber: NHS[0], forename: 'Odile', dateOfBirth: '1989-07-01' });
    expect(outcome({ ...ada, nhsNumber: NHS[0] }, mother)).toBe('REVIEW NUMBER_BUT_NOT_PERSON');
  });

  it('of one source are never joined by themselves', () => {
    expect(outcome(ada, { ...ada, local: '2' })).toBe('REVIEW SAME_SOURCE');
    const number = { nhsNumber: NHS[0] };
    expect(outcome({ ...ada, ...number }, { ...ada, ...number, local: '2' })).toBe('REVIEW SAME_SOURCE');
  });

  it('of twins are never joined, however alike their names', () => {
    for (const forename of ['Wilhemina', 'Wilma', 'Wanda', 'Mathilda'])
      expect(outcome(ada, elsewhere({ forename }))).not.toContain('JOIN');
    expect(outcome(ada, elsewhere({ forename: 'Rufus', sex: 'M' }))).toBe('APART');
  });

  it('of a father and a son of his name at his address are apart', () => {
    const father = elsewhere({ sex: 'M', forename: 'Rufus', dateOfBirth: '1984-11-19' });
    expect(outcome({ ...ada, sex: 'M', forename: 'Rufus' }, father)).toBe('APART');
    const onOneDay = { ...father, dateOfBirth: '1984-03-05' };
    expect(outcome({ ...ada, sex: 'M', forename: 'Rufus' }, onOneDay)).toBe('REVIEW PARENT_AND_CHILD');
  });

  it('of which one is known by NDTMS identifiers alone are never joined by themselves, though all agree', () => {
    const ndtms = elsewhere({ space: 'substance-misuse', forename: 'W', surname: 'T', places: [{ postcode: 'ZZ1' }] });
    expect(outcome(ada, ndtms)).not.toContain('JOIN');
  });

  it('that share no more than a common first name and a home are apart', () => {
    expect(outcome(ada, elsewhere({ surname: 'Ley', dateOfBirth: '1990-01-09' }))).toBe('APART');
  });

  it('without a date of birth are never joined by themselves', () => {
    const { dateOfBirth: _, ...undated } = ada;
    expect(outcome(ada, { ...undated, space: 'workbook', local: '3' })).not.toContain('JOIN');
  });
});
