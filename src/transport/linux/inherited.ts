// Listening sockets of another process: they are used as they are, and never closed.

import type { SocketAddress } from "../../wire/address.ts";
import type { ListenOptions } from "../transport.ts";
import { F_DUPFD_CLOEXEC, F_SETFL, O_NONBLOCK } from "./constants.ts";
import { systemError } from "./errno.ts";
import { setLiveness, setNoDelay } from "./socket-options.ts";
import { systemCalls } from "./system-calls.ts";

/**
 * Makes it fit for several workers at once. Nothing is done to it that the next process would mind.
 * @throws the system's error
 */
export function adoptListeningSocket(descriptor: number, address: SocketAddress, options: ListenOptions): void {
  const calls = systemCalls();
  // Of two workers that wake for one client, one would wait in accept4 for the next.
  if (calls.fcntl(descriptor, F_SETFL, O_NONBLOCK) < 0) throw systemError("fcntl", calls.errno());
  if (address.kind === "ip") {
    setNoDelay(descriptor);
    setLiveness(descriptor, options);
  }
  // It listens already. This is for the backlog.
  if (calls.listen(descriptor, options.backlog) < 0) throw systemError("listen", calls.errno());
}

/** Another descriptor of the same file; undefined where this machine lacks the call. */
export function duplicateDescriptor(descriptor: number): number | undefined {
  try {
    const copy = systemCalls().fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? undefined : copy;
  } catch {
    // Without koffi.
    return undefined;
  }
}
