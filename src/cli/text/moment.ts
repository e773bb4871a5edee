// ISO 8601 text read back, without a Date: src/clock.ts alone names that.

const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?Z$/;

/** Milliseconds since 1970 of a time such as isoTime() writes; undefined for anything else. */
export function momentOf(text: string): number | undefined {
  const found = ISO_TIME.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1, 7).map(Number);
  const ms = Number((found[7] ?? "0").padEnd(3, "0"));
  return (((dayNumber(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

/** From one to the other; 0 where one of them is no time. Milliseconds. */
export function msBetween(from: string, to: string): number {
  const start = momentOf(from);
  const end = momentOf(to);
  return start === undefined || end === undefined ? 0 : end - start;
}

/** Days since 1970 of a date: days_from_civil of Howard Hinnant, https://howardhinnant.github.io/date_algorithms.html. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
