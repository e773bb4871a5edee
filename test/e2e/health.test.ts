// What health and an operator do to live sessions and to new ones: on both transports, over two workers, on real sockets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { ProbeOptions } from "../../src/config/probe-options.ts";
import type { Balancer } from "../../src/control/balancer.ts";
import { startProgram } from "../cli/running-program.ts";
import { type Crew, startCrew, until, withoutWorkers } from "../control/crew.ts";
import { makeTemporaryFolder } from "../support/child-server.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { type Behaviour, startPeerServer } from "../support/peer-server.ts";

const folder = makeTemporaryFolder("health");
after(() => rmSync(folder, { recursive: true }));

/** Of two backends and two workers. */
const CLIENTS = 12;

/** Says who it is with one byte, and sends back what comes. */
function echoAs(name: "a" | "b"): Behaviour {
  return async (peer) => {
    peer.socket.pipe(peer.socket);
    await peer.send(name);
  };
}

/** The answers of a probe in the hands of the test. */
class ScriptedProbe {
  /** Those that fail. */
  readonly down = new Set<string>();
  /** How often each was asked. */
  readonly counts = new Map<string, number>();
  readonly options: ProbeOptions = {
    intervalMs: 1_000,
    intervalChangingMs: 100,
    rise: 1,
    fall: 1,
    type: async ({ name }) => {
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      if (this.down.has(name)) throw new Error("as the script says");
    },
  };
}

/** So many sessions that are relayed, by the name of their backend. */
async function converse(
  crew: Pick<Crew, "converse">,
  count = CLIENTS,
): Promise<{ readonly a: Peer[]; readonly b: Peer[] }> {
  const clients = await Promise.all(Array.from({ length: count }, () => crew.converse()));
  const on = (name: string): Peer[] => clients.filter(({ first }) => first.toString().startsWith(name));
  return { a: on("a"), b: on("b") };
}

/** Resolves when all have been reset. */
async function assertReset(clients: readonly Peer[]): Promise<void> {
  assert.ok(clients.length > 0);
  for (const client of clients) assert.equal((await client.ended()).how, "reset");
}

/** Fails unless all still have an answer. */
async function assertLive(clients: readonly Peer[]): Promise<void> {
  assert.ok(clients.length > 0);
  for (const client of clients) {
    const before = client.byteCount;
    await client.send("again");
    await client.received(before + "again".length);
  }
}

function activeOn({ balancer }: Crew, name: string): number {
  return (
    pool(balancer)
      .backends()
      .find((backend) => backend.name === name)?.active ?? 0
  );
}

function pool(balancer: Balancer): ReturnType<Balancer["pool"]> {
  return balancer.pool("web");
}

/** How the sessions ended of which there are records, each way once. */
function ends({ sessions }: Crew): string[] {
  return [...new Set(sessions.map(({ end, backend }) => `${end} ${backend}`))];
}

const PLACES = [
  { title: "in the caller's thread", transport: "net", skip: false, more: { workers: 0 } },
  { title: "with two workers on net", transport: "net", skip: withoutWorkers("net"), more: {} },
  { title: "with two workers on linux", transport: "linux", skip: withoutWorkers("linux"), more: {} },
] as const;

for (const { title, transport, skip, more } of PLACES) {
  describe(`health ${title}`, { skip }, () => {
    it("on-down: close frees the clients of a dead backend within one probe, and nobody else's", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const probe = new ScriptedProbe();
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      await using crew = await startCrew(transport, backends, more, { probe: probe.options, onDown: "close" });
      let asked = 0;
      crew.balancer.on("backend", ({ event }) => {
        if (event === "down") asked = probe.counts.get("a") ?? 0;
      });
      const clients = await converse(crew);
      probe.down.add("a");
      await assertReset(clients.a);
      assert.ok((probe.counts.get("a") ?? 0) <= asked + 1, "within one probe of the decision");
      await until(() => crew.sessions.length === clients.a.length, "the records");
      assert.deepEqual(ends(crew), ["backend-down web/a"]);
      await assertLive(clients.b);
      assert.equal((await converse(crew, 4)).b.length, 4, "and whoever comes back is served");
    });

    it("on-up: close-backups sends the clients of backups home when a primary is back", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const probe = new ScriptedProbe();
      probe.down.add("a");
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address, backup: true },
      ];
      await using crew = await startCrew(transport, backends, more, { probe: probe.options, onUp: "close-backups" });
      await until(() => pool(crew.balancer).backends()[0]?.state === "down", "the first probe");
      const { b: onBackup } = await converse(crew);
      assert.equal(onBackup.length, CLIENTS);
      probe.down.delete("a");
      await assertReset(onBackup);
      await until(() => crew.sessions.length === CLIENTS, "the records");
      assert.deepEqual(ends(crew), ["rebalanced web/b"]);
      assert.equal((await converse(crew, 4)).a.length, 4);
    });

    it("on-drain resets what is left after its time, and no session is begun there meanwhile", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      await using crew = await startCrew(transport, backends, more, { onDrain: { afterMs: 500 } });
      const clients = await converse(crew);
      pool(crew.balancer).drain("a");
      assert.equal((await converse(crew, 4)).b.length, 4);
      await assertReset(clients.a);
      await until(() => crew.sessions.length === clients.a.length, "the records");
      assert.deepEqual(ends(crew), ["drained web/a"]);
      await assertLive(clients.b);
      assert.equal(activeOn(crew, "a"), 0);
    });

    it("on-remove holds at run time: close resets the sessions of a removed backend, drain lets them finish", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      await using drain = await startCrew(transport, backends, more);
      const staying = await converse(drain);
      pool(drain.balancer).remove("a");
      assert.equal((await converse(drain, 4)).b.length, 4);
      await assertLive([...staying.a, ...staying.b]);
      await using close = await startCrew(transport, backends, more, { onRemove: "close" });
      const leaving = await converse(close);
      pool(close.balancer).remove("a");
      await assertReset(leaving.a);
      await until(() => close.sessions.length === leaving.a.length, "the records");
      assert.deepEqual(ends(close), ["backend-removed web/a"]);
      await assertLive(leaving.b);
    });

    it("panic-below serves clients by backends whose probes are wrong", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const probe = new ScriptedProbe();
      for (const name of ["a", "b"]) probe.down.add(name);
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      await using crew = await startCrew(
        transport,
        backends,
        {},
        { probe: probe.options, panicBelow: 0.5, onDown: "close" },
      );
      await until(
        () =>
          pool(crew.balancer)
            .backends()
            .every(({ state }) => state === "down"),
        "the first probes",
      );
      const clients = await converse(crew);
      const asked = probe.counts.get("b") ?? 0;
      await until(() => (probe.counts.get("b") ?? 0) > asked + 1, "more probes");
      await assertLive([...clients.a, ...clients.b]);
      probe.down.delete("a");
      // Half of them are healthy: from here on health is believed, and on-down holds.
      await assertReset(clients.b);
      await assertLive(clients.a);
    });

    it("slow-start gives a backend that has returned its share only, whichever worker picks", async () => {
      await using a = await startPeerServer(echoAs("a"));
      await using b = await startPeerServer(echoAs("b"));
      const probe = new ScriptedProbe();
      const backends = [
        { name: "a", address: a.address },
        { name: "b", address: b.address },
      ];
      const slowStart = { overMs: 86_400_000, from: 0.1 };
      await using crew = await startCrew(
        transport,
        backends,
        {},
        { probe: probe.options, policy: "round-robin", slowStart },
      );
      const stateOfA = (): string | undefined => pool(crew.balancer).backends()[0]?.state;
      await until(() => (probe.counts.get("a") ?? 0) > 0 && stateOfA() === "ready", "the first probe");
      const before = await converse(crew);
      // Each worker has its own turns, and the kernel spreads clients as it likes.
      assert.ok(Math.abs(before.a.length - CLIENTS / 2) <= 1);
      probe.down.add("a");
      await until(() => stateOfA() === "down", "its death");
      probe.down.delete("a");
      await until(() => stateOfA() === "ready", "its return");
      const { length } = (await converse(crew, 110)).a;
      assert.ok(length >= 8 && length <= 12, `${length} of 110, where 10 are its share`);
    });
  });
}

describe("lb-tcp --config", () => {
  for (const { transport, workers, skip } of [
    { transport: "net", workers: 1, skip: false },
    { transport: "linux", workers: 2, skip: withoutWorkers("linux") },
  ] as const) {
    it(`frees the clients of a backend that is dead once the file says so, on ${transport}`, { skip }, async () => {
      const dead = await listenRaw();
      await using other = await startPeerServer(echoAs("b"));
      const path = join(folder, `${transport}.yaml`);
      const file = (onDown: string): string => `
version: 1
process: { workers: ${workers}, transport: ${transport} }
log: { format: json }
listeners: { web: { listen: "127.0.0.1:0" } }
pools:
  web:
    on-down: ${onDown}
    panic-below: 40%
    probe: { type: tcp, interval: 500ms, fall: 1 }
    backends: [{ name: dead, address: "${dead.address}" }, { name: other, address: "${other.address}", backup: true }]
`;
      writeFileSync(path, file("keep"));
      await using program = startProgram([`--config=${path}`]);
      const [, port] = await program.seen(/"event":"listening".*"address":"127\.0\.0\.1:(\d+)"/);
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectPeer({ port: Number(port) })));
      for (const client of clients) await client.send("word");
      await Promise.all(clients.map((client) => client.received(4)));
      // New connections are refused; those that there are stay open, and nobody answers on them any more.
      dead.server.close();
      await program.seen(/"event":"down"/);
      const late = await connectPeer({ port: Number(port) });
      assert.equal((await late.received(1)).toString(), "b", "the backup serves");
      assert.doesNotMatch(program.stdout(), /"end":"backend-down"/);
      writeFileSync(path, file("close"));
      program.signal("SIGHUP");
      await assertReset(clients);
      await program.seen(new RegExp(`(?:"end":"backend-down"[^]*?){${CLIENTS}}`));
      await other.close();
      await program.seen(/"event":"panic"[^\n]*0 of 2 addresses are healthy, fewer than 40%/);
      dead.destroy();
      program.signal("SIGTERM");
      assert.equal(await program.exited(), 0);
    });
  }
});

/** An echo server that can stop listening while its connections live. */
async function listenRaw(): Promise<{
  readonly server: Server;
  readonly address: string;
  readonly destroy: () => void;
}> {
  const sockets = new Set<{ destroy: () => void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    address: `127.0.0.1:${port}`,
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
