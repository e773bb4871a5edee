import { z } from "zod";
import type { OnDrainConfig, SlowStartConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected } from "./expectation.ts";
import { type OnDown, type OnUp, onDownModes, onUpModes } from "./health-options.ts";
import { limits } from "./limits.ts";
import { milliseconds, oneOf, strict } from "./value-schemas.ts";

const SLOW_START = 'an object with overMs and from, or "off"';
const ON_DRAIN = 'an object with afterMs, or "keep"';

const slowStartError = { error: expected(SLOW_START) };
const onDrainError = { error: expected(ON_DRAIN) };
const panicError = { error: expected('a number from 0 to 1, or "off"') };
const fromError = { error: expected("a number from 0 to 1") };

const slowStart = strict(SLOW_START, {
  overMs: milliseconds(limits.slowStartMs).describe("until a backend has its whole weight"),
  from: z
    .number(fromError)
    .min(0, fromError)
    .max(1, fromError)
    .prefault(defaults.slowStart.from)
    .describe("the part of its weight that it begins with"),
});

const onDrain = strict(ON_DRAIN, {
  afterMs: milliseconds(limits.onDrainMs).describe("when its sessions are reset"),
});

const slowStartOrOff: z.ZodType<SlowStartConfig | undefined> = z.union(
  [z.literal("off", slowStartError).transform((): SlowStartConfig | undefined => undefined), slowStart],
  slowStartError,
);

const panicBelow: z.ZodType<number | undefined> = z.union(
  [
    z.literal("off", panicError).transform((): number | undefined => undefined),
    z.number(panicError).min(0, panicError).max(1, panicError),
  ],
  panicError,
);

const onDrainOrKeep: z.ZodType<OnDrainConfig | undefined> = z.union(
  [z.literal("keep", onDrainError).transform((): OnDrainConfig | undefined => undefined), onDrain],
  onDrainError,
);

/** The fields of a pool that say what health does. */
export const healthFields: {
  readonly slowStart: z.ZodType<SlowStartConfig | undefined>;
  readonly panicBelow: z.ZodType<number | undefined>;
  readonly onDown: z.ZodType<OnDown>;
  readonly onUp: z.ZodType<OnUp>;
  readonly onDrain: z.ZodType<OnDrainConfig | undefined>;
} = {
  slowStart: slowStartOrOff
    .prefault(defaults.pool.slowStart)
    .describe("how a backend that has returned or was added comes to its whole weight, or off"),
  panicBelow: panicBelow
    .prefault(defaults.pool.panicBelow)
    .describe("the share of healthy addresses below which health and ejection are ignored, or off"),
  onDown: oneOf(onDownModes)
    .prefault(defaults.pool.onDown)
    .describe("what happens to the sessions of a backend that probes have found down: keep, or close"),
  onUp: oneOf(onUpModes)
    .prefault(defaults.pool.onUp)
    .describe("what happens to the sessions of backups when another backend serves again: keep, or close-backups"),
  onDrain: onDrainOrKeep
    .prefault(defaults.pool.onDrain)
    .describe("when the sessions of a drained backend are reset; keep lets them finish"),
};
