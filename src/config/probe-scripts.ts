import type { ProbeStep } from "./config.ts";
import type { ReadyScript } from "./probe-options.ts";

function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value));
}

/** Scripts that are ready made. */
export const readySteps: Readonly<Record<ReadyScript, readonly ProbeStep[]>> = {
  // NOAUTH: it wants a password, and is well. LOADING, MASTERDOWN and the like are other answers.
  redis: [
    { kind: "send", bytes: text("PING\r\n") },
    { kind: "expect-regex", source: "^(?:\\+PONG|-NOAUTH)" },
  ],
  // GSSENCRequest (https://www.postgresql.org/docs/current/protocol-message-formats.html): a process is started for it and
  // answers G or N, and whoever leaves then is not mentioned in the log. Who leaves after the S to an SSLRequest is.
  postgresql: [
    { kind: "send", bytes: Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30) },
    { kind: "expect-regex", source: "^[GN]" },
  ],
};
