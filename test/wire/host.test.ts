import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hostProblem } from "../../src/wire/host.ts";
import { hostileText } from "../config/texts.ts";

describe("hostProblem", () => {
  const hosts = [
    "localhost",
    "a",
    "db-1.internal",
    "db.internal.",
    "my_service",
    "_dmarc.example",
    "xn--bcher-kva.example",
    "1a",
    "10.0.0.1.example",
    "1.2.3.4",
    "::1",
    "fe80::1%eth0",
    "x".repeat(63),
  ];
  for (const host of hosts) {
    it(`accepts ${host.slice(0, 30)}`, () => assert.equal(hostProblem(host), undefined));
  }

  for (const host of [
    "999.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "01.2.3.4",
    "1.2.3.4.",
  ]) {
    it(`refuses ${host}, which the system's resolver would read as some IPv4 address or other`, () => {
      const problem = `"${host}" is not an IPv4 address; expected four numbers from 0 to 255, such as 10.0.0.1`;
      assert.equal(hostProblem(host), problem);
    });
  }

  const expected = "expected letters, digits, - . and _ (names of other scripts as xn--…)";
  const names: [host: string, problem: string][] = [
    ["", `"" is not a host name; ${expected}`],
    ["-a", `"-a" is not a host name; ${expected}`],
    ["bücher", `"bücher" is not a host name; ${expected}`],
    ["a b.c", `"a b.c" is not a host name because of its part "a b"; ${expected}`],
    ["a..b", `"a..b" is not a host name because of its part ""; ${expected}`],
    ["u@h", `"u@h" is not a host name; ${expected}`],
  ];
  for (const [host, problem] of names) {
    it(`refuses "${host}"`, () => assert.equal(hostProblem(host), problem));
  }

  it("refuses labels and names that DNS can't hold", () => {
    assert.match(hostProblem("x".repeat(64)) ?? "", /is not a host name/);
    assert.match(hostProblem("x.".repeat(200)) ?? "", /is longer than 253 characters$/);
  });

  it("answers any text in one line", () => {
    fc.assert(
      fc.property(hostileText("a1.-:%x_"), (host) => assert.match(hostProblem(host) ?? "none", /^\P{Cc}{1,900}$/u)),
    );
  });
});
