import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { describe } from "node:test";
import { type ListeningSockets, openListeningSockets } from "../../../src/transport/linux/listening-sockets.ts";
import type { ListenOptions } from "../../../src/transport/transport.ts";
import type { SocketAddress } from "../../../src/wire/address.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";
import { openDescriptors } from "../../support/leaks.ts";
import { connectPeer } from "../../support/peer.ts";
import { failing } from "./faults.ts";
import { RawPeer } from "./raw-peer.ts";
import { linuxIt, unreachable } from "./stage.ts";

const { EADDRINUSE } = constants.errno;
const OPTIONS = { backlog: 128, keepaliveMs: 15_000 };
const ANY_PORT = { kind: "ip", ip: "127.0.0.1", port: 0 } as const;
const WORKERS = 3;
// Without SO_REUSEADDR nobody may listen beside anybody.
const LISTEN =
  'require("net").createServer().listen(+process.argv[1], "127.0.0.1").on("error", (e) => console.log(e.code))';

describe("openListeningSockets", () => {
  socketsIt("gives the port that 0 became, the same for all workers", ANY_PORT, (sockets) => {
    const { address } = sockets;
    assert.ok(address.kind === "ip" && address.port > 0);
    const descriptors = new Set([0, 1, 2].map((worker) => sockets.descriptorOf(worker)));
    assert.equal(descriptors.size, WORKERS);
    assert.equal(sockets.descriptorOf(WORKERS), sockets.descriptorOf(0));
  });

  socketsIt("lets all workers have a share of the clients", ANY_PORT, (sockets) => {
    const peers = Array.from({ length: 200 }, () => RawPeer.connect(sockets.address));
    const shares = [0, 1, 2].map((worker) => acceptAll(sockets.descriptorOf(worker)));
    for (const peer of peers) peer.close();
    assert.equal(
      shares.reduce((sum, share) => sum + share, 0),
      200,
    );
    assert.ok(
      shares.every((share) => share > 0),
      shares.join(),
    );
  });

  for (const workers of [1, WORKERS]) {
    linuxIt(`fails where somebody listens already, with ${workers} workers each`, async () => {
      const first = await openListeningSockets(ANY_PORT, OPTIONS, workers);
      const before = openDescriptors();
      await assert.rejects(openListeningSockets(first.address, OPTIONS, workers), { code: "EADDRINUSE" });
      assert.equal(openDescriptors(), before);
      const port = first.address.kind === "ip" ? first.address.port : 0;
      const { stdout } = spawnSync(process.execPath, ["-e", LISTEN, String(port)], { encoding: "utf8" });
      assert.equal(stdout, "EADDRINUSE\n");
      first.close();
      // Free again.
      (await openListeningSockets(first.address, OPTIONS, workers)).close();
    });
  }

  linuxIt("leaves nothing open where one of several can't listen", async () => {
    const before = openDescriptors();
    let opening: Promise<unknown> | undefined;
    failing("listen", EADDRINUSE, () => {
      opening = openListeningSockets(ANY_PORT, OPTIONS, WORKERS);
    });
    await assert.rejects(opening ?? unreachable(), { code: "EADDRINUSE", syscall: "listen" });
    assert.equal(openDescriptors(), before);
  });

  linuxIt("rejects with the system's error", async () => {
    const nowhere: SocketAddress = { kind: "ip", ip: "192.0.2.1", port: 0 };
    await assert.rejects(openListeningSockets(nowhere, OPTIONS, 1), { code: "EADDRNOTAVAIL", syscall: "bind" });
    const long: SocketAddress = { kind: "unix", path: `/tmp/${"x".repeat(120)}` };
    await assert.rejects(openListeningSockets(long, OPTIONS, 1), { code: "ENAMETOOLONG" });
  });

  socketsIt(
    "takes IPv6 only at ::, so that 0.0.0.0 can stand beside it",
    { ...ANY_PORT, ip: "::" },
    async (sockets) => {
      const beside = { ...sockets.address, ip: "0.0.0.0" } as SocketAddress;
      (await openListeningSockets(beside, OPTIONS, 1)).close();
    },
  );

  socketsIt(
    "takes both at :: where it is asked to",
    { ...ANY_PORT, ip: "::" },
    (sockets) => {
      const peer = RawPeer.connect({ ...sockets.address, ip: "127.0.0.1" } as SocketAddress);
      assert.equal(
        acceptAll(sockets.descriptorOf(0)) + acceptAll(sockets.descriptorOf(1)) + acceptAll(sockets.descriptorOf(2)),
        1,
      );
      peer.close();
    },
    { dualStack: true },
  );

  socketsIt("drops SYNs once it refuses new clients, and keeps whom it has", ANY_PORT, (sockets) => {
    const early = RawPeer.connect(sockets.address);
    sockets.refuseNew();
    const late = RawPeer.connect(sockets.address);
    assert.equal(late.send("x"), 0, "it is still connecting");
    assert.equal(early.send("x"), 1);
    let count = 0;
    for (let worker = 0; worker < WORKERS; worker++) count += acceptAll(sockets.descriptorOf(worker));
    assert.equal(count, 1);
    early.close();
    late.close();
  });

  linuxIt("shares one unix socket, and takes its name away when it refuses new clients", async () => {
    const folder = makeTemporaryFolder("sockets");
    const path = join(folder, "shared.sock");
    const sockets = await openListeningSockets({ kind: "unix", path }, OPTIONS, WORKERS);
    assert.equal(sockets.descriptorOf(0), sockets.descriptorOf(2));
    const peer = await connectPeer({ path });
    sockets.refuseNew();
    assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined);
    assert.equal(acceptAll(sockets.descriptorOf(1)), 1);
    for (let time = 0; time < 2; time++) sockets.close();
    peer.reset();
    await peer.closed();
    rmSync(folder, { recursive: true });
  });
});

function socketsIt(
  title: string,
  address: SocketAddress,
  body: (sockets: ListeningSockets) => void | Promise<void>,
  options: Partial<ListenOptions> = {},
): void {
  linuxIt(title, async (context) => {
    const before = openDescriptors();
    let sockets: ListeningSockets;
    try {
      sockets = await openListeningSockets(address, { ...OPTIONS, ...options }, WORKERS);
    } catch (error) {
      if (address.kind !== "ip" || !address.ip.includes(":")) throw error;
      context.skip("this machine has no IPv6");
      return;
    }
    try {
      await body(sockets);
    } finally {
      sockets.close();
    }
    assert.equal(openDescriptors(), before);
  });
}

/** Accepts whoever waits, and closes them. @returns how many. */
function acceptAll(listening: number): number {
  let count = 0;
  for (let peer = RawPeer.accept(listening); peer !== undefined; peer = RawPeer.accept(listening)) {
    peer.close();
    count++;
  }
  return count;
}
