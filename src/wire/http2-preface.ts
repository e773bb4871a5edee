// What a client of HTTP/2 with prior knowledge says first: RFC 9113 §3.4. It was made to look like a request of HTTP/1, which
// readHttp1Head knows and answers with `no`.

import type { Verdict } from "./verdict.ts";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

const NO: Verdict<never> = { kind: "no" };

/** Whether the bytes begin with the preface. It has no values; SETTINGS and requests come after it. */
export function readHttp2Preface(bytes: Uint8Array): Verdict<undefined> {
  const byteCount = Math.min(bytes.length, PREFACE.length);
  for (let at = 0; at < byteCount; at++) if (bytes[at] !== PREFACE[at]) return NO;
  if (byteCount === PREFACE.length) return { kind: "match", value: undefined, byteCount };
  // One more byte may end it.
  return { kind: "more", atLeast: byteCount + 1 };
}
