// Socket activation: the sockets that systemd, or whatever speaks as it does, has opened for this process.
//
// Source: sd_listen_fds(3), "Notes": descriptors from 3 on, LISTEN_FDS of them, meant for the process LISTEN_PID, with names
// in LISTEN_FDNAMES.

import type { InheritedSocket } from "../control/inherited-sockets.ts";
import { printable } from "../wire/quote.ts";
import { listeningTcpSocket, listeningUnixSocket } from "../wire/socket-list.ts";

export interface Activation {
  readonly sockets: readonly InheritedSocket[];
  /** What could not be used, and why. */
  readonly warnings: readonly string[];
}

/** What of /proc/self is asked for. They throw. */
export interface ProcFiles {
  /** The target of a link. */
  readonly link: (path: string) => string;
  readonly text: (path: string) => string;
}

const VARIABLES = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"] as const;
const FIRST_DESCRIPTOR = 3;
/** Nobody has more sockets than that; each is looked up. */
const MOST_DESCRIPTORS = 1_024;

/** @param environment from which the variables are taken: they are for this process, not for its children. */
export function takeActivation(
  environment: Record<string, string | undefined>,
  processId: number,
  files: ProcFiles,
): Activation {
  const [count = "", forProcess = "", names = ""] = VARIABLES.map((name) => environment[name]);
  for (const name of VARIABLES) delete environment[name];
  if (count === "") return { sockets: [], warnings: [] };
  if (forProcess !== String(processId)) {
    const whose = forProcess === "" ? "LISTEN_PID is missing" : `LISTEN_PID is ${printable(forProcess)}`;
    const remedy = "start lb-tcp itself, not through npm or a shell";
    return nothing(`LISTEN_FDS is for another process: ${whose}, this one is ${processId}; ${remedy}`);
  }
  if (!/^\d{1,4}$/.test(count) || Number(count) > MOST_DESCRIPTORS) {
    return nothing(`LISTEN_FDS: got ${printable(count)}, expected a number of sockets up to ${MOST_DESCRIPTORS}`);
  }
  const named = names.split(":");
  const sockets: InheritedSocket[] = [];
  const warnings: string[] = [];
  for (let index = 0; index < Number(count); index++) {
    const descriptor = FIRST_DESCRIPTOR + index;
    const name = named[index] ?? "";
    const address = listeningAddress(descriptor, files);
    if (address === undefined) warnings.push(unusable(descriptor, name));
    else sockets.push({ descriptor, name, address });
  }
  return { sockets, warnings };
}

function nothing(warning: string): Activation {
  return { sockets: [], warnings: [warning] };
}

function unusable(descriptor: number, name: string): string {
  const called = name === "" ? "" : ` (${printable(name)})`;
  const expected = "expected a TCP or unix socket that listens, with a path or an IP address";
  return `LISTEN_FDS: descriptor ${descriptor}${called} is none that lb-tcp can use, ${expected}; it is left alone`;
}

function listeningAddress(descriptor: number, { link, text }: ProcFiles): InheritedSocket["address"] | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/self/fd/${descriptor}`))?.[1];
    if (inode === undefined) return undefined;
    return (
      listeningTcpSocket(readable(text, "/proc/self/net/tcp"), inode) ??
      // Missing where the machine has no IPv6.
      listeningTcpSocket(readable(text, "/proc/self/net/tcp6"), inode) ??
      listeningUnixSocket(readable(text, "/proc/self/net/unix"), inode)
    );
  } catch {
    // No such descriptor, or no /proc.
    return undefined;
  }
}

function readable(text: ProcFiles["text"], path: string): string {
  try {
    return text(path);
  } catch {
    return "";
  }
}
