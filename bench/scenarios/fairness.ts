import type { BulkReaderCommand } from "../load/bulk-reader.ts";
import type { MixedServerCommand } from "../load/mixed-server.ts";
import type { OpenLoopCommand, OpenLoopResult } from "../load/open-loop.ts";
import { HOST } from "../port.ts";
import { isBalancer, type Scenario } from "./scenario.ts";

/** So many that none has to wait for the echo before it, even where one takes 100 ms. */
const ECHO_CONNECTIONS = 64;
const ECHO_RATE_PER_S = 500;

export const fairness: Scenario = {
  name: "fairness",
  title: "a 1-byte echo, 500 a second, beside one unpaced bulk stream",
  metrics: () => [
    { key: "p99Us", label: "p99 µs", decimals: 0, comparedWith: ["haproxy"] },
    { key: "p50Us", label: "p50 µs", decimals: 0, comparedWith: [] },
    { key: "bulkMegabytesPerS", label: "bulk MB/s", decimals: 0, comparedWith: [] },
  ],
  suits: (subject) => isBalancer(subject) || subject.family === "direct",
  async measure({ start, startLoad, effort }) {
    const ports = await startLoad("load/mixed-server.js").ask<number[]>({ ports: 2 } satisfies MixedServerCommand);
    const { port } = await start({ backends: ports.map((each) => `${HOST}:${each}`) });
    const reader = startLoad("load/bulk-reader.js");
    const generator = startLoad("load/open-loop.js");
    await reader.ask({ kind: "start", port } satisfies BulkReaderCommand);
    const startMs = performance.now();
    const echoes: OpenLoopCommand = {
      port,
      connections: ECHO_CONNECTIONS,
      ratePerS: ECHO_RATE_PER_S,
      warmUpMs: effort.warmUpSeconds * 1_000,
      durationMs: effort.loadSeconds * 1_000,
      protocol: "echo",
    };
    const { p50Us, p99Us } = await generator.ask<OpenLoopResult>(echoes);
    const receivedBytes = await reader.ask<number>({ kind: "stop", port } satisfies BulkReaderCommand);
    return { p50Us, p99Us, bulkMegabytesPerS: receivedBytes / 1_000 / (performance.now() - startMs) };
  },
};
