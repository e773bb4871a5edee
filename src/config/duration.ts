// Durations as people write them: 250ms, 5s, 1m30s, 1h, 1d. Milliseconds inside.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import type { MsOrOff } from "./options.ts";

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "m", ms: 60_000 },
  { name: "s", ms: 1_000 },
  { name: "ms", ms: 1 },
] as const;

// Largest unit first, each at most once, which is also how formatDuration writes them.
const DURATION = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

const BARE_NUMBER = /^\d+$/;

// What people write elsewhere; only ever used to propose what to write here.
const FOREIGN = /^(\d+) ?(ms|s|m|h|d|msecs?|millis|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?)$/i;
const FRACTION = /^(\d{1,9}\.\d{1,9})(ms|s|m|h|d)$/;

const FORMS = "write one such as 250ms, 5s, 1m30s or 1h";

/** A duration in milliseconds. */
export function parseDuration(text: string): Parsed<number> {
  if (text === "off") return { problem: `"off" is not possible here; ${FORMS}` };
  return durationIn(text) ?? { problem: durationProblem(text, FORMS) };
}

/** As parseDuration, for what can be switched off. Zero is refused: it is neither a duration nor a clear "off". */
export function parseDurationOrOff(text: string): Parsed<MsOrOff> {
  if (text === "off") return { value: "off" };
  if (BARE_NUMBER.test(text) && Number(text) === 0) return { problem: zeroProblem(text) };
  const duration = durationIn(text) ?? { problem: durationProblem(text, `${FORMS}, or off`) };
  return "value" in duration && duration.value === 0 ? { problem: zeroProblem(text) } : duration;
}

/** The shortest text that parseDuration turns into `ms` again. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = "";
  for (const unit of units) {
    const count = Math.floor(rest / unit.ms);
    if (count > 0) text += `${count}${unit.name}`;
    rest -= count * unit.ms;
  }
  return text === "" ? "0s" : text;
}

function durationIn(text: string): { readonly value: number } | undefined {
  const counts = DURATION.exec(text)?.slice(1);
  if (counts === undefined) return undefined;
  const value = units.reduce((sum, unit, index) => sum + Number(counts[index] ?? 0) * unit.ms, 0);
  return Number.isSafeInteger(value) ? { value } : undefined;
}

function zeroProblem(text: string): string {
  return `${quote(text)} is not a way to switch it off; write off`;
}

function durationProblem(text: string, forms: string): string {
  if (BARE_NUMBER.test(text)) return `${quote(text)} has no unit; write ${withUnits(text)}`;
  const meant = meantBy(text);
  return `${quote(text)} is not a duration; ${meant === undefined ? forms : `write ${meant}`}`;
}

/** Small numbers are seconds or minutes; large ones were milliseconds or seconds in whatever they were copied from. */
function withUnits(digits: string): string {
  if (digits.length > 12) return "a duration such as 5s or 5m";
  const count = Number(digits);
  if (count === 0) return "0s";
  return count < 100 ? `${count}s or ${count}m` : `${count}ms or ${count}s`;
}

function meantBy(text: string): string | undefined {
  const [, count, word] = FOREIGN.exec(text) ?? [];
  if (count !== undefined && word !== undefined) {
    return durationText(Number(count) * unitMs(word.toLowerCase()));
  }
  const [, fraction, unit] = FRACTION.exec(text) ?? [];
  if (fraction === undefined || unit === undefined) return undefined;
  return durationText(Math.round(Number(fraction) * unitMs(unit)));
}

function durationText(ms: number): string | undefined {
  return Number.isSafeInteger(ms) ? formatDuration(ms) : undefined;
}

function unitMs(word: string): number {
  if (word.startsWith("ms") || word.startsWith("milli")) return 1;
  return units.find(({ name }) => word.startsWith(name))?.ms ?? 1;
}
