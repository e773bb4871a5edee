import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Backlog } from "../../src/observe/backlog.ts";
import type { Obstacle, Outlet } from "../../src/observe/outlet.ts";
import { createWriter, type Writer } from "../../src/observe/writer.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** Takes what each answer says: so many bytes, or nothing for a reason; everything once there are none left. */
interface FakeOutlet extends Outlet {
  readonly answers: (number | Obstacle)[];
  readonly attemptsMs: number[];
  readonly taken: string;
  readonly isClosed: boolean;
  /** Until it is called, no write calls back. */
  answer: (() => void) | undefined;
}

function createFakeOutlet(clock: FakeClock, isLate = false): FakeOutlet {
  let taken = Buffer.alloc(0);
  let isClosed = false;
  const outlet: FakeOutlet = {
    answers: [],
    attemptsMs: [],
    answer: undefined,
    get taken() {
      return taken.toString();
    },
    get isClosed() {
      return isClosed;
    },
    write(bytes, done) {
      assert.equal(isClosed, false);
      outlet.attemptsMs.push(clock.nowMs());
      const answer = outlet.answers.shift() ?? bytes.length;
      const act = (): void => {
        outlet.answer = undefined;
        if (typeof answer !== "number") {
          done(0, answer);
          return;
        }
        taken = Buffer.concat([taken, bytes.subarray(0, answer)]);
        done(Math.min(answer, bytes.length));
      };
      if (isLate) outlet.answer = act;
      else act();
    },
    writeNow(bytes) {
      const answer = outlet.answers.shift() ?? bytes.length;
      const size = typeof answer === "number" ? Math.min(answer, bytes.length) : 0;
      taken = Buffer.concat([taken, bytes.subarray(0, size)]);
      return size;
    },
    close() {
      isClosed = true;
    },
  };
  return outlet;
}

interface Fixture {
  readonly clock: FakeClock;
  readonly outlet: FakeOutlet;
  readonly backlog: Backlog;
  readonly writer: Writer;
  readonly dropped: number[];
}

function createFixture(isLate = false): Fixture {
  const clock = createFakeClock();
  const outlet = createFakeOutlet(clock, isLate);
  const backlog = new Backlog(2 ** 20);
  const dropped: number[] = [];
  const onLost = (count: number): void => void (count > 0 && dropped.push(count));
  const writer = createWriter({ backlog, outlet, clock, onWritten: () => {}, onLost });
  return { clock, outlet, backlog, writer, dropped };
}

describe("createWriter", () => {
  it("writes everything, part by part, without a loss or a repetition", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom<Obstacle>("full", "failed"))),
        fc.boolean(),
        (answers, isLate) => {
          const { outlet, backlog, writer, clock, dropped } = createFixture(isLate);
          outlet.answers.push(...answers);
          backlog.add("one\n");
          writer.run();
          backlog.add("two\nthree\n");
          writer.run();
          while (backlog.bytes > 0) {
            outlet.answer?.();
            clock.advance(1000);
          }
          assert.equal(outlet.taken, "one\ntwo\nthree\n");
          assert.deepEqual(dropped, []);
          assert.equal(clock.pendingTimers, 0);
        },
      ),
    );
  });

  it("gives an outlet one write at a time", () => {
    const { outlet, backlog, writer } = createFixture(true);
    backlog.add("one\n");
    writer.run();
    backlog.add("two\n");
    writer.run();
    writer.hurry();
    assert.equal(outlet.attemptsMs.length, 1);
    outlet.answer?.();
    assert.equal(outlet.attemptsMs.length, 2);
  });

  it("tries a full outlet again after 1 ms, then ever more rarely, down to ten times a second", () => {
    const { outlet, backlog, writer, clock } = createFixture();
    outlet.answers.push(...Array<Obstacle>(10).fill("full"), 2, "full");
    backlog.add("one\n");
    writer.run();
    clock.advance(1000);
    assert.deepEqual(outlet.attemptsMs, [0, 1, 3, 7, 15, 31, 63, 127, 227, 327, 427, 427, 428]);
    assert.equal(outlet.taken, "one\n");
  });

  it("tries once a second after a failure, however often it is asked to", () => {
    const { outlet, backlog, writer, clock } = createFixture();
    outlet.answers.push("failed", 0, "failed");
    for (let ms = 0; ms < 2500; ms += 10) {
      backlog.add("line\n");
      writer.run();
      clock.advance(10);
    }
    assert.deepEqual(outlet.attemptsMs, [0, 1000, 2000]);
    clock.advance(500);
    assert.equal(outlet.taken, "line\n".repeat(250));
  });

  it("drops what there is when the reader has gone, and looks for another once a second", () => {
    const { outlet, backlog, writer, clock, dropped } = createFixture();
    outlet.answers.push(2, "gone", "gone");
    backlog.add("one\ntwo\n");
    writer.run();
    assert.deepEqual(dropped, [1]);
    backlog.add("three\n");
    clock.advance(1000);
    assert.deepEqual(dropped, [1, 1]);
    backlog.add("four\n");
    clock.advance(999);
    assert.equal(outlet.taken, "on");
    clock.advance(1);
    assert.equal(outlet.taken, "one\nfour\n");
  });

  it("tries at once when it has to hurry", () => {
    const { outlet, backlog, writer, clock } = createFixture();
    outlet.answers.push("failed");
    backlog.add("one\n");
    writer.run();
    writer.hurry();
    assert.equal(outlet.taken, "one\n");
    assert.equal(clock.pendingTimers, 0);
  });

  it("changes the outlet between two lines and closes the old one", () => {
    const { outlet, backlog, writer, clock, dropped } = createFixture(true);
    const next = createFakeOutlet(clock);
    outlet.answers.push(5);
    backlog.add("one\ntwo\nthree\n");
    writer.run();
    writer.replace(next);
    outlet.answer?.();
    assert.equal(outlet.isClosed, false);
    outlet.answer?.();
    backlog.add("four\n");
    writer.run();
    assert.equal(outlet.taken, "one\ntwo\nthree\n");
    assert.equal(outlet.isClosed, true);
    assert.equal(next.taken, "four\n");
    assert.deepEqual(dropped, []);
  });

  it("leaves a line behind that the old outlet will not finish", () => {
    const { outlet, backlog, writer, clock, dropped } = createFixture();
    const next = createFakeOutlet(clock);
    outlet.answers.push(5, "failed");
    backlog.add("one\ntwo\nthree\n");
    writer.run();
    writer.replace(next);
    assert.equal(outlet.taken, "one\nt");
    assert.equal(next.taken, "three\n");
    assert.deepEqual(dropped, [1]);
    assert.equal(clock.pendingTimers, 0);
  });

  it("closes a replacement that it never came to, and every outlet at the end", () => {
    const { outlet, backlog, writer, clock } = createFixture(true);
    const nexts = [createFakeOutlet(clock), createFakeOutlet(clock)];
    backlog.add("one\n");
    writer.run();
    for (const next of nexts) writer.replace(next);
    writer.close();
    outlet.answer?.();
    assert.ok(outlet.isClosed);
    assert.ok(nexts.every(({ isClosed }) => isClosed));
    assert.equal(clock.pendingTimers, 0);
  });

  it("writes what the outlet takes at once when the process exits, after what is on its way", () => {
    const { outlet, backlog, writer, clock } = createFixture(true);
    backlog.add("one\n");
    writer.run();
    backlog.add("two\nthree\n");
    writer.closeNow();
    assert.equal(outlet.taken, "two\nthree\n");
    assert.equal(backlog.bytes, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  it("gives up at the exit where the outlet takes nothing", () => {
    const { outlet, backlog, writer } = createFixture();
    outlet.answers.push("full", 4, "full");
    backlog.add("one\ntwo\n");
    writer.run();
    writer.closeNow();
    assert.equal(outlet.taken, "one\n");
    assert.ok(outlet.isClosed);
  });
});
