import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Router } from "../../src/admin/router.ts";

const router = new Router([
  { method: "GET", path: "/" },
  { method: "GET", path: "/api/pools/{pool}" },
  { method: "PATCH", path: "/api/pools/{pool}" },
  { method: "GET", path: "/api/pools/{pool}/backends/{backend}" },
]);

function found(method: string, path: string): unknown {
  const match = router.match(method, path);
  return match.kind === "route" ? [match.route.path, match.parameters] : match.kind;
}

describe("Router", () => {
  it("finds by method and path, and what stands for names", () => {
    assert.deepEqual(found("GET", "/"), ["/", {}]);
    assert.deepEqual(found("PATCH", "/api/pools/web"), ["/api/pools/{pool}", { pool: "web" }]);
    assert.deepEqual(found("GET", "/api/pools/a/backends/b"), [
      "/api/pools/{pool}/backends/{backend}",
      { pool: "a", backend: "b" },
    ]);
  });

  it("serves HEAD where there is GET", () => assert.deepEqual(found("HEAD", "/"), ["/", {}]));

  it("says which methods there are", () => {
    assert.deepEqual(router.match("DELETE", "/api/pools/web"), {
      kind: "other-method",
      allowed: ["GET", "HEAD", "PATCH"],
    });
  });

  it("decodes names, once, and takes a slash in one for no other path", () => {
    assert.deepEqual(found("GET", "/api/pools/a%2Fb"), ["/api/pools/{pool}", { pool: "a/b" }]);
    assert.deepEqual(found("GET", "/api/pools/a%252Fb"), ["/api/pools/{pool}", { pool: "a%2Fb" }]);
  });

  for (const path of [
    "",
    "/api/pools",
    "/api/pools/",
    "//api/pools/web",
    "/api//pools/web",
    "/api/pools/web/",
    "/api/x/../pools/web",
    "/api/./pools/web",
    "/api/%70ools/web",
    "/API/pools/web",
    "/api%2Fpools%2Fweb",
    "/api\\pools\\web",
    "/api/pools/%",
    "/api/pools/%ff",
    "http://host/api/pools/web",
    "*",
  ]) {
    it(`finds nothing at ${JSON.stringify(path)}`, () => assert.equal(found("GET", path), "unknown"));
  }
});
