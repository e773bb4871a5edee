import assert from "node:assert/strict";
import { describe } from "node:test";
import { closeBell, openBell, ringBell, silenceBell } from "../../../src/transport/linux/bell.ts";
import { EPOLLET, EPOLLIN } from "../../../src/transport/linux/constants.ts";
import { DescriptorTable } from "../../../src/transport/linux/descriptor-table.ts";
import { Loop, type LoopOptions, type Watched } from "../../../src/transport/linux/loop.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { linuxIt } from "./stage.ts";

describe("Loop", () => {
  loopIt("delivers what comes to whoever watches", ({ loop, bells }) => {
    const [first, second] = [watched(), watched()];
    const [a, b] = [bells.open(), bells.open()];
    loop.watch(loop.occupy(), a, EPOLLIN | EPOLLET, first);
    loop.watch(loop.occupy(), b, EPOLLIN | EPOLLET, second);
    ringBell(b);
    loop.turn(0);
    assert.deepEqual([first.masks, second.masks], [[], [EPOLLIN]]);
  });

  loopIt(
    "drops events for a slot that was vacated in the same batch, also when it is used again",
    ({ loop, bells }) => {
      const later = watched();
      const slots = [loop.occupy(), loop.occupy()];
      const descriptors = [bells.open(), bells.open(), bells.open()] as const;
      let handled = 0;
      // Whichever comes first gives the other's slot to a third.
      const replace = (other: number): Watched => ({
        onEvents() {
          handled++;
          loop.vacate(slots[other] ?? -1);
          assert.equal(loop.occupy(), slots[other]);
          loop.watch(slots[other] ?? -1, descriptors[2], EPOLLIN | EPOLLET, later);
        },
        onBug: () => assert.fail(),
      });
      loop.watch(slots[0] ?? -1, descriptors[0], EPOLLIN | EPOLLET, replace(1));
      loop.watch(slots[1] ?? -1, descriptors[1], EPOLLIN | EPOLLET, replace(0));
      ringBell(descriptors[0]);
      ringBell(descriptors[1]);
      loop.turn(0);
      assert.deepEqual([handled, later.masks], [1, []]);
      ringBell(descriptors[2]);
      loop.turn(0);
      assert.deepEqual(later.masks, [EPOLLIN]);
    },
  );

  loopIt("knows who is in a slot by its generation only", ({ loop, bells }) => {
    const slot = loop.occupy();
    const one = watched();
    loop.watch(slot, bells.open(), EPOLLIN, one);
    const generation = loop.generationOf(slot);
    assert.equal(loop.watchedAt(slot, generation), one);
    loop.vacate(slot);
    assert.equal(loop.watchedAt(slot, generation), undefined);
    loop.handOver(loop.occupy(), one);
    assert.equal(loop.watchedAt(slot, generation), undefined);
    assert.equal(loop.watchedAt(slot, loop.generationOf(slot)), one);
  });

  loopIt("has as many slots as are needed", ({ loop }) => {
    const slots = Array.from({ length: 1_000 }, () => loop.occupy());
    assert.equal(new Set(slots).size, 1_000);
    for (const slot of slots) loop.vacate(slot);
    assert.deepEqual(
      slots.map((slot) => loop.generationOf(slot)),
      slots.map(() => 1),
    );
    assert.ok(slots.includes(loop.occupy()));
  });

  loopIt("delivers more events than one call brings, and says only then that all input has come", ({ loop, bells }) => {
    const all = Array.from({ length: 600 }, () => bells.open());
    let count = 0;
    let countThen = -1;
    for (const bell of all) {
      loop.watch(loop.occupy(), bell, EPOLLIN | EPOLLET, { onEvents: () => count++, onBug: () => {} });
      ringBell(bell);
    }
    loop.afterInput(() => {
      countThen = count;
    });
    while (countThen < 0) loop.turn(0);
    assert.equal(countThen, 600);
  });

  loopIt("runs what is to be done soon after the events, and a task's own in the next turn", ({ loop, bells }) => {
    const order: string[] = [];
    const bell = bells.open();
    loop.watch(loop.occupy(), bell, EPOLLIN | EPOLLET, { onEvents: () => order.push("event"), onBug: () => {} });
    const again = { run: () => order.push("again"), onBug: () => {} };
    loop.soon({
      run() {
        order.push("task");
        loop.soon(again);
      },
      onBug: () => {},
    });
    loop.atEnd({ closeNow: () => order.push("closing"), onBug: () => {} });
    ringBell(bell);
    loop.turn(1_000);
    assert.deepEqual(order, ["event", "task", "closing"]);
    loop.turn(1_000);
    assert.deepEqual(order, ["event", "task", "closing", "again"]);
  });

  loopIt("closes in the same turn what is to be closed because something else was", ({ loop }) => {
    let isClosed = false;
    const second = {
      closeNow() {
        isClosed = true;
      },
      onBug: () => {},
    };
    loop.atEnd({ closeNow: () => loop.atEnd(second), onBug: () => {} });
    loop.turn(0);
    assert.equal(isClosed, true);
  });

  loopIt(
    "outlives bugs: it tells of each, lets its cause go, and does the rest of the turn",
    ({ loop, bugs, bells }) => {
      const gone: string[] = [];
      const buggy = (name: string) => {
        const fail = (): never => {
          throw new Error(name);
        };
        const onBug = (): never => {
          gone.push(name);
          throw new Error(`${name}, while it went`);
        };
        return { onEvents: fail, run: fail, closeNow: fail, onBug };
      };
      const rest = watched();
      for (const one of [buggy("event"), rest]) {
        const bell = bells.open();
        loop.watch(loop.occupy(), bell, EPOLLIN | EPOLLET, one);
        ringBell(bell);
      }
      loop.soon(buggy("task"));
      loop.atEnd(buggy("closing"));
      let isDone = false;
      loop.afterInput(buggy("callback").run);
      loop.afterInput(() => {
        isDone = true;
      });
      loop.turn(0);
      assert.deepEqual(gone, ["event", "task", "closing"]);
      assert.deepEqual([rest.masks, isDone], [[EPOLLIN], true]);
      assert.equal(bugs.length, 7);
    },
  );

  loopIt(
    "handles a batch although onAwake has a bug: its edges would never come again",
    ({ loop, bugs, bells }) => {
      const one = watched();
      const bell = bells.open();
      loop.watch(loop.occupy(), bell, EPOLLIN | EPOLLET, one);
      ringBell(bell);
      loop.turn(0);
      assert.deepEqual([one.masks, bugs.length], [[EPOLLIN], 1]);
    },
    {
      onAwake() {
        throw new Error("a bug");
      },
    },
  );

  loopIt("does not hear of a descriptor that is not watched any more", ({ loop, bells }) => {
    const one = watched();
    const bell = bells.open();
    const slot = loop.occupy();
    loop.watch(slot, bell, EPOLLIN, one);
    ringBell(bell);
    loop.unwatch(slot, bell);
    loop.turn(0);
    assert.deepEqual(one.masks, []);
    loop.watch(slot, bell, EPOLLIN, one);
    loop.turn(0);
    assert.deepEqual(one.masks, [EPOLLIN]);
    silenceBell(bell);
  });

  linuxIt("writes down what it has open, and only that", () => {
    const descriptors = new DescriptorTable(8);
    const entries = new Int32Array(descriptors.memory);
    const loop = new Loop({ clock: createFakeClock(), descriptors });
    assert.ok((entries[0] ?? 0) > 0, "the epoll");
    const slot = loop.occupy(70);
    loop.occupy();
    assert.deepEqual([...entries.subarray(1)], [71, 0, 0, 0, 0, 0, 0]);
    loop.vacate(slot);
    loop.close();
    assert.deepEqual([...entries], [0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

interface LoopTest {
  readonly loop: Loop;
  readonly bugs: unknown[];
  readonly bells: { open(): number };
}

function loopIt(title: string, body: (test: LoopTest) => void, options: Partial<LoopOptions> = {}): void {
  linuxIt(title, () => {
    const before = openDescriptors();
    const bugs: unknown[] = [];
    const opened: number[] = [];
    const loop = new Loop({ clock: createFakeClock(), onBug: (error) => bugs.push(error), ...options });
    const bells = {
      open() {
        const bell = openBell();
        opened.push(bell);
        return bell;
      },
    };
    try {
      body({ loop, bugs, bells });
    } finally {
      for (const bell of opened) closeBell(bell);
      loop.close();
    }
    assert.equal(openDescriptors(), before);
  });
}

function watched(): Watched & { readonly masks: number[] } {
  const masks: number[] = [];
  return { masks, onEvents: (mask) => masks.push(mask), onBug: () => {} };
}
