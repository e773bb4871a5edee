import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { startChild } from "../child.ts";
import { freePort, HOST, listening } from "../port.ts";
import { LB_TCP_MAIN } from "../repository.ts";
import type { Subject } from "./subject.ts";

export interface LbTcpOptions {
  /** `plain` starts it without the flags for transport and workers, whatever it chooses then. */
  readonly transport: "net" | "linux" | "plain";
  readonly workers: number;
  /** The Node binary. */
  readonly node: string;
}

export function lbTcpSubject({ transport, workers, node }: LbTcpOptions): Subject {
  const isPlain = transport === "plain";
  return {
    name: isPlain ? "lb-tcp-plain" : `lb-tcp-${transport}-${workers}`,
    family: "lb-tcp",
    workers,
    async start({ backends, folder, accessLog = false, peeking, probes = true }) {
      if (transport === "net" && workers > 1) requireReusePort(node);
      const port = await freePort();
      const args = [
        `--listen=${HOST}:${port}`,
        `--upstream=${backends.join(",")}`,
        `--access-log=${accessLog ? "all" : "off"}`,
        `--log-output=${join(folder, "lb-tcp.log")}`,
        "--drain-timeout=100ms",
        ...(peeking === undefined
          ? []
          : ["--peek=http", `--http-keep-alive=${peeking}`, "--route=path=/none/*,pool=default"]),
        ...(probes ? [] : ["--probe=off"]),
        ...(isPlain ? [] : [`--transport=${transport}`, `--workers=${workers}`]),
      ];
      return listening(port, startChild(node, [LB_TCP_MAIN, ...args], { env: cleanEnvironment() }));
    },
  };
}

/** Without what would set flags behind our back. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const isOurs = (name: string): boolean => /^(LB_TCP_|PROXY_PORT$|NODE_OPTIONS$)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}

/** Below that, lb-tcp falls back to one worker on net: it would run, and be measured as what it is not. */
function requireReusePort(node: string): void {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const hasReusePort = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
  if (!hasReusePort) throw new Error(`two workers on net need Node 22.12, this is ${version}: --node PATH`);
}
