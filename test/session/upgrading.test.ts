import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeUpgrade, type TunnelKind } from "../../src/session/upgrading.ts";

function kindOf(text: string, tunnel: TunnelKind, ended = false): string {
  return judgeUpgrade(Buffer.from(text), ended, tunnel).kind;
}

function answer(status: number): string {
  return `HTTP/1.1 ${status} x\r\n\r\n`;
}

describe("judgeUpgrade", () => {
  it("takes 101 for a change of the protocol, and what is final for an answer like any other", () => {
    assert.deepEqual(
      [101, 200, 426].map((status) => kindOf(answer(status), "upgrade")),
      ["tunnel", "ordinary", "ordinary"],
    );
  });

  it("takes any 2xx to CONNECT for a tunnel", () => {
    assert.deepEqual(
      [101, 200, 299, 407].map((status) => kindOf(answer(status), "connect")),
      ["ordinary", "tunnel", "tunnel", "ordinary"],
    );
  });

  it("tells how long an answer before the answer is", () => {
    const bytes = Buffer.from(`${answer(103)}${answer(101)}`);
    assert.deepEqual(judgeUpgrade(bytes, false, "upgrade"), { kind: "interim", byteCount: answer(103).length });
  });

  it("tells how long the head of an ordinary answer is, where it has one", () => {
    const bytes = Buffer.from(`${answer(200)}body`);
    assert.deepEqual(judgeUpgrade(bytes, false, "upgrade"), { kind: "ordinary", headBytes: answer(200).length });
    assert.deepEqual(judgeUpgrade(Buffer.from("220 hi"), false, "upgrade"), { kind: "ordinary", headBytes: 0 });
  });

  it("waits for the rest, unless none will come or too much has", () => {
    assert.equal(kindOf("HTTP/1.1 10", "upgrade"), "more");
    assert.equal(kindOf("", "upgrade"), "more");
    assert.equal(kindOf("HTTP/1.1 10", "upgrade", true), "ordinary");
    assert.equal(kindOf(`HTTP/1.1 101 x\r\nA: ${"b".repeat(16_384)}`, "upgrade"), "ordinary");
  });

  it("waits for nothing of what is not HTTP/1", () => {
    assert.equal(kindOf("220 hello", "upgrade"), "ordinary");
  });
});
