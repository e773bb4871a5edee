import { join, resolve } from "node:path";

// This file runs as dist/bench/repository.js.
const REPOSITORY = resolve(import.meta.dirname, "../..");

/** The program as npm installs it. */
export const LB_TCP_MAIN: string = join(REPOSITORY, "dist/src/cli/main.js");
export const GO_SOURCE: string = join(REPOSITORY, "bench/rivals/go-tcp-lb.go");
export const RESULTS_FOLDER: string = join(REPOSITORY, "bench/results");

/** A module of bench that is started as a process, by its path below bench, such as `load/holder.js`. */
export function moduleFile(path: string): string {
  return join(import.meta.dirname, path);
}
