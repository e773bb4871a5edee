import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { schemaProblems } from "../../src/config/schema-problems.ts";
import type { Problem } from "../../src/errors.ts";

function problems(schema: z.ZodType, value: unknown, root?: string): readonly Problem[] {
  const { error } = schema.safeParse(value);
  assert.ok(error);
  return schemaProblems(error, root);
}

const number = z.number({ error: "expected a number" });
const object = z.strictObject({ a: number, b: number }, { error: "expected an object" });

describe("schemaProblems", () => {
  it("names the path of each problem", () => {
    assert.deepEqual(
      problems(z.strictObject({ list: z.array(object) }), {
        list: [
          { a: 1, b: "x" },
          { a: "y", b: 2 },
        ],
      }),
      [
        { path: "list[0].b", message: "expected a number" },
        { path: "list[1].a", message: "expected a number" },
      ],
    );
  });

  it("starts from the path it is given", () => {
    assert.deepEqual(problems(object, { a: 1 }, "pools.web"), [{ path: "pools.web.b", message: "expected a number" }]);
  });

  it("looks into the alternative that was meant", () => {
    const schema = z.strictObject({
      probe: z.union([z.literal("off"), object], { error: "expected off or an object" }),
    });
    assert.deepEqual(problems(schema, { probe: { a: "x", b: "y" } }), [
      { path: "probe.a", message: "expected a number" },
      { path: "probe.b", message: "expected a number" },
    ]);
    assert.deepEqual(problems(schema, { probe: "on" }), [{ path: "probe", message: "expected off or an object" }]);
    assert.deepEqual(problems(schema, { probe: 1 }), [{ path: "probe", message: "expected off or an object" }]);
  });

  it("says the same thing about the same place once", () => {
    const schema = z.number().min(10, { error: "expected 10 to 20" }).multipleOf(7, { error: "expected 10 to 20" });
    assert.deepEqual(problems(schema, 5), [{ path: "options", message: "expected 10 to 20" }]);
  });
});
