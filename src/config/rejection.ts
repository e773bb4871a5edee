import type { Rejection } from "../route/rule.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";
import { limits } from "./limits.ts";

/** `403`, `close` or `reset`. */
export function parseRejection(text: string): Parsed<Rejection> {
  if (text === "close" || text === "reset") return { value: text };
  const { min, max } = limits.rejectStatus;
  const status = /^\d{3}$/.test(text) ? Number(text) : 0;
  if (status >= min && status <= max) return { value: status };
  return { problem: `got ${quote(text)}, expected a status from ${min} to ${max}, close or reset` };
}
