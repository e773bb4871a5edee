// The file of a unix socket that we listen on: one left behind is replaced, one that answers is in use, and at the end
// it is removed only if it is still ours.

import { lstatSync, renameSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { LbError, systemCode } from "../errors.ts";

let bound = 0;

/**
 * Where to bind before `publishUnixSocket`. libuv removes the path it has bound when it closes, whosever file that is by
 * then; under a name of its own it removes nothing of anybody else's.
 */
export function temporarySocketPath(path: string): string {
  bound++;
  return join(dirname(path), `.lb-tcp-${process.pid}-${threadId}-${bound}`);
}

/**
 * Gives a bound socket its name, in one step.
 * @returns removes the name again, if it still is this socket's.
 */
export function publishUnixSocket(temporaryPath: string, path: string): () => void {
  renameSync(temporaryPath, path);
  const ours = lstatSync(path);
  return () => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.ino === ours.ino && found.dev === ours.dev) unlinkSync(path);
  };
}

/**
 * Whether a socket may listen at `path`: nothing is there, or a socket whose owner has gone.
 *
 * @throws LbError `LB_ADDRESS_IN_USE` where somebody answers, or something other than a socket is there.
 */
export async function checkUnixSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw inUse(path, "a file that is not a socket is there; remove it or choose another path");
  if (await answers(path)) throw inUse(path, "another process listens there; stop it or choose another path");
}

function inUse(path: string, remedy: string): LbError {
  const address = `unix:${path}`;
  return new LbError("LB_ADDRESS_IN_USE", `cannot listen on ${address}: ${remedy}`, { details: { address } });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // Only a refusal says that nobody is there: a full backlog (EAGAIN) or a missing permission means somebody is.
    socket.once("error", (error) => resolve(systemCode(error) !== "ECONNREFUSED"));
  });
}
