import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createScene } from "./scene.ts";

describe("pageHandlers", () => {
  it("shows the dashboard and its files to everybody, with their types", async () => {
    await using scene = await createScene({ options: { listen: "0.0.0.0:0" } });
    const page = await scene.get("/");
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    for (const [, path = ""] of page.text.matchAll(/(?:src|href)="([^"#][^"]*)"/g)) {
      const { status, headers } = await scene.get(`/${path}`);
      assert.equal(status, 200, path);
      assert.match(headers["content-type"] ?? "", /^(?:text\/(?:css|javascript)|image\/svg)/, path);
    }
    assert.equal((await scene.get("/assets/uPlot.esm.js")).status, 200);
  });

  it("sends a file again only when it is another one", async () => {
    await using scene = await createScene();
    const { headers } = await scene.get("/");
    assert.equal(headers["cache-control"], "no-cache");
    const again = await scene.get("/", { headers: { "if-none-match": headers.etag ?? "" } });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", headers.etag]);
    assert.equal((await scene.get("/", { headers: { "if-none-match": '"other"' } })).status, 200);
  });

  it("has no files but those", async () => {
    await using scene = await createScene();
    for (const path of [
      "/assets/index.html",
      "/assets/",
      "/assets/tsconfig.json",
      "/assets/constructor",
      "/assets/..%2Fadmin.js",
      "/index.html",
    ]) {
      assert.equal((await scene.get(path)).status, 404, path);
    }
  });

  it("shows nothing where the dashboard is off", async () => {
    await using scene = await createScene({ options: { dashboard: "off" } });
    for (const path of ["/", "/assets/page.css"]) assert.equal((await scene.get(path)).status, 404, path);
    assert.equal((await scene.get("/api/v1/status")).status, 200);
  });
});
