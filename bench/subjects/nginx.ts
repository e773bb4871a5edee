import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../child.ts";
import { freePort, HOST, listening } from "../port.ts";
import { programPath } from "../program.ts";
import type { Subject } from "./subject.ts";

// Where Debian's libnginx-mod-stream puts it.
const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";
/** Two for each session, 8,000 idle ones included. */
const WORKER_CONNECTIONS = 17_000;

/** The stream module with least connections. Workers share nothing, so each has a listening socket of its own. */
export function nginxStreamConfig(port: number, backends: readonly string[], workers: number): string {
  return [
    `load_module ${STREAM_MODULE};`,
    `worker_processes ${workers};`,
    "daemon off;",
    "pid nginx-stream.pid;",
    "error_log stderr crit;",
    `events { worker_connections ${WORKER_CONNECTIONS}; }`,
    "stream {",
    "    upstream backends {",
    "        least_conn;",
    ...backends.map((address) => `        server ${address};`),
    "    }",
    "    server {",
    `        listen ${HOST}:${port} backlog=4096${workers > 1 ? " reuseport" : ""};`,
    "        proxy_pass backends;",
    "        proxy_connect_timeout 5s;",
    "        proxy_timeout 600s;",
    "        tcp_nodelay on;",
    "    }",
    "}",
    "",
  ].join("\n");
}

export function nginxSubject(workers: number): Subject {
  return {
    name: `nginx-${workers}`,
    family: "nginx",
    workers,
    async start({ backends, folder }) {
      const port = await freePort();
      const file = join(folder, "nginx-stream.conf");
      await writeFile(file, nginxStreamConfig(port, backends, workers));
      return listening(port, startChild(programPath("nginx"), ["-c", file, "-p", folder]));
    },
  };
}
