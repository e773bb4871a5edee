// Reloads one after the other, and what has become of them.

import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { BalancerOptions } from "../config/options.ts";
import { resolve } from "../config/resolve.ts";
import { LbError, messageOf, type Problem } from "../errors.ts";
import type { ReloadEvent } from "../observe/events.ts";
import { isoTime } from "../observe/iso-time.ts";
import type { Log } from "../observe/log.ts";
import { type ReloadParts, reload } from "./reload.ts";
import { describeReport, type ReloadReport } from "./reload-report.ts";

/** What a reload reads: options, or a function that reads them when their turn has come. */
export type ReloadSource = BalancerOptions | (() => BalancerOptions | Promise<BalancerOptions>);

export interface ReloadOptions {
  /** How long the sessions of a listener that is removed may finish; the rest is reset. Milliseconds, default 25,000. */
  readonly graceMs?: number;
  /** What an option's path is called where the options come from; by default, itself. */
  readonly nameOf?: (path: string) => string;
  /** Paths of what is beside the balancer, and was read anew with it, but takes effect at the next start only. */
  readonly restartRequired?: () => readonly string[];
}

/** What is in force, and what has become of the attempts to change it. */
export interface ConfigStats {
  /** Of what is in force: two that are equal have the same. */
  readonly hash: string;
  readonly reloads: { readonly ok: number; readonly failed: number };
  /** When the configuration that is in force was taken in. ISO 8601, UTC. */
  readonly lastSuccessAt: string;
  /** Why the last reload failed; null where it has not, or there was none. */
  readonly lastError: string | null;
  /** Paths of options whose value in the last configuration takes effect at the next start only. */
  readonly restartRequired: readonly string[];
}

const DEFAULT_GRACE_MS = 25_000;

/** The reloads of one balancer. */
export class Reloads {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #announce: (event: Omit<ReloadEvent, "at">) => void;
  readonly #parts: ReloadParts;
  #last: Promise<unknown> = Promise.resolve();
  #ok = 0;
  #failed = 0;
  #lastSuccessMs: number;
  #lastError: string | null = null;
  #restartRequired: readonly string[] = [];

  /** @param announce told how each of them went. */
  constructor(log: Log, announce: (event: Omit<ReloadEvent, "at">) => void, parts: ReloadParts) {
    this.#clock = parts.clock;
    this.#log = log;
    this.#announce = announce;
    this.#parts = parts;
    this.#lastSuccessMs = parts.clock.wallMs();
  }

  get stats(): ConfigStats {
    return {
      hash: hashOf(this.#parts.roster.config),
      reloads: { ok: this.#ok, failed: this.#failed },
      lastSuccessAt: isoTime(this.#lastSuccessMs),
      lastError: this.#lastError,
      restartRequired: this.#restartRequired,
    };
  }

  /** One at a time, in the order in which they were asked for. @throws LbError; then nothing has changed. */
  reload(source: ReloadSource, options: ReloadOptions = {}): Promise<ReloadReport> {
    const reloaded = this.#last.then(() => this.#reload(source, options));
    this.#last = reloaded.catch(() => {});
    return reloaded;
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #reload(source: ReloadSource, options: ReloadOptions): Promise<ReloadReport> {
    const { graceMs = DEFAULT_GRACE_MS, nameOf = (path) => path, restartRequired = () => [] } = options;
    const { isClosing } = this.#parts;
    if (isClosing()) throw new LbError("LB_CLOSED", "reload: the balancer is closing; make another one");
    try {
      const next = resolve(typeof source === "function" ? await source() : source);
      const changed = await reload(this.#parts, next, graceMs);
      const report = {
        ...changed,
        restartRequired: [...changed.restartRequired, ...restartRequired()].map((path) => nameOf(path)),
      };
      this.#succeeded(report);
      return report;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #succeeded(report: ReloadReport): void {
    this.#ok++;
    this.#lastSuccessMs = this.#clock.wallMs();
    this.#lastError = null;
    this.#restartRequired = report.restartRequired;
    const { hash } = this.stats;
    const fields = { result: "ok", hash, ...report };
    this.#log.info("reload", fields, `Reloaded the configuration: ${describeReport(report)}`);
    this.#announce({ result: "ok", hash, error: null });
    if (report.restartRequired.length === 0) return;
    const keys = report.restartRequired.join(", ");
    this.#log.warn(
      "reload",
      { restartRequired: report.restartRequired },
      `These need a restart to take effect: ${keys}`,
    );
  }

  #fail(error: unknown): void {
    this.#failed++;
    this.#lastError = messageOf(error);
    const problems = problemsOf(error);
    const text = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
    this.#log.error("reload", { result: "failed", problems }, `Reload failed, nothing has changed: ${text}`);
    this.#announce({ result: "failed", hash: this.stats.hash, error: this.#lastError });
  }
}

/** Everything that is wrong, also where it is one thing only. */
function problemsOf(error: unknown): readonly Problem[] {
  const problems = error instanceof LbError ? error.details.problems : undefined;
  return problems ?? [{ path: "reload", message: messageOf(error) }];
}

const HASH_CHARACTERS = 16;

/** Asked for with all figures, and long to make where there are a thousand backends. A configuration never changes. */
const hashes = new WeakMap<Config, string>();

function hashOf(config: Config): string {
  const known = hashes.get(config);
  if (known !== undefined) return known;
  const hash = createHash("sha256").update(JSON.stringify(config, plain)).digest("hex").slice(0, HASH_CHARACTERS);
  hashes.set(config, hash);
  return hash;
}

/** JSON knows neither functions nor Infinity. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === "function" || value === Number.POSITIVE_INFINITY ? String(value) : value;
}
