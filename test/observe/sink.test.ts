import assert from "node:assert/strict";
import { closeSync, constants, openSync, readFileSync, readSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { after, describe, it } from "node:test";
import { systemCode } from "../../src/errors.ts";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import { createSink, type Sink, type SinkOptions } from "../../src/observe/sink.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { openDescriptors, withoutLeaks } from "../support/leaks.ts";
import { runProgram } from "../support/programs.ts";
import { numberedLine, receivedLines } from "./numbered-lines.ts";

const folder = makeTemporaryFolder("sink");
after(() => rmSync(folder, { recursive: true }));

const TIMEOUT = { timeout: 60_000 };
const LIMIT_BYTES = 100_000;

interface Fixture extends Disposable {
  readonly sink: Sink;
  readonly clock: FakeClock;
  /** Everything that is in the pipe now. */
  readonly read: () => string;
  readonly stopReading: () => void;
  readonly startReading: () => void;
}

let pipeCount = 0;

/** A sink that writes to a named pipe, at whose other end nobody reads but the test. */
async function createFixture(options: Partial<SinkOptions> = {}): Promise<Fixture> {
  const path = `${folder}/pipe-${pipeCount++}`;
  await runProgram("mkfifo", [path]);
  const openReader = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const clock = createFakeClock();
  const bytes = Buffer.alloc(2 ** 20);
  const decoder = new StringDecoder();
  let reader: number | undefined = openReader();
  const sink = createSink({ output: path, clock, limitBytes: LIMIT_BYTES, ...options });
  const stopReading = (): void => {
    if (reader !== undefined) closeSync(reader);
    reader = undefined;
  };
  return {
    sink,
    clock,
    // Reads end anywhere, within a character too.
    read: () => (reader === undefined ? "" : decoder.write(readAvailable(reader, bytes))),
    stopReading,
    startReading: () => {
      reader = openReader();
    },
    [Symbol.dispose]: stopReading,
  };
}

function readAvailable(fd: number, bytes: Buffer): Buffer {
  let size = 0;
  try {
    for (let part = -1; part !== 0; size += part) part = readSync(fd, bytes, size, bytes.length - size, null);
  } catch (error) {
    if (systemCode(error) !== "EAGAIN") throw error;
  }
  return bytes.subarray(0, size);
}

/** Writes numbered lines and returns the number after the last. */
function writeLines(sink: Sink, from: number, count: number): number {
  for (let n = from; n < from + count; n++) sink.write(numberedLine(n));
  return from + count;
}

/** The test, with the check that it leaves neither a descriptor nor a timer. */
function clean(body: () => Promise<void>): () => Promise<void> {
  return async () => {
    const descriptors = openDescriptors();
    await body();
    assert.equal(openDescriptors(), descriptors);
  };
}

describe("createSink", TIMEOUT, () => {
  it(
    "gathers lines for 100 ms, or until there are 32 KiB",
    clean(async () => {
      using fixture = await createFixture();
      const { sink, clock, read } = fixture;
      sink.write("one\n");
      clock.advance(50);
      sink.write(Buffer.from("two\nthree\n"));
      clock.advance(49);
      assert.equal(read(), "");
      clock.advance(1);
      assert.equal(read(), "one\ntwo\nthree\n");
      const line = `${"x".repeat(1023)}\n`;
      for (let count = 1; count < 32; count++) sink.write(line);
      assert.equal(read(), "");
      sink.write(line);
      assert.equal(read(), line.repeat(32));
      await sink.close();
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "keeps at most its limit while a pipe is full, drops whole lines, and says how many when it goes on",
    clean(async () => {
      using fixture = await createFixture();
      const { sink, clock, read } = fixture;
      const writtenCount = writeLines(sink, 0, 1000);
      assert.ok(sink.droppedCount > 0);
      const keptCount = writtenCount - sink.droppedCount;
      assert.ok(keptCount * numberedLine(100).length < LIMIT_BYTES + 65_536);
      // The pipe is full in the middle of a line.
      let text = read();
      assert.ok(!text.endsWith("\n"));
      for (let turn = 0; turn < 10; turn++) {
        clock.advance(100);
        text += read();
      }
      assert.deepEqual(receivedLines(text), { lineCount: keptCount, reportedCount: sink.droppedCount });
      writeLines(sink, writtenCount, 3);
      await sink.close();
      assert.deepEqual(receivedLines(text + read()), { lineCount: keptCount + 3, reportedCount: sink.droppedCount });
      assert.equal(clock.pendingTimers, 0);
    }),
  );

  it(
    "neither loses nor repeats a byte when a slow reader takes a little at a time",
    clean(async () => {
      using fixture = await createFixture({ limitBytes: 2 ** 20 });
      const { sink, clock, read } = fixture;
      let text = "";
      let next = 0;
      for (let turn = 0; turn < 50; turn++) {
        next = writeLines(sink, next, 40);
        if (turn % 3 === 0) text += read();
        clock.advance(30);
      }
      for (let turn = 0; turn < 20; turn++) {
        clock.advance(100);
        text += read();
      }
      assert.deepEqual(receivedLines(text), { lineCount: next, reportedCount: 0 });
      await sink.close();
    }),
  );

  it(
    "survives a reader that goes away, and serves the next one with whole lines",
    clean(async () => {
      using fixture = await createFixture();
      const { sink, clock, read, stopReading, startReading } = fixture;
      let next = writeLines(sink, 0, 100);
      clock.advance(100);
      let text = read();
      stopReading();
      for (let turn = 0; turn < 100; turn++) {
        next = writeLines(sink, next, 10);
        clock.advance(100);
      }
      const { droppedCount } = sink;
      assert.ok(droppedCount > 900);
      startReading();
      clock.advance(1000);
      next = writeLines(sink, next, 10);
      clock.advance(1000);
      text += read();
      assert.equal(sink.droppedCount, droppedCount);
      assert.deepEqual(receivedLines(text), { lineCount: next - droppedCount, reportedCount: droppedCount });
      await sink.close();
    }),
  );

  it(
    "drops a line that is longer than its limit, and counts what was lost elsewhere",
    clean(async () => {
      using fixture = await createFixture();
      const { sink, read } = fixture;
      sink.write(`${"x".repeat(LIMIT_BYTES)}\n`);
      sink.addDropped(4);
      sink.write(numberedLine(0));
      await sink.close();
      assert.equal(sink.droppedCount, 5);
      assert.deepEqual(receivedLines(read()), { lineCount: 1, reportedCount: 5 });
    }),
  );

  it(
    "formats each line, also those from a ring and its own",
    clean(async () => {
      using fixture = await createFixture({ format: (line) => `<${line.slice(0, -1)}>\n` });
      const { sink, read } = fixture;
      const ring = new LogRing(createRingMemory(1024));
      ring.put("one\n");
      ring.put("two \u2028\r\n");
      const batch = ring.take();
      assert.ok(batch !== undefined);
      sink.write(batch);
      sink.write("three $& $1\n");
      sink.addDropped(1);
      await sink.close();
      assert.match(read(), /^<one>\n<two \u2028\r>\n<three \$& \$1>\n<\{.*"event":"log-dropped","count":1,.*\}>\n$/);
    }),
  );

  describe("flush", () => {
    it(
      "resolves when what was written before is out",
      clean(async () => {
        using fixture = await createFixture();
        const { sink, read } = fixture;
        await sink.flush();
        sink.write("one\n");
        await sink.flush();
        assert.equal(read(), "one\n");
        await sink.close();
      }),
    );

    it(
      "resolves after a second when nobody reads, and loses nothing by that",
      clean(async () => {
        using fixture = await createFixture();
        const { sink, clock, read } = fixture;
        const writtenCount = writeLines(sink, 0, 200);
        let isFlushed = false;
        const flushed = sink.flush().then(() => {
          isFlushed = true;
        });
        clock.advance(999);
        await Promise.resolve();
        assert.equal(isFlushed, false);
        clock.advance(1);
        await flushed;
        const text = read();
        await sink.close();
        assert.deepEqual(receivedLines(text + read()), { lineCount: writtenCount, reportedCount: 0 });
      }),
    );

    it(
      "resolves at once when the reader has gone, also within a line",
      clean(async () => {
        using fixture = await createFixture();
        const { sink, stopReading } = fixture;
        writeLines(sink, 0, 200);
        stopReading();
        await sink.flush();
        await sink.close();
        assert.ok(sink.droppedCount > 0);
      }),
    );
  });

  describe("close", () => {
    it(
      "resolves after a second when nobody reads, gives the descriptor back and counts what is lost",
      clean(async () => {
        using fixture = await createFixture();
        const { sink, clock, read } = fixture;
        const writtenCount = writeLines(sink, 0, 200);
        const closed = sink.close();
        assert.equal(sink.close(), closed);
        clock.advance(1000);
        await closed;
        assert.equal(clock.pendingTimers, 0);
        const whole = read().replace(/[^\n]+$/, "");
        assert.equal(receivedLines(whole).lineCount, writtenCount - sink.droppedCount);
        sink.write("late\nlater\n");
        assert.equal(receivedLines(whole).lineCount, writtenCount - sink.droppedCount + 2);
        await sink.flush();
        sink.reopen();
      }),
    );

    it(
      "writes what it can without waiting when the process exits",
      clean(async () => {
        using fixture = await createFixture();
        const { sink, clock, read } = fixture;
        writeLines(sink, 0, 10);
        sink.closeNow();
        assert.deepEqual(receivedLines(read()), { lineCount: 10, reportedCount: 0 });
        assert.equal(clock.pendingTimers, 0);
        await sink.close();
      }),
    );
  });

  describe("with a file", () => {
    it(
      "goes on in a new file after a rotation, without a loss",
      clean(async () => {
        const path = `${folder}/rotated.log`;
        const clock = createFakeClock();
        const sink = createSink({ output: path, clock });
        let next = 0;
        for (let rotation = 0; rotation < 5; rotation++) {
          next = writeLines(sink, next, 200);
          renameSync(path, `${path}.${rotation}`);
          next = writeLines(sink, next, 200);
          sink.reopen();
          next = writeLines(sink, next, 10);
          if (rotation % 2 === 0) await sink.flush();
        }
        await sink.close();
        const texts = [0, 1, 2, 3, 4].map((rotation) => readFileSync(`${path}.${rotation}`, "utf8"));
        assert.deepEqual(receivedLines([...texts, readFileSync(path, "utf8")].join("")), {
          lineCount: next,
          reportedCount: 0,
        });
        for (const text of texts) receivedLines(text);
        assert.equal(clock.pendingTimers, 0);
      }),
    );

    it(
      "gets the report of lost lines before it is closed",
      clean(async () => {
        const path = `${folder}/report.log`;
        const sink = createSink({ output: path, clock: createFakeClock() });
        sink.addDropped(3);
        sink.write(numberedLine(0));
        await sink.close();
        assert.deepEqual(receivedLines(readFileSync(path, "utf8")), { lineCount: 1, reportedCount: 3 });
      }),
    );

    it(
      "stays with the old file when the new one can't be opened, and says so",
      clean(async () => {
        const path = `${folder}/link.log`;
        symlinkSync(`${folder}/target.log`, path);
        const sink = createSink({ output: path, clock: createFakeClock() });
        rmSync(path);
        symlinkSync(`${folder}/none/target.log`, path);
        assert.throws(() => sink.reopen(), { code: "LB_LOG_OUTPUT" });
        sink.write("one\n");
        await sink.close();
        assert.equal(readFileSync(`${folder}/target.log`, "utf8"), "one\n");
      }),
    );

    it(
      "survives a full disk, and writes what it kept when it is led elsewhere",
      clean(async () => {
        const path = `${folder}/full.log`;
        symlinkSync("/dev/full", path);
        const clock = createFakeClock();
        const sink = createSink({ output: path, clock, limitBytes: LIMIT_BYTES });
        const writtenCount = writeLines(sink, 0, 1000);
        clock.advance(10_000);
        const { droppedCount } = sink;
        assert.ok(droppedCount > 0);
        rmSync(path);
        symlinkSync(`${folder}/roomy.log`, path);
        sink.reopen();
        await sink.close();
        assert.deepEqual(receivedLines(readFileSync(`${folder}/roomy.log`, "utf8")), {
          lineCount: writtenCount - droppedCount,
          reportedCount: droppedCount,
        });
        assert.equal(clock.pendingTimers, 0);
      }),
    );
  });

  it("reopens nothing for the standard output", () => {
    const sink = createSink({ output: "stdout", clock: createFakeClock() });
    sink.reopen();
    sink.closeNow();
  });

  it(
    "leaves nothing behind",
    withoutLeaks(async () => {
      const sink = createSink({ output: `${folder}/leaks.log`, clock: createFakeClock() });
      writeLines(sink, 0, 500);
      await sink.close();
    }),
  );
});
