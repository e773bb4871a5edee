import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseRouteText } from "../../src/config/route-text.ts";
import { hostileText } from "./texts.ts";

describe("parseRouteText", () => {
  it("reads conditions and where they lead; a repeated key means any of its values", () => {
    assert.deepEqual(parseRouteText("path=/api/*,method=GET,method=POST,pool=api"), {
      value: { path: ["/api/*"], method: ["GET", "POST"], pool: "api" },
    });
    assert.deepEqual(parseRouteText("header.X-Canary=*,tlv.0xEA=a,not.client=10.0.0.0/8,not.header.a=b,reject=403"), {
      value: {
        header: { "x-canary": ["*"] },
        tlv: { "0xea": ["a"] },
        not: { client: ["10.0.0.0/8"], header: { a: ["b"] } },
        reject: 403,
      },
    });
    assert.deepEqual(parseRouteText("host=a,split.web=95,split.api=5"), {
      value: { host: ["a"], split: { web: 95, api: 5 } },
    });
  });

  it("lets a regular expression hold commas and equals signs", () => {
    assert.deepEqual(parseRouteText("path-regex=^/a{1,3}$,pool=api"), {
      value: { pathRegex: ["^/a{1,3}$"], pool: "api" },
    });
    assert.deepEqual(parseRouteText("header.cookie=a=b,pool=api"), {
      value: { header: { cookie: ["a=b"] }, pool: "api" },
    });
  });

  const refused: [text: string, problem: string][] = [
    ["path=/a,/b,pool=x", '"/b" is no KEY=VALUE; repeat the key before it for another value'],
    ["path=/a,,pool=x", "has an empty part; remove the comma"],
    ["path=,pool=x", '"path" has no value; write path=VALUE'],
    ["pth=/a,pool=x", 'unknown key "pth"; did you mean path?'],
    ["pool=x,pool=y", "has two pools; for several write split.POOL=N"],
    ["reject=200", 'reject: got "200", expected a status from 400 to 599, close or reset'],
    ["split.a=x", 'split.a: got "x", expected a whole number from 0 to 1,000,000'],
    ["protocol=htp,pool=x", 'protocol: got "htp", expected one of http, h2, tls, other, silent; did you mean http?'],
  ];
  for (const [text, problem] of refused) {
    it(`refuses ${text}`, () =>
      assert.deepEqual(parseRouteText(text), { problem: `${JSON.stringify(text)}: ${problem}` }));
  }

  it("has one line to say about whatever it is given", () => {
    fc.assert(
      fc.property(hostileText("path=,not.header.split.pool"), (text) => {
        const parsed = parseRouteText(text);
        if ("problem" in parsed) assert.match(parsed.problem, /^\P{Cc}+$/u);
      }),
    );
  });
});
