// A balancer over two echo servers, with an admin address on TCP and on a unix socket.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Admin, type AdminActions, createAdminIn } from "../../src/admin/admin.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { AdminOptions } from "../../src/config/admin-options.ts";
import { type Balancer, createBalancer } from "../../src/control/balancer.ts";
import type { AuditEvent } from "../../src/observe/events.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { type Answered, type Asked, ask } from "./asking.ts";

export const TOKEN = "a-token-of-32-characters-or-more";
export const BEARER: Readonly<Record<string, string>> = { authorization: `Bearer ${TOKEN}` };

export interface SceneOptions {
  readonly options?: Partial<AdminOptions>;
  readonly actions?: AdminActions;
  readonly withoutToken?: true;
  readonly withoutStart?: true;
  readonly clock?: Clock;
}

export interface Scene extends AsyncDisposable {
  readonly balancer: Balancer;
  readonly admin: Admin;
  readonly servers: readonly [PeerServer, PeerServer];
  /** Of the admin address. */
  readonly tcp: string;
  readonly unix: string;
  readonly tokenFile: string;
  /** Where clients connect. */
  readonly port: number;
  readonly audits: readonly AuditEvent[];
  /** Over TCP, without the token. */
  get(path: string, asked?: Asked): Promise<Answered>;
  /** Over TCP, with the token. */
  change(method: string, path: string, body?: unknown, more?: Asked): Promise<Answered>;
}

export async function createScene(given: SceneOptions = {}): Promise<Scene> {
  const folder = makeTemporaryFolder("admin");
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${TOKEN}\n`);
  const unix = `unix:${join(folder, "admin.sock")}`;
  const one = await startPeerServer(echo);
  const other = await startPeerServer(echo);
  const balancer = createBalancer({
    listeners: { web: { listen: "127.0.0.1:0" } },
    pools: {
      web: {
        probe: "off",
        backends: [
          { name: "one", address: one.address },
          { name: "other", address: other.address },
        ],
      },
    },
  });
  const audits: AuditEvent[] = [];
  balancer.on("audit", (event) => audits.push(event));
  const admin = createAdminIn(
    given.clock ?? systemClock,
    balancer,
    { listen: ["127.0.0.1:0", unix], ...(given.withoutToken ? {} : { tokenFile }), ...given.options },
    given.actions,
  );
  await admin.start();
  if (!given.withoutStart) await balancer.start();
  const tcp = admin.addresses.find((address) => !address.startsWith("unix:")) ?? "";
  return {
    balancer,
    admin,
    servers: [one, other],
    tcp,
    unix,
    tokenFile,
    audits,
    get port() {
      return balancer.addresses()[0]?.port ?? 0;
    },
    get: (path, asked) => ask(tcp, path, asked),
    change: (method, path, body, more) =>
      ask(tcp, path, { method, body, ...more, headers: { ...BEARER, ...more?.headers } }),
    async [Symbol.asyncDispose]() {
      await admin.close();
      await balancer.close();
      await Promise.all([one, other].map((server) => server[Symbol.asyncDispose]()));
      rmSync(folder, { recursive: true });
    },
  };
}
