import { readFileSync } from "node:fs";
import { systemClock } from "../../src/clock.ts";

let table: string | undefined;
let readAtMs: number = Number.NEGATIVE_INFINITY;

/**
 * Whether Linux still knows the connection between two ports of this machine, in whatever state and from whichever end.
 * After a FIN in each direction the end that sent the first one stays for a minute (TIME_WAIT), after a reset both are
 * gone at once: the one thing that tells the two apart when the socket is closed either way. Undefined where there is
 * no such table. Reads the whole table, unless it has read it since `sinceMs`: with thousands of connections in TIME_WAIT
 * the kernel takes a tenth of a second to write it.
 */
export function isInTcpTable(onePort: number, otherPort: number, sinceMs: number): boolean | undefined {
  if (sinceMs >= readAtMs) {
    readAtMs = systemClock.nowMs();
    table = readTables();
  }
  if (table === undefined) return undefined;
  // "0100007F:1F90 0100007F:C350 06": address and port of this end and of the other one in hexadecimal, then the state.
  const [one, other] = [onePort, otherPort].map((port) => port.toString(16).toUpperCase().padStart(4, "0"));
  const row = new RegExp(`:${one} [0-9A-F]+:${other} |:${other} [0-9A-F]+:${one} `);
  return row.test(table);
}

function readTables(): string | undefined {
  const ipv4 = readTable("/proc/net/tcp");
  return ipv4 === undefined ? undefined : ipv4 + (readTable("/proc/net/tcp6") ?? "");
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
