import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Given } from "../../src/config/given.ts";
import {
  areHttp,
  listenAddresses,
  type Pools,
  pooledBackends,
  servedPool,
  unserved,
} from "../../src/config/given-addresses.ts";
import type { Problem } from "../../src/errors.ts";

function listening(flags: Given["flags"], environment: Given["environment"] = {}): [readonly string[], Problem[]] {
  const problems: Problem[] = [];
  return [listenAddresses({ flags, environment }, problems), problems];
}

function pooled(...upstreams: string[]): [Record<string, unknown>, Problem[]] {
  const problems: Problem[] = [];
  const pools = pooledBackends(
    { flags: upstreams.length > 0 ? { upstream: upstreams } : {}, environment: {} },
    problems,
  );
  return [Object.fromEntries(pools), problems];
}

describe("listenAddresses", () => {
  it("joins flags, aliases and commas", () => {
    assert.deepEqual(listening({ listen: ["80", ":81,[::1]:82"], port: ["83"] }), [
      ["80", ":81", "[::1]:82", "83"],
      [],
    ]);
    assert.deepEqual(listening({}, { LB_TCP_LISTEN: "80, 81" }), [["80", "81"], []]);
    assert.deepEqual(listening({}, { PROXY_PORT: "8080" }), [["8080"], []]);
  });

  it("says what to do where there is none", () => {
    const message = "no address to listen on; give one, such as --listen 80";
    assert.deepEqual(listening({})[1], [{ path: "--listen", message }]);
  });

  it("reports every address that is none", () => {
    assert.deepEqual(listening({ listen: ["web", "80"], port: ["x:y"] })[1], [
      { path: "--listen", message: '"web" has no port; write web:80' },
      { path: "--port", message: '"x:y" has the port "y"; expected 0 to 65535' },
    ]);
  });

  it("refuses an address twice, however it is written, but not port 0", () => {
    const message = '":80" is given twice; give it once';
    assert.deepEqual(listening({ listen: ["80", ":80"] })[1], [{ path: "--listen", message }]);
    assert.deepEqual(listening({ listen: ["0", ":0"] })[1], []);
  });
});

describe("pooledBackends", () => {
  it("sorts backends into their pools", () => {
    assert.deepEqual(pooled("a:1,b:2,weight=2", "x=c:3"), [
      { default: [{ address: "a:1" }, { address: "b:2", weight: 2 }, { address: "c:3", name: "x" }] },
      [],
    ]);
  });

  it("takes one pool of another name", () => {
    assert.deepEqual(pooled("web/a:1", "web/b:1"), [{ web: [{ address: "a:1" }, { address: "b:1" }] }, []]);
  });

  it("refuses two backends of one name in a pool, and takes them under two names", () => {
    const message = 'the pool "default" has two backends named "a:80"; leave one out, or give it a name: b=http://a';
    assert.deepEqual(pooled("a:80,http://a")[1], [{ path: "--upstream", message }]);
    assert.deepEqual(pooled("a:80,b=a:80")[1], []);
  });

  it("says what to do where there is none", () => {
    const message = "no backend; give one, such as --upstream localhost:8080";
    assert.deepEqual(pooled()[1], [{ path: "--upstream", message }]);
  });
});

const WEB: Pools = new Map([["web", []]]);
const BOTH: Pools = new Map([
  ["api", []],
  ["default", []],
]);

describe("servedPool", () => {
  it("is default where there is one of that name, else the only one", () => {
    assert.equal(servedPool(BOTH, false), "default");
    assert.equal(servedPool(BOTH, true), "default");
    assert.equal(servedPool(WEB, false), "web");
  });

  it("is none where routes say who goes where, and none is called default", () => {
    assert.equal(servedPool(WEB, true), undefined);
  });
});

describe("unserved", () => {
  const given = { flags: { upstream: ["…"] }, environment: {} };

  it("finds pools that nothing leads to", () => {
    const [problem] = unserved(BOTH, new Set(), given);
    assert.deepEqual(problem, {
      path: "--upstream",
      message:
        'got backends for the pools "api", "default", and nothing says who goes where; give a route to each, such as --route \'path=/api/*,pool=api\', or write one POOL/ or none',
    });
    assert.match(
      unserved(BOTH, new Set(["other"]), given)[0]?.message ?? "",
      /^nothing leads to the backends of "api"; /,
    );
  });

  it("finds nothing where routes lead to each", () => {
    assert.deepEqual(unserved(BOTH, new Set(["api"]), given), []);
    assert.deepEqual(unserved(WEB, new Set(), given), []);
  });
});

describe("areHttp", () => {
  it("looks at how each is written", () => {
    const pools = (...addresses: string[]): Pools => new Map([["web", addresses.map((address) => ({ address }))]]);
    assert.ok(areHttp(pools("http://a:80", "HTTP://b")));
    assert.ok(!areHttp(pools("http://a:80", "b:80")));
    assert.ok(!areHttp(pools()));
  });
});
