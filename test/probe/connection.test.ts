// What a probe's connection does whatever is asked is in probe.contract.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { converse, type ProbePlace } from "../../src/probe/connection.ts";
import { failed, OK } from "../../src/probe/result.ts";
import { resetAfter } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startPeerServer } from "../support/peer-server.ts";

const asking = { signal: new AbortController().signal, waitFor() {} };

function placeOf(port: number): ProbePlace {
  return { address: { kind: "ip", ip: "127.0.0.1", port }, sendProxy: undefined, tls: undefined, clock: systemClock };
}

describe("converse", () => {
  it(
    "takes the first result, whatever comes after it",
    withoutLeaks(async () => {
      await using server = await startPeerServer((peer) => peer.ended().then(() => peer.finish()));
      const result = await converse(placeOf(server.port), asking, (line) => {
        line.leave(failed("first"));
        line.leave(OK);
      });
      assert.deepEqual(result, { kind: "failed", reason: "first" });
      await (await server.next()).closed();
    }),
  );

  it(
    "says that the backend has reset the connection, or closed it",
    withoutLeaks(async () => {
      await using resetting = await startPeerServer(resetAfter(1));
      const listen = converse(placeOf(resetting.port), asking, ({ stream }) => void stream.resume().write("a"));
      assert.deepEqual(await listen, { kind: "failed", reason: "it reset the connection" });
      await using closing = await startPeerServer((peer) => peer.finish());
      const other = converse(placeOf(closing.port), asking, ({ stream }) => void stream.resume());
      assert.deepEqual(await other, { kind: "failed", reason: "it closed the connection without an answer" });
      await (await closing.next()).closed();
    }),
  );
});
