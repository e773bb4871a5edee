import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import { EventStream } from "../../src/admin/event-stream.ts";
import { HistoryRecord } from "../../src/admin/history.ts";
import { createTicker } from "../../src/admin/ticker.ts";
import { createView } from "../../src/admin/view.ts";
import { resolveAdmin } from "../../src/config/resolve.ts";
import { createBalancer } from "../../src/control/balancer.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function create() {
  const clock = createFakeClock();
  const backends = ["127.0.0.1:9"];
  const balancer = createBalancer({ listeners: { web: { listen: "127.0.0.1:0" } }, pools: { web: { backends } } });
  const history = new HistoryRecord();
  const stream = new EventStream(4);
  const view = createView(balancer, resolveAdmin({ listen: "127.0.0.1:0" }), clock);
  const ticker = createTicker({ balancer, clock, view, history, stream });
  let text = "";
  const response = Object.assign(new EventEmitter(), {
    writableLength: 0,
    write: (more: string) => void (text += more),
    destroy() {},
  });
  return {
    clock,
    balancer,
    history,
    ticker,
    listen: (): void => {
      const reply = stream.admit(() => []);
      assert.ok(reply.kind === "stream");
      reply.open(response as unknown as ServerResponse);
    },
    names: () => [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name),
  };
}

describe("createTicker", () => {
  it("takes a sample a second, whether or not anybody listens", () => {
    const { clock, history, ticker } = create();
    ticker.start();
    clock.advance(10_000);
    assert.deepEqual(
      history.read().atMs.map((atMs) => atMs - clock.wallMs()),
      [-9, -8, -7, -6, -5, -4, -3, -2, -1, 0].map((s) => s * 1_000),
    );
    ticker.close();
    assert.equal(clock.pendingTimers, 0);
  });

  it("does not make up for the time in which the process was stopped", () => {
    const { clock, history, ticker } = create();
    ticker.start();
    clock.advance(1_000);
    clock.jump(60_000);
    clock.advance(2_000);
    assert.ok(history.read().atMs.length <= 5);
    ticker.close();
  });

  it("sends figures once a second, and what happens as it happens", () => {
    const { balancer, clock, listen, names, ticker } = create();
    ticker.start();
    listen();
    clock.advance(2_000);
    balancer.audit({ action: "log-level", by: "api", client: null, subject: null, change: {} });
    balancer.pool("web").add("127.0.0.1:10");
    assert.deepEqual(names(), ["stats", "stats", "audit", "backend", "audit"]);
    ticker.close();
    balancer.audit({ action: "log-level", by: "api", client: null, subject: null, change: {} });
    assert.equal(names().length, 5);
  });
});
