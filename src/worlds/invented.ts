/**
 * Names, places and numbers that belong to nobody: NHS numbers of the range 999 (never issued), telephone numbers of
 * Ofcom's drama range, postcodes of an area that does not exist.
 */
import type { IsoDate, IsoInstant } from '../domain/words.js';
import type { Random } from './random.js';

const GIRLS =
  'Abby Bea Cora Dilys Effie Fern Gwen Hattie Ivy Jessa Kit Lena Mira Nell Odile Pia Runa Sky Tilly Una Vida Wren'.split(
    ' ',
  );
const BOYS = 'Abel Bram Cal Dane Eli Finn Gil Hal Ivo Jem Kip Lou Max Ned Otto Pip Rhys Sid Tam Ulf Vic Will'.split(
  ' ',
);
const FIRST = 'Ash Bram Clay Dun Elm Fen Gar Hazel Kirk Lark Mill Nor Oak Pem Quarry Rook Stan Thorn Ux Wick'.split(
  ' ',
);
const LAST = 'barrow combe den field gate hurst ley more ness over port ridge side ton vale wood'.split(' ');
const STREETS =
  'Bobbin Walk,Cooper Court,Dyer Street,Foundry Road,Heron Rise,Larch Avenue,Lime Terrace,Mill Lane,Orchard Close,Tanner Street,Walsall Road,Weir Cottages'.split(
    ',',
  );
export const TOWN = 'Alderbrook';

export type Sex = 'F' | 'M';

export function forename(random: Random, sex: Sex): string {
  return random.pick(sex === 'F' ? GIRLS : BOYS);
}

export function surname(random: Random): string {
  return random.pick(FIRST) + random.pick(LAST);
}

export interface Place {
  readonly house: string;
  readonly street: string;
  readonly town: string;
  readonly postcode: string;
}

export function place(random: Random): Place {
  const [area, unit] = [random.int(1, 99), random.int(0, 9)];
  const letters = String.fromCharCode(65 + random.int(0, 22)) + String.fromCharCode(65 + random.int(0, 22));
  return {
    house: String(random.int(1, 240)),
    street: random.pick(STREETS),
    town: TOWN,
    postcode: `ZZ${area} ${unit}${letters}`,
  };
}

export function phone(random: Random): string {
  return `01632 960${String(random.int(0, 999)).padStart(3, '0')}`;
}

/** The n-th NHS number of the range 999. Different for n below 500,000: of two that follow each other one has a check digit. */
export function nhsNumber(n: number): string {
  const first = (n * 2) % 1_000_000;
  return withCheckDigit(first) ?? withCheckDigit(first + 1) ?? '';
}

function withCheckDigit(serial: number): string | undefined {
  const digits = `999${String(serial).padStart(6, '0')}`;
  const sum = [...digits].reduce((total, digit, position) => total + Number(digit) * (10 - position), 0);
  const check = (11 - (sum % 11)) % 11;
  return check < 10 ? `${digits}${check}` : undefined;
}

const DAY = 24 * 3600 * 1000;

/** A day that lies so many days before (negative: after) another. */
export function daysBefore(today: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(today) - days * DAY).toISOString().slice(0, 10);
}

/** A time of the working day. */
export function atTime(day: IsoDate, hour: number, minute = 0): IsoInstant {
  return `${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00.000Z`;
}

/** The month (YYYY-MM) that lies so many months before a day's. */
export function monthBefore(today: IsoDate, months: number): string {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 7);
}
