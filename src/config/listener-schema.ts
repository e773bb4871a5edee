import { z } from "zod";
import { accessSchema, perClientSchema, type UnreadAccess } from "./access-schema.ts";
import type { ListenerConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { limits } from "./limits.ts";
import { dialModes } from "./options.ts";
import { httpKeepAlives } from "./peek-options.ts";
import { forwardedSchema, peekSchema } from "./peek-schema.ts";
import { acceptProxySchema } from "./proxy-schema.ts";
import { routesSchema } from "./route-schema.ts";
import { address, count, countOr, infinityForOff, millisecondsOrOff, oneOf, strict } from "./value-schemas.ts";

const listenError = { error: expected('an address such as ":80", or a list of them') };

const jitterError = { error: expected("a number from 0 to 1") };

/** A listener without its name, without a pool where it serves the only one, and whose files have not been read. */
export type UnnamedListener = Omit<ListenerConfig, "name" | "pool" | "access"> & {
  readonly pool?: string | undefined;
  readonly access?: UnreadAccess | undefined;
};

const listenerFields = strict("an object of listener options", {
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
    .describe(
      "the pool it serves when no route matches; may be left out when there is one pool only, or where there are routes",
    ),
  routes: routesSchema,
  peek: peekSchema,
  httpKeepAlive: oneOf(httpKeepAlives)
    .prefault(defaults.listener.httpKeepAlive)
    .describe(
      "where HTTP is peeked: close carries one request on a connection; sticky leaves it where its first request went",
    ),
  forwarded: forwardedSchema,
  acceptProxy: acceptProxySchema,
  access: accessSchema.describe("who may connect; deny wins"),
  perClient: perClientSchema.describe("limits for each client address, or IPv6 prefix"),
  maxConnections: countOr(limits.connections, "off")
    .prefault(defaults.listener.maxConnections)
    .describe("sessions at once on this listener"),
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
  maxLifetimeJitter: z
    .number(jitterError)
    .min(0, jitterError)
    .max(1, jitterError)
    .prefault(defaults.listener.maxLifetimeJitter)
    .describe("by how much of it a session may be reset earlier, by chance"),
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

export const listenerSchema: z.ZodType<UnnamedListener> = listenerFields.transform(({ maxConnections, ...rest }) => ({
  ...rest,
  maxConnections: infinityForOff(maxConnections),
}));
