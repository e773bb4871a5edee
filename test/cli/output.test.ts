import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { describe, it } from "node:test";
import { createOutput } from "../../src/cli/output.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("write failed"), { code })),
  });
}

describe("createOutput", () => {
  it("opens the stream when there is something to write, and once", async () => {
    let opened = 0;
    const texts: string[] = [];
    const stream = new PassThrough().on("data", (chunk: Buffer) => texts.push(chunk.toString()));
    const output = createOutput(() => {
      opened++;
      return stream;
    }, createFakeClock());
    await output.finish();
    assert.equal(opened, 0);
    output.write("one\n");
    output.write("two\n");
    await output.finish();
    assert.equal(opened, 1);
    assert.equal(texts.join(""), "one\ntwo\n");
    assert.equal(output.failure, undefined);
  });

  it("finishes when the stream has taken everything", async () => {
    const clock = createFakeClock();
    const done: (() => void)[] = [];
    const output = createOutput(
      () => new Writable({ write: (_chunk, _encoding, callback) => void done.push(callback) }),
      clock,
    );
    output.write("one\n");
    let isFinished = false;
    const finished = output.finish().then(() => {
      isFinished = true;
    });
    clock.advance(999);
    await Promise.resolve();
    assert.equal(isFinished, false);
    done[0]?.();
    await finished;
    assert.equal(clock.pendingTimers, 0);
  });

  it("gives a stream that takes nothing a second", async () => {
    const clock = createFakeClock();
    const output = createOutput(() => new Writable({ write: () => {} }), clock);
    output.write("one\n");
    const finished = output.finish();
    clock.advance(1_000);
    await finished;
  });

  it("drops text once 1 MiB waits", async () => {
    const stream = new Writable({ write: () => {} });
    const output = createOutput(() => stream, createFakeClock());
    const text = "x".repeat(2 ** 20);
    for (let count = 0; count < 5; count++) output.write(text);
    assert.equal(stream.writableLength, 2 * 2 ** 20);
  });

  it("does not mind a reader that has seen enough", async () => {
    const output = createOutput(() => failing("EPIPE"), createFakeClock());
    output.write("one\n");
    await output.finish();
    output.write("two\n");
    await output.finish();
    assert.equal(output.failure, undefined);
  });

  it("remembers the first failure of another kind, and goes on", async () => {
    const output = createOutput(() => failing("ENOSPC"), createFakeClock());
    output.write("one\n");
    await output.finish();
    output.write("two\n");
    await output.finish();
    assert.equal(output.failure, "ENOSPC");
  });

  it("says when everything is out, and whether anybody reads it", async () => {
    const done: ((error?: Error) => void)[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, callback) => void done.push(callback) });
    const output = createOutput(() => stream, createFakeClock());
    assert.equal(await output.flushed(), true);
    output.write("one\n");
    const both = Promise.all([output.flushed(), output.flushed()]);
    done[0]?.();
    assert.deepEqual(await both, [true, true]);
    const broken = createOutput(() => failing("EPIPE"), createFakeClock());
    broken.write("one\n");
    assert.equal(await broken.flushed(), false);
  });
});
