import assert from "node:assert/strict";
import { formatAddress } from "../../src/wire/address.ts";
import type { ContractTest } from "./contract-test.ts";

export function describeDials(test: ContractTest): void {
  for (const family of ["ipv4", "ipv6", "unix"] as const) {
    test(`reach a server over ${family} and name it`, async (scene, context) => {
      if (scene.world.listenAddress(family) === undefined) return context.skip(`this machine has no ${family}`);
      const server = await scene.world.serve(family);
      const { dialler } = scene.dial(server.address);
      const connection = await dialler.dialled();
      assert.equal(connection.remoteAddress, formatAddress(server.address));
      assert.equal(connection.remoteIp, server.address.kind === "ip" ? server.address.ip : "");
      await server.next();
    });
  }

  for (const [family, localIp] of [
    ["ipv4", "127.0.0.3"],
    ["ipv6", "::1"],
  ] as const) {
    test(`come from the ${family} address that they are told`, async (scene, context) => {
      if (scene.world.listenAddress(family) === undefined) return context.skip(`this machine has no ${family}`);
      const server = await scene.world.serve(family);
      const { dialler } = scene.dial(server.address, undefined, { localIp });
      const connection = await dialler.dialled();
      const peer = await server.next();
      assert.equal(peer.dialledFrom, localIp);
      scene.callbacks.during(() => connection.write(Buffer.from("hello")));
      await peer.received(5);
    });
  }

  test("do not mind a local address where the server is at a unix socket", async (scene) => {
    const server = await scene.world.serve("unix");
    const { dialler } = scene.dial(server.address, undefined, { localIp: "127.0.0.3" });
    await dialler.dialled();
    await server.next();
  });

  test("fail as this machine's own fault where they are to come from an address that it does not have", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const { dialler } = scene.dial(server.address, undefined, { localIp: scene.world.foreignIp });
    assert.deepEqual(await dialler.failed(), { kind: "local", code: "EADDRNOTAVAIL" });
  });

  test("report a refusal", async (scene) => {
    const { dialler } = scene.dial(await scene.world.refuser());
    assert.deepEqual(await dialler.failed(), { kind: "refused", code: "ECONNREFUSED" });
  });

  test("report a unix socket that is not there as a refusal", async (scene) => {
    const { dialler } = scene.dial(scene.addressOf("unix"));
    assert.deepEqual(await dialler.failed(), { kind: "refused", code: "ENOENT" });
  });

  test("say nothing after they are cancelled, twice too", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const refuser = await scene.world.refuser();
    for (const address of [server.address, refuser, scene.addressOf("unix")]) {
      const dialling = scene.dial(address);
      scene.cancel(dialling);
      scene.cancel(dialling);
      await scene.world.settle();
    }
  });

  test("say nothing when they are cancelled as they succeed or fail", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const refuser = await scene.world.refuser();
    for (const address of [server.address, refuser]) {
      // Whatever comes first in a turn cancels the others of that turn.
      const dialling = Array.from({ length: 5 }, () => scene.dial(address, cancelRest));
      let isOver = false;
      function cancelRest(): void {
        if (isOver) return;
        isOver = true;
        for (const other of dialling) {
          if (other.dialler.connection === undefined && other.dialler.failure === undefined) scene.cancel(other);
        }
      }
      for (const { dialler } of dialling) dialler.onFailure = cancelRest;
      await scene.callbacks.until(() => isOver || undefined, "the first dial to end");
      await scene.world.settle();
    }
  });

  test("may be cancelled when they are over, to no effect", async (scene) => {
    const refused = scene.dial(await scene.world.refuser());
    await refused.dialler.failed();
    scene.cancel(refused);
    const server = await scene.world.serve("ipv4");
    const { dial, dialler } = scene.dial(server.address);
    const connection = await dialler.dialled();
    scene.callbacks.during(() => dial.cancel());
    scene.callbacks.during(() => connection.write(Buffer.from("still here")));
    await (await server.next()).received(10);
  });

  test("wait in silence where nobody answers, until they are cancelled", async (scene, context) => {
    const address = await scene.world.blackHole();
    if (address === undefined) return context.skip("no black hole here");
    const dialling = scene.dial(address);
    scene.world.advance(1_000_000);
    await scene.world.settle();
    assert.equal(dialling.dialler.failure, undefined);
    scene.cancel(dialling);
  });

  test("report a server that resets at once, once", async (scene) => {
    const server = await scene.world.serve("ipv4");
    const { dialler } = scene.dial(server.address);
    const peer = await server.next();
    peer.reset();
    const end = await scene.callbacks.until(
      () => dialler.failure?.kind ?? dialler.closing?.cause,
      "the reset to be reported",
    );
    assert.equal(end, "reset");
  });

  test("keep what a server sends first for whoever asks", async (scene) => {
    const { peer, connection, owner } = await scene.reach();
    await peer.finish("220 ready\r\n");
    scene.callbacks.during(() => connection.peek(10));
    const prefix = await scene.callbacks.until(() => owner.prefixes[0], "the greeting");
    assert.equal(prefix.bytes.toString(), "220 ready\r\n");
  });
}
