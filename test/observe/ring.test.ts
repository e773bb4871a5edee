import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { createRingMemory, LogRing } from "../../src/observe/ring.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { hostileText } from "./records.ts";
import type { ProducerData } from "./ring-producer.ts";

function createEnds(capacityBytes: number): { producer: LogRing; consumer: LogRing } {
  const memory = createRingMemory(capacityBytes);
  return { producer: new LogRing(memory), consumer: new LogRing(memory) };
}

describe("LogRing", () => {
  it("hands over lines in order, through two ends over the same memory", () => {
    const { producer, consumer } = createEnds(1024);
    assert.equal(consumer.take(), undefined);
    assert.ok(producer.put("one\n"));
    assert.ok(producer.put("zwölf\n"));
    assert.equal(consumer.take()?.toString(), "one\nzwölf\n");
    assert.equal(consumer.take(), undefined);
  });

  it("takes lines up to the last byte and counts what does not fit", () => {
    const { producer, consumer } = createEnds(16);
    assert.ok(producer.put("1234567\n"));
    assert.ok(producer.put("abcdefg\n"));
    assert.equal(producer.put("\n"), false);
    assert.equal(consumer.droppedCount, 1);
    assert.equal(consumer.take()?.toString(), "1234567\nabcdefg\n");
    assert.ok(producer.put("again\n"));
    assert.equal(consumer.take()?.toString(), "again\n");
    assert.equal(consumer.droppedCount, 1);
  });

  it("drops a line that is longer than the ring, and stays usable", () => {
    const { producer, consumer } = createEnds(16);
    assert.equal(producer.put(`${"x".repeat(16)}\n`), false);
    assert.equal(producer.put(`${"é".repeat(8)}\n`), false);
    assert.ok(producer.put(`${"é".repeat(7)}\n`));
    assert.equal(consumer.take()?.toString(), "ééééééé\n");
    assert.equal(producer.droppedCount, 2);
  });

  it("equals a queue bounded in bytes, whatever is put and taken", () => {
    const step = fc.oneof({ arbitrary: hostileText, weight: 4 }, { arbitrary: fc.constant(undefined), weight: 1 });
    fc.assert(
      fc.property(fc.constantFrom(32, 64, 256), fc.array(step, { maxLength: 200 }), (capacityBytes, steps) => {
        const { producer, consumer } = createEnds(capacityBytes);
        let waiting = Buffer.alloc(0);
        let droppedCount = 0;
        for (const text of steps) {
          if (text === undefined) {
            assert.deepEqual(consumer.take() ?? Buffer.alloc(0), waiting);
            waiting = Buffer.alloc(0);
            continue;
          }
          const line = Buffer.from(`${text}\n`);
          const fits = waiting.length + line.length <= capacityBytes;
          assert.equal(producer.put(`${text}\n`), fits);
          if (fits) waiting = Buffer.concat([waiting, line]);
          else droppedCount += 1;
        }
        assert.deepEqual(consumer.take() ?? Buffer.alloc(0), waiting);
        assert.equal(consumer.droppedCount, droppedCount);
      }),
      { numRuns: 500 },
    );
  });

  for (const limit of [2 ** 31, 2 ** 32]) {
    it(`goes on where its positions pass ${limit}`, () => {
      const { producer, consumer } = createEnds(64);
      // Both positions stand at the first and the seventeenth word.
      const words = new Int32Array(producer.memory);
      words[0] = limit - 20;
      words[16] = limit - 20;
      for (let index = 0; index < 20; index++) {
        assert.ok(producer.put(`line ${index}\n`));
        assert.ok(producer.put(`again ${index}\n`));
        assert.equal(producer.put("x".repeat(60)), false);
        assert.equal(consumer.take()?.toString(), `line ${index}\nagain ${index}\n`);
      }
    });
  }

  it("lets a new producer go on where another one stopped", () => {
    const { producer, consumer } = createEnds(64);
    producer.put("first\n");
    new LogRing(consumer.memory).put("second\n");
    assert.equal(consumer.take()?.toString(), "first\nsecond\n");
  });

  it("refuses a capacity that is no power of two", () => {
    for (const bytes of [0, 3, 1000, -8, 1.5, Number.NaN, 2 ** 31])
      assert.throws(() => createRingMemory(bytes), RangeError);
  });

  it("has the consumer told of lines once, until it is idle again", () => {
    const memory = createRingMemory(64);
    const producer = new LogRing(memory);
    const consumer = new LogRing(memory);
    producer.put("a\n");
    assert.deepEqual([producer.claimTelling(), producer.claimTelling()], [true, false]);
    consumer.take();
    assert.equal(producer.claimTelling(), false);
    consumer.idle();
    assert.equal(producer.claimTelling(), true);
  });

  it(
    "neither tears nor repeats nor reorders lines while another thread fills it",
    { timeout: 60_000 },
    withoutLeaks(async () => {
      const lineCount = 200_000;
      const ring = new LogRing(createRingMemory(2 ** 14));
      const workerData: ProducerData = { memory: ring.memory, lineCount };
      const worker = new Worker(new URL("ring-producer.js", import.meta.url), { workerData });
      let fitted: number | undefined;
      worker.once("message", (count: number) => {
        fitted = count;
      });
      const exited = once(worker, "exit");
      let takenCount = 0;
      let lastIndex = -1;
      const takeAll = () => {
        const lines = ring.take()?.toString().split("\n") ?? [""];
        assert.equal(lines.pop(), "");
        for (const line of lines) {
          const index = Number.parseInt(line, 10);
          assert.equal(line, `${index} ${"é".repeat(index % 50)}`);
          assert.ok(index > lastIndex);
          lastIndex = index;
          takenCount += 1;
        }
      };
      while (fitted === undefined) {
        takeAll();
        await nextTurn();
      }
      await exited;
      takeAll();
      assert.equal(takenCount, fitted);
      assert.equal(takenCount + ring.droppedCount, lineCount);
    }),
  );
});
