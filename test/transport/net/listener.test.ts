import assert from "node:assert/strict";
import { describe } from "node:test";
import { listen } from "../../../src/transport/net/listener.ts";
import type { SocketAddress } from "../../../src/wire/address.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { Acceptor } from "../callbacks.ts";
import { netTest } from "./net-test.ts";

const LISTENING = { backlog: 128, keepaliveMs: 15_000 };

describe("listen", () => {
  netTest("tells where each client has arrived when it listens everywhere", async (scene) => {
    const { listener, acceptor } = await scene.listen({ kind: "ip", ip: "0.0.0.0", port: 0 });
    const { port } = portOf(listener.address);
    await scene.world.connect({ kind: "ip", ip: "127.0.0.2", port });
    const { connection } = await acceptor.next();
    assert.equal(connection.localAddress, `127.0.0.2:${port}`);
  });

  netTest("takes IPv6 only at ::, so that 0.0.0.0 can stand beside it", async (scene, context) => {
    if (scene.world.listenAddress("ipv6") === undefined) return context.skip("this machine has no IPv6");
    const { listener } = await scene.listen({ kind: "ip", ip: "::", port: 0 });
    const { port } = portOf(listener.address);
    const { acceptor } = await scene.listen({ kind: "ip", ip: "0.0.0.0", port });
    await scene.world.connect({ kind: "ip", ip: "127.0.0.1", port });
    assert.equal((await acceptor.next()).connection.remoteIp, "127.0.0.1");
  });

  netTest(
    "takes both at :: where it is asked to, and calls IPv4 clients by their IPv4 address",
    async (scene, context) => {
      if (scene.world.listenAddress("ipv6") === undefined) return context.skip("this machine has no IPv6");
      const acceptor = new Acceptor(scene.callbacks);
      const address = { kind: "ip", ip: "::", port: 0 } as const;
      const listener = await listen(address, { ...LISTENING, dualStack: true }, createFakeClock(), acceptor);
      const { port } = portOf(listener.address);
      for (const ip of ["127.0.0.1", "::1"]) {
        const peer = await scene.world.connect({ kind: "ip", ip, port });
        const { connection, owner } = await acceptor.next();
        assert.deepEqual([connection.remoteIp, connection.remoteAddress], [ip, peer.address]);
        assert.ok(connection.localAddress.startsWith(ip === "::1" ? "[::1]:" : "127.0.0.1:"), connection.localAddress);
        scene.reset(connection);
        await owner.closed();
      }
      listener.close();
    },
  );

  netTest("rejects with the system's error", async (scene) => {
    await scene.cannotListen({ kind: "ip", ip: "192.0.2.1", port: 0 }, { code: "EADDRNOTAVAIL" });
    await scene.cannotListen({ kind: "unix", path: "/nowhere/at/all.sock" }, { code: "EACCES" });
  });
});

function portOf(address: SocketAddress): { port: number } {
  if (address.kind !== "ip") throw new Error("unreachable: asked for a port");
  return address;
}
