// Listening sockets that outlive the program, as systemd keeps them.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { systemClock, systemRandom } from "../../src/clock.ts";
import type { TransportName } from "../../src/config/options.ts";
import { createBalancerIn } from "../../src/control/balancer.ts";
import { type ListeningSockets, openListeningSockets } from "../../src/transport/linux/listening-sockets.ts";
import { whyNotLinux } from "../../src/transport/linux/self-test.ts";
import { withoutWorkers } from "../control/crew.ts";
import { visit } from "../control/visit.ts";
import { type BalancerProcess, programPath, startBalancer } from "../support/balancer-process.ts";
import { echo } from "../support/behaviours.ts";
import { makeTemporaryFolder, startChildServer } from "../support/child-server.ts";
import { connectPeer } from "../support/peer.ts";
import { type PeerServer, startPeerServer } from "../support/peer-server.ts";
import { skipReason } from "../support/programs.ts";
import { startRefuser } from "../support/refuser.ts";

const folder = makeTemporaryFolder("activation");
after(() => rmSync(folder, { recursive: true }));

const OPTIONS = { backlog: 128, keepaliveMs: 60_000 };
const ANY_PORT = { kind: "ip", ip: "127.0.0.1", port: 0 } as const;
// exec keeps the process id, so that the shell can say which it will be.
const AS_ITSELF = ["sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"'];
const WAITING = 20;

async function start(
  server: PeerServer,
  sockets: ListeningSockets,
  flags: readonly string[],
): Promise<BalancerProcess> {
  return startBalancer([server.address], ["--probe=off", "--access-log=errors", ...flags], {
    under: AS_ITSELF,
    environment: { LISTEN_FDS: "1", LISTEN_FDNAMES: "default" },
    descriptors: [sockets.descriptorOf(0)],
  });
}

/** Begins a session and says something, whether or not anybody accepts. */
async function say(sockets: ListeningSockets): Promise<{ answered: Promise<string> }> {
  const { address } = sockets;
  const peer = await connectPeer(address.kind === "ip" ? { port: address.port } : { path: address.path });
  await peer.finish("hello");
  return { answered: peer.ended().then(({ how, first }) => `${first.toString()} ${how}`) };
}

const places: readonly (readonly [transport: TransportName, workers: number])[] = [
  ["net", 1],
  ["net", 2],
  ["linux", 2],
];
for (const [transport, workers] of places) {
  const skip = whyNotLinux() ?? (workers > 1 && withoutWorkers(transport));
  const flags = [`--transport=${transport}`, `--workers=${workers}`];

  describe(`inherited sockets on ${transport} with ${workers} workers`, { skip }, () => {
    for (const [what, address] of [
      ["port", ANY_PORT],
      ["unix socket", { kind: "unix", path: join(folder, `${transport}-${workers}.sock`) }],
    ] as const) {
      it(`keep everybody who comes to a ${what} during a restart`, async () => {
        await using server = await startPeerServer(echo);
        const sockets = await openListeningSockets(address, OPTIONS, 1);
        try {
          await using first = await start(server, sockets, flags);
          assert.equal(await (await say(sockets)).answered, "hello finished");
          // At any moment of its end.
          const answers: Promise<string>[] = [];
          first.signal("SIGTERM");
          const exited = first.exited();
          for (let count = 0; count < WAITING; count++) answers.push((await say(sockets)).answered);
          assert.equal(await exited, 0);
          for (let count = 0; count < WAITING; count++) answers.push((await say(sockets)).answered);
          await using second = await start(server, sockets, flags);
          assert.deepEqual([...new Set(await Promise.all(answers))], ["hello finished"]);
          assert.equal(await second.end(), 0);
          assert.deepEqual([...first.sessions(), ...second.sessions()], []);
        } finally {
          sockets.close();
        }
      });
    }

    it("are there again when a reload takes their listener away and another brings it back", async () => {
      await using server = await startPeerServer(echo);
      const sockets = await openListeningSockets(ANY_PORT, OPTIONS, 1);
      const port = sockets.address.kind === "ip" ? sockets.address.port : 0;
      const options = (listen: string) => ({
        listeners: { web: { listen } },
        pools: { web: { probe: "off" as const, backends: [server.address] } },
        transport,
        workers: workers === 1 ? 0 : workers,
      });
      const inherited = [{ descriptor: sockets.descriptorOf(0), name: "", address: sockets.address }];
      const here = options(`127.0.0.1:${port}`);
      const balancer = createBalancerIn({ clock: systemClock, random: systemRandom, inherited }, here);
      try {
        await balancer.start();
        await visit(port);
        await balancer.reload({ ...here, pools: { web: { ...here.pools.web, policy: "random" } } });
        await visit(port);
        await balancer.reload(options("127.0.0.1:0"));
        const { answered } = await say(sockets);
        await balancer.reload(here);
        assert.equal(await answered, "hello finished");
      } finally {
        await balancer.close();
        sockets.close();
      }
    });
  });
}

describe("systemd-socket-activate", { skip: skipReason("systemd-socket-activate") }, () => {
  it("starts lb-tcp for the first client, who is served", async () => {
    await using server = await startPeerServer(echo);
    const refuser = await startRefuser();
    const { port } = refuser;
    const child = startChildServer({
      program: "systemd-socket-activate",
      args: [
        `--listen=127.0.0.1:${port}`,
        process.execPath,
        programPath,
        "--listen",
        `127.0.0.1:${port}`,
        `--upstream=${server.address}`,
      ],
      folder: makeTemporaryFolder("socket-activate"),
      host: "127.0.0.1",
      port,
      readyLine: /Listening on 127/,
    });
    await using activated = await child;
    await refuser.close();
    const client = await connectPeer({ port });
    await client.finish("hello");
    assert.equal((await client.ended()).first.toString(), "hello");
    // The address was taken: nobody else could have listened there.
    assert.match(activated.output(), /Execing/);
  });
});
