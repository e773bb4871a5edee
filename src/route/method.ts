// The name of a method, as a condition has it.

import { isToken } from "../wire/character.ts";
import type { Parsed } from "../wire/parsed.ts";
import { quote } from "../wire/quote.ts";

const KNOWN = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/** Names are compared exactly (RFC 9110 §9.1), so that `get` would wait for a request that nobody sends. */
export function parseMethod(text: string): Parsed<string> {
  if (!isName(text)) return { problem: `${quote(text)} is no method; expected one name, such as GET` };
  const meant = text.toUpperCase();
  if (meant !== text && KNOWN.includes(meant)) {
    return { problem: `${quote(text)} would match nothing: methods are compared exactly; write ${meant}` };
  }
  return { value: text };
}

/** Whether a method or a header can have this name. */
export function isName(text: string): boolean {
  if (text === "") return false;
  for (let at = 0; at < text.length; at++) if (!isToken(text.charCodeAt(at))) return false;
  return true;
}
