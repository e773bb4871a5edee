import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createScene, type Scene, TOKEN } from "./scene.ts";

const ONE = "/api/v1/pools/web/backends/one";

function post(scene: Scene, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return scene.get(path, { method: "POST", ...(body === undefined ? {} : { body }), headers });
}

/** What a browser sends from the dashboard once somebody has logged in. */
async function own(scene: Scene): Promise<Readonly<Record<string, string>>> {
  const { status, headers } = await post(scene, "/login", { token: TOKEN });
  assert.equal(status, 204);
  const [cookie = ""] = headers["set-cookie"] ?? [];
  return { cookie: cookie.split(";")[0] ?? "", origin: "http://localhost", "sec-fetch-site": "same-origin" };
}

describe("POST of login", () => {
  it("makes a dashboard of whoever has the token, and writes that down", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    const headers = await own(scene);
    assert.equal((await scene.get("/api/v1/status")).status, 401);
    assert.equal((await scene.get("/api/v1/status", { headers })).status, 200);
    const changed = await scene.get(ONE, { method: "PATCH", body: { state: "drain" }, headers });
    assert.equal(changed.status, 200);
    assert.deepEqual(
      scene.audits.map(({ action, by }) => [action, by]),
      [
        ["login", "dashboard"],
        ["backend-changed", "dashboard"],
      ],
    );
    const { body } = await scene.get("/api/v1/access", { headers });
    assert.deepEqual(body, { actor: "dashboard", mayRead: true, mayChange: true });
  });

  it("refuses what is not the token, and what is no JSON from a page of ours", async () => {
    await using scene = await createScene();
    assert.equal((await post(scene, "/login", { token: "wrong" })).status, 401);
    assert.equal((await post(scene, "/login", { tokn: TOKEN })).status, 422);
    assert.equal(
      (await post(scene, "/login", `token=${TOKEN}`, { "content-type": "application/x-www-form-urlencoded" })).status,
      415,
    );
    assert.equal((await post(scene, "/login", { token: TOKEN }, { origin: "http://evil.example" })).status, 403);
    assert.equal((await post(scene, "/login", { token: TOKEN }, { host: "evil.example" })).status, 421);
    assert.deepEqual(scene.audits, []);
  });

  it("does not let pages of others use it", async () => {
    await using scene = await createScene();
    const { cookie = "" } = await own(scene);
    for (const headers of [
      { cookie },
      { cookie, origin: "http://evil.example" },
      { cookie, origin: "null" },
      { cookie, origin: "http://localhost", "sec-fetch-site": "cross-site" },
    ]) {
      assert.equal((await scene.get(ONE, { method: "PATCH", body: { state: "drain" }, headers })).status, 403);
    }
    assert.deepEqual(scene.balancer.overrides(), []);
  });

  it("ends with the token that was shown", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    const headers = await own(scene);
    writeFileSync(scene.tokenFile, "another-token-of-16-or-more");
    assert.equal((await scene.get("/api/v1/status", { headers })).status, 401);
  });

  it("is not possible where there is no token, or no dashboard", async () => {
    await using without = await createScene({ withoutToken: true });
    assert.equal((await post(without, "/login", { token: TOKEN })).status, 401);
    await using off = await createScene({ options: { dashboard: "off" } });
    assert.equal((await post(off, "/login", { token: TOKEN })).status, 404);
  });
});

describe("POST of logout", () => {
  it("ends a login", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    const headers = await own(scene);
    const { status, headers: answered } = await post(scene, "/logout", undefined, headers);
    assert.equal(status, 204);
    assert.match(answered["set-cookie"]?.[0] ?? "", /^lb_tcp_login=;/);
    assert.equal((await scene.get("/api/v1/status", { headers })).status, 401);
  });
});
