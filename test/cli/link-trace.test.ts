import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traceLinks } from "../../src/cli/link-trace.ts";

/** The steps to a path, as `folder name`, where these are links. */
function trace(path: string, links: Readonly<Record<string, string>> = {}): string[] {
  return traceLinks(path, (link) => links[link]).map(({ folder, name }) => `${folder} ${name}`);
}

describe("traceLinks", () => {
  it("is the file in its folder, where there is no link", () => {
    assert.deepEqual(trace("/etc/lb/lb.yaml"), ["/etc/lb lb.yaml"]);
    assert.deepEqual(trace("/etc/./lb/../lb/lb.yaml"), ["/etc/lb lb.yaml"]);
  });

  it("follows the links of a ConfigMap", () => {
    const links = { "/cfg/lb.yaml": "..data/lb.yaml", "/cfg/..data": "..2026_01_01" };
    assert.deepEqual(trace("/cfg/lb.yaml", links), ["/cfg lb.yaml", "/cfg ..data", "/cfg/..2026_01_01 lb.yaml"]);
  });

  it("follows links of folders, to other places and upwards", () => {
    const links = { "/srv/current": "/releases/7", "/releases/7/lb.yaml": "../shared/lb.yaml" };
    assert.deepEqual(trace("/srv/current/lb.yaml", links), [
      "/srv current",
      "/releases/7 lb.yaml",
      "/releases/shared lb.yaml",
    ]);
  });

  it("gives up on links that lead round and round", () => {
    assert.ok(trace("/a", { "/a": "b", "/b": "a" }).length <= 41);
  });
});
