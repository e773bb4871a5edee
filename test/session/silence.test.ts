import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { relayEnd, silenceEnd, silentUntilMs } from "../../src/session/silence.ts";
import type { Relay } from "../../src/transport/transport.ts";

const PATIENCE = { idleTimeoutMs: 1_000, halfCloseTimeoutMs: 100 };

function relay(state: Partial<Relay>): Relay {
  return {
    bytesUp: 0,
    bytesDown: 0,
    firstByteAtMs: Number.NaN,
    lastActivityAtMs: 5_000,
    finishedFirst: undefined,
    failedSide: undefined,
    failure: undefined,
    failureCode: null,
    abort() {},
    ...state,
  };
}

describe("silence of a relay", () => {
  it("lasts for the idle timeout, and once a side has finished for the shorter one", () => {
    assert.equal(silentUntilMs(PATIENCE, relay({})), 6_000);
    assert.equal(silentUntilMs(PATIENCE, relay({ finishedFirst: "client" })), 5_100);
    assert.equal(
      silentUntilMs({ idleTimeoutMs: 10, halfCloseTimeoutMs: 100 }, relay({ finishedFirst: "client" })),
      5_010,
    );
  });

  it("ends it of the timeout that was over first", () => {
    assert.deepEqual(silenceEnd(PATIENCE, relay({})), { end: "idle-timeout", error: null });
    assert.deepEqual(silenceEnd(PATIENCE, relay({ finishedFirst: "backend" })), {
      end: "half-close-timeout",
      error: "the backend had finished",
    });
    const impatient = { idleTimeoutMs: 10, halfCloseTimeoutMs: 100 };
    assert.equal(silenceEnd(impatient, relay({ finishedFirst: "backend" })).end, "idle-timeout");
  });
});

describe("relayEnd", () => {
  it("names the side that failed, else the one that finished first", () => {
    assert.equal(relayEnd({ failedSide: "client", failure: "reset", finishedFirst: "backend" }), "client-reset");
    assert.equal(relayEnd({ failedSide: "backend", failure: "lost", finishedFirst: undefined }), "backend-lost");
    assert.equal(relayEnd({ failedSide: undefined, failure: undefined, finishedFirst: "client" }), "client-finished");
  });

  it("takes a relay that ended of nothing for a bug", () => {
    assert.equal(relayEnd({ failedSide: undefined, failure: undefined, finishedFirst: undefined }), "internal");
  });
});
