// ISO 8601 text of a wall-clock time without a Date: the clock is a parameter everywhere (src/clock.ts), and lines of the
// same second share all but three digits.

let textSecond = Number.NaN;
let textPrefix = "";

/** `2026-11-21T03:05:07.123Z` for milliseconds since 1970. Exact for the years 0 to 9999. */
export function isoTime(wallMs: number): string {
  const ms = Math.floor(wallMs);
  const second = Math.floor(ms / 1000);
  if (second !== textSecond) {
    textPrefix = prefixOf(second);
    textSecond = second;
  }
  return `${textPrefix}${digits(ms - second * 1000, 3)}Z`;
}

function prefixOf(second: number): string {
  const day = Math.floor(second / 86_400);
  const rest = second - day * 86_400;
  const hours = digits(Math.floor(rest / 3600), 2);
  const minutes = digits(Math.floor(rest / 60) % 60, 2);
  return `${dateOf(day)}T${hours}:${minutes}:${digits(rest % 60, 2)}.`;
}

/**
 * The proleptic Gregorian date of a day number since 1970: civil_from_days of Howard Hinnant,
 * https://howardhinnant.github.io/date_algorithms.html. Years begin in March there, so that the leap day comes last.
 */
function dateOf(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(dayOfMonth, 2)}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
