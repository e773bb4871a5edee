import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { createView } from "../../src/admin/view.ts";
import { resolveAdmin } from "../../src/config/resolve.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { assertFits } from "./asking.ts";
import { createScene } from "./scene.ts";

describe("createView", () => {
  it("is what the document says", async () => {
    await using scene = await createScene();
    scene.balancer.pool("web").drain("one");
    const view = createView(scene.balancer, resolveAdmin({ listen: ":1", readyWhen: "all-pools" }), createFakeClock());
    const overview: unknown = JSON.parse(JSON.stringify(view.overview()));
    assertFits(overview, { $ref: "#/components/schemas/Overview" }, openApiDocument(), "overview");
    const { status, listeners, pools, overrides } = view.overview();
    assert.deepEqual(
      [status.ready, status.readyWhen, status.dashboard, status.at],
      [true, "all-pools", "read-write", "2026-01-01T00:00:00.000Z"],
    );
    assert.deepEqual(
      listeners.map(({ name, addresses }) => [name, addresses]),
      [["web", [`127.0.0.1:${scene.port}`]]],
    );
    assert.deepEqual([pools.length, overrides.length], [1, 1]);
  });
});
