import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../child.ts";
import { freePort, HOST, listening } from "../port.ts";
import { programPath } from "../program.ts";
import type { Subject } from "./subject.ts";

/** Room for the scenario with 8,000 idle connections. HAProxy refuses to start when the descriptors do not suffice. */
const MAX_CONNECTIONS = 8_300;
/** By default it reserves descriptors for a quarter of the connections, more than a limit of 20,000 has room for. */
const MAX_PIPES = 1_000;

/** `auto` is its own advice; `always` needs a third of the CPU in bulk and a fifth more for small messages. */
export type Splice = "auto" | "always";

/** Least connections in tcp mode, doing what lb-tcp does by default. */
export function haproxyConfig(port: number, backends: readonly string[], workers: number, splice: Splice): string {
  const splicing = splice === "auto" ? ["option splice-auto"] : ["option splice-request", "option splice-response"];
  return [
    "global",
    `    nbthread ${workers}`,
    `    maxconn ${MAX_CONNECTIONS}`,
    `    maxpipes ${MAX_PIPES}`,
    "defaults",
    "    mode tcp",
    "    balance leastconn",
    ...splicing.map((line) => `    ${line}`),
    "    option redispatch",
    "    retries 2",
    "    timeout connect 5s",
    "    timeout client 600s",
    "    timeout server 600s",
    "listen rival",
    `    bind ${HOST}:${port} backlog 4096`,
    ...backends.map((address, index) => `    server s${index + 1} ${address}`),
    "",
  ].join("\n");
}

export function haproxySubject(workers: number, splice: Splice): Subject {
  const family = splice === "auto" ? "haproxy" : "haproxy-splice";
  return {
    name: `${family}-${workers}`,
    family,
    workers,
    async start({ backends, folder }) {
      const port = await freePort();
      const file = join(folder, "haproxy.cfg");
      await writeFile(file, haproxyConfig(port, backends, workers, splice));
      return listening(port, startChild(programPath("haproxy"), ["-db", "-f", file]));
    },
  };
}
