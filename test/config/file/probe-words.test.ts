import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { probeWords } from "../../../src/config/file/probe-words.ts";
import type { ProbeOptions } from "../../../src/config/probe-options.ts";
import { resolve } from "../../../src/config/resolve.ts";
import { probeConfig } from "../../probe/asking.ts";
import { AUTHORITY } from "../../support/certificates.ts";
import { optionsIn, poolFile } from "./texts.ts";

describe("probeWords", () => {
  const probes: readonly ProbeOptions[] = [
    {},
    { type: "tls", ca: "ca.pem", serverName: "web.internal", port: 443, jitter: 0 },
    { type: "http", tls: true, verify: false, headers: { "x-a": "b" }, status: [200, "300-399"], body: " ok " },
    { type: "http", method: "OPTIONS", path: "*", host: "a:1", sendProxy: "v2" },
    { type: "script", steps: [{ send: Uint8Array.of(0, 10, 92, 200) }, { expect: "a b" }, { expectRegex: "\\d$" }] },
    { type: "script", steps: "postgresql", intervalMs: 100, timeoutMs: 10, rise: 7, fall: 8 },
  ];
  for (const options of probes) {
    it(`writes ${JSON.stringify(options)} so that a file may have it`, () => {
      const probe = probeConfig(options);
      const read = optionsIn(poolFile(`backends: [], probe: ${JSON.stringify(probeWords(probe))}`));
      assert.deepEqual(
        resolve({ listeners: read.listeners, pools: read.pools }, () => AUTHORITY.cert).pools[0]?.probe,
        probe,
      );
    });
  }

  it("names a function, which has no words", () => {
    assert.equal(probeWords(probeConfig({ type: async () => {} }))["type"], "function");
  });
});
