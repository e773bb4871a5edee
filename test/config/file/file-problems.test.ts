import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { discreet, inOrder, located } from "../../../src/config/file/file-problems.ts";
import type { TreeNode } from "../../../src/config/file/tree.ts";
import { problemsIn } from "./texts.ts";

const at = { line: 1, column: 1 };
const secret: TreeNode = { kind: "scalar", at, value: "hunter2", written: "${PASSWORD}" };

describe("located", () => {
  it("is file, line, column and path", () => {
    const { path } = located("lb.yaml", { line: 12, column: 5 }, ["listeners", "a b", "listen", 0], "…");
    assert.equal(path, 'lb.yaml:12:5 listeners["a b"].listen[0]');
    assert.equal(located("lb.yaml", at, [], "…").path, "lb.yaml:1:1");
  });
});

describe("discreet", () => {
  it("shows what comes from a variable as it was written", () => {
    assert.equal(discreet('"r2" is wrong', secret, "a number"), 'got "${PASSWORD}", expected a number');
    assert.equal(discreet('no pool "hunter2"', secret), 'no pool "${PASSWORD}"');
    assert.equal(discreet('no pool "unte"', secret), 'got "${PASSWORD}", which can\'t be used here');
  });

  it("shows no part of it where it is one of several", () => {
    const list: TreeNode = { kind: "list", at, items: [secret] };
    assert.equal(discreet('"Hunter2" and "r2" and "x" by "web"', list), '"…" and "…" and "x" by "web"');
  });

  it("leaves the rest alone", () => {
    assert.equal(discreet('"x"', { ...secret, written: undefined }), '"x"');
  });
});

describe("issueProblems", () => {
  it("names each unknown key in its own place, without its value", () => {
    assert.deepEqual(
      problemsIn(
        "version: 1\npasword: hunter2\nlisteners: { a: { listen: 80 } }\npols: {}\npools: { b: { backends: [] } }\n",
      ),
      [
        "lb.yaml:2:1 pasword: unknown key; the keys are version, process, log, admin, defaults, webhook, listeners, pools",
        "lb.yaml:4:1 pols: unknown key; did you mean pools?",
      ],
    );
  });
});

describe("inOrder", () => {
  it("is the order of the file, each place and message once", () => {
    const problem = (path: string) => ({ path, message: "wrong" });
    const all = ["a.yaml:10:1 x", "a.yaml:2:9 y", "a.yaml:2:1 z", "a.yaml:2:9 w", "odd"].map(problem);
    assert.deepEqual(
      inOrder(all).map(({ path }) => path),
      ["odd", "a.yaml:2:1 z", "a.yaml:2:9 y", "a.yaml:10:1 x"],
    );
  });
});
