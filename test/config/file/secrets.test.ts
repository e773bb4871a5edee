import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asWritten } from "../../../src/config/file/secrets.ts";
import { substitute } from "../../../src/config/file/substitution.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

function written(effective: object, file: string): unknown {
  const { tree } = parseTree(file);
  assert.ok(tree !== undefined);
  const { tree: filled } = substitute(tree, { X: "hunter2" });
  return asWritten(effective, filled, (path) => path[0] === "given");
}

describe("asWritten", () => {
  it("shows a variable for its value", () => {
    assert.deepEqual(written({ a: { b: "hunter2" }, c: 5 }, 'a: { b: "${X}" }\nc: 5'), { a: { b: "${X}" }, c: 5 });
  });

  it("finds it where one value has become a list, or a word a map", () => {
    assert.deepEqual(written({ listen: ["x"] }, "listen: ${X}"), { listen: ["${X}"] });
    assert.deepEqual(written({ peek: { as: "x", size: 1 } }, "peek: ${X}"), { peek: { as: "${X}", size: 1 } });
    assert.deepEqual(written({ "max-lifetime": "1h" }, 'max-lifetime: { after: "${X}" }'), { "max-lifetime": "${X}" });
    assert.deepEqual(written({ policy: "random" }, 'policy: { type: random, key: "${X}" }'), { policy: "random" });
  });

  it("finds it where one backend has become several, or an address alone a map", () => {
    const effective = { backends: [{ address: "a1" }, { address: "a2" }, { address: "hunter2", weight: 1 }] };
    assert.deepEqual(written(effective, 'backends: ["a[1-2]", "${X}"]'), {
      backends: [{ address: "a1" }, { address: "a2" }, { address: "${X}", weight: 1 }],
    });
  });

  it("finds it under names that are known in another form", () => {
    assert.deepEqual(written({ header: { "x-key": ["hunter2"] } }, 'header: { X-Key: "${X}" }'), {
      header: { "x-key": ["${X}"] },
    });
    assert.deepEqual(written({ tlv: { "0xEA": ["hunter2"] } }, 'tlv: { 0xea: "${X}" }'), { tlv: { "0xEA": ["${X}"] } });
    assert.deepEqual(written({ tlv: { "0xEA": ["hunter2"] } }, 'tlv: { "234": "${X}" }'), {
      tlv: { "0xEA": ["${X}"] },
    });
  });

  it("leaves alone what something else has decided", () => {
    assert.deepEqual(written({ given: 7 }, 'given: "${X}"'), { given: 7 });
  });
});
