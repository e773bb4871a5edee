import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Throttle } from "../../src/admin/throttle.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function wrongTimes(throttle: Throttle, ip: string, count: number): void {
  for (let index = 0; index < count; index++) throttle.wrong(ip);
}

describe("Throttle", () => {
  it("has ten mistakes free, and then one every five seconds", () => {
    const clock = createFakeClock();
    const throttle = new Throttle(clock);
    wrongTimes(throttle, "10.0.0.1", 9);
    assert.equal(throttle.waitMs("10.0.0.1"), 0);
    throttle.wrong("10.0.0.1");
    assert.equal(throttle.waitMs("10.0.0.1"), 5_000);
    clock.advance(4_999);
    assert.equal(throttle.waitMs("10.0.0.1"), 1);
    clock.advance(1);
    assert.equal(throttle.waitMs("10.0.0.1"), 0);
    throttle.wrong("10.0.0.1");
    assert.equal(throttle.waitMs("10.0.0.1"), 5_000);
  });

  it("forgets the mistakes of who knows the token", () => {
    const throttle = new Throttle(createFakeClock());
    wrongTimes(throttle, "10.0.0.1", 9);
    throttle.right("10.0.0.1");
    wrongTimes(throttle, "10.0.0.1", 9);
    assert.equal(throttle.waitMs("10.0.0.1"), 0);
  });

  it("knows addresses from each other, but takes an IPv6 network of 64 bits for one", () => {
    const throttle = new Throttle(createFakeClock());
    wrongTimes(throttle, "2001:db8:0:1::1", 20);
    assert.ok(throttle.waitMs("2001:db8:0:1:ffff::2") > 0);
    assert.equal(throttle.waitMs("2001:db8:0:2::1"), 0);
    wrongTimes(throttle, "::1", 20);
    assert.equal(throttle.waitMs("10.0.0.1"), 0);
  });

  it("remembers a thousand addresses, and forgets the one that was wrong the longest ago", () => {
    const throttle = new Throttle(createFakeClock());
    wrongTimes(throttle, "10.0.0.1", 20);
    for (let index = 0; index < 1_024; index++) throttle.wrong(`10.1.${index >> 8}.${index & 255}`);
    assert.equal(throttle.waitMs("10.0.0.1"), 0);
  });
});
