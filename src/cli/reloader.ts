// When the balancer takes a new configuration: on request, and when a file has changed. Requests that come while one is
// under way are one request.

import type { Clock } from "../clock.ts";
import { adminRestarts } from "../config/diff.ts";
import { fileKeyOf } from "../config/file/option-place.ts";
import type { Loaded } from "../config/load.ts";
import type { Balancer } from "../control/balancer.ts";
import type { ReloadReport } from "../control/reload-report.ts";
import { LbError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import { FileWatch, fingerprint } from "./file-watch.ts";

/** Where a configuration comes from that can change. */
export interface ConfigurationSource {
  /** Reads it anew. @throws LbError `LB_CONFIG` with all problems */
  load(): Loaded;
  /** The files that it was read from. */
  paths(loaded: Loaded): readonly string[];
}

export interface ReloaderOptions {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly source: ConfigurationSource;
  readonly balancer: Pick<Balancer, "reload">;
  /** Called with what has come in force. */
  readonly onLoaded?: (loaded: Loaded) => void;
}

interface Waiting {
  readonly resolve: (report: ReloadReport) => void;
  readonly reject: (error: unknown) => void;
}

/** From its making on it watches; to be closed. What goes wrong stands in the log, and in the balancer's figures. */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #watch: FileWatch;
  #loaded: Loaded;
  /** Whoever wants the next one. */
  #waiting: Waiting[] = [];
  /** What the process was started with. */
  readonly #first: Loaded;
  #isRunning = false;
  #isClosed = false;

  /** @param loaded what the balancer runs on. @param seen the fingerprint of its files, from before they were read. */
  constructor(options: ReloaderOptions, loaded: Loaded, seen: string) {
    const { clock, files, source } = options;
    this.#options = options;
    this.#loaded = loaded;
    this.#first = loaded;
    const paths = (): readonly string[] => source.paths(this.#loaded);
    this.#watch = new FileWatch({ clock, files, paths, onChange: () => void this.reload() }, seen);
  }

  /** What is in force. */
  get loaded(): Loaded {
    return this.#loaded;
  }

  /**
   * Asks for it, whether or not a file has changed.
   * @returns what it has changed. Whoever does not wait need not catch anything.
   * @throws LbError as `reload` of `Balancer`
   */
  reload(): Promise<ReloadReport> {
    const report = new Promise<ReloadReport>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // The balancer says what goes wrong, and counts it.
    report.catch(() => {});
    if (!this.#isRunning) void this.#run();
    return report;
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
    if (!this.#isRunning) this.#refuseAll();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const waiting = this.#waiting.splice(0);
      try {
        const report = await this.#reloadOnce();
        for (const { resolve } of waiting) resolve(report);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#isRunning = false;
    if (this.#isClosed) this.#refuseAll();
  }

  #refuseAll(): void {
    const error = new LbError("LB_CLOSED", "reload: the program is stopping; start it anew");
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  async #reloadOnce(): Promise<ReloadReport> {
    const { balancer, files, source, onLoaded } = this.#options;
    let next: Loaded | undefined;
    const load = (): Loaded["options"] => {
      // Before it is read: what is written while it is read is a change.
      const seen = fingerprint(source.paths(this.#loaded), files);
      if (!this.#isClosed) this.#watch.know(seen);
      next = source.load();
      return next.options;
    };
    // Those who leave do so under what they came with.
    const report = await balancer.reload(load, {
      graceMs: this.#loaded.process.drainTimeoutMs,
      nameOf: fileKeyOf,
      restartRequired: () => adminRestarts(this.#first.admin, next?.admin),
    });
    if (next === undefined || this.#isClosed) return report;
    const paths = source.paths(next);
    const areOthers = paths.join("\0") !== source.paths(this.#loaded).join("\0");
    this.#loaded = next;
    if (areOthers) this.#watch.know(fingerprint(paths, files));
    onLoaded?.(next);
    return report;
  }
}
