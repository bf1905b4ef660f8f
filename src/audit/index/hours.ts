/** Working hours of the services, by the clock of the place: a team works by Europe/London, whatever the server's own zone. */

/** From 07:00 to 20:00, Monday to Friday; bank holidays are working days here. */
const FROM = 7;
const UNTIL = 20;

const LONDON = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
});
/** Of the hours looked up last: entries come in the order of time, and the same hour is asked for again and again. */
const known = new Map<string, boolean>();
const KNOWN_LIMIT = 10_000;
const HOUR = 'YYYY-MM-DDTHH'.length;

/** Whether an instant is out of working hours. Zones change by whole hours here, so the hour in UTC tells. */
export function isOutOfHours(at: string): boolean {
  const hour = at.slice(0, HOUR);
  const told = known.get(hour);
  if (told !== undefined) return told;
  const parts = Object.fromEntries(
    LONDON.formatToParts(new Date(`${hour}:00:00Z`)).map(({ type, value }) => [type, value]),
  );
  const local = Number(parts['hour']);
  const isOut = parts['weekday'] === 'Sat' || parts['weekday'] === 'Sun' || local < FROM || local >= UNTIL;
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(hour, isOut);
  return isOut;
}
