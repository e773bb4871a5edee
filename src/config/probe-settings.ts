// The flags of probes.

import type { Parsed } from "../wire/parsed.ts";
import { defaults } from "./defaults.ts";
import { type Setting, setting } from "./key.ts";
import { choice, count, duration, type Kind } from "./kind.ts";
import { limits } from "./limits.ts";
import { pathProblem } from "./probe-texts.ts";
import { formatStatusRange, parseStatusRange } from "./status-range.ts";

const { probe } = defaults;

/** A script takes a file. */
const probeWords = ["tcp", "http", "tls", "off"] as const;

export interface ProbeSettings {
  readonly probe: (typeof probeWords)[number];
  readonly "probe-interval": number;
  readonly "probe-timeout": number;
  readonly rise: number;
  readonly fall: number;
  readonly "probe-path": string;
  readonly "probe-status": readonly string[];
}

const path: Kind<string> = {
  placeholder: "PATH",
  words: [],
  defaultText: probe.path,
  fallback: probe.path,
  parse(text) {
    const problem = pathProblem(text);
    return problem === undefined ? { value: text } : { problem };
  },
};

const status: Kind<readonly string[]> = {
  placeholder: "STATUS,…",
  words: [],
  defaultText: probe.status.map(formatStatusRange).join(","),
  fallback: probe.status.map(formatStatusRange),
  parse(text): Parsed<readonly string[]> {
    const parts = text.split(",").map((part) => part.trim());
    const wrong = parts.map(parseStatusRange).find((parsed) => "problem" in parsed);
    return wrong !== undefined && "problem" in wrong ? wrong : { value: parts };
  },
};

export const probeSettings: { readonly [Flag in keyof ProbeSettings]: Setting<ProbeSettings[Flag]> } = {
  probe: setting("probe", "Health", choice(probe.type, probeWords), "how backends are checked"),
  "probe-interval": setting(
    "probe-interval",
    "Health",
    duration(probe.intervalMs, limits.probeIntervalMs),
    "between two probes of a backend; at most 1s while its state is changing",
  ),
  "probe-timeout": setting(
    "probe-timeout",
    "Health",
    duration(probe.timeoutMs, limits.probeTimeoutMs),
    "longest time for one probe",
  ),
  rise: setting("rise", "Health", count(probe.rise, limits.probeCount), "successes in a row that bring a backend up"),
  fall: setting("fall", "Health", count(probe.fall, limits.probeCount), "failures in a row that take a backend down"),
  "probe-path": setting("probe-path", "Health", path, "what an HTTP probe asks for"),
  "probe-status": setting("probe-status", "Health", status, "the answers of an HTTP probe that are good"),
};
