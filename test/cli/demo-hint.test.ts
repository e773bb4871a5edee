import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { demoHint } from "../../src/cli/demo-hint.ts";

const PORTS = [8081, 8082, 8083];

describe("demoHint", () => {
  it("says what to try, aligned", () => {
    assert.equal(
      demoHint("127.0.0.1:8080", PORTS, "10s"),
      `
  lb-tcp balances http://127.0.0.1:8080 over three backends, on the ports 8081, 8082, 8083.
  Try in another terminal:

    curl http://127.0.0.1:8080/                 once more, and another backend answers
    curl http://127.0.0.1:8081/die              server-1 is dead for 10s: the log shows it leave and return,
                                                and no request fails meanwhile
    curl 'http://127.0.0.1:8080/slow?ms=5000'   press Ctrl+C here meanwhile: it still gets its answer

  Or open http://127.0.0.1:8080/ in a browser, and reload it.

  Ctrl+C stops it; \`lb-tcp --help\` says how to run it over backends of your own.

`,
    );
  });

  const reachable: readonly (readonly [address: string, command: string])[] = [
    ["[::]:9090", "curl http://localhost:9090/ "],
    ["0.0.0.0:9090", "curl http://localhost:9090/ "],
    ["[::1]:9090", "curl http://[::1]:9090/ "],
    ["unix:/run/lb.sock", "curl --unix-socket /run/lb.sock http://localhost/ "],
  ];
  for (const [address, command] of reachable) {
    it(`says how ${address} is reached`, () => {
      const hint = demoHint(address, PORTS, "10s");
      assert.ok(hint.includes(`    ${command}`), hint);
      assert.equal(hint.includes("browser"), !address.startsWith("unix:"));
    });
  }
});
