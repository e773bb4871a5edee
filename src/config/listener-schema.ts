import { z } from "zod";
import type { ListenerConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { dialModes } from "./options.ts";
import { address, count, millisecondsOrOff, oneOf, strict } from "./value-schemas.ts";

const listenError = { error: expected('an address such as ":80", or a list of them') };

/** A listener without its name, and without a pool where it serves the only one. */
export type UnnamedListener = Omit<ListenerConfig, "name" | "pool"> & { readonly pool?: string | undefined };

export const listenerSchema: z.ZodType<UnnamedListener> = strict("an object of listener options", {
  listen: z
    .union(
      [
        address("listen").transform((only) => [only]),
        z.array(address("listen"), listenError).min(1, { error: "got an empty list, expected at least one address" }),
      ],
      listenError,
    )
    .describe("80, :80, host:80, [::1]:80 or unix:/path, or a list of them; port 0 takes a free one"),
  pool: z
    .string({ error: expected("the name of a pool") })
    .optional()
    .describe("the pool it serves; may be left out when there is one pool only"),
  dial: oneOf(dialModes)
    .prefault(defaults.listener.dial)
    .describe("when a backend is dialled: at once, or when the client has sent its first byte"),
  idleTimeoutMs: millisecondsOrOff(limits.sessionMs)
    .prefault(defaults.listener.idleTimeoutMs)
    .describe("no byte in either direction for this long ends a session"),
  halfCloseTimeoutMs: millisecondsOrOff(limits.sessionMs)
    .prefault(defaults.listener.halfCloseTimeoutMs)
    .describe("the same once one side has finished"),
  maxLifetimeMs: millisecondsOrOff(limits.sessionMs)
    .prefault(defaults.listener.maxLifetimeMs)
    .describe("longest life of a session, busy or not"),
  backlog: count(limits.backlog)
    .prefault(defaults.listener.backlog)
    .describe("connections that the kernel keeps waiting to be accepted"),
  tcpKeepaliveMs: millisecondsOrOff(limits.tcpKeepaliveMs)
    .prefault(defaults.listener.tcpKeepaliveMs)
    .describe("silence after which TCP asks whether the other side is still there"),
  tcpUserTimeoutMs: millisecondsOrOff(limits.tcpUserTimeoutMs)
    .prefault(defaults.listener.tcpUserTimeoutMs)
    .describe("unacknowledged for this long, a side is lost; on the linux transport"),
});
