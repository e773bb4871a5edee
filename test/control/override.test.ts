import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { actorFields } from "../../src/control/override.ts";

describe("actorFields", () => {
  it("takes a name, or a name and where it came from", () => {
    assert.deepEqual(actorFields("api"), { by: "api", client: null });
    assert.deepEqual(actorFields({ by: "token", client: "[::1]:5" }), { by: "token", client: "[::1]:5" });
  });
});
