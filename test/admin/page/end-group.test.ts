import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupOf } from "../../../src/admin/page/end-group.ts";
import { endReasons, ends } from "../../../src/session/end.ts";

describe("groupOf", () => {
  it("says of every end who ended it, as lb-tcp explain does", () => {
    for (const end of endReasons) {
      const { orderly, by } = ends[end];
      assert.equal(groupOf(end), orderly ? "orderly" : by, end);
    }
  });

  it("takes an end of a later version for lb-tcp's own", () => {
    assert.equal(groupOf("something-new"), "lb-tcp");
    assert.equal(groupOf("constructor"), "lb-tcp");
  });
});
