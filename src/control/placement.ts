// Where sessions are carried: on which transport, by how many workers, and why not as one might expect.

import type { TransportChoice, TransportName } from "../config/options.ts";
import { LbError } from "../errors.ts";
import type { Machine } from "./machine.ts";

export interface Placement {
  readonly transport: TransportName;
  /** Threads; 0 for the caller's. */
  readonly workers: number;
  /** What a user may wonder about. */
  readonly remarks: readonly Remark[];
}

export interface Remark {
  readonly level: "info" | "warn";
  readonly message: string;
}

/** Systems that spread clients over the sockets of one port (`reusePort` in Node's documentation of server.listen). */
const SPREADING: ReadonlySet<string> = new Set(["linux", "freebsd", "dragonfly", "sunos", "aix"]);
/** The first Node that has it. */
const REUSE_PORT_SINCE = { major: 22, minor: 12 };

/** @throws LbError `LB_TRANSPORT` */
export function place(
  asked: { readonly transport: TransportChoice; readonly workers: number | "auto" },
  machine: Machine,
): Placement {
  if (asked.workers === 0) return { transport: "net", workers: 0, remarks: [] };
  const { transport, remarks } = chooseTransport(asked.transport, machine);
  const workers = asked.workers === "auto" ? machine.cores() : asked.workers;
  if (transport === "linux") return { transport, workers, remarks };
  // One worker is no faster than this thread, which needs no messages.
  if (workers === 1) return { transport, workers: 0, remarks };
  const obstacle = whyOneOnly(machine);
  if (obstacle === undefined) return { transport, workers, remarks };
  const remark = {
    level: asked.workers === "auto" ? "info" : "warn",
    message: `The net transport runs in one thread and not on ${workers} workers: ${obstacle}`,
  } as const;
  return { transport, workers: 0, remarks: [...remarks, remark] };
}

function chooseTransport(asked: TransportChoice, machine: Machine): Pick<Placement, "transport" | "remarks"> {
  if (asked === "net") return { transport: "net", remarks: [] };
  // Nobody has run its tests on another processor yet.
  const untried = machine.platform === "linux" && machine.arch !== "x64";
  if (asked === "auto" && untried) {
    const message = `Running on the net transport: linux is not chosen by itself on ${machine.arch}; --transport linux asks for it`;
    return { transport: "net", remarks: [{ level: "info", message }] };
  }
  const reason = machine.whyNotLinux();
  if (reason === undefined) return { transport: "linux", remarks: [] };
  if (asked === "linux") {
    throw new LbError("LB_TRANSPORT", `the linux transport does not work here: ${reason}; ask for net or auto instead`);
  }
  const level = machine.platform === "linux" ? "warn" : "info";
  return { transport: "net", remarks: [{ level, message: `Running on the net transport, not on linux: ${reason}` }] };
}

function whyOneOnly({ platform, nodeVersion }: Machine): string | undefined {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const { major: leastMajor, minor: leastMinor } = REUSE_PORT_SINCE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    return `that needs Node ${leastMajor}.${leastMinor} or later, and this is ${nodeVersion}`;
  }
  return SPREADING.has(platform) ? undefined : `${platform} does not spread clients over several sockets`;
}
