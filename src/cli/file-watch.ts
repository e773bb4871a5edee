// Files whose content matters, watched by way of their folders: a file that is replaced is another one, and its own
// watch would see nothing more (https://github.com/kubernetes/kubernetes/issues/112677).

import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Clock, Timer } from "../clock.ts";
import type { FileSystem } from "./file-system.ts";
import { type PathStep, traceLinks } from "./link-trace.ts";

export interface FileWatchOptions {
  readonly clock: Clock;
  readonly files: FileSystem;
  /** Which files: asked again after each look. */
  readonly paths: () => readonly string[];
  /** Their content is another one. */
  readonly onChange: () => void;
}

/** Editors and Kubernetes need several steps for one change: wait until they are through. */
const SETTLE_MS = 200;
/** In a folder where something happens all the time. */
const LONGEST_SETTLE_MS = 1_000;
/** File systems of other machines do not tell, and a folder may be replaced. */
const LOOK_ANYWAY_MS = 10_000;

/** Tells when the content of files has become another one, however that was done. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watched = new Map<string, () => void>();
  #steps: readonly PathStep[] = [];
  #seen: string;
  #looking: Timer | undefined;
  #polling: Timer | undefined;
  /** When the first event came that has not been looked at. Monotonic milliseconds. */
  #stirredAtMs: number | undefined;

  /** @param seen the fingerprint of what is known; a content that is already another one is told. */
  constructor(options: FileWatchOptions, seen: string) {
    this.#options = options;
    this.#seen = seen;
    this.#follow();
    this.#pollLater();
    if (this.#fingerprint() !== seen) this.#stir();
  }

  /** Somebody has read them meanwhile: that content is known. */
  know(seen: string): void {
    this.#seen = seen;
    this.#follow();
  }

  /** Idempotent. No callback comes after it. */
  close(): void {
    this.#looking?.cancel();
    this.#polling?.cancel();
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
  }

  #stir(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#stirredAtMs ??= nowMs;
    this.#looking?.cancel();
    const delayMs = Math.min(SETTLE_MS, Math.max(0, this.#stirredAtMs + LONGEST_SETTLE_MS - nowMs));
    this.#looking = this.#options.clock.setTimer(() => this.#look(), delayMs);
  }

  #look(): void {
    this.#stirredAtMs = undefined;
    this.#follow();
    const fingerprint = this.#fingerprint();
    if (fingerprint === this.#seen) return;
    this.#seen = fingerprint;
    this.#options.onChange();
  }

  #pollLater(): void {
    this.#polling = this.#options.clock.setTimer(() => {
      this.#pollLater();
      this.#look();
    }, LOOK_ANYWAY_MS);
  }

  /** Watches the folders of all links as they are now. */
  #follow(): void {
    const { files, paths } = this.#options;
    this.#steps = paths().flatMap((path) => traceLinks(path, (link) => files.readLink(link)));
    const folders = new Set(this.#steps.map(({ folder }) => folder));
    for (const [folder, stop] of this.#watched) {
      if (folders.has(folder)) continue;
      stop();
      this.#watched.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watched.has(folder)) continue;
      const stop = files.watch(folder, (name) => this.#hear(folder, name));
      if (stop !== undefined) this.#watched.set(folder, stop);
    }
  }

  #hear(folder: string, name: string | undefined): void {
    // The folder itself has gone, or its watch has failed: another of that name has to be watched anew.
    if (name === undefined || name === basename(folder)) {
      this.#watched.get(folder)?.();
      this.#watched.delete(folder);
    } else if (!this.#steps.some((step) => step.folder === folder && step.name === name)) return;
    this.#stir();
  }

  #fingerprint(): string {
    return fingerprint(this.#options.paths(), this.#options.files);
  }
}

/** Tells one content of files from another; a file that can't be read has one of its own. */
export function fingerprint(paths: readonly string[], files: Pick<FileSystem, "read">): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = files.read(path);
    hash.update(`${path}\0${content === undefined ? "none" : content.length}\0`);
    if (content !== undefined) hash.update(content);
  }
  return hash.digest("hex");
}
