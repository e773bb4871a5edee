import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectPeer, type Peer } from "../support/peer.ts";
import { createScene, type Scene } from "./scene.ts";

async function clients(scene: Scene, count: number): Promise<readonly Peer[]> {
  const all: Peer[] = [];
  for (let index = 0; index < count; index++) {
    const client = await connectPeer({ port: scene.port });
    client.socket.write("x");
    await client.received(1);
    all.push(client);
  }
  return all;
}

async function items(
  scene: Scene,
  query: string,
): Promise<readonly { readonly id: string; readonly backend: string }[]> {
  const { status, body } = await scene.get(`/api/v1/sessions${query}`);
  assert.equal(status, 200, query);
  return Object(body).items;
}

describe("GET of sessions", () => {
  it("lists them in pages, each once", async () => {
    await using scene = await createScene();
    const all = await clients(scene, 5);
    const found: string[] = [];
    let cursor = "";
    do {
      const { body } = await scene.get(`/api/v1/sessions?limit=2${cursor}`);
      const page = Object(body);
      assert.ok(page.items.length <= 2);
      found.push(...page.items.map(({ id }: { readonly id: string }) => id));
      cursor = page.cursor === null ? "" : `&cursor=${encodeURIComponent(page.cursor)}`;
    } while (cursor !== "");
    assert.equal(new Set(found).size, 5);
    assert.equal(found.length, 5);
    for (const { socket } of all) socket.destroy();
  });

  it("makes a long page of slices, so that others have their turn in between", async () => {
    await using scene = await createScene();
    const all = await clients(scene, 230);
    const first = Object((await scene.get("/api/v1/sessions?limit=210")).body);
    const second = Object((await scene.get(`/api/v1/sessions?limit=1000&cursor=${first.cursor}`)).body);
    assert.deepEqual([first.items.length, second.items.length, second.cursor], [210, 20, null]);
    const ids = [...first.items, ...second.items].map(({ id }: { readonly id: string }) => id);
    assert.equal(new Set(ids).size, 230);
    for (const { socket } of all) socket.destroy();
  });

  it("has filters", async () => {
    await using scene = await createScene();
    const all = await clients(scene, 4);
    const counts = [];
    for (const query of [
      "?listener=web",
      "?listener=x",
      "?pool=web",
      "?backend=web/one",
      "?client=127.0.0.1",
      "?client=::1",
      "?minAge=1h",
    ]) {
      counts.push((await items(scene, query)).length);
    }
    assert.deepEqual(counts, [4, 0, 4, 2, 4, 0, 0]);
    for (const { socket } of all) socket.destroy();
  });

  it("says what is wrong with a query", async () => {
    await using scene = await createScene();
    const wrong = [
      ["?limit=0", 422, /limit: got "0", expected a whole number from 1 to 1,000/],
      ["?limit=1001", 422, /limit/],
      ["?limit=1&limit=2", 400, /twice/],
      ["?cursor=x", 422, /expected the cursor of an earlier answer/],
      ["?client=web", 422, /expected an IP address/],
      ["?minAge=5", 422, /has no unit/],
      [
        "?backends=a",
        400,
        /unknown parameter backends; the parameters are listener, pool, backend, client, minAge, limit, cursor/,
      ],
    ] as const;
    for (const [query, status, detail] of wrong) {
      const refused = await scene.get(`/api/v1/sessions${query}`);
      assert.equal(refused.status, status, query);
      assert.match(Object(refused.body).detail, detail);
    }
  });
});

describe("DELETE of sessions", () => {
  it("resets one by its id, once", async () => {
    await using scene = await createScene();
    const [client] = await clients(scene, 1);
    const [session] = await items(scene, "");
    assert.equal((await scene.get(`/api/v1/sessions/${session?.id}`)).status, 200);
    const closed = await scene.change("DELETE", `/api/v1/sessions/${session?.id}`);
    assert.deepEqual([closed.status, closed.body], [200, { closed: 1 }]);
    await client?.ended().catch(() => {});
    assert.equal((await scene.change("DELETE", `/api/v1/sessions/${session?.id}`)).status, 404);
    assert.equal((await scene.get(`/api/v1/sessions/${session?.id}`)).status, 404);
    assert.deepEqual(
      scene.audits.map(({ action, by, subject }) => [action, by, subject]),
      [["sessions-closed", "token", session?.id]],
    );
  });

  it("resets those of a backend, and never those of all", async () => {
    await using scene = await createScene();
    const all = await clients(scene, 4);
    assert.equal((await scene.change("DELETE", "/api/v1/sessions")).status, 422);
    assert.equal((await scene.change("DELETE", "/api/v1/sessions?backend=")).status, 422);
    const { status, body } = await scene.change("DELETE", "/api/v1/sessions?backend=web/one");
    assert.deepEqual([status, body], [200, { closed: 2 }]);
    assert.deepEqual(
      scene.audits.map(({ action, subject }) => [action, subject]),
      [["sessions-closed", "web/one"]],
    );
    for (const { socket } of all) socket.destroy();
  });
});
