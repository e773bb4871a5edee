// What every kind of probe has in common, whatever it asks.

import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import { attempt } from "../../src/probe/attempt.ts";
import { createProbe } from "../../src/probe/probe.ts";
import type { ProbeResult } from "../../src/probe/result.ts";
import { Stalls } from "../../src/probe/stalls.ts";
import { startBlackHole } from "../support/black-hole.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { startRefuser } from "../support/refuser.ts";
import { ask, probeConfig } from "./asking.ts";
import { startTalkingServer, type TalkingServerOptions } from "./talking-server.ts";

export interface ProbeKindCase {
  readonly name: string;
  readonly probe: ProbeOptions;
  /** A server that it is content with. */
  readonly well: TalkingServerOptions;
  /** What it waits for once it is connected; undefined where it waits for nothing more. */
  readonly awaited: string | undefined;
}

const HEADERS = [
  ["v1", Buffer.from("PROXY UNKNOWN\r\n")],
  ["v2", Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex")],
] as const;

export function describeProbeKind({ name, probe, well, awaited }: ProbeKindCase): void {
  describe(`a probe: ${name}`, () => {
    it(
      "is content with a backend that is well, and leaves it with a FIN",
      withoutLeaks(async () => {
        await using server = await startTalkingServer(well);
        assert.equal((await ask(probe, server.address)).kind, "ok");
        assert.equal((await server.visit()).how, "finished");
      }),
    );

    for (const [version, header] of HEADERS) {
      it(
        `says by a header of ${version} that it is on nobody's behalf, and then asks as ever`,
        withoutLeaks(async () => {
          await using server = await startTalkingServer({ ...well, headerByteCount: header.length });
          assert.equal((await ask({ ...probe, sendProxy: version }, server.address)).kind, "ok");
          assert.deepEqual(await server.visit(), { header, how: "finished" });
        }),
      );
    }

    it(
      "goes to a port of its own where it has one",
      withoutLeaks(async () => {
        await using server = await startTalkingServer(well);
        const { port } = server.address;
        assert.equal((await ask({ ...probe, port }, { ...server.address, port: 1 })).kind, "ok");
        await server.visit();
      }),
    );

    it(
      "gives the system's code where nobody listens",
      withoutLeaks(async () => {
        await using refuser = await startRefuser();
        const result = await ask(probe, { kind: "ip", ip: "127.0.0.1", port: refuser.port });
        assert.deepEqual(result, { kind: "failed", reason: "ECONNREFUSED" });
      }),
    );

    it(
      "says that there is no connection where nobody answers, and leaves nothing behind",
      withoutLeaks(async () => {
        await using blackHole = await startBlackHole();
        const { clock, results, waitedFor } = begin(probe, blackHole.port);
        assert.deepEqual(waitedFor, ["connection"]);
        clock.advance(2_000);
        assert.deepEqual(results, [{ kind: "failed", reason: "no connection within 2s" }]);
        await emptied(clock);
      }),
    );

    it("holds nothing against the backend where this machine is short of something", async (context) => {
      // What libuv reports when it gets no descriptor; to run out of them would end the test as well.
      context.mock.method(Socket.prototype, "connect", function (this: Socket) {
        return this.destroy(Object.assign(new Error("connect EMFILE"), { code: "EMFILE" }));
      });
      const result = await ask(probe, { kind: "ip", ip: "127.0.0.1", port: 1 });
      assert.deepEqual(result, { kind: "inconclusive", reason: "EMFILE" });
    });

    it(
      "drops everything when it is given up",
      withoutLeaks(async () => {
        await using server = await startTalkingServer();
        const controller = new AbortController();
        const waiting = new Promise<void>((resolve) => {
          const waitFor = (what: string): void => {
            if (what === awaited) resolve();
          };
          void ask(probe, server.address, { signal: controller.signal, waitFor }).then(() => resolve());
        });
        await waiting;
        controller.abort();
        controller.abort();
        await server.visit();
      }),
    );

    if (awaited === undefined) return;
    it(
      `says that there is no ${awaited} where the backend accepts and is silent`,
      withoutLeaks(async () => {
        await using server = await startTalkingServer();
        const { clock, results, waitedFor } = begin(probe, server.address.port);
        while (waitedFor.at(-1) !== awaited) await nextTurn();
        clock.advance(2_000);
        assert.deepEqual(results, [{ kind: "failed", reason: `no ${awaited} within 2s` }]);
        await server.visit();
        await emptied(clock);
      }),
    );
  });
}

interface Begun {
  readonly clock: FakeClock;
  readonly results: readonly ProbeResult[];
  readonly waitedFor: readonly string[];
}

/** One probe of a fake time. */
function begin(probe: ProbeOptions, port: number): Begun {
  const clock = createFakeClock();
  const address = { kind: "ip", ip: "127.0.0.1", port } as const;
  const configured = { kind: "tcp", host: "127.0.0.1", port } as const;
  const once = createProbe(probeConfig(probe), { pool: "web", name: "a", configured, address }, clock);
  const results: ProbeResult[] = [];
  const waitedFor: string[] = [];
  attempt(clock, new Stalls(clock), {
    timeoutMs: 2_000,
    ask: ({ signal, waitFor }) =>
      once({
        signal,
        waitFor(what) {
          waitedFor.push(what);
          waitFor(what);
        },
      }),
    onAnswer: ({ result }) => results.push(result),
  });
  return { clock, results, waitedFor };
}

/** Waits until no timer is left. */
async function emptied(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 1_000 && clock.pendingTimers > 0; turn++) await nextTurn();
  assert.equal(clock.pendingTimers, 0);
}
