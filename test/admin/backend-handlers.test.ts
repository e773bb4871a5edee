import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectPeer } from "../support/peer.ts";
import { ask } from "./asking.ts";
import { createScene, type Scene } from "./scene.ts";

const ONE = "/api/v1/pools/web/backends/one";

function left(body: unknown): readonly unknown[] {
  const { backend, left: count } = Object(body);
  return [backend.name, backend.state, backend.weight, backend.maxConnections, count];
}

/** A client of backend `one`, connected and served. */
async function clientOfOne(scene: Scene): ReturnType<typeof connectPeer> {
  scene.balancer.pool("web").drain("other");
  const client = await connectPeer({ port: scene.port });
  client.socket.write("x");
  await client.received(1);
  return client;
}

describe("PATCH of a backend", () => {
  it("sets what is given, says who it was, and does nothing the second time", async () => {
    await using scene = await createScene();
    const change = { state: "drain", weight: 7, maxConnections: 5 };
    const first = await scene.change("PATCH", ONE, change);
    assert.deepEqual([first.status, left(first.body)], [200, ["one", "drain", 7, 5, 0]]);
    const second = await scene.change("PATCH", ONE, change);
    assert.deepEqual([second.status, left(second.body)], [200, ["one", "drain", 7, 5, 0]]);
    assert.deepEqual(
      scene.audits.map(({ action, by, subject, change: set }) => [action, by, subject, set]),
      [["backend-changed", "token", "web/one", change]],
    );
    assert.match(scene.audits[0]?.client ?? "", /^127\.0\.0\.1:\d+$/);
    const { body } = await scene.get("/api/v1/overrides");
    const [override, ...more] = Object(body).items;
    assert.deepEqual([override.backend, override.state, override.by, more.length], ["one", "drain", "token", 0]);
  });

  it("takes effect over a unix socket without a token", async () => {
    await using scene = await createScene({ withoutToken: true });
    const { status } = await ask(scene.unix, ONE, { method: "PATCH", body: { state: "drain" } });
    assert.equal(status, 200);
    assert.deepEqual(
      scene.audits.map(({ by, client }) => [by, client]),
      [["unix", null]],
    );
  });

  it("refuses what can't be, with all problems, and changes nothing", async () => {
    await using scene = await createScene();
    const { status, body } = await scene.change("PATCH", ONE, { state: "drian", weight: 257, wait: 1 });
    assert.equal(status, 422);
    const { problems } = Object(body);
    assert.deepEqual(problems.map(({ path }: { readonly path: string }) => path).toSorted(), [
      "body",
      "body.state",
      "body.weight",
    ]);
    assert.deepEqual([scene.balancer.overrides(), scene.audits], [[], []]);
    for (const nothing of ["null", "[]", '"drain"']) {
      const more = { headers: { "content-type": "application/json" } };
      assert.equal((await scene.change("PATCH", ONE, nothing, more)).status, 422, nothing);
    }
  });

  it("says which backends and pools there are", async () => {
    await using scene = await createScene();
    const backend = await scene.change("PATCH", "/api/v1/pools/web/backends/two", {});
    assert.equal(backend.status, 404);
    assert.match(Object(backend.body).detail, /it has: one, other/);
    const pool = await scene.change("PATCH", "/api/v1/pools/wep/backends/one", {});
    assert.equal(pool.status, 404);
    assert.match(Object(pool.body).detail, /there are: web/);
  });

  it("waits until no session is left", async () => {
    await using scene = await createScene();
    const client = await clientOfOne(scene);
    const waiting = scene.change("PATCH", `${ONE}?wait=1m`, { state: "drain" });
    await Promise.race([waiting, scene.servers[0].next()]);
    client.socket.destroy();
    const { status, body } = await waiting;
    assert.deepEqual([status, left(body)], [200, ["one", "drain", 1, null, 0]]);
  });

  it("gives up waiting, and says what is left", async () => {
    await using scene = await createScene();
    const client = await clientOfOne(scene);
    const { status, body } = await scene.change("PATCH", `${ONE}?wait=0s`, { state: "drain" });
    assert.deepEqual([status, left(body)], [202, ["one", "drain", 1, null, 1]]);
    const without = await scene.change("PATCH", ONE, { state: "drain" });
    assert.deepEqual([without.status, left(without.body)], [200, ["one", "drain", 1, null, 1]]);
    client.socket.destroy();
  });

  it("waits for a while only", async () => {
    await using scene = await createScene();
    for (const wait of ["30", "1h", "off", ""]) {
      assert.equal((await scene.change("PATCH", `${ONE}?wait=${wait}`, { state: "drain" })).status, 422, wait);
    }
    assert.deepEqual(scene.audits, []);
  });
});

describe("POST of a backend", () => {
  it("adds it, and says where it is", async () => {
    await using scene = await createScene();
    const { status, headers, body } = await scene.change("POST", "/api/v1/pools/web/backends", {
      name: "a/b",
      address: scene.servers[0].address,
      weight: 2,
    });
    assert.deepEqual([status, left(body)], [201, ["a/b", "ready", 2, null, 0]]);
    assert.equal(headers.location, "/api/v1/pools/web/backends/a%2Fb");
    assert.equal((await scene.get(headers.location ?? "")).status, 200);
    assert.deepEqual(
      scene.audits.map(({ action, subject }) => [action, subject]),
      [["backend-added", "web/a/b"]],
    );
  });

  it("refuses a name that there is, and what is no backend", async () => {
    await using scene = await createScene();
    const path = "/api/v1/pools/web/backends";
    assert.equal((await scene.change("POST", path, { name: "one", address: "127.0.0.1:1" })).status, 409);
    const wrong = await scene.change("POST", path, { adress: "127.0.0.1:1" });
    assert.equal(wrong.status, 422);
    assert.match(Object(wrong.body).detail, /did you mean address\?|adress/);
    assert.equal((await scene.change("POST", "/api/v1/pools/nope/backends", { address: "127.0.0.1:1" })).status, 404);
  });
});

describe("DELETE of a backend", () => {
  it("removes it, and says how many sessions it still has", async () => {
    await using scene = await createScene();
    const client = await clientOfOne(scene);
    const first = await scene.change("DELETE", `${ONE}?wait=0s`);
    assert.deepEqual([first.status, Object(first.body).left, Object(first.body).backend.state], [202, 1, "removed"]);
    assert.equal((await scene.change("DELETE", ONE)).status, 404);
    const other = await scene.change("DELETE", "/api/v1/pools/web/backends/other");
    assert.deepEqual([other.status, Object(other.body).left], [200, 0]);
    client.socket.destroy();
  });
});

describe("DELETE of an override", () => {
  it("is back to what the configuration says", async () => {
    await using scene = await createScene();
    await scene.change("PATCH", ONE, { state: "maintenance", weight: 3 });
    assert.equal((await scene.change("DELETE", "/api/v1/overrides/web/one")).status, 204);
    const { body } = await scene.get(ONE);
    assert.deepEqual(left(body), ["one", "ready", 1, null, 0]);
    assert.deepEqual(
      scene.audits.map(({ action }) => action),
      ["backend-changed", "override-removed"],
    );
    // Idempotent, and then nobody has changed anything.
    assert.equal((await scene.change("DELETE", "/api/v1/overrides/web/one")).status, 204);
    assert.equal(scene.audits.length, 2);
    assert.equal((await scene.change("DELETE", "/api/v1/overrides/web/two")).status, 404);
  });
});
