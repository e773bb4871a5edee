import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { describe, it } from "node:test";
import { createAdmin } from "../../src/admin/admin.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { ask } from "./asking.ts";
import { createScene } from "./scene.ts";

describe("createAdmin", () => {
  it(
    "answers over TCP and over a unix socket that is its owner's alone",
    withoutLeaks(async () => {
      await using scene = await createScene();
      assert.equal(scene.admin.addresses.length, 2);
      assert.equal(statSync(scene.unix.slice("unix:".length)).mode & 0o777, 0o600);
      for (const address of scene.admin.addresses) {
        const { status, body } = await ask(address, "/api/v1/status");
        assert.equal(status, 200);
        assert.deepEqual([typeof body, Object(body).state, Object(body).ready], ["object", "running", true]);
      }
    }),
  );

  it("is asked before the balancer listens, and after it has closed", async () => {
    await using scene = await createScene({ withoutStart: true });
    assert.deepEqual([(await scene.get("/livez")).status, (await scene.get("/readyz")).status], [200, 503]);
    await scene.balancer.start();
    assert.deepEqual([(await scene.get("/livez")).status, (await scene.get("/readyz")).status], [200, 200]);
    await scene.balancer.close();
    assert.deepEqual([(await scene.get("/livez")).status, (await scene.get("/readyz")).status], [200, 503]);
  });

  it("says what is wrong with its options, all at once", async () => {
    await using scene = await createScene();
    assert.throws(
      // @ts-expect-error: a caller without types
      () => createAdmin(scene.balancer, { listen: ["x"], metrics: "closed", tokenfile: "y" }),
      (error: unknown) => {
        const { problems } = Object(error).details;
        const paths = problems.map(({ path }: { readonly path: string }) => path);
        assert.deepEqual(paths.toSorted(), ["admin", "admin.listen[0]", "admin.metrics"]);
        return true;
      },
    );
  });

  it("does not start where it can't listen, or has no token that can be used", async () => {
    await using scene = await createScene();
    const taken = createAdmin(scene.balancer, { listen: ["127.0.0.1:0", scene.tcp] });
    await assert.rejects(taken.start(), { code: "LB_ADDRESS_IN_USE" });
    assert.deepEqual(taken.addresses, []);
    const listen = "127.0.0.1:0";
    const without = createAdmin(scene.balancer, { listen, tokenFile: `${scene.tokenFile}.none` });
    await assert.rejects(without.start(), { code: "LB_ADMIN_TOKEN", message: /there is no such file/ });
  });

  it("starts once, and closes as often as one likes", async () => {
    await using scene = await createScene();
    await assert.rejects(scene.admin.start(), { code: "LB_CLOSED" });
    await Promise.all([scene.admin.close(), scene.admin.close()]);
    await assert.rejects(ask(scene.tcp, "/livez"), { code: "ECONNREFUSED" });
  });
});
