// The share of a backend that has returned, counted session by session on a clock that the test moves.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { AT_ONCE_MS, type Loopback, onePool, startLoopback } from "./loopback.ts";

const STEP_MS = 100;

async function shareOfA({ balancer, visit }: Loopback, visits: number): Promise<number> {
  const countA = (): number => balancer.pool("web").backends()[0]?.dials.ok ?? 0;
  const before = countA();
  for (let n = 0; n < visits; n++) await visit();
  return countA() - before;
}

/** In steps, so that no probe times out on the way. */
async function pass({ clock }: Loopback, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    clock.advance(STEP_MS);
    await nextTurn();
  }
}

describe("slow-start", () => {
  it(
    "leads a backend that has returned from a tenth of its weight to all of it, in a straight line",
    withoutLeaks(async () => {
      await using a = await startPeerServer(echo);
      await using b = await startPeerServer(echo);
      let isDown = false;
      const type = async ({ name }: { readonly name: string }): Promise<void> => {
        if (isDown && name === "a") throw new Error("as the script says");
      };
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      const probe = { type, rise: 1, fall: 1, intervalMs: 5_000, intervalChangingMs: 1_000 };
      const slowStart = { overMs: 30_000, from: 0.1 };
      await using loopback = await startLoopback(onePool(backends, { policy: "round-robin", probe, slowStart }));
      const { clock, backendEvent } = loopback;
      clock.advance(AT_ONCE_MS);
      await backendEvent(({ event, backend }) => event === "up" && backend === "web/b");
      await backendEvent(({ event, backend }) => event === "up" && backend === "web/a");
      assert.equal(await shareOfA(loopback, 20), 10, "not at the start of the process");
      isDown = true;
      while (loopback.backendEvents.at(-1)?.event !== "down") await pass(loopback, STEP_MS);
      assert.equal(await shareOfA(loopback, 10), 0);
      isDown = false;
      while (loopback.backendEvents.at(-1)?.event !== "up") await pass(loopback, STEP_MS);
      // 0.1 to 1.
      assert.equal(await shareOfA(loopback, 110), 10);
      await pass(loopback, 10_000);
      // 0.4 to 1.
      const third = await shareOfA(loopback, 140);
      assert.ok(Math.abs(third - 40) <= 1, `${third} of 140`);
      await pass(loopback, 20_000);
      const whole = await shareOfA(loopback, 40);
      assert.ok(Math.abs(whole - 20) <= 1, `${whole} of 40`);
    }),
  );
});
