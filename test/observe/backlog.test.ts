import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Backlog } from "../../src/observe/backlog.ts";

function drain(backlog: Backlog, before: readonly Buffer[] = []): string {
  const parts = [...before];
  for (let head = backlog.head(); head !== undefined; head = backlog.head()) {
    parts.push(head);
    backlog.advance(head.length);
  }
  return Buffer.concat(parts).toString();
}

describe("Backlog", () => {
  it("gives back strings and bytes in the order in which they came", () => {
    const backlog = new Backlog(1000);
    backlog.add("one\n");
    backlog.add("zwölf\n");
    backlog.add(Buffer.from("three\nfour\n"));
    backlog.add("five\n");
    assert.equal(backlog.bytes, 27);
    assert.equal(drain(backlog), "one\nzwölf\nthree\nfour\nfive\n");
    assert.equal(backlog.bytes, 0);
    assert.equal(backlog.acceptedBytes, 27);
  });

  it("leaves out the lines that do not fit, from the first of them on, and counts them", () => {
    const backlog = new Backlog(10);
    assert.equal(backlog.add("one\ntwo\nthree\n"), 1);
    assert.equal(backlog.add("xx\n"), 1);
    assert.equal(backlog.add("x\n"), 0);
    assert.equal(backlog.add("\n"), 1);
    assert.equal(backlog.add(Buffer.from("a\nb\n")), 2);
    assert.equal(drain(backlog), "one\ntwo\nx\n");
  });

  it("gives at most 64 KiB at a time, and whole lines where they are not longer than that", () => {
    const backlog = new Backlog(2 ** 20);
    backlog.add(Buffer.from(`${"x".repeat(999)}\n`.repeat(100)));
    assert.equal(backlog.head()?.length, 65_000);
    backlog.forget();
    backlog.add(Buffer.from(`${"x".repeat(99_999)}\n`));
    assert.equal(backlog.head()?.length, 65_536);
  });

  it("tells when a line is out in part, and forgets the rest of it", () => {
    const backlog = new Backlog(1000);
    backlog.add("one\ntwo\nthree\n");
    assert.equal(backlog.skipTornLine(), 0);
    backlog.head();
    backlog.advance(5);
    assert.equal(backlog.midLine, true);
    assert.equal(backlog.skipTornLine(), 1);
    assert.equal(backlog.midLine, false);
    assert.equal(drain(backlog), "three\n");
  });

  it("forgets and counts whole lines, but keeps the rest of one that is out in part", () => {
    const backlog = new Backlog(1000);
    backlog.add(Buffer.from("one\ntwo\n"));
    backlog.add("three\n");
    assert.equal(backlog.forget(), 3);
    assert.equal(backlog.head(), undefined);

    backlog.add(Buffer.from("one\ntwo\n"));
    backlog.add("three\n");
    backlog.advance(1);
    const { acceptedBytes } = backlog;
    assert.equal(backlog.forget(), 2);
    assert.ok(backlog.acceptedBytes - backlog.bytes >= acceptedBytes);
    backlog.add("four\n");
    assert.equal(drain(backlog), "ne\nfour\n");
  });

  it("lets out exactly the lines that it let in, however they are added and written", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => `${text.replaceAll("\n", "")}\n`);
    const step = fc.oneof(
      fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 4 }), asBytes: fc.boolean() }),
      fc.nat({ max: 60 }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.array(step, { maxLength: 60 }), (limitBytes, steps) => {
        const backlog = new Backlog(limitBytes);
        let expected = "";
        const written: Buffer[] = [];
        for (const next of steps) {
          if (typeof next === "number") {
            const head = backlog.head()?.subarray(0, next);
            if (head !== undefined) written.push(head);
            backlog.advance(head?.length ?? 0);
            continue;
          }
          const text = next.lines.join("");
          const room = limitBytes - backlog.bytes;
          let fitting = next.lines;
          while (Buffer.byteLength(fitting.join("")) > room) fitting = fitting.slice(0, -1);
          expected += fitting.join("");
          assert.equal(backlog.add(next.asBytes ? Buffer.from(text) : text), next.lines.length - fitting.length);
          assert.ok(backlog.bytes <= limitBytes);
        }
        assert.equal(drain(backlog, written), expected);
      }),
      { numRuns: 500 },
    );
  });
});
