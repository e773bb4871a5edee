// What Go's standard library gives for free: io.Copy both ways, which splices.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../child.ts";
import { freePort, HOST, listening } from "../port.ts";
import { programPath } from "../program.ts";
import { GO_SOURCE } from "../repository.ts";
import type { Subject } from "./subject.ts";

/** @param folder where the program is built, once for all subjects. */
export function goSubject(workers: number, folder: string): Subject {
  const binary = join(folder, "go-tcp-lb");
  return {
    name: `go-${workers}`,
    family: "go",
    workers,
    async start({ backends }) {
      build(binary, folder);
      const port = await freePort();
      return listening(
        port,
        startChild(binary, ["-listen", `${HOST}:${port}`, "-backends", backends.join(",")], {
          env: { ...process.env, GOMAXPROCS: String(workers) },
        }),
      );
    },
  };
}

function build(binary: string, folder: string): void {
  if (existsSync(binary)) return;
  const { status, stderr } = spawnSync(programPath("go"), ["build", "-o", binary, GO_SOURCE], {
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GO111MODULE: "off", GOCACHE: join(folder, "go-cache"), GOFLAGS: "" },
  });
  if (status !== 0) throw new Error(`go build: ${stderr.trim()}`);
}
