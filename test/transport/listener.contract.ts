import assert from "node:assert/strict";
import { lstatSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { formatAddress, type SocketAddress } from "../../src/wire/address.ts";
import type { ContractTest } from "./contract-test.ts";
import type { Scene } from "./scene.ts";
import type { AddressFamily } from "./world.ts";

const FAMILIES: readonly AddressFamily[] = ["ipv4", "ipv6", "unix"];

export function describeListeners(test: ContractTest): void {
  for (const family of FAMILIES) {
    test(`name both ends of a client over ${family}`, async (scene, context) => {
      if (scene.world.listenAddress(family) === undefined) return context.skip(`this machine has no ${family}`);
      const { listener, acceptor } = await scene.listen(family);
      const peer = await scene.world.connect(listener.address);
      const { connection } = await acceptor.next();
      assert.equal(connection.localAddress, formatAddress(listener.address));
      assert.equal(connection.remoteAddress, peer.address);
      assert.equal(connection.remoteIp, listener.address.kind === "ip" ? listener.address.ip : "");
    });
  }

  test("give the port that 0 became", async (scene) => {
    const { listener } = await scene.listen("ipv4");
    assert.ok(listener.address.kind === "ip" && listener.address.port > 0, formatAddress(listener.address));
  });

  test("free the address when they are closed, twice too, and leave connections alone", async (scene) => {
    const { listener, acceptor } = await scene.listen("ipv4");
    const client = await scene.world.connect(listener.address);
    const accepted = await acceptor.next();
    for (let time = 0; time < 2; time++) scene.callbacks.during(() => listener.close());
    const { listener: second } = await scene.listen(listener.address);
    assert.deepEqual(second.address, listener.address);
    const { backend } = scene.relay({ peer: client, ...accepted }, await scene.reach());
    await client.send("still here");
    assert.equal((await backend.received(10)).toString(), "still here");
  });

  test("refuse an address that is taken", async (scene) => {
    const { listener } = await scene.listen("ipv4");
    await scene.cannotListen(listener.address, { code: "EADDRINUSE" });
  });

  test("go on after a client that has left before it was accepted", async (scene) => {
    const { listener, acceptor } = await scene.listen("ipv4");
    scene.world.connectAndLeave(listener.address);
    const peer = await scene.world.connect(listener.address);
    const served = await scene.callbacks.until(
      () => acceptor.accepted.find(({ connection }) => connection.remoteAddress === peer.address),
      "the client that stays",
    );
    // Whoever left may have been delivered, if that is reported too.
    for (const { owner } of acceptor.accepted) if (owner !== served.owner) await owner.closed();
    assert.deepEqual(acceptor.failures, []);
  });

  describeSocketFiles(test);
}

function describeSocketFiles(test: ContractTest): void {
  test("replace a socket file whose owner has gone", async (scene) => {
    const address = unixAddress(scene);
    await leaveSocketFile(address.path);
    const { listener } = await scene.listen(address);
    const { peer } = await scene.accept("unix");
    await scene.world.connect(listener.address);
    await peer.send("x");
  });

  test("refuse a socket file that somebody answers at, and leave it alone", async (scene) => {
    const server = await scene.world.serve("unix");
    await scene.cannotListen(server.address, { code: "LB_ADDRESS_IN_USE" });
    await scene.world.connect(server.address);
  });

  test("refuse a path where something else than a socket is, and leave it alone", async (scene) => {
    const address = unixAddress(scene);
    writeFileSync(address.path, "precious");
    await scene.cannotListen(address, { code: "LB_ADDRESS_IN_USE" });
    assert.ok(lstatSync(address.path).isFile());
  });

  test("remove their socket file at the end", async (scene) => {
    const address = unixAddress(scene);
    const { listener } = await scene.listen(address);
    assert.ok(lstatSync(address.path).isSocket());
    listener.close();
    assert.equal(lstatSync(address.path, { throwIfNoEntry: false }), undefined);
  });

  test("leave a socket file alone that has become somebody else's", async (scene) => {
    const address = unixAddress(scene);
    const { listener } = await scene.listen(address);
    unlinkSync(address.path);
    await leaveSocketFile(address.path);
    listener.close();
    await scene.world.settle();
    assert.ok(lstatSync(address.path).isSocket());
  });
}

function unixAddress(scene: Scene): Extract<SocketAddress, { kind: "unix" }> {
  const address = scene.addressOf("unix");
  if (address.kind !== "unix") throw new Error("unreachable: asked for a path");
  return address;
}

/** What a process leaves behind that dies while it listens. */
async function leaveSocketFile(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.other`, resolve));
  // Closing removes the file under the name that it was bound to.
  renameSync(`${path}.other`, path);
  await new Promise((resolve) => server.close(resolve));
}
