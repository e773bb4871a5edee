import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Base, baseOf } from "../../src/config/base.ts";
import type { FileOptions } from "../../src/config/file/file-schema.ts";
import type { Problem } from "../../src/errors.ts";

type Flags = Readonly<Record<string, readonly string[]>>;

function base(flags: Flags, file?: Pick<FileOptions, "listeners" | "pools">, environment = {}): [Base, string[]] {
  const problems: Problem[] = [];
  const options = file === undefined ? undefined : { ...file, balancer: {}, process: {}, log: {} };
  const made = baseOf({ flags, environment }, options, undefined, problems);
  return [made, problems.map(({ path, message }) => `${path}: ${message}`)];
}

const TWO = {
  listeners: { web: { listen: [":80"], pool: "web" }, db: { listen: [":5432"], pool: "db" } },
  pools: { web: { backends: ["a:1"] }, db: { backends: ["b:1"], attempts: 2 } },
};
const ONE = { listeners: { web: { listen: [":80"] } }, pools: { web: { backends: ["a:1"], attempts: 2 } } };

describe("baseOf flags alone", () => {
  it("has one listener and the pools", () => {
    const flags = { listen: ["80"], upstream: ["a:1"] };
    const [{ listeners, pools, routePaths }] = base(flags);
    assert.deepEqual(listeners, { default: { listen: ["80"], pool: "default" } });
    assert.deepEqual(pools, { default: { backends: [{ address: "a:1" }] } });
    assert.equal(routePaths.size, 0);
  });

  it("peeks at HTTP where every backend is written as a URL of it", () => {
    assert.equal(base({ listen: ["80"], upstream: ["http://a:1,http://b"] })[0].listeners["default"]?.peek, "http");
    assert.equal(base({ listen: ["80"], upstream: ["http://a:1,b:1"] })[0].listeners["default"]?.peek, undefined);
  });

  it("peeks at everything where a route needs bytes", () => {
    const flags = { listen: ["80"], upstream: ["a:1", "api/b:1"], route: ["path=/api/*,pool=api"] };
    const [{ listeners, routePaths }, problems] = base(flags);
    assert.deepEqual(problems, []);
    assert.deepEqual([...routePaths], [["listeners.default.routes[0]", "--route"]]);
    assert.deepEqual(listeners["default"], {
      listen: ["80"],
      pool: "default",
      peek: "auto",
      routes: [{ path: ["/api/*"], pool: "api" }],
    });
    const http = { ...flags, upstream: ["http://a:1", "api/http://b:1"] };
    assert.equal(base(http)[0].listeners["default"]?.peek, "http");
    const client = { ...flags, route: ["client=10.0.0.1,pool=api"] };
    assert.equal(base(client)[0].listeners["default"]?.peek, undefined);
  });

  it("serves no pool by default where routes lead to each, and none is called default", () => {
    const flags = { listen: ["80"], upstream: ["web/a:1", "api/b:1"], route: ["path=/a,pool=api", "path=/b,pool=web"] };
    const [{ listeners }, problems] = base(flags);
    assert.deepEqual(problems, []);
    assert.equal(listeners["default"]?.pool, undefined);
  });

  it("refuses pools that nothing leads to, unless there is something else to mend first", () => {
    assert.match(base({ listen: ["80"], upstream: ["web/a:1,api/b:1"] })[1][0] ?? "", /^--upstream: got backends for/);
    assert.deepEqual(base({ listen: ["80"], upstream: ["web/a:1", "api/b"] })[1], [
      '--upstream: "b" has no port; write b:80',
    ]);
  });
});

describe("baseOf a file", () => {
  it("is the file where nothing is given", () => {
    const [{ listeners, pools }, problems] = base({}, TWO, { PROXY_PORT: "8080" });
    assert.deepEqual({ listeners, pools }, TWO);
    assert.deepEqual(problems, []);
  });

  it("takes flags for the only listener and the only pool", () => {
    const flags = { listen: ["8080"], upstream: ["b:1"], route: ["client=::1,reject=close"] };
    const [{ listeners, pools }, problems] = base(flags, ONE);
    assert.deepEqual(problems, []);
    assert.deepEqual(listeners, { web: { listen: ["8080"], routes: [{ client: ["::1"], reject: "close" }] } });
    assert.deepEqual(pools, { web: { backends: [{ address: "b:1" }], attempts: 2 } });
  });

  it("takes them for what is called default, or is named", () => {
    const more = { ...TWO, listeners: { ...TWO.listeners, default: { listen: [":1"], pool: "db" } } };
    const [{ listeners, pools }, problems] = base({ listen: ["8080"], upstream: ["db/c:1", "new/d:1"] }, more);
    assert.deepEqual(problems, []);
    assert.deepEqual(listeners["default"], { listen: ["8080"], pool: "db" });
    assert.deepEqual(pools["db"], { backends: [{ address: "c:1" }], attempts: 2 });
    assert.deepEqual(pools["new"], { backends: [{ address: "d:1" }] });
  });

  it("refuses to guess", () => {
    assert.deepEqual(base({ listen: ["8080"], upstream: ["c:1"] }, TWO)[1], [
      '--upstream: the file has the pools "web", "db", and nothing says which is meant; write POOL/ before the address',
      '--listen: the file has the listeners "web", "db", and nothing says which is meant; say it in the file, or name one of them default',
    ]);
  });

  it("lets flags say what the file does not", () => {
    const [{ listeners, pools }] = base({ listen: ["80"], upstream: ["a:1"] }, { listeners: {}, pools: {} });
    assert.deepEqual(Object.keys(listeners), ["default"]);
    assert.deepEqual(Object.keys(pools), ["default"]);
  });
});
