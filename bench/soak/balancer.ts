// The lb-tcp that is soaked, and what its log says.

import { type Child, startChild } from "../child.ts";
import type { SoakOptions } from "../options.ts";
import { freePort, HOST, type Listening, listening } from "../port.ts";
import { LB_TCP_MAIN } from "../repository.ts";
import { cleanEnvironment } from "../subjects/lb-tcp.ts";
import { SessionLog } from "./session-log.ts";

export interface SoakedBalancer extends Listening {
  readonly log: SessionLog;
}

/** Longer than a server of the soak stands still, shorter than a client waits. */
const TIMEOUTS = ["--idle-timeout=8s", "--half-close-timeout=5s"];

/** As many as lb-tcp allows: more than there are backends that refuse. */
const ATTEMPTS = 100;

/** @param backends `ip:port`; some of them may refuse. */
export async function startBalancer(options: SoakOptions, backends: readonly string[]): Promise<SoakedBalancer> {
  const { transport, workers, node } = options;
  const port = await freePort();
  const args = [
    `--listen=${HOST}:${port}`,
    `--upstream=${backends.join(",")}`,
    "--access-log=all",
    "--log-format=json",
    "--drain-timeout=1s",
    // Dials find out who refuses, again and again: probes would keep them from trying.
    "--probe=off",
    `--attempts=${ATTEMPTS}`,
    ...TIMEOUTS,
    ...(transport === undefined ? [] : [`--transport=${transport}`]),
    ...(workers === undefined ? [] : [`--workers=${workers}`]),
  ];
  const child: Child = startChild(node, [LB_TCP_MAIN, ...args], { env: cleanEnvironment(), ownStdout: true });
  const log = new SessionLog();
  child.stdout.setEncoding("utf8").on("data", (text: string) => log.add(text));
  return { ...(await listening(port, child)), log };
}
