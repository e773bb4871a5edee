import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as realTime } from "node:timers/promises";
import { startBlackHole } from "./black-hole.ts";
import { withoutLeaks } from "./leaks.ts";

const skip = process.platform === "linux" ? false : "the queue of a listening socket is full in this way on Linux only";

describe("startBlackHole", { skip }, () => {
  it(
    "neither takes nor refuses a dial",
    withoutLeaks(async () => {
      await using blackHole = await startBlackHole();
      const events: string[] = [];
      const dials = Array.from({ length: 3 }, () => connect(blackHole.port, blackHole.host));
      for (const dial of dials) {
        dial.on("connect", () => events.push("connect")).on("error", () => events.push("error"));
      }
      // The first SYN is answered within microseconds or, as it is dropped here, repeated after a second.
      await realTime(99);
      assert.deepEqual(events, []);
      for (const dial of dials) dial.destroy();
    }),
  );
});
