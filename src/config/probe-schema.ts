// A probe as the library's user writes it. Which keys go with which type is checked here, once for options and files.

import { z } from "zod";
import { parseBoundedRegex } from "../route/bounded-regex.ts";
import type { RegexUse } from "../route/regex-syntax.ts";
import { hostProblem } from "../wire/host.ts";
import { quote } from "../wire/quote.ts";
import type { ProbeConfig, ProbeKind, ProbeStep, ProbeTlsConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected, expectedWord } from "./expectation.ts";
import { limits, type Range } from "./limits.ts";
import { type ProbeFunction, probeTypes, type ReadyScript, readyScripts } from "./probe-options.ts";
import { readySteps } from "./probe-scripts.ts";
import {
  bodyProblem,
  headerNameProblem,
  headerValueProblem,
  hostHeaderProblem,
  methodProblem,
  pathProblem,
} from "./probe-texts.ts";
import type { ProxyVersion } from "./proxy-options.ts";
import { probeSendProxySchema } from "./proxy-schema.ts";
import { parseStatusRange } from "./status-range.ts";
import { callback, count, milliseconds, strict } from "./value-schemas.ts";

const PROBE = 'an object of probe options, or "off"';
const STEP = "an object with send, expect or expectRegex";

const typeError = { error: expectedWord(probeTypes, ", or a function") };
const probeError = { error: expected(PROBE) };
const flagError = { error: expected("true or false") };
const textError = { error: expected("a text") };
const fileError = { error: expected("the path of a file") };
const statusError = { error: expected('a status such as 200, a range such as "200-299", or a list of them') };
const jitterError = { error: expected("a number from 0 to 0.5") };
const stepsError = { error: expected(`${readyScripts.map(quote).join(", ")}, or a list of steps`) };
const bytesError = { error: expected("a text or bytes, 1 to 4,096 of them") };
const headersError = { error: expected("an object that holds texts by the names of headers") };

/** Patterns over what a backend answers. */
export const EXPECT_REGEX: RegexUse = {
  name: "expect-regex",
  users: "probes",
  remedy: () => "bytes are compared; write it as \\x and two hex digits for each byte",
  lookaroundRemedy: "use two steps",
  everything: "every answer",
  it: "the step",
};

/** A text for which `problemOf` has nothing to say. */
function text(problemOf: (text: string) => string | undefined): z.ZodType<string> {
  return z.string(textError).superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

const bytes: z.ZodType<Uint8Array> = z
  .union([z.string(bytesError), z.instanceof(Uint8Array, bytesError)], bytesError)
  .transform((value): Uint8Array => new Uint8Array(typeof value === "string" ? Buffer.from(value) : value))
  .refine(({ length }) => isWithin(length, limits.probeBytes), {
    error: ({ input }) => `got ${byteCountOf(input)} bytes, expected 1 to 4,096`,
  });

const regex = z.string(textError).superRefine((source, context) => {
  const parsed = parseBoundedRegex(source, EXPECT_REGEX);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
});

const step = strict(STEP, {
  send: bytes.optional().describe("what is sent"),
  expect: bytes.optional().describe("what has to be in the answer"),
  expectRegex: regex.optional().describe("a regular expression that has to match the answer"),
}).transform(({ send, expect, expectRegex }, context): ProbeStep => {
  const all: (ProbeStep | undefined)[] = [
    send && { kind: "send", bytes: send },
    expect && { kind: "expect", bytes: expect },
    expectRegex === undefined ? undefined : { kind: "expect-regex", source: expectRegex },
  ];
  const [first, ...others] = all.filter((each) => each !== undefined);
  if (first !== undefined && others.length === 0) return first;
  const message = `got ${first === undefined ? "none" : "several"}, expected one of send, expect and expectRegex`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const steps: z.ZodType<readonly ProbeStep[]> = z.union(
  [
    z.enum(readyScripts, stepsError).transform((name: ReadyScript) => readySteps[name]),
    z
      .array(step, stepsError)
      .min(limits.probeSteps.min, { error: "got an empty list, expected at least one step" })
      .max(limits.probeSteps.max, { error: `expected at most ${limits.probeSteps.max} steps` }),
  ],
  stepsError,
);

const oneStatus: z.ZodType<Range> = z
  .union([z.int(statusError), z.string(statusError)], statusError)
  .transform((value, context) => {
    const parsed = parseStatusRange(String(value));
    if ("value" in parsed) return parsed.value;
    context.addIssue({ code: "custom", message: parsed.problem });
    return z.NEVER;
  });

const status: z.ZodType<readonly Range[]> = z.union(
  [
    oneStatus.transform((only) => [only]),
    z.array(oneStatus, statusError).min(1, { error: "got an empty list, expected at least one status" }),
  ],
  statusError,
);

const headers = z.record(z.string(), text(headerValueProblem), headersError).superRefine((given, context) => {
  const names = Object.keys(given);
  if (names.length > limits.probeHeaders.max) {
    const message = `got ${names.length} headers, expected at most ${limits.probeHeaders.max}`;
    context.addIssue({ code: "custom", message });
  }
  for (const name of names) {
    const message = headerNameProblem(name);
    if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
  }
});

const fields = strict(PROBE, {
  type: z
    .union([z.enum(probeTypes, typeError), callback<ProbeFunction>(typeError)], typeError)
    .prefault(defaults.probe.type)
    .describe("tcp, tls, http or script; a function asks what it likes"),
  port: count(limits.port).optional().describe("where the probe goes, if not to the backend's own port"),
  tls: z.boolean(flagError).optional().describe("http and script: over TLS"),
  serverName: text(hostProblem).optional().describe("over TLS: the name that the certificate has to be for"),
  ca: z.string(fileError).min(1, fileError).optional().describe("over TLS: a file with who may have signed it"),
  verify: z.boolean(flagError).optional().describe("over TLS: whether the certificate has to be good"),
  method: text(methodProblem).optional().describe("http: the method"),
  path: text(pathProblem).optional().describe("http: the path, with its query"),
  host: text(hostHeaderProblem).optional().describe("http: the Host header"),
  headers: headers.optional().describe("http: further headers"),
  status: status.optional().describe("http: the answers that are good"),
  body: text(bodyProblem).optional().describe("http: a text that has to be in the body"),
  steps: steps.optional().describe("script: what is sent and expected, or the name of a ready script"),
  intervalMs: milliseconds(limits.probeIntervalMs)
    .prefault(defaults.probe.intervalMs)
    .describe("between two probes of a backend"),
  intervalChangingMs: milliseconds(limits.probeIntervalMs)
    .optional()
    .describe("between two probes while a result differs from the state; at most intervalMs by default"),
  jitter: z
    .number(jitterError)
    .min(limits.probeJitterPercent.min / 100, jitterError)
    .max(limits.probeJitterPercent.max / 100, jitterError)
    .prefault(defaults.probe.jitter)
    .describe("by how much of it an interval may be shorter or longer, by chance"),
  timeoutMs: milliseconds(limits.probeTimeoutMs)
    .prefault(defaults.probe.timeoutMs)
    .describe("longest time for one probe"),
  rise: count(limits.probeCount).prefault(defaults.probe.rise).describe("successes in a row that bring a backend up"),
  fall: count(limits.probeCount).prefault(defaults.probe.fall).describe("failures in a row that take a backend down"),
  sendProxy: probeSendProxySchema
    .optional()
    .describe("begins each probe with a PROXY header of lb-tcp's own; by default as the pool does"),
});

type Fields = z.output<typeof fields>;
type Special = "port" | "tls" | "serverName" | "ca" | "verify" | HttpKey | "steps";
type HttpKey = "method" | "path" | "host" | "headers" | "status" | "body";

/** Which types a key goes with. */
const users: Readonly<Record<Special, readonly string[]>> = {
  port: probeTypes,
  tls: ["http", "script"],
  serverName: ["tls", "http", "script"],
  ca: ["tls", "http", "script"],
  verify: ["tls", "http", "script"],
  method: ["http"],
  path: ["http"],
  host: ["http"],
  headers: ["http"],
  status: ["http"],
  body: ["http"],
  steps: ["script"],
};
const specials = Object.keys(users) as Special[];

/** Whose sendProxy may follow the pool's. Files of `ca` have not been read yet. */
export type UnfollowedProbe = ProbeKind &
  Omit<ProbeConfig, keyof ProbeKind | "sendProxy"> & { readonly sendProxy?: ProxyVersion | "off" | undefined };

const filled = fields.transform((given, context): UnfollowedProbe => {
  for (const { path, message } of misplaced(given)) context.addIssue({ code: "custom", path, message });
  const { intervalMs, intervalChangingMs, jitter, timeoutMs, rise, fall, sendProxy, port } = given;
  return {
    ...kindOf(given),
    port,
    intervalMs,
    intervalChangingMs: intervalChangingMs ?? Math.min(defaults.probe.intervalChangingMs, intervalMs),
    jitter,
    timeoutMs,
    rise,
    fall,
    sendProxy,
  };
});

export const probeSchema: z.ZodType<UnfollowedProbe | undefined> = z
  .union([z.literal("off", probeError).transform(() => undefined), filled], probeError)
  .prefault({})
  .describe("how backends are checked, or off");

interface Misplaced {
  readonly path: string[];
  readonly message: string;
}

function misplaced(given: Fields): readonly Misplaced[] {
  const type = typeof given.type === "function" ? "a function" : given.type;
  const wrong = specials.filter((key) => given[key] !== undefined && !users[key].includes(type));
  if (wrong.length > 0) {
    return wrong.map((key) => ({
      path: [key],
      message: `is for a probe of type ${either(users[key])}, and this one is ${type}; leave it out, or change the type`,
    }));
  }
  const withoutTls = (["serverName", "ca", "verify"] as const).filter(
    (key) => given[key] !== undefined && type !== "tls" && given.tls !== true,
  );
  return [
    ...withoutTls.map((key) => ({ path: [key], message: "is for a probe over TLS; set tls to true, or leave it out" })),
    ...(given.ca !== undefined && given.verify === false
      ? [{ path: ["ca"], message: "has no effect where verify is false; leave one of the two out" }]
      : []),
    ...(type === "script" && given.steps === undefined
      ? [{ path: ["steps"], message: `missing, expected ${readyScripts.map(quote).join(", ")}, or a list of steps` }]
      : []),
    ...(given.method === "HEAD" && given.body !== undefined
      ? [{ path: ["body"], message: "can't be in the answer to HEAD, which has no body; set method to GET" }]
      : []),
  ];
}

function kindOf(given: Fields): ProbeKind {
  const { type, method, path, host, headers: more, status: ranges, body } = given;
  const tls = given.tls === true ? tlsOf(given) : undefined;
  switch (type) {
    case "tls":
      return { type, tls: tlsOf(given) };
    case "http":
      return {
        type,
        tls,
        method: method ?? defaults.probe.method,
        path: path ?? defaults.probe.path,
        host,
        headers: more ?? {},
        status: ranges ?? defaults.probe.status,
        body,
      };
    case "script":
      return { type, tls, steps: given.steps ?? [] };
    case "tcp":
    default:
      return { type };
  }
}

function tlsOf({ serverName, ca, verify }: Fields): ProbeTlsConfig {
  return { serverName, ca: ca === undefined ? ca : { file: ca, pem: "" }, verify: verify ?? defaults.probe.verify };
}

function either(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((word) => word !== "").join(" or ");
}

function isWithin(value: number, { min, max }: Range): boolean {
  return value >= min && value <= max;
}

function byteCountOf(value: unknown): number {
  return value instanceof Uint8Array ? value.length : 0;
}
