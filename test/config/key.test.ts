import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainKey, setting, variableOf } from "../../src/config/key.ts";
import { count } from "../../src/config/kind.ts";

describe("variableOf", () => {
  it("is the flag in capitals behind LB_TCP_", () => {
    assert.equal(variableOf("listen"), "LB_TCP_LISTEN");
    assert.equal(variableOf("half-close-timeout"), "LB_TCP_HALF_CLOSE_TIMEOUT");
  });
});

describe("setting", () => {
  it("joins what a key is called with what its values look like", () => {
    const key = setting("rise", "Health", count(2, { min: 1, max: 100 }), "successes in a row");
    assert.equal(key.flag, "rise");
    assert.equal(key.variable, "LB_TCP_RISE");
    assert.equal(key.placeholder, "N");
    assert.equal(key.defaultText, "2");
    assert.deepEqual(key.parse("5"), { value: 5 });
  });
});

describe("plainKey", () => {
  it("is given once unless something else is said", () => {
    const key = plainKey("listen", "Listeners", "where clients connect");
    assert.equal(key.repeatable, false);
    assert.deepEqual(key.aliases, []);
  });
});
