import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { operations } from "../../src/admin/operations.ts";
import { createScene } from "./scene.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

describe("openApiDocument", () => {
  it("has every operation, and nothing else", () => {
    const { paths }: { paths?: unknown } = openApiDocument();
    const documented = Object.entries(Object(paths)).flatMap(([path, methods]) =>
      Object.keys(Object(methods)).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(documented.toSorted(), operations.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it("leads to schemas that there are", () => {
    const text = JSON.stringify(openApiDocument());
    const { components }: { components?: unknown } = openApiDocument();
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(Object.hasOwn(Object(components).schemas, name), name);
    }
  });

  it("is what is served, and what is not in it is not served", async () => {
    await using scene = await createScene();
    const { status, body } = await scene.get("/api/v1/openapi.json");
    assert.deepEqual([status, body], [200, JSON.parse(JSON.stringify(openApiDocument()))]);
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const served = operations.filter((operation) => operation.path === path).map(({ method }) => method);
      const asked = path.replaceAll(/\{\w+\}/g, "x");
      for (const method of METHODS.filter((each) => !served.some((one) => one === each))) {
        const refused = await scene.change(method, asked);
        const expected = served.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each])).join(", ");
        assert.deepEqual([refused.status, refused.headers.allow], [405, expected], `${method} ${asked}`);
      }
    }
  });
});
