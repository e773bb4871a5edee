import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileKeyOf, placed } from "../../../src/config/file/option-place.ts";
import { parseTree } from "../../../src/config/file/yaml-tree.ts";

const { tree } = parseTree(`listeners:
  web:
    idle-timeout: 5s
    peek: { size: 1KiB }
    per-client: { rate: 1/s, ipv6-prefix: 64 }
pools:
  "a.b":
    backends:
      - "w[1-3]:80"
      - b:80
`);
assert.ok(tree !== undefined);

function place(path: string, how?: "items"): string | undefined {
  assert.ok(tree !== undefined);
  return placed({ path, message: "…" }, tree, "lb.yaml", how)?.path;
}

describe("placed", () => {
  it("finds options by the words of the file", () => {
    assert.equal(place("listeners.web.idleTimeoutMs"), "lb.yaml:3:19 listeners.web.idle-timeout");
    assert.equal(place("listeners.web.peek.byteCount"), "lb.yaml:4:19 listeners.web.peek.size");
    assert.equal(place("listeners.web.perClient.ratePerSecond"), "lb.yaml:5:25 listeners.web.per-client.rate");
    assert.equal(place("listeners.web.perClient.ipv6Prefix"), "lb.yaml:5:43 listeners.web.per-client.ipv6-prefix");
  });

  it("names what is missing, in the place that should hold it", () => {
    assert.equal(place("listeners.web.pool"), "lb.yaml:2:3 listeners.web.pool");
    assert.equal(place("process.workers"), undefined);
  });

  it("knows from which item a backend comes", () => {
    for (const index of [0, 1, 2]) {
      assert.equal(place(`pools["a.b"].backends[${index}]`), 'lb.yaml:9:9 pools["a.b"].backends[0]');
    }
    assert.equal(place('pools["a.b"].backends[3]'), 'lb.yaml:10:9 pools["a.b"].backends[1]');
    assert.equal(place('pools["a.b"].backends[1]', "items"), 'lb.yaml:10:9 pools["a.b"].backends[1]');
  });
});

describe("fileKeyOf", () => {
  it("says how an option is called in a file", () => {
    for (const [path, key] of [
      ["maxConnections", "process.max-connections"],
      ["workers", "process.workers"],
      ["log.level", "log.level"],
      ["listeners.web.tcpKeepaliveMs", "listeners.web.tcp-keepalive"],
      ['listeners["a.b"].backlog', "listeners.a.b.backlog"],
    ] as const) {
      assert.equal(fileKeyOf(path), key);
    }
  });
});
