/** One generated family: who is in it, how far it has come, who works with it, and what was said about sharing. */
import type { IsoDate } from '../domain/words.js';
import { daysBefore, forename, nhsNumber, type Place, phone, place, type Sex, surname } from './invented.js';
import type { Random } from './random.js';
import type { FamilyTeam, Staff, StaffMember } from './staff.js';

export type FamilyState = 'CIN' | 'CP' | 'LAC' | 'PRE_PROCEEDINGS' | 'EARLY_HELP';
export type AdultWork = 'SUBSTANCE' | 'MENTAL_HEALTH' | 'DOMESTIC_ABUSE';
export type ConsentSaid = 'GIVEN' | 'REFUSED' | 'WITHDRAWN' | 'EXPIRED' | 'NONE';

/** In what share of families. */
export const STATE_SHARES = { CIN: 60, CP: 25, LAC: 8, PRE_PROCEEDINGS: 2, EARLY_HELP: 5 } as const;
export const CONSENT_SHARES = { GIVEN: 65, REFUSED: 8, WITHDRAWN: 5, EXPIRED: 7, NONE: 15 } as const;
const WORK_SHARES = { SUBSTANCE: 40, MENTAL_HEALTH: 35, DOMESTIC_ABUSE: 25 } as const;
const WITH_ADULT_WORK = 0.3;
const ALSO_EARLY_HELP = 0.12;
const MOST_MEMBERS = 8;

export interface Member {
  /** The gateway's id. */
  readonly id: string;
  /** A number of their own, from which every source's id is made. */
  readonly number: number;
  readonly forename: string;
  readonly surname: string;
  readonly sex: Sex;
  readonly born: IsoDate;
  readonly isChild: boolean;
  readonly home: Place;
  readonly since: IsoDate;
  readonly phone: string;
  readonly nhs: string;
}

export interface Family {
  readonly number: number;
  readonly id: string;
  readonly state: FamilyState;
  /** The day the council (or early help) took the family on. */
  readonly opened: IsoDate;
  readonly mother: Member;
  readonly father?: Member;
  readonly children: readonly Member[];
  readonly members: readonly Member[];
  readonly work?: AdultWork;
  /** The adult with whom adult work is done; the victim where it is domestic abuse. */
  readonly adult: Member;
  readonly consent: ConsentSaid;
  readonly isJudged: boolean;
  readonly isRelevant: boolean;
  readonly isSteppingDown: boolean;
  readonly s47: boolean;
  readonly isHidden: boolean;
  readonly hasEarlyHelp: boolean;
  readonly team: FamilyTeam;
  readonly socialWorker: StaffMember;
  readonly adultWorker?: StaffMember;
  readonly keyworker: StaffMember;
  readonly carer: StaffMember;
}

/** The family of this number (from 1). Draws only from `random`: other families do not move it. */
export function familyOf(number: number, today: IsoDate, staff: Staff, random: Random): Family {
  const state = random.weighted(STATE_SHARES);
  const opened = daysBefore(today, random.int(45, 400));
  const work = state !== 'EARLY_HELP' && random.chance(WITH_ADULT_WORK) ? random.weighted(WORK_SHARES) : undefined;
  const team = at(staff.teams, number);
  const socialWorker = at(team.socialWorkers, Math.floor(number / staff.teams.length));
  const name = surname(random);
  const home = place(random);
  const isHidden = work === 'DOMESTIC_ABUSE' && random.chance(0.3);
  const hidingPlace = place(random);
  const members: Member[] = [];
  const member = (isChild: boolean, sex: Sex, years: readonly [number, number], lives: Place): Member => {
    const own = number * MOST_MEMBERS + members.length;
    const made: Member = {
      id: `P-${String(own).padStart(7, '0')}`,
      number: own,
      forename: forename(random, sex),
      surname: isChild || random.chance(0.6) ? name : surname(random),
      sex,
      born: daysBefore(today, Math.floor(random.int(...years) * 365.25) + random.int(0, 364)),
      isChild,
      home: lives,
      since: daysBefore(opened, random.int(60, 1500)),
      phone: phone(random),
      nhs: nhsNumber(own),
    };
    members.push(made);
    return made;
  };
  const mother = member(false, 'F', [22, 42], isHidden ? hidingPlace : home);
  const father = work === 'DOMESTIC_ABUSE' || random.chance(0.5) ? member(false, 'M', [22, 48], home) : undefined;
  const children = Array.from({ length: Number(random.weighted({ '1': 50, '2': 33, '3': 17 })) }, () =>
    member(true, random.chance(0.5) ? 'F' : 'M', [1, 12], isHidden ? hidingPlace : home),
  );
  const adult = work === 'DOMESTIC_ABUSE' || !father || random.chance(0.65) ? mother : father;
  const adultWorkers = {
    SUBSTANCE: team.recovery,
    MENTAL_HEALTH: team.mentalHealth,
    DOMESTIC_ABUSE: [team.practitioner],
  };
  return {
    number,
    id: String(7_000_000 + number),
    state,
    opened,
    mother,
    ...(father ? { father } : {}),
    children,
    members,
    ...(work ? { work, adultWorker: random.pick(adultWorkers[work]) } : {}),
    adult,
    consent: random.weighted(CONSENT_SHARES),
    isJudged: random.chance(0.5),
    isRelevant: random.chance(0.7),
    isSteppingDown: state === 'CIN' && random.chance(0.04),
    s47: state === 'CIN' && random.chance(0.03),
    isHidden,
    hasEarlyHelp: state === 'EARLY_HELP' || random.chance(ALSO_EARLY_HELP),
    team,
    socialWorker,
    keyworker: at(staff.keyworkers, number),
    carer: at(staff.carers, number),
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError('nobody was hired');
  return item;
}
