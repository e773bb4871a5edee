import { Worker } from "node:worker_threads";
import type { Assignment } from "../worker/assignment.ts";
import type { FromWorker, ToWorker } from "../worker/message.ts";

/** A worker's thread, from its start to its end. */
export interface Thread {
  post(message: ToWorker): void;
  /** Ends it wherever it is, except in a system call. */
  terminate(): void;
}

export interface ThreadHandler {
  onMessage(message: FromWorker): void;
  /** It has gone, with everything it had posted before. @param error what ended it, where something has. */
  onGone(error: unknown): void;
}

/** Starts a thread. Tests start none. */
export type Spawn = (assignment: Assignment, handler: ThreadHandler) => Thread;

export const spawnThread: Spawn = (assignment, handler) => {
  const worker = new Worker(new URL("../worker/entry.js", import.meta.url), {
    workerData: assignment,
    name: `lb-tcp worker ${assignment.worker}`,
    // A program that was given by --eval may have said what language it is in; a file may not be told.
    ...(process.execArgv.some((flag) => flag.startsWith("--input-type")) ? { execArgv: [] } : {}),
  });
  let failure: unknown;
  worker.on("message", (message: FromWorker) => handler.onMessage(message));
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", () => handler.onGone(failure));
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
  };
};
