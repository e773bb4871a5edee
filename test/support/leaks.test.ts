import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../src/clock.ts";
import { describeWithoutLeaks, openDescriptors, withoutLeaks } from "./leaks.ts";
import { connectPeer } from "./peer.ts";
import { startPeerServer } from "./peer-server.ts";

/** Runs a body that leaves something behind under a watch that soon gives up. */
async function assertLeaks(context: TestContext, body: () => Promise<void>, message: RegExp): Promise<void> {
  await assert.rejects(withoutLeaks(body, 10)(context), message);
}

describe("withoutLeaks", () => {
  it("passes when everything was closed, also if the close takes turns of the loop", async (context) => {
    await withoutLeaks(async () => {
      await using server = await startPeerServer();
      const client = await connectPeer({ port: server.port });
      const timer = systemClock.setTimer(() => {}, 60_000);
      await client.send("hello");
      client.socket.destroy();
      timer.cancel();
    })(context);
  });

  it("passes for what was there before", async (context) => {
    await using server = await startPeerServer();
    await withoutLeaks(async () => {
      (await connectPeer({ port: server.port })).reset();
      await (await server.next()).closed();
    })(context);
  });

  it("passes a failure of the test on", async (context) => {
    const failing = withoutLeaks(() => assert.fail("the test's own"));
    await assert.rejects(failing(context), /the test's own/);
  });

  it("fails for a server, and for one that keeps nothing alive", async (context) => {
    const server = createServer();
    await assertLeaks(
      context,
      async () => {
        await once(server.listen(0, "127.0.0.1"), "listening");
      },
      /1 × TCPServerWrap/,
    );
    server.close();
    const silent = createServer().unref();
    await assertLeaks(
      context,
      async () => {
        await once(silent.listen(0, "127.0.0.1"), "listening");
      },
      /1 × socket descriptor/,
    );
    silent.close();
  });

  it("fails for a connection", async (context) => {
    await using server = await startPeerServer();
    await assertLeaks(context, async () => void (await connectPeer({ port: server.port })), /2 × TCPSocketWrap/);
  });

  it("fails for a timer, although it keeps nothing alive, and says who set it", async (context) => {
    let timer = systemClock.setTimer(() => {}, 0);
    await assertLeaks(
      context,
      async () => {
        timer = systemClock.setTimer(() => {}, 60_000);
      },
      /timer set at .*leaks\.test/,
    );
    timer.cancel();
  });

  it("fails for a process", async (context) => {
    const children: ChildProcess[] = [];
    await assertLeaks(
      context,
      async () => void children.push(spawn(process.execPath, ["--eval", "process.stdin.resume()"])),
      /1 × ProcessWrap/,
    );
    for (const child of children) {
      child.kill();
      await once(child, "close");
    }
  });

  it("fails for a thread", async (context) => {
    const workers: Worker[] = [];
    await assertLeaks(
      context,
      async () => void workers.push(new Worker("setInterval(() => {}, 60_000)", { eval: true })),
      /1 × thread/,
    );
    for (const worker of workers) await worker.terminate();
  });
});

describeWithoutLeaks("describeWithoutLeaks", () => {
  it("passes for what a hook that is registered inside closes", async (context) => {
    const server = await startPeerServer();
    context.after(() => server.close());
  });
});

describe("openDescriptors", () => {
  it("counts what is opened and closed", async () => {
    await using server = await startPeerServer();
    const before = openDescriptors();
    const client = await connectPeer({ port: server.port });
    const accepted = await server.next();
    assert.equal(openDescriptors(), before + 2);
    client.reset();
    await Promise.all([client.closed(), accepted.closed()]);
    assert.equal(openDescriptors(), before);
  });
});
