// When the balancer takes a new configuration: on request, and when a file has changed. Requests that come while one is
// under way are one request.

import type { Clock } from "../clock.ts";
import { fileKeyOf } from "../config/file/option-place.ts";
import type { Loaded } from "../config/load.ts";
import type { Balancer } from "../control/balancer.ts";
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
}

/** From its making on it watches; to be closed. What goes wrong stands in the log, and in the balancer's figures. */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #watch: FileWatch;
  #loaded: Loaded;
  #isWanted = false;
  #isRunning = false;
  #isClosed = false;

  /** @param loaded what the balancer runs on. @param seen the fingerprint of its files, from before they were read. */
  constructor(options: ReloaderOptions, loaded: Loaded, seen: string) {
    const { clock, files, source } = options;
    this.#options = options;
    this.#loaded = loaded;
    const paths = (): readonly string[] => source.paths(this.#loaded);
    this.#watch = new FileWatch({ clock, files, paths, onChange: () => this.reload() }, seen);
  }

  /** What is in force. */
  get loaded(): Loaded {
    return this.#loaded;
  }

  /** Asks for it, whether or not a file has changed. */
  reload(): void {
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false;
      await this.#reloadOnce();
    }
    this.#isRunning = false;
  }

  async #reloadOnce(): Promise<void> {
    const { balancer, files, source } = this.#options;
    let next: Loaded | undefined;
    const load = (): Loaded["options"] => {
      // Before it is read: what is written while it is read is a change.
      const seen = fingerprint(source.paths(this.#loaded), files);
      if (!this.#isClosed) this.#watch.know(seen);
      next = source.load();
      return next.options;
    };
    try {
      // Those who leave do so under what they came with.
      await balancer.reload(load, { graceMs: this.#loaded.process.drainTimeoutMs, nameOf: fileKeyOf });
    } catch {
      // The balancer has said it, and counts it.
      return;
    }
    if (next === undefined || this.#isClosed) return;
    const paths = source.paths(next);
    const areOthers = paths.join("\0") !== source.paths(this.#loaded).join("\0");
    this.#loaded = next;
    if (areOthers) this.#watch.know(fingerprint(paths, files));
  }
}
