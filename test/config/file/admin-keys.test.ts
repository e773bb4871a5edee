import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveFile } from "../../../src/config/file/effective.ts";
import { resolve } from "../../../src/config/resolve.ts";
import { optionsIn, problemsIn } from "./texts.ts";

const REST = "listeners: { web: { listen: ':80' } }\npools: { web: { backends: [] } }\n";
const file = (admin: string): string => `version: 1\nadmin: ${admin}\n${REST}`;

describe("the admin address in a file", () => {
  it("has the words of the interface", () => {
    const text =
      "{ listen: ['127.0.0.1:8901', 'unix:/run/a.sock'], token-file: /run/token, metrics: token, dashboard: read-only, ready-when: all-pools }";
    assert.deepEqual(optionsIn(file(text)).admin, {
      listen: ["127.0.0.1:8901", "unix:/run/a.sock"],
      tokenFile: "/run/token",
      metrics: "token",
      dashboard: "read-only",
      readyWhen: "all-pools",
    });
    assert.deepEqual(optionsIn(file("{ listen: ':1', dashboard: off }")).admin, { listen: [":1"], dashboard: "off" });
  });

  it("is written back with its defaults", () => {
    const { listeners, pools, admin } = optionsIn(file("{ listen: ':1' }"));
    const process = { shutdownDelayMs: 0, drainTimeoutMs: 0 };
    const words = effectiveFile(resolve({ listeners, pools }), process, () => ({}), admin);
    assert.deepEqual(words["admin"], {
      listen: [":1"],
      metrics: "open",
      dashboard: "read-write",
      "ready-when": "any-pool",
    });
  });

  it("says what is wrong, and where", () => {
    assert.deepEqual(problemsIn(file("{ lisen: ':1', ready-when: any-pol }")), [
      "lb.yaml:2:1 admin.listen: missing, expected an address such as 127.0.0.1:8901, or a list of them",
      "lb.yaml:2:10 admin.lisen: unknown key; did you mean listen?",
      'lb.yaml:2:35 admin.ready-when: got "any-pol", expected listening, any-pool or all-pools; did you mean any-pool?',
    ]);
  });
});
