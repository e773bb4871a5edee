import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { choice, count, countOr, duration, durationOrOff, text } from "../../src/config/kind.ts";

const range = { min: 10, max: 600_000 };

describe("duration", () => {
  const kind = duration(3_000, range);

  it("shows its default as people write it", () => {
    assert.equal(kind.defaultText, "3s");
    assert.deepEqual(kind.parse(kind.defaultText), { value: kind.fallback });
  });

  it("refuses what is out of range, and says the range", () => {
    assert.deepEqual(kind.parse("10ms"), { value: 10 });
    assert.deepEqual(kind.parse("10m"), { value: 600_000 });
    assert.deepEqual(kind.parse("9ms"), { problem: 'got "9ms", expected a duration from 10ms to 10m' });
    assert.deepEqual(kind.parse("1h"), { problem: 'got "1h", expected a duration from 10ms to 10m' });
  });

  it("refuses off", () => assert.ok("problem" in kind.parse("off")));
});

describe("durationOrOff", () => {
  it("can be off, by default too", () => {
    assert.deepEqual(durationOrOff(60_000, range).parse("off"), { value: "off" });
    assert.equal(durationOrOff("off", range).defaultText, "off");
    assert.equal(durationOrOff(60_000, range).defaultText, "1m");
  });

  it("names off where it refuses", () => {
    const problem = 'got "1h", expected a duration from 10ms to 10m, or off';
    assert.deepEqual(durationOrOff("off", range).parse("1h"), { problem });
  });
});

describe("count", () => {
  it("reads whole numbers within its range", () => {
    assert.deepEqual(count(3, { min: 1, max: 100 }).parse("7"), { value: 7 });
    assert.ok("problem" in count(3, { min: 1, max: 100 }).parse("101"));
  });
});

describe("countOr", () => {
  it("reads its word and shows it in the placeholder", () => {
    const kind = countOr("auto", "auto", { min: 1, max: 100 });
    assert.equal(kind.placeholder, "N|auto");
    assert.deepEqual(kind.parse("auto"), { value: "auto" });
    assert.deepEqual(kind.parse("7"), { value: 7 });
  });
});

describe("choice", () => {
  const kind = choice("tcp", ["tcp", "udp", "off"], ["http"]);

  it("reads its words", () => {
    assert.equal(kind.placeholder, "tcp|udp|off");
    for (const word of kind.words) assert.deepEqual(kind.parse(word), { value: word });
  });

  it("proposes the nearest word", () => {
    assert.deepEqual(kind.parse("tpc"), { problem: 'got "tpc", expected tcp, udp or off; did you mean tcp?' });
    assert.deepEqual(kind.parse("script"), { problem: 'got "script", expected tcp, udp or off' });
  });

  it("tells what is reserved from what is unknown", () => {
    assert.deepEqual(kind.parse("http"), { problem: '"http" is not available yet; expected tcp, udp or off' });
  });
});

describe("text", () => {
  it("reads anything but nothing", () => {
    assert.deepEqual(text("stdout", "stdout|FILE").parse("/var/log/x"), { value: "/var/log/x" });
    assert.deepEqual(text("stdout", "stdout|FILE").parse(""), { problem: 'got "", expected stdout|FILE' });
  });
});
