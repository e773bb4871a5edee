import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createScene } from "./scene.ts";

describe("healthHandlers", () => {
  it("needs no token, no name and no reason", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    for (const path of ["/livez", "/healthz", "/readyz"]) {
      const { status, text } = await scene.get(path, { headers: { host: "probe.example.com", cookie: "x" } });
      assert.deepEqual([status, text], [200, "ok\n"], path);
    }
  });

  it("says each condition when asked to", async () => {
    await using scene = await createScene();
    assert.match((await scene.get("/livez?verbose")).text, /^\[\+\] worker-0: last heartbeat \d+ ms ago\nok\n$/);
    assert.match(
      (await scene.get("/readyz?verbose=true")).text,
      /^\[\+\] listening: .*\n\[\+\] not-draining: .*\n\[\+\] any-pool: .*\nok\n$/,
    );
    assert.equal((await scene.get("/readyz?verbos")).status, 400);
  });

  it("is not ready while no pool has a usable backend, and lives all the same", async () => {
    await using scene = await createScene();
    for (const name of ["one", "other"]) scene.balancer.pool("web").drain(name);
    assert.deepEqual([(await scene.get("/readyz")).status, (await scene.get("/livez")).status], [503, 200]);
    assert.match((await scene.get("/readyz")).text, /any-pool: 1 of 1 pools without a usable backend: web/);
    scene.balancer.pool("web").ready("one");
    assert.equal((await scene.get("/readyz")).status, 200);
  });

  it("is not ready from the close on, while accepting goes on for the delay", async () => {
    await using scene = await createScene();
    const closed = scene.balancer.close({ delayMs: 60_000 });
    assert.equal((await scene.get("/readyz")).status, 503);
    assert.equal((await scene.get("/livez")).status, 200);
    assert.equal(scene.balancer.addresses().length, 1);
    scene.balancer.destroy();
    await closed;
  });
});
