// A probe in a file.

import { z } from "zod";
import type { Parsed } from "../../wire/parsed.ts";
import { quote } from "../../wire/quote.ts";
import { parseCount } from "../count.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { parseEscapes, parseHex } from "../escapes.ts";
import { choice, duration } from "../kind.ts";
import { limits } from "../limits.ts";
import { formatPercentage, parsePercentage } from "../percentage.ts";
import { type ProbeOptions, type ProbeStepOptions, probeTypes, readyScripts } from "../probe-options.ts";
import { settings } from "../settings.ts";
import { parseStatusRange } from "../status-range.ts";
import { countLeaf, exactLeaf, flagLeaf, leaf, ofKind, parsedLeaf, textLeaf } from "./leaf.ts";
import { factsOf, key, list, named, oneOrMany, section } from "./section.ts";

const proxyWords = ["v1", "v2", "off"] as const;
const type = ofKind(choice("tcp", [...probeTypes, "off"] as const));

const status = leaf<string>({
  parse: (text) => asText(text, parseStatusRange(text)),
  expected: "a status or a range such as 200-299",
  json: { type: ["string", "integer"] },
});

const jitter = parsedLeaf("a percentage such as 10%", (text): Parsed<number> => {
  const parsed = parsePercentage(text);
  if ("problem" in parsed || parsed.value * 100 <= limits.probeJitterPercent.max) return parsed;
  return { problem: `got ${quote(text)}, expected a percentage from 0% to 50%` };
});

const bytes = exactLeaf("a text", (text) =>
  text === "" ? { problem: 'got "", expected a text' } : parseEscapes(text),
);
const hexBytes = parsedLeaf("bytes as pairs of hex digits, such as 00 01 ff", parseHex);

const STEP = "a map with send, send-hex, expect, expect-hex or expect-regex";

const step = section(STEP, {
  send: key(bytes, { description: "a text that is sent, in which \\r \\n \\t \\0 \\\\ and \\xHH stand for one byte" }),
  "send-hex": key(hexBytes, { description: "bytes that are sent, such as 00 01 ff" }),
  expect: key(bytes, { description: "a text that has to be in the answer, written as that of send" }),
  "expect-hex": key(hexBytes, { description: "bytes that have to be in the answer" }),
  "expect-regex": key(textLeaf("a regular expression"), {
    description:
      "a regular expression that has to match the answer, without backreferences, lookaround and nested quantifiers",
  }),
}).transform((fields, context): ProbeStepOptions => {
  const all: (ProbeStepOptions | undefined)[] = [
    ...[fields.send, fields["send-hex"]].map((send) => send && { send }),
    ...[fields.expect, fields["expect-hex"]].map((expect) => expect && { expect }),
    fields["expect-regex"] === undefined ? undefined : { expectRegex: fields["expect-regex"] },
  ];
  const [first, ...others] = all.filter((each) => each !== undefined);
  if (first !== undefined && others.length === 0) return first;
  const message = `got ${first === undefined ? "none" : "several"}, expected one of send, send-hex, expect, expect-hex and expect-regex`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const readyScript = ofKind(choice(readyScripts[0], readyScripts));

const fields = section("off, or a map of a probe's keys", {
  type: key(type, factsOf("probe")),
  port: key(
    countLeaf(limits.port, (text) => parseCount(text, limits.port)),
    { description: "where the probe goes", default: "the backend's own port" },
  ),
  tls: key(flagLeaf(), { description: "http and script: over TLS", default: "false" }),
  "server-name": key(textLeaf("a name such as web.internal"), {
    description: "over TLS: the name that is asked for, and that the certificate has to be for",
    default: "the backend's own name or IP",
  }),
  ca: key(textLeaf("the path of a file"), {
    description: "over TLS: a file in PEM with who may have signed the certificate",
    default: "whom Node trusts",
  }),
  verify: key(flagLeaf(), {
    description: "over TLS: whether the certificate has to be good",
    default: String(defaults.probe.verify),
  }),
  method: key(textLeaf("a method such as GET"), { description: "http: the method", default: defaults.probe.method }),
  path: key(textLeaf("a path such as /health"), factsOf("probe-path")),
  host: key(textLeaf("a host such as web.internal"), {
    description: "http: the Host header",
    default: "server-name, or the backend's own name or IP, with its port",
  }),
  headers: key(named(textLeaf("a text"), "texts by the names of headers"), { description: "http: further headers" }),
  status: key(oneOrMany(status, "a status, a range such as 200-299, or a list of them"), factsOf("probe-status")),
  body: key(
    exactLeaf("a text", (text) => ({ value: text })),
    { description: "http: a text that has to be in the first 64 KiB of the body" },
  ),
  steps: key(z.union([readyScript, list(step, `${readyScripts.join(", ")}, or a list of steps`)]), {
    description:
      "script: what is sent and expected, one after the other; or redis, or postgresql, which are ready made",
  }),
  interval: key(ofKind(settings["probe-interval"]), factsOf("probe-interval")),
  "interval-changing": key(ofKind(duration(defaults.probe.intervalChangingMs, limits.probeIntervalMs)), {
    description: "between two probes while a result differs from the state",
    default: "1s, or interval where that is shorter",
  }),
  jitter: key(jitter, {
    description: "by how much of it an interval may be shorter or longer, by chance",
    default: formatPercentage(defaults.probe.jitter),
  }),
  timeout: key(ofKind(settings["probe-timeout"]), factsOf("probe-timeout")),
  rise: key(ofKind(settings.rise), factsOf("rise")),
  fall: key(ofKind(settings.fall), factsOf("fall")),
  "send-proxy": key(ofKind(choice("off", proxyWords)), {
    description: "begins each probe with a PROXY header of lb-tcp's own",
    default: "as the pool's send-proxy",
  }),
}).transform((given): "off" | ProbeOptions => {
  const { type: word, "server-name": serverName, "send-proxy": sendProxy, ...rest } = given;
  if (word === "off") return word;
  const { interval, "interval-changing": intervalChangingMs, timeout, ...same } = rest;
  return defined<ProbeOptions>({
    ...same,
    type: word,
    serverName,
    intervalMs: interval,
    intervalChangingMs,
    timeoutMs: timeout,
    sendProxy,
  });
});

const word = type.transform((only): "off" | ProbeOptions => (only === "off" ? only : { type: only }));

/** A word, or a map that says more. */
export const probeKeys: z.ZodOptional<z.ZodType<"off" | ProbeOptions>> = key(z.union([word, fields]), factsOf("probe"));

/** The text itself, where it can be read. */
function asText(text: string, parsed: Parsed<unknown>): Parsed<string> {
  return "problem" in parsed ? parsed : { value: text };
}
