import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { loadText, optionsIn, problemsIn } from "./texts.ts";

/** FUZZ_FACTOR asks for more. */
const RUNS: number = 5_000 * Number(process.env["FUZZ_FACTOR"] ?? 1);

const FILE = `version: 1
x-limits: &limits { max-connections: 5, weight: 2 }
defaults: { listener: { idle-timeout: 5m }, backend: { weight: 3 } }
listeners:
  web: { listen: ["0.0.0.0:80", "[::]:80"], pool: web, idle-timeout: off }
  db: { listen: "127.0.0.1:5432", pool: db }
pools:
  web: { backends: ["10.0.0.[1-2]:8080", { <<: *limits, address: 10.0.0.9:8080 }] }
  db: { backends: ["\${DB_HOST:-127.0.0.1}:5433"] }
`;

describe("loadFile", () => {
  it("puts defaults, merges, ranges and variables together", () => {
    const { listeners, pools } = optionsIn(FILE, { DB_HOST: "db.internal" });
    assert.deepEqual(listeners, {
      web: { listen: ["0.0.0.0:80", "[::]:80"], pool: "web", idleTimeoutMs: "off" },
      db: { listen: ["127.0.0.1:5432"], pool: "db", idleTimeoutMs: 300_000 },
    });
    assert.deepEqual(pools["web"]?.backends, [
      { address: "10.0.0.1:8080", weight: 3 },
      { address: "10.0.0.2:8080", weight: 3 },
      { address: "10.0.0.9:8080", weight: 2, maxConnections: 5 },
    ]);
    assert.deepEqual(pools["db"]?.backends, [{ address: "db.internal:5433", weight: 3 }]);
  });

  it("says everything that is wrong at once, in the order of the file", () => {
    const text = `version: 1
listeners:
  web:
    listen: ":80"
    idel-timeout: 5
    idle-timeout: 5
    pool: wbe
  db: { listen: ":80", pool: db }
pools:
  web: { backends: [a], send-proxy: { version: v1, crc32c: true } }
  db: { backends: ["\${MISSING}"] }
  web: {}
`;
    assert.deepEqual(problemsIn(text), [
      "lb.yaml:5:5 listeners.web.idel-timeout: unknown key; did you mean idle-timeout?",
      'lb.yaml:6:19 listeners.web.idle-timeout: "5" has no unit; write 5s or 5m',
      'lb.yaml:10:21 pools.web.backends[0]: "a" has no port; write a:80',
      "lb.yaml:11:20 pools.db.backends[0]: the variable MISSING is not set; set it, or write ${MISSING:-default}",
      "lb.yaml:12:3 pools.web: is there twice, first in line 10; leave one out",
    ]);
    assert.deepEqual(problemsIn(text.replace("${MISSING}", "b:1").replace("[a]", "[a:1]")), [
      "lb.yaml:5:5 listeners.web.idel-timeout: unknown key; did you mean idle-timeout?",
      'lb.yaml:6:19 listeners.web.idle-timeout: "5" has no unit; write 5s or 5m',
      'lb.yaml:7:11 listeners.web.pool: there is no pool "wbe"; did you mean web?',
      'lb.yaml:8:17 listeners.db.listen: ":80" is taken by the listener "web" already; leave it out here',
      'lb.yaml:10:39 pools.web.send-proxy: version "v1" has no room for more than addresses; set version to "v2", or leave the rest out',
      "lb.yaml:12:3 pools.web: is there twice, first in line 10; leave one out",
    ]);
  });

  it("never shows what a variable holds", () => {
    const secret = "hunter2";
    const values = [
      secret,
      `${secret}:99999`,
      `x.${secret}`,
      `[${secret}]:80`,
      `/${secret}`,
      `10.0.0.1/${secret}`,
      `${secret} ${secret}`,
    ];
    const places = [
      (value: string) => `listeners: { web: { listen: ${value} } }\npools: { web: { backends: [] } }`,
      (value: string) =>
        `listeners: { web: { listen: [":80", ${value}], pool: ${value} } }\npools: { web: { backends: [${value}, ${value}] } }`,
      (value: string) =>
        `listeners: { web: { listen: 80, peek: ${value}, access: { deny: [${value}] } } }\npools: { web: { backends: [{ address: a:1, name: ${value} }, { address: b:1, name: ${value} }] } }`,
      (value: string) =>
        `listeners: { web: { listen: 80, routes: [{ path: ${value}, header: { a: ${value} }, pool: ${value}, reject: ${value} }] } }\npools: { web: { policy: ${value}, backends: [] } }`,
    ];
    for (const value of values) {
      for (const place of places) {
        const found = problemsIn(`version: 1\n${place('"${SECRET}"')}\n`, { SECRET: value });
        assert.ok(found.length > 0);
        for (const problem of found) assert.doesNotMatch(problem, /hunter2/i, problem);
      }
    }
  });

  it("has an answer to every text, in one line each, and does not throw", () => {
    const word = fc.constantFrom(
      "version: 1",
      "listeners:",
      "pools:",
      "web:",
      "listen: 80",
      "backends:",
      "- a:1",
      "peek: http",
      "routes:",
      "x-a: &a",
      "*a",
      "<<: *a",
      "{",
      "}",
      "[",
      "]",
      ",",
      ": ",
      "- ",
      "\n",
      "\n  ",
      "\n    ",
      '"',
      "'",
      "|",
      ">",
      "#",
      "&b ",
      "!t ",
      "${A}",
      "${",
      "[::]:80",
      "5s",
      "off",
      "null",
      "~",
      "---",
      "...",
      "%YAML 1.2",
      "__proto__: 1",
      "constructor:",
      "\t",
      "\u0000",
      "\u2028",
      "? ",
    );
    const texts = fc.oneof(
      fc.array(word, { maxLength: 60 }).map((words) => words.join("")),
      fc.array(word, { maxLength: 60 }).map((words) => words.join("\n")),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .tuple(fc.nat(FILE.length), fc.nat(20), word)
        .map(([at, count, into]) => FILE.slice(0, at) + into + FILE.slice(at + count)),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom({}, { A: "x" }, { A: "\n[" }), (text, environment) => {
        const result = loadText(text, environment);
        if (result.kind === "loaded") return;
        assert.ok(result.problems.length > 0);
        for (const { path, message } of result.problems) {
          assert.match(path, /^lb\.yaml:[1-9]\d*:[1-9]\d*(?: [^\p{Cc}\u2028]+)?$/u);
          assert.match(message, /^[^\p{Cc}\u2028]+$/u);
          assert.doesNotMatch(message, /Invalid|Unrecognized|Too (?:small|big)|received/);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("has an answer to every value in every place", () => {
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        80,
        "80",
        ":80",
        "a:1",
        "5s",
        "off",
        false,
        true,
        null,
        "web",
        "http",
        "v2",
        "10%",
        "20/s",
        "${A}",
        -1,
        1e21,
      ),
      fc.string(),
    );
    const any = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("node"), { maxLength: 3 }), tie("map")),
      map: fc.dictionary(
        fc.constantFrom(
          "listen",
          "pool",
          "routes",
          "peek",
          "as",
          "timeout",
          "size",
          "access",
          "deny",
          "deny-file",
          "per-client",
          "rate",
          "accept-proxy",
          "from",
          "max-lifetime",
          "after",
          "backends",
          "address",
          "name",
          "weight",
          "probe",
          "type",
          "ejection",
          "send-proxy",
          "version",
          "custom",
          "queue",
          "limit",
          "policy",
          "path",
          "not",
          "split",
          "reject",
          "header",
          "tlv",
          "web",
          "__proto__",
          "x-a",
          "0xE0",
        ),
        tie("node"),
        { maxKeys: 4 },
      ),
    }));
    const section = fc.oneof(
      leaf,
      fc.dictionary(fc.constantFrom("web", "db", "a b", "__proto__"), any.map, { maxKeys: 2 }),
    );
    const files = fc.record(
      {
        version: fc.constantFrom<unknown>(1, 2),
        process: any.map,
        log: any.map,
        defaults: any.map,
        listeners: section,
        pools: section,
      },
      { requiredKeys: ["version"] },
    );
    fc.assert(
      fc.property(files, (file) => {
        const result = loadText(JSON.stringify(file), { A: "hunter2" });
        if (result.kind === "loaded") return;
        for (const { path, message } of result.problems) {
          assert.match(path, /^lb\.yaml:\d+:\d+(?: \P{Cc}+)?$/u);
          assert.match(message, /^\P{Cc}+$/u);
          assert.doesNotMatch(`${path}${message}`, /hunter2|Invalid|Unrecognized|Too (?:small|big)|received/);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
