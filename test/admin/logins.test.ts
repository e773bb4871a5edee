import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Logins } from "../../src/admin/logins.ts";
import { createFakeClock } from "../support/fake-clock.ts";

/** What a browser sends of what it was told to set. */
function sent(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

describe("Logins", () => {
  it("sets a cookie that no script reads and no other site's request carries", () => {
    const cookie = new Logins(createFakeClock()).begin("t");
    assert.match(cookie, /^lb_tcp_login=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  });

  it("knows its own cookie among others, and no other one", () => {
    const logins = new Logins(createFakeClock());
    const cookie = sent(logins.begin("t"));
    assert.ok(logins.isGood(`a=b; ${cookie}; c`, "t"));
    assert.ok(logins.isGood(`lb_tcp_login=other; ${cookie}`, "t"));
    for (const other of [undefined, "", "lb_tcp_login=", "lb_tcp_login=x", `x${cookie}`, `${cookie}x`]) {
      assert.equal(logins.isGood(other, "t"), false, other);
    }
  });

  it("ends after an hour without use, and after twelve in any case", () => {
    const clock = createFakeClock();
    const logins = new Logins(clock);
    const idle = sent(logins.begin("t"));
    const busy = sent(logins.begin("t"));
    const minutes = 60_000;
    for (let passed = 0; passed < 12 * 60; passed += 30) {
      assert.ok(logins.isGood(busy, "t"), `after ${passed} minutes`);
      clock.advance(30 * minutes);
    }
    assert.deepEqual([logins.isGood(busy, "t"), logins.isGood(idle, "t")], [false, false]);
  });

  it("ends with the token that it was begun with", () => {
    const logins = new Logins(createFakeClock());
    const cookie = sent(logins.begin("t"));
    assert.equal(logins.isGood(cookie, "rotated"), false);
    assert.equal(logins.isGood(cookie, "t"), false);
    assert.equal(logins.isGood(sent(logins.begin("t")), undefined), false);
  });

  it("ends when it is told to, and takes the cookie away", () => {
    const logins = new Logins(createFakeClock());
    const cookie = sent(logins.begin("t"));
    assert.match(logins.end(cookie), /^lb_tcp_login=; .*Max-Age=0$/);
    assert.equal(logins.isGood(cookie, "t"), false);
  });

  it("has 64 at most: the one that was used the longest ago gives way", () => {
    const logins = new Logins(createFakeClock());
    const [first, second] = [sent(logins.begin("t")), sent(logins.begin("t"))];
    for (let count = 0; count < 62; count++) logins.begin("t");
    assert.ok(logins.isGood(first, "t"));
    logins.begin("t");
    assert.deepEqual([logins.isGood(first, "t"), logins.isGood(second, "t")], [true, false]);
  });
});
