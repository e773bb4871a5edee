// The webhook of a balancer, over real sockets: from the probe to whoever is told.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BalancerOptions } from "../../src/config/options.ts";
import { answering, startHttpServer } from "../support/http-server.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startRefuser } from "../support/refuser.ts";
import { AT_ONCE_MS, onePool, startLoopback } from "./loopback.ts";

function oneDead(address: string, webhook: BalancerOptions["webhook"]): BalancerOptions {
  return onePool([{ name: "a", address }], { probe: {} }, webhook === undefined ? {} : { webhook });
}

describe("the webhook of a balancer", () => {
  it(
    "is told when a probe has found a backend down",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await using hook = await startHttpServer(answering(204));
      await using loopback = await startLoopback(oneDead(refuser.address, { url: `${hook.url}/lb` }));
      loopback.clock.advance(AT_ONCE_MS);
      await hook.received(1);
      const [event] = loopback.backendEvents;
      const { address: _, ...told } = event ?? { address: null };
      const { instance } = loopback.balancer.stats();
      assert.deepEqual(JSON.parse(hook.requests[0]?.body ?? ""), { ...told, instance });
      assert.equal(hook.requests[0]?.path, "/lb");
    }),
  );

  it(
    "comes and goes with a reload",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await using hook = await startHttpServer(answering(204));
      await using loopback = await startLoopback(oneDead(refuser.address, undefined));
      loopback.clock.advance(AT_ONCE_MS);
      await loopback.backendEvent(({ event }) => event === "down");
      const report = await loopback.balancer.reload({
        ...oneDead(refuser.address, { url: hook.url }),
        pools: { web: { probe: {}, backends: [{ name: "b", address: refuser.address }] } },
      });
      assert.deepEqual(report.restartRequired, []);
      loopback.clock.advance(AT_ONCE_MS);
      await hook.received(1);
      assert.match(hook.requests[0]?.body ?? "", /"backend":"web\/b"/);
    }),
  );

  it(
    "that never answers costs a close a second, and harms nothing",
    withoutLeaks(async () => {
      await using refuser = await startRefuser();
      await using hook = await startHttpServer(() => {});
      await using loopback = await startLoopback(oneDead(refuser.address, { url: hook.url }));
      loopback.clock.advance(AT_ONCE_MS);
      await hook.received(1);
      const closed = loopback.balancer.close();
      while (loopback.balancer.stats().state !== "closed") {
        loopback.clock.advance(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await closed;
    }),
  );
});
