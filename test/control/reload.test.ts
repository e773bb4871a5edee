import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BalancerOptions, TransportName } from "../../src/config/options.ts";
import { echo } from "../support/behaviours.ts";
import { withoutLeaks } from "../support/leaks.ts";
import { connectPeer, type Peer } from "../support/peer.ts";
import { startPeerServer } from "../support/peer-server.ts";
import { type Crew, startCrew, until, withoutWorkers } from "./crew.ts";
import { startTraffic } from "./traffic.ts";
import { visit } from "./visit.ts";

const ANY = "127.0.0.1:0";

/** A backend of each name, at its address. */
function pool(backends: Readonly<Record<string, string>>, more: Partial<BalancerOptions["pools"][string]> = {}) {
  return {
    probe: "off",
    ...more,
    backends: Object.entries(backends).map(([name, address]) => ({ name, address })),
  } as const;
}

async function conversation(port: number): Promise<Peer> {
  const client = await connectPeer({ port });
  await client.send("word");
  await client.received(4);
  return client;
}

function portOf({ balancer }: Crew, name: string): number {
  return balancer.addresses().find(({ listener }) => listener === name)?.port ?? assert.fail(`no listener ${name}`);
}

interface Where {
  readonly title: string;
  readonly transport: TransportName;
  readonly skip: string | false;
  readonly more: Partial<BalancerOptions>;
}

const PLACES: readonly Where[] = [
  { title: "in this thread", transport: "net", skip: false, more: { workers: 0, transport: "auto" } },
  { title: "workers on net", transport: "net", skip: withoutWorkers("net"), more: {} },
  { title: "workers on linux", transport: "linux", skip: withoutWorkers("linux"), more: {} },
];

for (const { title, transport, skip, more } of PLACES) {
  /** The options of the process, which every reload repeats. */
  const common = { workers: 2, transport, ...more } as const;
  const start = (options: BalancerOptions): Promise<Crew> => startCrew(transport, [], { ...options, ...more });

  describe(`a reload, ${title}`, { skip }, () => {
    it(
      "takes in listeners and pools, and lets those go that are not there any more",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const web = { listen: ANY, pool: "web" };
        const pools = { web: pool({ a: a.address }) };
        await using crew = await start({ listeners: { web }, pools });
        const { port } = crew;
        const report = await crew.balancer.reload({
          listeners: { web, api: { listen: ANY, pool: "api" } },
          pools: { ...pools, api: pool({ b: b.address }) },
          ...common,
        });
        assert.deepEqual(report, {
          listeners: { added: ["api"], removed: [], changed: [] },
          pools: { added: ["api"], removed: [], changed: [] },
          backends: { added: [], removed: [], changed: [] },
          restartRequired: [],
        });
        assert.equal(portOf(crew, "web"), port, "it stays open");
        const api = portOf(crew, "api");
        await visit(api);
        await visit(port);
        assert.deepEqual([a.peers.length, b.peers.length], [1, 1]);
        await crew.balancer.reload({ listeners: { web }, pools, ...common });
        await assert.rejects(connectPeer({ port: api }), { code: "ECONNREFUSED" });
        await visit(port);
        await until(() => crew.sessions.length === 3, "the records");
        assert.deepEqual(
          crew.balancer.stats().listeners.map(({ name, ends }) => [name, ends]),
          [["web", { "client-finished": 2 }]],
        );
      }),
    );

    it(
      "keeps live sessions, and what is known of backends that stay",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const listeners = { web: { listen: ANY } };
        await using crew = await start({ listeners, pools: { web: pool({ a: a.address }) } });
        const client = await conversation(crew.port);
        await crew.balancer.reload({
          listeners: { web: { listen: ANY, idleTimeoutMs: 5_000 } },
          pools: { web: pool({ a: a.address, b: b.address }, { policy: "round-robin", attempts: 2 }) },
          ...common,
        });
        await client.send("more");
        await client.received(8);
        for (let count = 0; count < 4; count++) await visit(crew.port);
        assert.equal(a.peers.length, 3);
        await crew.balancer.reload({ listeners, pools: { web: pool({ b: b.address }) }, ...common });
        await visit(crew.port);
        assert.deepEqual([a.peers.length, b.peers.length], [3, 3]);
        await client.send("and more");
        await client.received(16);
        await client.finish();
        assert.equal((await client.ended()).how, "finished");
        await until(() => crew.sessions.length === 6, "the records");
        assert.equal(crew.sessions.find(({ bytesUp }) => bytesUp === 16)?.end, "client-finished");
      }),
    );

    it(
      "changes nothing where an address can't be had, and says all that is wrong",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        const web = { listen: ANY };
        await using crew = await start({ listeners: { web }, pools: { web: pool({ a: a.address }) } });
        const { port } = crew;
        const { hash } = crew.balancer.stats().config;
        const taken = { listen: a.address, pool: "other" };
        const bad: BalancerOptions = {
          listeners: {
            other: { listen: ANY, pool: "other" },
            one: taken,
            two: { listen: "192.0.2.1:80", pool: "other" },
          },
          pools: { other: pool({ x: "127.0.0.1:1" }) },
          ...common,
        };
        await assert.rejects(crew.balancer.reload(bad), ({ code, details }) => {
          assert.equal(code, "LB_ADDRESS_IN_USE");
          const paths = details.problems.map(({ path }: { path: string }) => path);
          assert.deepEqual(paths, ["listeners.one.listen", "listeners.two.listen"]);
          return true;
        });
        assert.deepEqual(
          crew.balancer.addresses().map(({ listener, port: open }) => [listener, open]),
          [["web", port]],
        );
        await visit(port);
        const { config, pools } = crew.balancer.stats();
        assert.deepEqual([config.hash, config.reloads, pools.length], [hash, { ok: 0, failed: 1 }, 1]);
        assert.match(config.lastError ?? "", /listeners\.one\.listen: cannot listen on .*\nlisteners\.two\.listen: /);
        await crew.balancer.reload({ ...bad, listeners: { other: { listen: ANY } } });
        assert.equal(crew.balancer.stats().config.lastError, null);
        await assert.rejects(connectPeer({ port }), { code: "ECONNREFUSED" });
      }),
    );

    it(
      "lets the sessions of a listener that goes finish, and resets them when their time is over",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        const pools = { web: pool({ a: a.address }) };
        const stays = { listen: ANY };
        const goes = { listen: ANY };
        await using crew = await start({ listeners: { stays, goes }, pools });
        const one = await conversation(portOf(crew, "goes"));
        const other = await conversation(portOf(crew, "stays"));
        await crew.balancer.reload({ listeners: { stays }, pools, ...common }, { graceMs: 300 });
        await one.send("more");
        await one.received(8);
        assert.equal((await one.ended()).how, "reset");
        await until(() => crew.sessions.length === 1, "the record");
        assert.deepEqual([crew.sessions[0]?.listener, crew.sessions[0]?.end], ["goes", "shutdown"]);
        await other.finish();
        assert.equal((await other.ended()).how, "finished");
      }),
    );

    it(
      "gives an address to another listener without closing it",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const pools = { one: pool({ a: a.address }), two: pool({ b: b.address }) };
        await using crew = await start({ listeners: { first: { listen: ANY, pool: "one" } }, pools });
        const { port } = crew;
        const listen = `127.0.0.1:${port}`;
        // What was port 0 has another name in the configuration, so this one is moved first.
        await crew.balancer.reload({ listeners: { spare: { listen: ANY, pool: "one" } }, pools, ...common });
        await crew.balancer.reload({ listeners: { first: { listen, pool: "one" } }, pools, ...common });
        const traffic = startTraffic(() => visit(port));
        await traffic.more(5);
        await crew.balancer.reload({ listeners: { second: { listen, pool: "two" } }, pools, ...common });
        const before = a.peers.length;
        await traffic.more(20);
        assert.deepEqual(await traffic.stop(), []);
        assert.ok(b.peers.length >= 16 && a.peers.length <= before + 4, `${a.peers.length}, ${b.peers.length}`);
      }),
    );

    it(
      "closes the sessions of backends that go, where their pool says so",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const listeners = { web: { listen: ANY, pool: "web" } };
        const closing = { onRemove: "close" } as const;
        const extra = { extra: pool({ a: a.address }, closing) };
        const pools = { web: pool({ a: a.address }, closing), ...extra };
        await using crew = await start({ listeners, pools });
        const client = await conversation(crew.port);
        await crew.balancer.reload({ listeners, pools: { web: pool({ b: b.address }, closing), ...extra }, ...common });
        assert.equal((await client.ended()).how, "reset");
        await until(() => crew.sessions.length === 1, "the record");
        assert.deepEqual([crew.sessions[0]?.backend, crew.sessions[0]?.end], ["web/a", "backend-removed"]);
        const last = await conversation(crew.port);
        await crew.balancer.reload({ listeners: { web: { listen: ANY, pool: "extra" } }, pools: extra, ...common });
        assert.equal((await last.ended()).how, "reset");
        await visit(crew.port);
      }),
    );

    it(
      "loses no client while pools and listeners come and go",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const web = { listen: ANY, pool: "x" };
        await using crew = await start({ listeners: { web }, pools: { x: pool({ a: a.address }) } });
        const { port } = crew;
        const traffic = startTraffic(() => visit(port));
        await traffic.more(5);
        for (let round = 0; round < 12; round++) {
          const name = ["x", "y", "z"][round % 3] ?? "x";
          const backends = round % 2 === 0 ? { a: a.address } : { b: b.address };
          await crew.balancer.reload({
            listeners: { web: { ...web, pool: name }, [`extra-${round % 4}`]: { listen: ANY, pool: name } },
            pools: { [name]: pool(backends) },
            ...common,
          });
          await visit(portOf(crew, `extra-${round % 4}`));
          await traffic.more(3);
        }
        assert.deepEqual(await traffic.stop(), []);
        assert.deepEqual(crew.balancer.stats().config.reloads, { ok: 12, failed: 0 });
        await until(() => crew.balancer.stats().sessions.active === 0, "the end of all");
      }),
    );

    it(
      "waits for the addresses of a name before it is led there",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        await using b = await startPeerServer(echo);
        const listeners = { web: { listen: ANY } };
        let answer = (): void => {};
        const lookup = (): Promise<readonly string[]> =>
          new Promise((resolve) => {
            answer = () => resolve(["127.0.0.1"]);
          });
        await using crew = await start({ listeners, lookup, pools: { web: pool({ a: a.address }) } });
        const next = { web: pool({ named: `b.internal:${b.port}` }) };
        const reloading = crew.balancer.reload({ listeners, lookup, pools: next, ...common });
        const traffic = startTraffic(() => visit(crew.port));
        await traffic.more(10);
        assert.equal(b.peers.length, 0);
        answer();
        await reloading;
        await traffic.more(10);
        assert.deepEqual(await traffic.stop(), []);
        await b.next();
      }),
    );
  });
}

for (const transport of ["net", "linux"] as const) {
  describe(`a worker that dies after a reload, on ${transport}`, { skip: withoutWorkers(transport) }, () => {
    it(
      "is followed by one that runs on what is in force, and listens where it is to",
      withoutLeaks(async () => {
        await using a = await startPeerServer(echo);
        const pools = { web: pool({ a: a.address }) };
        const first = { first: { listen: ANY, pool: "web" } };
        await using crew = await startCrew(transport, [], { listeners: first, pools });
        const gone = crew.port;
        const listeners = { second: { listen: ANY, pool: "other" } };
        const other = { other: pool({ a: a.address }) };
        await crew.balancer.reload({ listeners, pools: other, workers: 2, transport });
        const port = portOf(crew, "second");
        crew.kill(0);
        await until(() => crew.spawned === 3, "another worker");
        const traffic = startTraffic(() => visit(port).catch(() => visit(port)));
        await traffic.more(40);
        assert.deepEqual(await traffic.stop(), []);
        await assert.rejects(connectPeer({ port: gone }), { code: "ECONNREFUSED" });
        crew.kill(1);
        await until(() => crew.spawned === 4, "another worker");
        for (let count = 0; count < 20; count++) await visit(port).catch(() => visit(port));
        await crew.balancer.reload({ listeners: first, pools, workers: 2, transport });
        await visit(portOf(crew, "first"));
      }),
    );
  });
}
