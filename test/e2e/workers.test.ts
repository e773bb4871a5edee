// What a process with workers does that a thread can't show: its end, and what users see of it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutWorkers } from "../control/crew.ts";
import { startTraffic } from "../control/traffic.ts";
import { visit } from "../control/visit.ts";
import { startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { runProgram } from "../support/programs.ts";

const LIBRARY = new URL("../../src/index.js", import.meta.url).href;

/** A program with two workers, and a session that lives, does `statement`. */
function program(transport: string, backend: string, statement: string): string {
  return `
    import { createBalancer } from ${JSON.stringify(LIBRARY)};
    import { connect } from "node:net";
    import { once } from "node:events";
    const balancer = createBalancer({
      listeners: { web: { listen: "127.0.0.1:0" } },
      pools: { web: { backends: [${JSON.stringify(backend)}] } },
      workers: 2,
      transport: ${JSON.stringify(transport)},
    });
    await balancer.start();
    const client = connect(balancer.addresses()[0].port, "127.0.0.1");
    client.write("word");
    await once(client, "data");
    console.log("running");
    setTimeout(() => { ${statement} }, 100);
  `;
}

/** Makes each worker die of a bug once it has had a session, in whatever loop it is: between the events, where nobody catches. */
const DYING_WORKERS = `
  import { isMainThread } from "node:worker_threads";
  if (!isMainThread) {
    const load = Atomics.load;
    const exchange = Atomics.compareExchange;
    let hasServed = false;
    Atomics.compareExchange = (...given) => {
      hasServed = true;
      return exchange(...given);
    };
    Atomics.load = (...given) => {
      if (hasServed) throw new Error("a bug");
      return load(...given);
    };
    setInterval(() => Atomics.load(new Int32Array(1), 0), 50);
  }
`;

async function talking(port: number): Promise<Peer> {
  const client = await connectPeer({ port });
  await client.send("word");
  await client.received(4);
  return client;
}

for (const transport of ["net", "linux"] as const) {
  const FLAGS = [`--transport=${transport}`, "--workers=2", "--probe=off"];

  describe(`lb-tcp with two workers on ${transport}`, { skip: withoutWorkers(transport) }, () => {
    it("says where sessions are carried", async () => {
      await using server = await startPeerServer(echo);
      await using balancer = await startBalancer([server.address], FLAGS);
      const listening = balancer.lines.find(({ event }) => event === "listening");
      assert.deepEqual([listening?.["transport"], listening?.["workers"]], [transport, 2]);
      assert.equal(await balancer.end(), 0);
      assert.equal(balancer.errors(), "");
    });

    it("stops in order under load", async () => {
      await using server = await startPeerServer(echo);
      await using balancer = await startBalancer([server.address], FLAGS);
      const traffic = startTraffic(() => visit(balancer.port));
      await traffic.more(200);
      balancer.signal("SIGTERM");
      assert.equal(await balancer.exited(), 0);
      const problems = new Set(await traffic.stop());
      problems.delete("ECONNREFUSED");
      // Those whom the kernel had accepted: only linux can serve them, net has to close their sockets.
      if (transport === "net") problems.delete("ECONNRESET");
      assert.deepEqual([...problems], []);
      assert.equal(balancer.sessions().length, traffic.served);
      const stopped = balancer.lines.find(({ event }) => event === "stopped");
      assert.equal(stopped?.["reset"], 0);
    });

    it("stops at once at a second signal, however idle its workers are", async () => {
      await using server = await startPeerServer(echo);
      await using balancer = await startBalancer([server.address], [...FLAGS, "--drain-timeout=1h"]);
      const clients = await Promise.all([1, 2, 3, 4].map(() => talking(balancer.port)));
      balancer.signal("SIGTERM");
      await balancer.line(({ event }) => event === "drain");
      balancer.signal("SIGINT");
      assert.equal(await balancer.exited(), 1);
      for (const client of clients) assert.equal((await client.ended()).how, "reset");
      assert.equal(balancer.sessions().filter(({ end }) => end === "shutdown").length, 4);
    });

    it("ends with 1 and a clear line when its workers die again and again", async () => {
      await using server = await startPeerServer(echo);
      const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(DYING_WORKERS)}` };
      await using balancer = await startBalancer([server.address], FLAGS, { environment });
      const traffic = startTraffic(() => visit(balancer.port).catch(() => {}));
      assert.equal(await balancer.exited(), 1);
      await traffic.stop();
      assert.match(
        balancer.errors(),
        /^lb-tcp: stopping: workers died again and again, the last one of: a bug; [^\n]+\n$/,
      );
      const failures = balancer.lines.filter(({ event }) => event === "worker-failed");
      assert.ok(failures.length >= 4, `${failures.length} deaths`);
      assert.match(
        String(failures[0]?.["message"]),
        /^Worker \d died \(a bug\); its \d+ sessions were reset; another takes/,
      );
    });

    for (const [what, statement, code] of [
      ["process.exit", "process.exit(7)", 7],
      ["an error that nobody caught", 'throw new Error("mine")', 1],
      ["a promise that nobody waited for", 'void Promise.reject(new Error("mine"))', 1],
      ["a close and the end of its work", "client.destroy(); void balancer.close()", 0],
    ] as const) {
      it(`lets a program end by ${what} while workers wait for events`, async () => {
        await using server = await startPeerServer(echo);
        const text = program(transport, server.address, statement);
        const running = runProgram(process.execPath, ["--input-type=module", "--eval", text]);
        const peer = await server.next();
        const { code: found, stdout, stderr } = await running;
        assert.deepEqual([stdout, found], ["running\n", code], stderr);
        assert.notEqual((await peer.ended()).how, undefined);
      });
    }
  });
}

describe("lb-tcp --transport", () => {
  it("says why it is not linux where that is asked for and impossible, and ends with 1", {
    skip: withoutWorkers("linux") === false ? "it works here" : false,
  }, async () => {
    await assert.rejects(
      startBalancer(["127.0.0.1:1"], ["--transport=linux"]),
      /ended with 1:\n[^\n]*the linux transport/,
    );
  });
});
