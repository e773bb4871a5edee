import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReloadReport } from "../../src/control/reload-report.ts";
import { configError } from "../../src/errors.ts";
import { createScene, type Scene } from "./scene.ts";

const NONE = { added: [], removed: [], changed: [] };
const NOTHING: ReloadReport = { listeners: NONE, pools: NONE, backends: NONE, restartRequired: [] };

describe("POST of reload", () => {
  it("answers with what has changed, and is an audit line if something has", async () => {
    let scene: Scene | undefined;
    const actions = {
      reload: (): Promise<ReloadReport> => {
        assert.ok(scene !== undefined);
        return scene.balancer.reload({
          listeners: { web: { listen: "127.0.0.1:0" } },
          pools: { web: { probe: "off", backends: [{ name: "one", address: "127.0.0.1:9" }] } },
        });
      },
    };
    scene = await createScene({ actions });
    await using _scene = scene;
    const first = await scene.change("POST", "/api/v1/reload");
    assert.deepEqual([first.status, Object(first.body).backends.removed], [200, ["web/other"]]);
    const second = await scene.change("POST", "/api/v1/reload");
    assert.deepEqual([second.status, second.body], [200, NOTHING]);
    const reloads = scene.audits.filter(({ action }) => action === "reload");
    assert.equal(reloads.length, 1);
  });

  it("answers a bad file with all its problems", async () => {
    const problems = [
      { path: "lb.yaml:2:1 lisners", message: "unknown key" },
      { path: "lb.yaml:3:1 pols", message: "unknown key" },
    ];
    await using scene = await createScene({ actions: { reload: () => Promise.reject(configError(problems)) } });
    const { status, body } = await scene.change("POST", "/api/v1/reload");
    assert.deepEqual([status, Object(body).problems], [422, problems]);
    assert.deepEqual(scene.audits, []);
  });

  it("says that there is nothing to reload", async () => {
    await using scene = await createScene();
    assert.equal((await scene.change("POST", "/api/v1/reload")).status, 501);
  });
});

for (const action of ["drain", "shutdown"] as const) {
  describe(`POST of ${action}`, () => {
    it("begins it, and says that it has", async () => {
      let scene: Scene | undefined;
      scene = await createScene({ actions: { [action]: () => void scene?.balancer.close() } });
      await using _scene = scene;
      const { status, body } = await scene.change("POST", `/api/v1/${action}`);
      assert.deepEqual([status, Object(body).draining, Object(body).ready], [202, true, false]);
      assert.deepEqual(
        scene.audits.map((event) => [event.action, event.by, event.subject]),
        [[action, "token", null]],
      );
      assert.equal((await scene.change("POST", `/api/v1/${action}`)).status, 202);
      assert.equal(scene.audits.length, 1);
    });

    it("is not possible where nobody can do it", async () => {
      await using scene = await createScene();
      assert.equal((await scene.change("POST", `/api/v1/${action}`)).status, 501);
    });
  });
}

describe("PUT of log-level", () => {
  it("refuses what is no level", async () => {
    await using scene = await createScene();
    for (const [body, expected] of [
      [{ level: "dbug" }, /body\.level: got "dbug", expected one of .*did you mean debug\?/],
      [{}, /body\.level: got nothing/],
      [{ level: "debug", of: "web" }, /body\.of: unknown key/],
      [["debug"], /body\.level/],
    ] as const) {
      const { status, body: answer } = await scene.change("PUT", "/api/v1/log-level", body);
      assert.equal(status, 422);
      assert.match(Object(answer).detail, expected);
    }
    assert.deepEqual(scene.audits, []);
  });
});
