import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DepartedBackend, DepartedBackends } from "../../src/control/departed.ts";
import { NO_PROBES } from "../../src/control/probe-counts.ts";
import { ZERO_COUNTS } from "../../src/session/row-counts.ts";
import { echo } from "../support/behaviours.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { onePool, startLoopback } from "./loopback.ts";

const MINUTE_MS = 60_000;

/** A backend whose figures the test sets. */
function counted(name: string): { active: number; sessions: number; status(): Omit<DepartedBackend, "pool"> } {
  const backend = {
    active: 0,
    sessions: 0,
    status: () => ({ ...ZERO_COUNTS, name, active: backend.active, sessions: backend.sessions, probes: NO_PROBES }),
  };
  return backend;
}

const nobodyIsBack = (): boolean => false;

describe("DepartedBackends", () => {
  it("have their figures as they are now", () => {
    const departed = new DepartedBackends(createFakeClock());
    const backend = counted("a");
    departed.add("web", "a", backend);
    backend.sessions = 3;
    backend.active = 1;
    assert.deepEqual(departed.list(nobodyIsBack), [
      { ...ZERO_COUNTS, pool: "web", name: "a", sessions: 3, active: 1, probes: NO_PROBES },
    ]);
  });

  it("are kept for a quarter of an hour after their last session", () => {
    const clock = createFakeClock();
    const departed = new DepartedBackends(clock);
    const backend = counted("a");
    departed.add("web", "a", backend);
    backend.active = 1;
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(MINUTE_MS);
      assert.equal(departed.list(nobodyIsBack).length, 1);
    }
    backend.active = 0;
    clock.advance(15 * MINUTE_MS);
    assert.equal(departed.list(nobodyIsBack).length, 1);
    clock.advance(1);
    assert.deepEqual(departed.list(nobodyIsBack), []);
  });

  it("are forgotten when they are back, and by their successors of the same name", () => {
    const departed = new DepartedBackends(createFakeClock());
    departed.add("web", "a", counted("a"));
    departed.add("web", "b", counted("b"));
    assert.equal(departed.list((identity) => identity === "web/a").length, 1);
    assert.deepEqual(
      departed.list(nobodyIsBack).map(({ name }) => name),
      ["b"],
    );
    const again = counted("b");
    again.sessions = 9;
    departed.add("web", "b", again);
    assert.deepEqual(
      departed.list(nobodyIsBack).map(({ sessions }) => sessions),
      [9],
    );
  });

  it("are a thousand at most, the last ones", () => {
    const departed = new DepartedBackends(createFakeClock());
    for (let index = 0; index < 1_500; index++) departed.add("web", `b${index}`, counted(`b${index}`));
    const names = departed.list(nobodyIsBack).map(({ name }) => name);
    assert.deepEqual([names.length, names[0], names.at(-1)], [1_000, "b500", "b1499"]);
  });
});

describe("the figures of a backend that is removed", () => {
  it(
    "count on until its last session has ended, and stand then",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      await using loopback = await startLoopback(onePool([{ name: "a", address: server.address }]));
      const { balancer } = loopback;
      const client = await loopback.connect();
      await client.send("some text");
      await client.received(9);
      balancer.pool("web").remove("a");
      const figures = () =>
        balancer.stats().departed.map(({ name, active, sessions, bytesUp }) => [name, active, sessions, bytesUp]);
      assert.deepEqual(figures(), [["a", 1, 0, 0]]);
      await client.finish();
      await loopback.session(() => true);
      assert.deepEqual(figures(), [["a", 0, 1, 9]]);
      balancer.pool("web").add({ name: "other", address: server.address });
      assert.deepEqual(figures(), [["a", 0, 1, 9]]);
      balancer.pool("web").add({ name: "a", address: server.address });
      // Brought back as the configuration has it, it counts on.
      assert.deepEqual(figures(), []);
      assert.equal(balancer.stats().pools[0]?.backends.find(({ name }) => name === "a")?.sessions, 1);
    }),
  );

  it(
    "are there also when its whole pool has gone",
    withoutLeaks(async () => {
      await using server = await startPeerServer(echo);
      const options = onePool([{ name: "a", address: server.address }]);
      await using loopback = await startLoopback(options);
      await loopback.visit();
      await loopback.session(() => true);
      await loopback.balancer.reload({
        listeners: { web: { listen: "127.0.0.1:0" } },
        pools: { api: { probe: "off", backends: [] } },
      });
      const [backend, ...others] = loopback.balancer.stats().departed;
      assert.deepEqual([backend?.pool, backend?.name, backend?.sessions, others], ["web", "a", 1, []]);
    }),
  );
});
