// nginx, HAProxy, Redis and PostgreSQL as a user would have them behind a balancer: each in a folder of its own, on a port that
// is free, and gone without a trace afterwards. Whether they are installed: skipReason in programs.ts.

import { chownSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Account,
  type ChildServer,
  type ChildServerOptions,
  makeTemporaryFolder,
  startChildServer,
} from "./child-server.ts";
import { findProgram, runProgram } from "./programs.ts";
import { startRefuser } from "./refuser.ts";

const HOST = "127.0.0.1";

export interface NginxOptions {
  /** What `GET /` answers. Default `hello from nginx\n`. */
  readonly body?: string;
  /** Further files by path, such as `{ "/data": bytes }`. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** `/large` has so many bytes: zeros, which take no room on the disk. */
  readonly largeFileBytes?: number;
  /** Wants a PROXY header (version 1 or 2) before each connection; `/client` answers the address in it. */
  readonly acceptProxy?: boolean;
  /** A file that gets a line for each request. */
  readonly accessLog?: string;
}

export function startNginx(options: NginxOptions = {}): Promise<ChildServer> {
  const { body = "hello from nginx\n", files = {}, largeFileBytes } = options;
  return startPrepared("nginx", (folder, port) => {
    const root = join(folder, "www");
    for (const [path, content] of Object.entries({ "/index.html": body, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    if (largeFileBytes !== undefined) {
      writeFileSync(join(root, "large"), "");
      truncateSync(join(root, "large"), largeFileBytes);
    }
    const configuration = join(folder, "nginx.conf");
    writeFileSync(configuration, nginxConfiguration(folder, port, options));
    return {
      program: found("nginx"),
      args: ["-p", folder, "-c", configuration, "-e", "stderr"],
      readyLine: /start worker process \d/,
    };
  });
}

export function startRedis(): Promise<ChildServer> {
  return startPrepared("redis", (folder, port) => ({
    program: found("redis-server"),
    // Nothing is kept on the disk.
    args: ["--bind", HOST, "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"],
    readyLine: /Ready to accept connections/i,
  }));
}

/** @param proxies its own, as lines of a configuration, for the address that it is to listen on. */
export function startHaproxy(proxies: (address: string) => string): Promise<ChildServer> {
  return startPrepared("haproxy", (folder, port) => {
    const configuration = join(folder, "haproxy.cfg");
    const defaults = "defaults\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n";
    writeFileSync(configuration, `${defaults}${proxies(`${HOST}:${port}`)}`);
    return {
      program: found("haproxy"),
      args: ["-W", "-db", "-f", configuration],
      readyLine: /Loading success/,
    };
  });
}

/**
 * The superuser is `postgres`, the database too, and no password is asked for.
 * @param certificate What it speaks TLS with, where it does.
 */
export function startPostgres(certificate?: { readonly cert: string; readonly key: string }): Promise<ChildServer> {
  return startPrepared("postgres", async (folder, port) => {
    const account = await unprivilegedAccount();
    if (account !== undefined) chownSync(folder, account.uid, account.gid);
    const data = join(folder, "data");
    const initdb = await runProgram(
      found("initdb"),
      ["--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
      { account },
    );
    if (initdb.code !== 0) throw new Error(`initdb ended with ${initdb.code}:\n${initdb.stdout}\n${initdb.stderr}`);
    const secured = certificate === undefined ? [] : secureFiles(folder, certificate, account);
    const settings = [...secured, `listen_addresses=${HOST}`, "unix_socket_directories=", "fsync=off"];
    return {
      program: found("postgres"),
      args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      readyLine: /database system is ready to accept connections/,
      // Its "fast" end: clients are cut off, the data are complete.
      stopSignal: "SIGINT",
      account,
    };
  });
}

/** PostgreSQL takes a key only from its own account, and only where nobody else may read it. */
function secureFiles(
  folder: string,
  { cert, key }: { readonly cert: string; readonly key: string },
  account: Account | undefined,
): string[] {
  const files = { ssl_cert_file: join(folder, "server.crt"), ssl_key_file: join(folder, "server.key") };
  writeFileSync(files.ssl_cert_file, cert);
  writeFileSync(files.ssl_key_file, key, { mode: 0o600 });
  if (account !== undefined) for (const file of Object.values(files)) chownSync(file, account.uid, account.gid);
  return ["ssl=on", ...Object.entries(files).map(([name, file]) => `${name}=${file}`)];
}

type Preparation = Omit<ChildServerOptions, "host" | "port" | "folder">;

/** Gives it a folder and a port. All bind with SO_REUSEADDR, so the port stays ours until they listen on it. */
async function startPrepared(
  name: string,
  prepare: (folder: string, port: number) => Preparation | Promise<Preparation>,
): Promise<ChildServer> {
  const folder = makeTemporaryFolder(name);
  const refuser = await startRefuser();
  try {
    const preparation = await prepare(folder, refuser.port);
    return await startChildServer({ ...preparation, folder, host: HOST, port: refuser.port });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await refuser.close();
  }
}

function found(program: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not installed: give the test the skip option (skipReason)`);
  return path;
}

/** PostgreSQL refuses to run as root. Undefined when this process is not root. */
async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const [uid, gid] = await Promise.all([runProgram("id", ["-u", user]), runProgram("id", ["-g", user])]);
    if (uid.code === 0 && gid.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody");
}

function nginxConfiguration(folder: string, port: number, options: NginxOptions): string {
  const { acceptProxy = false, accessLog = "off" } = options;
  // Without it the workers of a root process become a user that may not be able to enter the folder.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
    ${user}
    worker_processes 1;
    daemon off;
    pid ${folder}/nginx.pid;
    error_log stderr notice;
    events { worker_connections 4096; }
    http {
      access_log ${accessLog};
      sendfile on;
      default_type application/octet-stream;
      keepalive_requests 1000000;
      ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n      ")}
      server {
        listen ${HOST}:${port}${acceptProxy ? " proxy_protocol" : ""};
        root ${folder}/www;
        location = /client { return 200 "${acceptProxy ? "$proxy_protocol_addr:$proxy_protocol_port" : "$remote_addr:$remote_port"}\\n"; }
      }
    }
  `;
}
