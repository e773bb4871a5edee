import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Answering } from "../remote/fake-admin.ts";
import { problemReply } from "../remote/fake-admin.ts";
import { backendOf } from "../remote/figures.ts";
import { tell } from "./errands.ts";

/** Answers with so many sessions each time, the last number again and again. */
function leaving(...left: readonly number[]): Answering {
  let asks = 0;
  return ({ method }) => {
    if (method === "PATCH") asks = 0;
    else asks++;
    return { body: { pool: "web", backend: backendOf("b2", { state: "drain" }), left: left[asks] ?? left.at(-1) } };
  };
}

describe("lb-tcp ctl drain --wait", () => {
  it("is done when no session is left", async () => {
    const { code, printed, complained, asked } = await tell("drain web/b2 --wait", leaving(3, 2, 1, 0));
    assert.equal(code, 0);
    assert.match(printed, /^web\/b2 stays in drain; no session is left after \d/);
    assert.equal(complained, "");
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["PATCH", "GET", "GET", "GET"],
    );
  });

  it("gives up when its time is over, and says what goes on", async () => {
    const { code, printed, complained } = await tell("drain web/b2 --wait=1ms", leaving(3));
    assert.deepEqual([code, printed], [1, ""]);
    assert.equal(complained, "lb-tcp: web/b2: waited for 1.0ms, and 3 sessions left; web/b2 stays in drain\n");
  });

  it("shows on a terminal how many are left", async () => {
    const terminals = { stdout: true, stderr: true };
    const { complained } = await tell("drain web/b2 --wait", leaving(12, 12, 1, 0), { terminals });
    assert.ok(complained.startsWith("\r\u001b[Kwaiting for 12 sessions of web/b2 to end ("));
    assert.match(complained, /waiting for 1 session of/);
    assert.ok(complained.endsWith("\r\u001b[K"));
  });

  it("stops waiting, and nothing else, at Ctrl+C", async () => {
    const { code, complained, asked } = await tell("drain web/b2 --wait", leaving(3), {
      terminals: { stdout: true, stderr: true },
      meanwhile: async (surface) => {
        await surface.seen(/waiting for 3 sessions/);
        surface.events.emit("SIGINT");
      },
    });
    assert.equal(code, 1);
    assert.match(complained, /lb-tcp: web\/b2: stopped waiting, and 3 sessions left; web\/b2 stays in drain\n$/);
    assert.equal(asked.filter(({ method }) => method !== "GET").length, 1);
  });

  it("prints the last answer with --json", async () => {
    const { printed } = await tell("drain web/b2 --wait --json", leaving(1, 0));
    assert.equal(JSON.parse(printed).left, 0);
  });

  it("says when it is refused meanwhile", async () => {
    const { code, complained } = await tell("drain web/b2 --wait", (asked) =>
      asked.method === "PATCH" ? leaving(3)(asked) : problemReply(404, "it was removed"),
    );
    assert.deepEqual([code, complained], [2, "lb-tcp: it was removed\n"]);
  });
});
