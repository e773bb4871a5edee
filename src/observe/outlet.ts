// Opens what the log is written to, so that a write neither blocks the event loop nor, where the system allows it, a
// thread: at its exit Node waits for the threads of its pool, and one that hangs in write(2) would keep the process.

import type { Stats } from "node:fs";
import { closeSync, constants, fstatSync, openSync, write, writeSync } from "node:fs";
import { LbError, systemCode } from "../errors.ts";

/** Why a write came to nothing: full for the moment, or nobody reads it any more, or another failure (a full disk). */
export type Obstacle = "full" | "gone" | "failed";

/** Takes the bytes of the log, one write at a time. */
export interface Outlet {
  /** Writes what it can and calls back once, maybe before it returns: how much is out, or what was in the way. */
  write(bytes: Buffer, done: (writtenBytes: number, obstacle?: Obstacle) => void): void;
  /** For the exit of the process: at once, and what is not taken is lost. Returns how much is out. */
  writeNow(bytes: Buffer): number;
  close(): void;
}

const standardDescriptors: ReadonlyMap<string, 1 | 2> = new Map([
  ["stdout", 1],
  ["stderr", 2],
  // As a path they could not be opened where they are sockets.
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

export function isStandard(output: string): boolean {
  return standardDescriptors.has(output);
}

/** Throws LB_LOG_OUTPUT. */
export function openOutlet(output: string): Outlet {
  const standard = standardDescriptors.get(output);
  try {
    return standard === undefined ? openFile(output) : openStandard(standard);
  } catch (error) {
    const code = systemCode(error) ?? "unknown error";
    const remedy = remedies.get(code) ?? "choose another file, stdout or stderr";
    throw new LbError("LB_LOG_OUTPUT", `log output ${output}: can't be opened for writing (${code}): ${remedy}`, {
      cause: error,
    });
  }
}

const remedies: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "create its folder first, or choose another file, stdout or stderr"],
  ["EACCES", "let the user this runs as write there, or choose another file, stdout or stderr"],
  ["EPERM", "let the user this runs as write there, or choose another file, stdout or stderr"],
  ["EROFS", "the file system is read-only; choose another file, stdout or stderr"],
  ["EISDIR", "it is a folder; name a file in it"],
  ["ENXIO", "nobody reads this pipe, or it is a socket; start its reader first, or choose a file, stdout or stderr"],
]);

function openFile(path: string): Outlet {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  // Others may not read whom this machine talks to.
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o640);
  return descriptorOutlet(fd, { blocking: fstatSync(fd).isFile(), owned: true });
}

function openStandard(fd: 1 | 2): Outlet {
  const stats = fstatSync(fd);
  // A second description of a file would have a position of its own and write over what is there.
  if (stats.isFile()) return descriptorOutlet(fd, { blocking: true, owned: false });
  const own = stats.isSocket() ? undefined : reopen(fd);
  if (own !== undefined) return descriptorOutlet(own, { blocking: false, owned: true });
  return isStreamable(stats) ? streamOutlet(fd) : descriptorOutlet(fd, { blocking: true, owned: false });
}

/**
 * The same pipe or terminal as an open file description of our own. O_NONBLOCK belongs to the description, and the one
 * we were given may be shared with the shell and others. Not everywhere: Linux only, not where the pipe belongs to
 * another user (EACCES), not where nobody reads it any more (ENXIO).
 */
function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}

// Node's own stream for a terminal blocks (doc/api/process.md, "A note on process I/O"); then rather a thread does.
function isStreamable(stats: Stats): boolean {
  return stats.isSocket() || stats.isFIFO();
}

/** A blocking descriptor is written to in a thread of Node's pool, any other one here. */
function descriptorOutlet(fd: number, { blocking, owned }: { blocking: boolean; owned: boolean }): Outlet {
  let isWriting = false;
  let isClosed = false;

  function release(): void {
    if (!owned) return;
    try {
      closeSync(fd);
    } catch {
      // The descriptor is gone all the same (close(2)), and nobody is left to tell.
    }
  }

  return {
    write(bytes, done) {
      if (blocking) {
        isWriting = true;
        write(fd, bytes, (error, writtenBytes) => {
          isWriting = false;
          if (isClosed) release();
          if (error === null) done(writtenBytes);
          else done(0, obstacleOf(error));
        });
        return;
      }
      let writtenBytes = 0;
      let obstacle: Obstacle | undefined;
      try {
        writtenBytes = writeSync(fd, bytes);
      } catch (error) {
        obstacle = obstacleOf(error);
      }
      done(writtenBytes, obstacle);
    },
    writeNow(bytes) {
      try {
        return writeSync(fd, bytes);
      } catch {
        return 0;
      }
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      // Closed before the thread gets to it, the number could be another file's by then.
      if (!isWriting) release();
    },
  };
}

function obstacleOf(error: unknown): Obstacle {
  const code = systemCode(error);
  if (code === "EAGAIN") return "full";
  return code === "EPIPE" ? "gone" : "failed";
}

/**
 * Node's own stream, because a second libuv handle over the same descriptor would take its events away, and because
 * Node never closes it: the next socket would get the number 1. It makes the shared description non-blocking, as it
 * does for every program that prints, and takes that back at the exit.
 */
function streamOutlet(fd: 1 | 2): Outlet {
  const stream = fd === 1 ? process.stdout : process.stderr;
  // The callback tells of an error too; without a listener for the event it would end the process.
  if (!stream.listeners("error").includes(ignoreError)) stream.on("error", ignoreError);
  return {
    write(bytes, done) {
      stream.write(bytes, (error) => {
        if (error) done(0, "gone");
        else done(bytes.length);
      });
    },
    writeNow(bytes) {
      stream.write(bytes);
      return bytes.length;
    },
    close() {},
  };
}

function ignoreError(): void {}
