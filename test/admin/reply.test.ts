import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { empty, json, problem, problemOf, text } from "../../src/admin/reply.ts";
import { configError, LbError } from "../../src/errors.ts";

describe("replies", () => {
  it("are JSON, text, or nothing", () => {
    const type = "application/json";
    assert.deepEqual(json({ a: 1 }), {
      kind: "bytes",
      status: 200,
      headers: { "content-type": type },
      bytes: '{"a":1}\n',
    });
    assert.deepEqual(text("ok\n", 503), {
      kind: "bytes",
      status: 503,
      headers: { "content-type": "text/plain; charset=utf-8" },
      bytes: "ok\n",
    });
    assert.deepEqual(empty(), { kind: "empty", status: 204, headers: {} });
  });
});

describe("problem", () => {
  it("is application/problem+json", () => {
    const reply = problem(404, "there is none", { headers: { allow: "GET" } });
    assert.ok(reply.kind === "bytes");
    assert.deepEqual(reply.headers, { "content-type": "application/problem+json", allow: "GET" });
    assert.deepEqual(JSON.parse(String(reply.bytes)), {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "there is none",
    });
  });
});

describe("problemOf", () => {
  const statuses = [
    ["LB_CONFIG", 422],
    ["LB_ADDRESS_IN_USE", 422],
    ["LB_UNKNOWN_BACKEND", 404],
    ["LB_UNKNOWN_POOL", 404],
    ["LB_DUPLICATE_BACKEND", 409],
    ["LB_CLOSED", 409],
    ["LB_WORKER", 503],
  ] as const;
  for (const [code, status] of statuses) {
    it(`is ${status} for ${code}`, () => {
      const reply = problemOf(new LbError(code, "why"));
      assert.deepEqual(reply.kind === "bytes" && [reply.status, JSON.parse(String(reply.bytes)).detail], [
        status,
        "why",
      ]);
    });
  }

  it("has every problem of a configuration", () => {
    const problems = [{ path: "a", message: "b" }];
    const reply = problemOf(configError(problems));
    assert.deepEqual(reply.kind === "bytes" && JSON.parse(String(reply.bytes)).problems, problems);
  });

  it("is a bug of ours for everything else", () => {
    const reply = problemOf(new TypeError("x is not a function"));
    assert.deepEqual(reply.kind === "bytes" && reply.status, 500);
  });
});
