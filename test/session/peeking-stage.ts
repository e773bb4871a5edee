// A listener that peeks, with clients and backends in memory.

import type { RouteRule } from "../../src/route/rule.ts";
import type { PeekSnapshot } from "../../src/session/context.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { createStage, type Stage, type StageOptions } from "../support/stage.ts";

export const AUTO: PeekSnapshot = { as: "auto", timeoutMs: 3_000, byteCount: 16_384, strict: true };
export const API: RouteRule = { when: { path: ["/api/*"] }, not: {}, target: { kind: "pool", pool: "api" } };
export const ROWS = { main: 0, api: 1 } as const;

export const GET = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
export const GET_API = "GET /api/users?x=1 HTTP/1.1\r\nHost: example.com\r\n\r\n";

/** A listener that peeks, with a pool `main` and a pool `api` for paths below /api. */
export function createPeeking(options: StageOptions = {}): Promise<Stage> {
  return createStage({
    pools: { api: {} },
    ...options,
    listener: { peek: AUTO, httpKeepAlive: "sticky", routes: [API], ...options.listener },
  });
}

export function dialled(stage: Stage): number[] {
  return stage.servers.map(({ dialCount }) => dialCount);
}

export async function connect(stage: Stage, bytes: string | Uint8Array): Promise<MemoryPeer> {
  const client = stage.connect();
  client.send(bytes);
  stage.settle();
  return client;
}

export function end(stage: Stage, client: MemoryPeer, row: number): void {
  client.finish();
  stage.settle();
  stage.peer(row).finish();
  stage.settle();
  stage.assertNothingLeft();
}
