import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { keysIn } from "../../../src/cli/top/keys.ts";

const names = (text: string): readonly string[] =>
  keysIn(text).map((key) => (key.kind === "character" ? key.character : key.kind));

describe("keysIn", () => {
  const cases: readonly (readonly [text: string, keys: readonly string[]])[] = [
    ["", []],
    ["jk", ["j", "k"]],
    ["\u001b[A\u001b[B\u001bOA\u001bOB", ["up", "down", "up", "down"]],
    ["\u001b[5~\u001b[6~\u001b[H\u001b[F", ["page-up", "page-down", "home", "end"]],
    ["\r\u007f\u0003", ["enter", "backspace", "interrupt"]],
    ["\u001b", ["escape"]],
    ["ü€😀", ["ü", "€", "😀"]],
    // A key with a modifier, a report of the mouse, Tab: nothing that is known.
    ["\u001b[1;5A\u001b[<0;1;2M\tq", ["q"]],
  ];
  for (const [text, keys] of cases) {
    it(`finds ${keys.join(" ") || "nothing"} in ${JSON.stringify(text)}`, () => assert.deepEqual(names(text), keys));
  }

  it("takes any input without trouble", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const name of names(text)) assert.ok(name.length > 0);
      }),
    );
  });
});
