import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { assertFits } from "./asking.ts";
import { visit } from "./raw.ts";
import { createScene, type Scene } from "./scene.ts";

const LISTEN = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
const SCHEMAS: Readonly<Record<string, string>> = {
  history: "History",
  stats: "Overview",
  backend: "BackendEvent",
  config: "ReloadEvent",
  audit: "AuditEvent",
};

/** The names of events in what a reader was sent, each of which is what the document says. */
function eventsIn(text: string): readonly string[] {
  return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, name = "", data = ""]) => {
    assertFits(JSON.parse(data), { $ref: `#/components/schemas/${SCHEMAS[name]}` }, openApiDocument(), name);
    return name;
  });
}

function drop(scene: Scene): void {
  scene.balancer.pool("web").remove("one");
}

describe("readingHandlers", () => {
  it("has listeners and pools in pages", async () => {
    await using scene = await createScene();
    const listeners = Object((await scene.get("/api/v1/listeners")).body);
    assert.deepEqual(
      [listeners.items.length, listeners.items[0].addresses, listeners.cursor],
      [1, [`127.0.0.1:${scene.port}`], null],
    );
    const pools = Object((await scene.get("/api/v1/pools?limit=1")).body);
    assert.deepEqual([pools.items[0].name, pools.items[0].backends.length, pools.cursor], ["web", 2, null]);
    assert.equal(Object((await scene.get("/api/v1/pools/web")).body).usable, 2);
    assert.equal((await scene.get("/api/v1/pools/wep")).status, 404);
  });

  it("shows the configuration where somebody knows it", async () => {
    await using scene = await createScene({ actions: { configuration: () => ({ version: 1 }) } });
    assert.deepEqual((await scene.get("/api/v1/config")).body, { version: 1 });
    await using without = await createScene();
    assert.equal((await without.get("/api/v1/config")).status, 501);
  });

  it("has the metrics", async () => {
    await using scene = await createScene();
    const { status, headers, text } = await scene.get("/metrics");
    assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    assert.match(text, /^lb_tcp_backend_up\{pool="web",backend="one"\} 1$/m);
    await using closed = await createScene({ options: { metrics: "token" } });
    assert.equal((await closed.get("/metrics")).status, 401);
    assert.equal((await closed.change("GET", "/metrics")).status, 200);
  });

  it("sends the history first, then figures, and what happens", async () => {
    await using scene = await createScene();
    const reader = await visit(scene.tcp, LISTEN);
    await reader.seen(/event: stats/);
    await scene.change("PATCH", "/api/v1/pools/web/backends/one", { weight: 2 });
    drop(scene);
    await scene.balancer.reload({
      listeners: { web: { listen: "127.0.0.1:0" } },
      pools: { web: { probe: "off", backends: ["127.0.0.1:9"] } },
    });
    await reader.seen(/event: config/);
    await reader.seen(/(?:event: stats[\s\S]*){3}/);
    const names = eventsIn(reader.text());
    assert.deepEqual(names.slice(0, 2), ["history", "stats"]);
    assert.deepEqual(new Set(names), new Set(["history", "stats", "backend", "config", "audit"]));
    reader.socket.destroy();
  });

  it("has room for 16 readers, and takes the next when one has left", async () => {
    await using scene = await createScene();
    const readers = [];
    for (let count = 0; count < 16; count++) {
      const reader = await visit(scene.tcp, LISTEN);
      await reader.seen(/event: history/);
      readers.push(reader);
    }
    const refused = await scene.get("/api/v1/events");
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "10"]);
    assert.equal((await scene.get("/api/v1/status")).status, 200);
    for (const { socket } of readers) socket.destroy();
  });
});
