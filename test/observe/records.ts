import fc from "fast-check";
import { endReasons } from "../../src/session/end.ts";
import type { SessionRecord } from "../../src/session/record.ts";

/** A session as most are: relayed, ended in order, nothing peeked. */
export const plainRecord: SessionRecord = {
  id: "k3-1f",
  listener: "web",
  local: "10.0.0.1:80",
  client: "192.0.2.7:51234",
  peer: null,
  pool: "default",
  backend: "default/a",
  backendAddress: "10.1.2.3:8080",
  attempts: 1,
  failed: [],
  protocol: null,
  host: null,
  method: null,
  path: null,
  sni: null,
  alpn: null,
  tlvs: null,
  status: null,
  peekMs: null,
  queueMs: null,
  dialMs: 0.8,
  firstByteMs: 3.2,
  durationMs: 1250,
  bytesUp: 1234,
  bytesDown: 3_565_158,
  end: "client-finished",
  error: null,
  active: { process: 12, listener: 11, backend: 4 },
  worker: 0,
};

// What a terminal, a JSON parser or a reader of lines could take for something else.
const hostileParts = [
  "\n",
  "\r\n",
  '"',
  "\\",
  "\u0000",
  "\u001b[31m",
  "\u009b2J",
  "\u2028",
  "\u202e",
  "\ud800",
  "😀",
  "}",
];

/** Text as it may come from a stranger. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...hostileParts) }),
  // Half a surrogate pair, which no valid UTF-8 decodes to.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

const textOrNull = fc.option(hostileText);
const number = fc.oneof(fc.nat(), fc.double());
const numberOrNull = fc.option(number);

export const hostileRecord: fc.Arbitrary<SessionRecord> = fc.record({
  id: hostileText,
  listener: hostileText,
  local: hostileText,
  client: hostileText,
  peer: textOrNull,
  pool: textOrNull,
  backend: textOrNull,
  backendAddress: textOrNull,
  attempts: fc.nat(),
  failed: fc.array(fc.record({ backend: hostileText, error: hostileText }), { maxLength: 3 }),
  protocol: textOrNull,
  host: textOrNull,
  method: textOrNull,
  path: textOrNull,
  sni: textOrNull,
  alpn: textOrNull,
  tlvs: fc.option(fc.dictionary(fc.string(), fc.string())),
  status: fc.option(fc.nat()),
  peekMs: numberOrNull,
  queueMs: numberOrNull,
  dialMs: numberOrNull,
  firstByteMs: numberOrNull,
  durationMs: number,
  bytesUp: fc.maxSafeNat(),
  bytesDown: fc.maxSafeNat(),
  end: fc.constantFrom(...endReasons),
  error: textOrNull,
  active: fc.record({ process: fc.nat(), listener: fc.nat(), backend: fc.option(fc.nat()) }),
  worker: fc.nat(),
});
