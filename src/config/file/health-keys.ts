// What health does to picks and to live sessions, in a file.

import { z } from "zod";
import type { PoolConfig } from "../config.ts";
import { defaults } from "../defaults.ts";
import { defined } from "../defined.ts";
import { formatDuration } from "../duration.ts";
import {
  type OnDown,
  type OnDrainOptions,
  type OnUp,
  onDownModes,
  onUpModes,
  type SlowStartOptions,
} from "../health-options.ts";
import { choice, duration, durationOrOff } from "../kind.ts";
import { limits } from "../limits.ts";
import type { PoolOptions } from "../options.ts";
import { formatPercentage, parsePercentage } from "../percentage.ts";
import { leaf, ofKind, parsedLeaf } from "./leaf.ts";
import { key, needed, section } from "./section.ts";

type Key<T> = z.ZodOptional<z.ZodType<T>>;

const { pool, slowStart } = defaults;

const PERCENTAGE = "a percentage such as 30%";

const slowStartFields = section("a duration, off, or a map with over and from", {
  over: needed(ofKind(duration(limits.slowStartMs.min, limits.slowStartMs)), {
    description: "until a backend has its whole weight",
  }),
  from: key(parsedLeaf("a percentage such as 10%", parsePercentage), {
    description: "the part of its weight that it begins with",
    default: formatPercentage(slowStart.from),
  }),
}).transform(({ over, from }) => defined<SlowStartOptions>({ overMs: over, from }));

const slowStartWord = ofKind(durationOrOff(pool.slowStart, limits.slowStartMs)).transform(
  (ms): SlowStartOptions | "off" => (ms === "off" ? ms : { overMs: ms }),
);

const panicBelow = leaf<number | "off">({
  parse: (text) => (text === "off" ? { value: text } : parsePercentage(text)),
  expected: `${PERCENTAGE}, or off`,
  json: { anyOf: [{ type: "string" }, { const: false }] },
});

const onDrainFields = section("keep, or a map with after", {
  after: needed(ofKind(duration(limits.onDrainMs.min, limits.onDrainMs)), {
    description: "so long after the drain began",
  }),
}).transform(({ after }): OnDrainOptions => ({ afterMs: after }));

/** The keys of a pool. */
export const healthKeys: {
  readonly "slow-start": Key<SlowStartOptions | "off">;
  readonly "panic-below": Key<number | "off">;
  readonly "on-down": Key<OnDown>;
  readonly "on-up": Key<OnUp>;
  readonly "on-drain": Key<OnDrainOptions | "keep">;
} = {
  "slow-start": key(z.union([slowStartWord, slowStartFields]), {
    description:
      "how a backend that has returned or was added comes to its whole weight; source-hash keeps its table, and has none",
    default: pool.slowStart,
  }),
  "panic-below": key(panicBelow, {
    description:
      "with fewer healthy addresses than this share of the pool, health and ejection are ignored, and on-down closes nothing",
    default: pool.panicBelow,
  }),
  "on-down": key(ofKind(choice<OnDown>(pool.onDown, onDownModes)), {
    description: "the sessions of a backend that probes have found down: keep lets them be, close resets them",
    default: pool.onDown,
  }),
  "on-up": key(ofKind(choice<OnUp>(pool.onUp, onUpModes)), {
    description:
      "the sessions of backups when another backend serves again: keep lets them be, close-backups resets them",
    default: pool.onUp,
  }),
  "on-drain": key(z.union([ofKind(choice<"keep">(pool.onDrain, ["keep"])), onDrainFields]), {
    description:
      "the sessions of a backend that is drained or in maintenance: keep lets them finish, after resets what is left",
    default: pool.onDrain,
  }),
};

interface HealthFields {
  readonly "slow-start"?: SlowStartOptions | "off" | undefined;
  readonly "panic-below"?: number | "off" | undefined;
  readonly "on-down"?: OnDown | undefined;
  readonly "on-up"?: OnUp | undefined;
  readonly "on-drain"?: OnDrainOptions | "keep" | undefined;
}

/** What the keys say, as options. */
export function healthOptions(fields: HealthFields): Partial<PoolOptions> {
  return defined<Partial<PoolOptions>>({
    slowStart: fields["slow-start"],
    panicBelow: fields["panic-below"],
    onDown: fields["on-down"],
    onUp: fields["on-up"],
    onDrain: fields["on-drain"],
  });
}

/** What is in force, in the words of a file. */
export function healthWords({ slowStart, panicBelow, onDown, onUp, onDrain }: PoolConfig): {
  readonly [key: string]: string | { readonly [key: string]: string };
} {
  return {
    "slow-start":
      slowStart === undefined
        ? "off"
        : { over: formatDuration(slowStart.overMs), from: formatPercentage(slowStart.from) },
    "panic-below": panicBelow === undefined ? "off" : formatPercentage(panicBelow),
    "on-down": onDown,
    "on-up": onUp,
    "on-drain": onDrain === undefined ? "keep" : { after: formatDuration(onDrain.afterMs) },
  };
}
