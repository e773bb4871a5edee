// A listener in a file.

import { z } from "zod";
import { quote } from "../../wire/quote.ts";
import type { AccessOptions, PerClientOptions } from "../access-options.ts";
import { parseAddress } from "../address-parser.ts";
import { parseCount } from "../count.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { choice, countOr, duration, durationOrOff, rateOrOff, size } from "../kind.ts";
import { limits } from "../limits.ts";
import type { ListenerOptions } from "../options.ts";
import {
  type ForwardedOptions,
  forwardedHeaders,
  httpKeepAlives,
  type PeekOptions,
  peekWords,
} from "../peek-options.ts";
import { parsePercentage } from "../percentage.ts";
import { type AcceptProxyOptions, acceptProxyPolicies, proxyVersions } from "../proxy-options.ts";
import { settings } from "../settings.ts";
import { CIDRS, cidrLeaf, countLeaf, flagLeaf, leaf, ofKind, parsedLeaf, textLeaf } from "./leaf.ts";
import { routes } from "./route-keys.ts";
import { factsOf, key, needed, oneOrMany, section } from "./section.ts";

const { listener } = defaults;

/** Keys that later versions will know. */
const LATER = ["tls"];

const cidrs = oneOrMany(cidrLeaf(), CIDRS, 0);

const listen = parsedLeaf("an address such as :80", (text) => {
  const parsed = parseAddress(text, { purpose: "listen" });
  return "problem" in parsed ? parsed : { value: text };
});

const peekFields = section("none, http, tls, auto, or a map that says more", {
  as: needed(ofKind(choice("auto", peekWords)), { description: "what clients are expected to speak" }),
  timeout: key(ofKind(duration(defaults.peek.timeoutMs, limits.peekMs)), factsOf("peek-timeout")),
  size: key(ofKind(size(defaults.peek.byteCount, limits.peekBytes)), factsOf("peek-size")),
  strict: key(flagLeaf(), {
    description: "whether requests that two servers may read differently are answered 400",
    default: "true",
  }),
}).transform(({ as, timeout, size: byteCount, strict }): "none" | PeekOptions =>
  as === "none" ? as : defined<PeekOptions>({ as, timeoutMs: timeout, byteCount, strict }),
);

const forwardedFields = section("x-forwarded, forwarded, off, or a map that says more", {
  headers: key(ofKind(choice("x-forwarded", forwardedHeaders)), {
    description: "which headers tell a backend about the client",
    default: defaults.forwarded.headers,
  }),
  trust: key(cidrs, { description: "CIDRs whose own such headers are kept and appended to", default: "none" }),
}).transform(defined<ForwardedOptions>);

const acceptProxyFields = section("off, or a map that says from whom", {
  from: needed(oneOrMany(cidrLeaf(), CIDRS), {
    description: "CIDRs that may send a header; all others are served without one",
    flag: "accept-proxy",
  }),
  policy: key(ofKind(choice(acceptProxyPolicies[0], acceptProxyPolicies)), {
    description:
      "require: without a header the session ends; use: where one comes; ignore: taken off, and not believed",
    default: defaults.acceptProxy.policy,
  }),
  versions: key(oneOrMany(ofKind(choice(proxyVersions[0], proxyVersions)), "a list of v1 and v2"), {
    description: "versions of the header that are accepted",
    default: proxyVersions.join(", "),
  }),
  timeout: key(ofKind(duration(defaults.acceptProxy.timeoutMs, limits.acceptProxyMs)), {
    description: "longest wait for the header",
    default: "5s",
  }),
}).transform(({ timeout, ...same }) => defined<AcceptProxyOptions>({ ...same, timeoutMs: timeout }));

const access = section("a map with allow, deny, allow-file or deny-file", {
  allow: key(cidrs, { description: "who may connect; everybody where there is no list", flag: "allow" }),
  deny: key(cidrs, { description: "who may not, even where allowed", flag: "deny" }),
  "allow-file": key(textLeaf("the path of a file"), {
    description: "a file with more to allow: an address or CIDR a line, # starts a comment",
  }),
  "deny-file": key(textLeaf("the path of a file"), {
    description: "a file with more to deny: an address or CIDR a line, # starts a comment",
  }),
}).transform(({ "allow-file": allowFile, "deny-file": denyFile, ...same }) =>
  defined<AccessOptions>({ ...same, allowFile, denyFile }),
);

const perClient = section("a map of limits for each client", {
  "max-connections": key(
    ofKind(countOr("off", defaults.perClient.maxConnections, limits.connections)),
    factsOf("client-connections", { description: "sessions at once" }),
  ),
  rate: key(ofKind(rateOrOff()), factsOf("client-rate", { description: "new sessions in a time, such as 20/s" })),
  burst: key(
    countLeaf(limits.rate, (text) => parseCount(text, limits.rate)),
    {
      description: "new sessions at once, after a quiet time",
      default: "one second's worth",
    },
  ),
  "ipv6-prefix": key(
    countLeaf(limits.ipv6Prefix, (text) => parseCount(text, limits.ipv6Prefix)),
    {
      description: "bits of an IPv6 address that count as one client",
      default: String(defaults.perClient.ipv6Prefix),
    },
  ),
  "table-size": key(
    countLeaf(limits.clientTable, (text) => parseCount(text, limits.clientTable)),
    {
      description: "clients that are counted one by one; more are counted by /24 and /48",
      default: String(defaults.perClient.tableSize),
    },
  ),
}).transform((fields) =>
  defined<PerClientOptions>({
    maxConnections: fields["max-connections"],
    ratePerSecond: fields.rate,
    burst: fields.burst,
    ipv6Prefix: fields["ipv6-prefix"],
    tableSize: fields["table-size"],
  }),
);

const lifetime = durationOrOff(listener.maxLifetimeMs, limits.sessionMs);

const lifetimeFields = section("a duration, off, or a map with after and jitter", {
  after: needed(ofKind(lifetime), factsOf("max-lifetime")),
  jitter: key(parsedLeaf("a percentage such as 10%", parsePercentage), {
    description: "by how much of it a session may be reset earlier, by chance, so that not all go at once",
    default: "0%",
  }),
});

const off = leaf<"off">({
  parse: (text) => (text === "off" ? { value: text } : { problem: `got ${quote(text)}, expected off or a map` }),
  expected: "off, or a map",
  json: { enum: ["off", false] },
});

/** What may also stand under defaults. */
const shared = {
  pool: key(textLeaf("the name of a pool"), {
    description:
      "the pool when no route matches; may be left out where there is one pool only, or where there are routes",
  }),
  peek: key(z.union([ofKind(settings.peek), peekFields]), factsOf("peek", { default: "none" })),
  "http-keep-alive": key(
    ofKind(choice(listener.httpKeepAlive, httpKeepAlives, ["per-request"])),
    factsOf("http-keep-alive"),
  ),
  forwarded: key(z.union([ofKind(choice("x-forwarded", forwardedHeaders)), forwardedFields]), {
    description: "where HTTP is peeked: the headers that name the client, replacing what clients sent",
    default: defaults.forwarded.headers,
  }),
  "accept-proxy": key(z.union([off, acceptProxyFields]), {
    description: "who may name a client by a PROXY header",
    default: "off",
    flag: "accept-proxy",
  }),
  access: key(access, { description: "who may connect; deny wins" }),
  "per-client": key(perClient, { description: "limits for each client address, or IPv6 prefix" }),
  "max-connections": key(ofKind(countOr("off", listener.maxConnections, limits.connections)), {
    description: "sessions at once on this listener",
    default: "off",
  }),
  "max-lifetime": key(z.union([ofKind(lifetime), lifetimeFields]), factsOf("max-lifetime")),
  dial: key(ofKind(settings.dial), factsOf("dial")),
  "idle-timeout": key(ofKind(settings["idle-timeout"]), factsOf("idle-timeout")),
  "half-close-timeout": key(ofKind(settings["half-close-timeout"]), factsOf("half-close-timeout")),
  "tcp-keepalive": key(ofKind(settings["tcp-keepalive"]), factsOf("tcp-keepalive", { restart: true })),
  "tcp-user-timeout": key(ofKind(settings["tcp-user-timeout"]), factsOf("tcp-user-timeout", { restart: true })),
  backlog: key(ofKind(settings.backlog), factsOf("backlog", { restart: true })),
};

export const listenerDefaults: z.ZodType = section("a map of what listeners have in common", shared, LATER);

export const listenerKeys: z.ZodType<ListenerOptions> = section(
  "a map of a listener's keys",
  {
    listen: needed(oneOrMany(listen, "an address such as :80, or a list of them"), {
      description: "80, :80, host:80, [::1]:80 or unix:/path, or a list of them; in YAML, [::]:80 stands in quotes",
      flag: "listen",
    }),
    routes: key(routes, { description: "the first that matches decides which pool serves", flag: "route" }),
    ...shared,
  },
  LATER,
).transform((fields) => {
  const life = fields["max-lifetime"];
  const { after, jitter } = typeof life === "object" ? life : { after: life, jitter: undefined };
  return defined<ListenerOptions>({
    listen: fields.listen,
    pool: fields.pool,
    routes: fields.routes,
    peek: fields.peek,
    httpKeepAlive: fields["http-keep-alive"],
    forwarded: fields.forwarded,
    acceptProxy: fields["accept-proxy"],
    access: fields.access,
    perClient: fields["per-client"],
    maxConnections: fields["max-connections"],
    dial: fields.dial,
    idleTimeoutMs: fields["idle-timeout"],
    halfCloseTimeoutMs: fields["half-close-timeout"],
    maxLifetimeMs: after,
    maxLifetimeJitter: jitter,
    backlog: fields.backlog,
    tcpKeepaliveMs: fields["tcp-keepalive"],
    tcpUserTimeoutMs: fields["tcp-user-timeout"],
  });
});
