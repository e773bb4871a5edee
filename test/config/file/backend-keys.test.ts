import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { optionsIn, poolFile, problemsIn } from "./texts.ts";

function backends(text: string) {
  return optionsIn(poolFile(`backends: [${text}]`)).pools["web"]?.backends;
}

function problem(text: string): string | undefined {
  return problemsIn(poolFile(`backends: [${text}]`))[0]?.replace("lb.yaml:4:", "");
}

describe("a backend in a file", () => {
  it("is an address, or says more", () => {
    assert.deepEqual(backends('"a:1", "[::1]:80", "unix:/run/x"'), [
      { address: "a:1" },
      { address: "[::1]:80" },
      { address: "unix:/run/x" },
    ]);
    const all = "{ address: a:1, name: x, weight: 2, backup: true, max-connections: 7, resolve: first }";
    assert.deepEqual(backends(all), [
      { address: "a:1", name: "x", weight: 2, backup: true, maxConnections: 7, resolve: "first" },
    ]);
    assert.deepEqual(backends("{ address: a:1, max-connections: false }"), [{ address: "a:1", maxConnections: "off" }]);
  });

  it("is several where it has a range", () => {
    assert.deepEqual(backends('"10.0.0.[8-9]:80"'), [{ address: "10.0.0.8:80" }, { address: "10.0.0.9:80" }]);
    assert.deepEqual(backends('{ name: "w[8-9]", address: "10.0.0.[8-9]:80", weight: 3 }'), [
      { address: "10.0.0.8:80", name: "w8", weight: 3 },
      { address: "10.0.0.9:80", name: "w9", weight: 3 },
    ]);
  });

  const refused: [text: string, problem: string][] = [
    ["a", '21 pools.web.backends[0]: "a" has no port; write a:80'],
    ["5", '21 pools.web.backends[0]: "5" has no host, and a backend needs one; write localhost:5'],
    ["[a:1]", "21 pools.web.backends[0]: got a list, expected an address, or a map of a backend's keys"],
    ["{ name: x }", "21 pools.web.backends[0].address: missing, expected an address such as 10.0.0.1:8080"],
    ["{ address: a:1, wieght: 3 }", "37 pools.web.backends[0].wieght: unknown key; did you mean weight?"],
    [
      "{ address: a:1, weight: 300 }",
      '45 pools.web.backends[0].weight: got "300", expected a whole number from 0 to 256',
    ],
    [
      '{ address: "a[1-3]:1", name: "x[1-2]" }',
      "50 pools.web.backends[0].name: stands for 2, but the address for 3; expected as many of both",
    ],
    [
      '"10.0.0.[255-256]:80"',
      '21 pools.web.backends[0]: "10.0.0.256" is not an IPv4 address; expected four numbers from 0 to 255, such as 10.0.0.1',
    ],
    ["a:1, b:1, a:1", '31 pools.web.backends[2]: a backend before it is named "a:1" too; give each a name of its own'],
  ];
  for (const [text, message] of refused) {
    it(`is not ${text}`, () => assert.equal(problem(text), message));
  }
});
