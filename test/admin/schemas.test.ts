import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HistoryRecord } from "../../src/admin/history.ts";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { schemas } from "../../src/admin/schemas.ts";
import { resolveBackend, resolveBackendChange } from "../../src/config/resolve.ts";
import { schemaMistakes } from "../support/json-schema.ts";

function fits(value: unknown, name: string): boolean {
  return schemaMistakes(JSON.parse(JSON.stringify(value)), schemas[name] ?? {}, openApiDocument()).length === 0;
}

describe("schemas", () => {
  it("takes for a change of a backend what the balancer takes, and nothing else", () => {
    for (const value of [
      {},
      { state: "drain" },
      { weight: 0, maxConnections: "off" },
      { weight: 257 },
      { weight: 1.5 },
      { state: "up" },
      { maxConnections: 0 },
      { other: 1 },
      [],
      null,
    ]) {
      const isTaken = (() => {
        try {
          resolveBackendChange(value, "body");
          return true;
        } catch {
          return false;
        }
      })();
      assert.equal(fits(value, "BackendChange"), isTaken, JSON.stringify(value));
    }
  });

  it("takes for a new backend what the balancer takes", () => {
    for (const value of [
      "10.0.0.1:80",
      { address: "10.0.0.1:80", name: "a", weight: 1, backup: true, maxConnections: 5, resolve: "first" },
    ]) {
      resolveBackend(value, "body");
      assert.ok(fits(value, "NewBackend"));
    }
    assert.equal(fits({ name: "a" }, "NewBackend"), false);
  });

  it("knows the history", () => {
    const history = new HistoryRecord();
    history.add(0, 0, []);
    history.add(1_000, 1, [{ name: "web", bytesUp: 1, bytesDown: 1, ends: { denied: 2 } }]);
    assert.ok(fits(history.read(), "History"));
    assert.equal(fits({ ...history.read(), ends: { bored: [1] } }, "History"), false);
  });
});
