// Rates as people write them: 20/s, 30/m. A second inside.

import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { grouped } from "./count.ts";
import { limits } from "./limits.ts";

const RATE = /^(\d{1,9})\/(s|m)$/;
const BARE = /^\d{1,9}$/;

/** A number a second, or off. */
export function parseRateOrOff(text: string): Parsed<number | "off"> {
  if (text === "off") return { value: "off" };
  if (BARE.test(text)) {
    const remedy = Number(text) === 0 ? "write off" : `write ${text}/s or ${text}/m`;
    return { problem: `${quote(text)} has no unit; ${remedy}` };
  }
  const [, count, unit] = RATE.exec(text) ?? [];
  const { min, max } = limits.rate;
  const expected = `expected a rate from ${min}/m to ${grouped(max)}/s, or off`;
  if (count === undefined) return { problem: `got ${quote(text)}, ${expected}; write one such as 20/s` };
  const perSecond = Number(count) / (unit === "s" ? 1 : 60);
  return Number(count) >= min && perSecond <= max
    ? { value: perSecond }
    : { problem: `got ${quote(text)}, ${expected}` };
}

/** What parseRateOrOff turns into the rate again. */
export function formatRate(perSecond: number): string {
  return Number.isInteger(perSecond) ? `${perSecond}/s` : `${Math.round(perSecond * 60)}/m`;
}
