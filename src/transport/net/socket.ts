import { readSync } from "node:fs";
import type { Socket } from "node:net";
import { systemCode } from "../../errors.ts";
import { isReset } from "../failure.ts";
import type { SocketOptions } from "../transport.ts";

/** What every socket of lb-tcp is created with, accepted or dialled. */
export interface NetSocketOptions {
  readonly allowHalfOpen: true;
  readonly noDelay: true;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay?: number;
  readonly highWaterMark: number;
}

export function netSocketOptions({ keepaliveMs }: SocketOptions): NetSocketOptions {
  const keepAlive = Number.isFinite(keepaliveMs);
  return {
    allowHalfOpen: true,
    noDelay: true,
    keepAlive,
    ...(keepAlive ? { keepAliveInitialDelay: keepaliveMs } : {}),
    // With 1 there is a `drain` event after every write that the kernel did not take at once and after no other, and a
    // paused socket reads one chunk ahead and no more.
    highWaterMark: 1,
  };
}

/** What this folder uses of a socket beyond Node's documentation. */
export interface NetSocket extends Socket {
  readonly _handle?: { readonly fd?: number } | null;
}

const NOTHING: Uint8Array = new Uint8Array(1);

/**
 * Whether a stream that has ended for Node was cut off by a reset. When data and RST arrive in one turn, libuv before
 * 1.52 (Node 20 and 22) reports a clean end: POLLHUP after a partial read, in uv__stream_io. The error still waits in the
 * kernel: read(2) gives it, and 0 after a FIN. Without a descriptor, as on Windows, an end is what it seems to be.
 */
export function hasEndedInReset(socket: NetSocket): boolean {
  const descriptor = socket._handle?.fd;
  if (descriptor === undefined || descriptor < 0) return false;
  try {
    readSync(descriptor, NOTHING, 0, 1, null);
    return false;
  } catch (error) {
    return isReset(systemCode(error) ?? "");
  }
}
