import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { BackendOptions } from "../../src/config/options.ts";
import { parseUpstreams } from "../../src/config/upstream.ts";
import { hostileText } from "./texts.ts";

type Entry = [pool: string, backend: BackendOptions];

const OPTIONS = "the options are weight=N, backup and max-connections=N";

describe("parseUpstreams", () => {
  const read: [text: string, ...entries: Entry[]][] = [
    ["a:1", ["default", { address: "a:1" }]],
    ["a:1,b:2", ["default", { address: "a:1" }], ["default", { address: "b:2" }]],
    ["a:1, b:2 ", ["default", { address: "a:1" }], ["default", { address: "b:2" }]],
    [
      "a:1,weight=3,b:2,backup",
      ["default", { address: "a:1", weight: 3 }],
      ["default", { address: "b:2", backup: true }],
    ],
    ["a:1,max-connections=10,weight=0", ["default", { address: "a:1", maxConnections: 10, weight: 0 }]],
    ["a:1,max-connections=off", ["default", { address: "a:1", maxConnections: "off" }]],
    ["x=a:1", ["default", { address: "a:1", name: "x" }]],
    ["web/x=a:1,backup", ["web", { address: "a:1", name: "x", backup: true }]],
    ["[::1]:80,weight=2", ["default", { address: "[::1]:80", weight: 2 }]],
    ["web/[::1]:80", ["web", { address: "[::1]:80" }]],
    ["unix:/run/x.sock", ["default", { address: "unix:/run/x.sock" }]],
    ["unix:/run/a=b.sock", ["default", { address: "unix:/run/a=b.sock" }]],
    ["db/x=unix:/run/x.sock,backup", ["db", { address: "unix:/run/x.sock", name: "x", backup: true }]],
    ["http://h:1,http://h:2/", ["default", { address: "http://h:1" }], ["default", { address: "http://h:2/" }]],
    ["web/http://h", ["web", { address: "http://h" }]],
    ["x=tcp://h:1", ["default", { address: "tcp://h:1", name: "x" }]],
    ["a:1,wieght=b:2", ["default", { address: "a:1" }], ["default", { address: "b:2", name: "wieght" }]],
  ];
  for (const [text, ...entries] of read) {
    it(`reads ${text}`, () => {
      const upstreams = entries.map(([pool, backend]) => ({ pool, backend }));
      assert.deepEqual(parseUpstreams(text), { upstreams, problems: [] });
    });
  }

  it("lets an entry inherit nothing of the one before", () => {
    assert.deepEqual(parseUpstreams("web/a:1,weight=3,b:2").upstreams[1], {
      pool: "default",
      backend: { address: "b:2" },
    });
  });

  const refused: [text: string, ...problems: string[]][] = [
    ["", '"" is not an address; write one such as host:80, 10.0.0.1:80, [::1]:80 or unix:/path'],
    ["a:1,,b:2", '"a:1,,b:2" has an empty entry; remove the comma'],
    ["a:1,", '"a:1," has an empty entry; remove the comma'],
    ["weight=3", 'the option "weight=3" has no backend before it; write it after an ADDRESS and a comma'],
    ["a:1,wieght=3", '"wieght=3" after "a:1": unknown option; did you mean weight?'],
    ["a:1,bakcup", '"bakcup" after "a:1": unknown option; did you mean backup?'],
    ["a:1,max-conections=9", '"max-conections=9" after "a:1": unknown option; did you mean max-connections?'],
    ["a:1,maxconn=9", `"maxconn=9" after "a:1": unknown option; ${OPTIONS}`],
    ["a:1,backup=yes", '"backup=yes" after "a:1": backup takes no value; write backup'],
    ["a:1,weight", '"weight" after "a:1": got "", expected a whole number from 0 to 256'],
    ["a:1,weight=257", '"weight=257" after "a:1": got "257", expected a whole number from 0 to 256'],
    ["a:1,weight=1,weight=2", '"weight" after "a:1" is given twice; give it once'],
    [
      "a:1,max-connections=0",
      '"max-connections=0" after "a:1": got "0", expected a whole number from 1 to 1,000,000,000, or off',
    ],
    ["a:1,b", '"b" has no port; write b:80'],
    ["80", '"80" has no host, and a backend needs one; write localhost:80'],
    ["https://h", '"https://h": TLS to backends is not available yet; for passthrough write h:443'],
    ["10.0.0.1:80/24", '"10.0.0.1:80/24" has the port "80/24"; expected 1 to 65535'],
    [
      "/a:1",
      'pool of "/a:1": got the name "", expected 1 to 64 letters, digits and . _ - that begin with a letter or a digit',
    ],
    [
      "w b/x y=a",
      'pool of "w b/x y=a": got the name "w b", expected 1 to 64 letters, digits and . _ - that begin with a letter or a digit',
      'backend "w b/x y=a": got the name "x y", expected 1 to 260 letters, digits and . _ : - [ ] / %',
      '"a" has no port; write a:80',
    ],
  ];
  for (const [text, ...problems] of refused) {
    it(`refuses "${text}"`, () => assert.deepEqual(parseUpstreams(text).problems, problems));
  }

  it("keeps what is right beside what is wrong", () => {
    const { upstreams, problems } = parseUpstreams("a:1,weight=x,b:2,c");
    assert.deepEqual(upstreams, [{ pool: "default", backend: { address: "b:2" } }]);
    assert.equal(problems.length, 2);
  });

  it("gives a backend or a problem for any text, in one line each", () => {
    fc.assert(
      fc.property(hostileText("a1:/=,[]weight=backup"), (text) => {
        const { upstreams, problems } = parseUpstreams(text);
        assert.ok(upstreams.length + problems.length > 0);
        for (const problem of problems) assert.match(problem, /^\P{Cc}{1,1500}$/u);
      }),
    );
  });

  it("reads back every entry it could be given", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const entry = fc.record(
      {
        pool: name,
        name,
        host: fc.constantFrom("h", "10.0.0.1", "[::1]", "http://h"),
        port: fc.integer({ min: 1, max: 65_535 }),
        weight: fc.integer({ min: 0, max: 256 }),
        backup: fc.constant(true),
      },
      { requiredKeys: ["host", "port"] },
    );
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
        const texts = entries.map(
          ({ pool, name, host, port, weight, backup }) =>
            (pool === undefined ? "" : `${pool}/`) +
            (name === undefined ? "" : `${name}=`) +
            `${host}:${port}` +
            (weight === undefined ? "" : `,weight=${weight}`) +
            (backup === undefined ? "" : ",backup"),
        );
        const upstreams = entries.map(({ pool = "default", host, port, ...rest }) => ({
          pool,
          backend: { ...rest, address: `${host}:${port}` },
        }));
        assert.deepEqual(parseUpstreams(texts.join()), { upstreams, problems: [] });
      }),
    );
  });
});
