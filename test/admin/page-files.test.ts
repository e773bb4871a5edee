import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PAGE_POLICY, readPageFiles } from "../../src/admin/page-files.ts";

describe("the files of the dashboard", () => {
  const files = readPageFiles();

  it("are the page and what it asks for", () => {
    const page = files.get("/")?.body.toString() ?? "";
    const asked = [...page.matchAll(/(?:href|src)="(assets\/[^"]+)"/g)].map(([, path]) => `/${path}`);
    assert.ok(asked.length > 0);
    for (const path of asked) assert.ok(files.has(path), path);
  });

  it("import only each other", () => {
    for (const [path, { body }] of files) {
      if (!path.endsWith(".js") || path.endsWith("/uPlot.esm.js")) continue;
      for (const [, name] of body.toString().matchAll(/\bfrom "\.\/([^"]+)"/g)) {
        assert.ok(files.has(`/assets/${name}`), `${path} imports ${name}`);
      }
      assert.doesNotMatch(body.toString(), /\bfrom "(?!\.\/)/, path);
    }
  });

  it("say what they are", () => {
    const types = [...files].map(([path, { contentType }]) => [path.replace(/^.*\./, ""), contentType.split(";")[0]]);
    const expected = { "/": "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
    assert.deepEqual(Object.fromEntries(types), expected);
  });

  it("hold nothing inline, and nothing that the policy would have to make an exception for", () => {
    const page = files.get("/")?.body.toString() ?? "";
    assert.doesNotMatch(page, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/i);
    assert.doesNotMatch(PAGE_POLICY, /unsafe|https?:|\*/);
  });

  it("leave out maps, declarations and settings", () => {
    assert.deepEqual(
      [...files.keys()].filter((path) => /\.(ts|map|json)$/.test(path)),
      [],
    );
  });
});
