import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  bodyProblem,
  headerNameProblem,
  headerValueProblem,
  hostHeaderProblem,
  methodProblem,
  pathProblem,
} from "../../src/config/probe-texts.ts";

const LONG = "a".repeat(5_000);

const cases: readonly [name: string, problemOf: (text: string) => string | undefined, good: string[], bad: string[]][] =
  [
    ["a method", methodProblem, ["GET", "PROPFIND"], ["", "GET ", "GET\r\n", "CONNECT"]],
    ["a path", pathProblem, ["/", "/a?b=c%20d", "*"], ["", "a", "/a b", "/ä", "/a\r\nX: y", "/a#b", `/${LONG}`, "*a"]],
    ["a host", hostHeaderProblem, ["a.b", "a.b:80", "[::1]:80"], ["", "a b", "a/b", "http://a", "a\r\n", LONG]],
    ["a body", bodyProblem, ["ok", " ok "], ["", LONG]],
    ["the name of a header", headerNameProblem, ["X-Probe", "authorization"], ["", "a b", "a:", "Host", "Connection"]],
    ["the value of a header", headerValueProblem, ["", "a b", "\xe4"], ["a\r\nb", "a\nb", "a\0", "€", LONG]],
  ];

for (const [name, problemOf, good, bad] of cases) {
  describe(`${name} of a probe`, () => {
    for (const text of good) {
      it(`may be ${JSON.stringify(text)}`, () => assert.equal(problemOf(text), undefined));
    }
    for (const text of bad) {
      it(`may not be ${JSON.stringify(text.slice(0, 20))}`, () =>
        assert.match(problemOf(text) ?? "", /^\P{Cc}{10,}$/u));
    }
  });
}
