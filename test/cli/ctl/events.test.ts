import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventLine } from "../../../src/cli/ctl/events.ts";
import { paintLine } from "../../../src/cli/text/line.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { AT, overviewOf } from "../remote/figures.ts";
import { tell } from "./errands.ts";

const down = {
  event: "down",
  pool: "web",
  backend: "web/b2",
  address: "10.0.0.2:80",
  reason: "probe: refused",
  at: AT,
};

describe("eventLine", () => {
  const cases: readonly (readonly [event: string, data: unknown, text: string])[] = [
    ["backend", down, `${AT} backend web/b2 (10.0.0.2:80) down: probe: refused`],
    ["backend", { ...down, backend: "web/10.0.0.2:80" }, `${AT} backend web/10.0.0.2:80 down: probe: refused`],
    ["config", { result: "ok", hash: "3f9a", error: null, at: AT }, `${AT} config  reloaded, hash 3f9a`],
    ["config", { result: "failed", hash: "3f9a", error: "bad", at: AT }, `${AT} config  reload failed: bad`],
    [
      "audit",
      {
        action: "backend-changed",
        by: "token",
        client: "127.0.0.1:5",
        subject: "web/b2",
        change: { state: "drain", weight: 3 },
        at: AT,
      },
      `${AT} audit   backend-changed web/b2 state=drain weight=3 by token from 127.0.0.1:5`,
    ],
    [
      "audit",
      { action: "reload", by: "unix", client: null, subject: null, change: {}, at: AT },
      `${AT} audit   reload by unix`,
    ],
  ];
  for (const [event, data, text] of cases) {
    it(`writes: ${text}`, () => assert.equal(paintLine(eventLine(event, data) ?? [], "none"), text));
  }

  it("leaves figures out, and what it does not know", () => {
    for (const event of ["stats", "history", "new"]) assert.equal(eventLine(event, {}), undefined);
    assert.equal(eventLine("backend", undefined), undefined);
  });
});

describe("lb-tcp ctl events", () => {
  it("follows until Ctrl+C, over a connection that is lost", async () => {
    const { code, printed, complained } = await tell("events", () => undefined, {
      meanwhile: async (surface, admin) => {
        const send = async (reason: string): Promise<void> => {
          // Until it has connected nobody gets it.
          while (!surface.printed().includes(reason)) {
            admin.send("backend", { ...down, reason });
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        await send("one");
        admin.breakOff();
        await surface.seen(/it closed the connection; trying again/);
        await surface.seen(/connected again; what happened meanwhile is missing/);
        await send("two");
        surface.events.emit("SIGINT");
      },
    });
    assert.equal(code, 0);
    assert.match(printed, /: one\n[^]*: two\n$/);
    assert.equal(complained.split("\n").length, 3);
  });

  it("prints every event as a line of JSON with --json", async () => {
    const { printed } = await tell("events --json", () => undefined, {
      meanwhile: async (surface, admin) => {
        while (surface.printed() === "") {
          admin.send("stats", overviewOf());
          await new Promise((resolve) => setImmediate(resolve));
        }
        surface.events.emit("SIGTERM");
      },
    });
    assert.deepEqual(JSON.parse(printed.split("\n")[0] ?? ""), { event: "stats", data: overviewOf() });
  });

  it("ends where it is refused, or nobody answers at first", async () => {
    assert.equal((await tell("events", () => problemReply(401, "no token"))).code, 2);
    assert.equal((await tell("events", () => problemReply(503, "16 listen already"))).code, 1);
    assert.equal((await tell("events --admin unix:/nowhere/admin.sock", () => undefined)).code, 1);
  });
});
