import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ListenerConfig } from "../../src/config/config.ts";
import { resolve } from "../../src/config/resolve.ts";
import { Addresses } from "../../src/control/addresses.ts";
import type { DataPlane, Door } from "../../src/control/data-plane.ts";
import { type InheritedSocket, InheritedSockets, type LentSocket } from "../../src/control/inherited-sockets.ts";
import { formatAddress, type SocketAddress } from "../../src/wire/address.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { createRecordedLog } from "./recorded-log.ts";

/** Listeners at these addresses. */
function listeners(listen: Readonly<Record<string, readonly string[]>>): readonly ListenerConfig[] {
  const named = Object.entries(listen).map(([name, addresses]) => [name, { listen: addresses }]);
  return resolve({ listeners: Object.fromEntries(named), pools: { a: { backends: [] } } }).listeners;
}

function createWorld(inherited: readonly InheritedSocket[] = []) {
  const said: string[] = [];
  const log = createRecordedLog();
  let lastDoor = 0;
  const refused = new Set<string>();
  const listen = async (
    listener: string,
    address: SocketAddress,
    _dualStack: boolean,
    socket?: LentSocket,
  ): Promise<Door> => {
    const text = formatAddress(address);
    if (refused.has(text)) throw Object.assign(new Error("in use"), { code: "EADDRINUSE" });
    lastDoor++;
    const how = socket === undefined ? "" : ` by ${socket.descriptor}`;
    said.push(`${listener} listens on ${text} as ${lastDoor}${how}`);
    const port = address.kind === "ip" && address.port === 0 ? 40_000 + lastDoor : undefined;
    return { id: lastDoor, address: address.kind === "ip" && port !== undefined ? { ...address, port } : address };
  };
  const dataPlane: Pick<DataPlane, "listen" | "assign" | "stopAccepting" | "transport" | "workers"> = {
    transport: "net",
    workers: 0,
    listen,
    assign: (door, listener) => said.push(`${door} is ${listener}'s`),
    async stopAccepting(doors) {
      said.push(`closed: ${doors?.join(" ") ?? "all"}`);
    },
  };
  const addresses = new Addresses({
    clock: createFakeClock(),
    log,
    dataPlane,
    lookup: async () => ["127.0.0.1", "127.0.0.2"],
    inherited: new InheritedSockets(inherited),
  });
  async function openAll(all: readonly ListenerConfig[]): Promise<void> {
    for (const wanted of addresses.missing(all)) await addresses.open(wanted);
  }
  return { addresses, openAll, said, refused, log };
}

describe("Addresses", () => {
  it("open what is missing, and close what nobody wants", async () => {
    const { addresses, openAll, said } = createWorld();
    await openAll(listeners({ web: ["127.0.0.1:80", "127.0.0.1:81"], db: ["127.0.0.1:0", "127.0.0.1:0"] }));
    assert.deepEqual(
      addresses.list.map(({ listener, address, port }) => [listener, address, port]),
      [
        ["web", "127.0.0.1:80", 80],
        ["web", "127.0.0.1:81", 81],
        ["db", "127.0.0.1:40003", 40_003],
        ["db", "127.0.0.1:40004", 40_004],
      ],
    );
    const next = listeners({ web: ["127.0.0.1:81", "127.0.0.1:82"], db: ["127.0.0.1:0"] });
    assert.deepEqual(
      addresses.missing(next).map(({ key }) => key),
      ["127.0.0.1:82"],
    );
    await addresses.close(addresses.surplus(next));
    assert.equal(said.at(-1), "closed: 1 4");
    await addresses.close([]);
    assert.equal(said.length, 5, "nothing to do");
  });

  it("hand an address to the listener that has it now", async () => {
    const { addresses, openAll, said } = createWorld();
    await openAll(listeners({ web: ["lb.internal:80"] }));
    const next = listeners({ front: ["lb.internal:80"] });
    assert.deepEqual([addresses.missing(next), addresses.surplus(next)], [[], []]);
    addresses.assign(next);
    addresses.assign(next);
    assert.deepEqual(said.slice(2), ["1 is front's", "2 is front's"]);
    assert.deepEqual(
      addresses.list.map(({ listener }) => listener),
      ["front", "front"],
    );
  });

  it("close what one has opened before it failed", async () => {
    const { addresses, openAll, said, refused } = createWorld();
    refused.add("127.0.0.2:80");
    const wanted = listeners({ web: ["lb.internal:80"] });
    await assert.rejects(openAll(wanted), { code: "LB_ADDRESS_IN_USE" });
    await addresses.close(["lb.internal:80"]);
    assert.deepEqual(said, ["web listens on 127.0.0.1:80 as 1", "closed: 1"]);
  });

  it("tell whether lb-tcp itself is in the way", async () => {
    const { addresses, openAll } = createWorld();
    await openAll(listeners({ web: ["127.0.0.1:80"] }));
    const [other, far] = addresses.missing(listeners({ web: ["0.0.0.0:80", "127.0.0.1:81"] }));
    assert.ok(other !== undefined && far !== undefined);
    assert.deepEqual([addresses.inItsWay(other)?.address, addresses.inItsWay(far)], ["127.0.0.1:80", undefined]);
  });

  it("open nothing after the end", async () => {
    const { addresses, openAll, said } = createWorld();
    await openAll(listeners({ web: ["127.0.0.1:80"] }));
    await addresses.closeAll();
    assert.equal(said.at(-1), "closed: all");
    assert.deepEqual(addresses.list, []);
    await assert.rejects(openAll(listeners({ web: ["127.0.0.1:80"] })), { code: "LB_CLOSED" });
  });

  const SOCKET = { kind: "ip", ip: "127.0.0.1" } as const;

  it("use inherited sockets for what they are bound to, names that resolve there included", async () => {
    const inherited = [80, 81, 82].map((port, index) => ({
      descriptor: 3 + index,
      name: "",
      address: { ...SOCKET, port },
    }));
    const { addresses, openAll, said } = createWorld(inherited);
    await openAll(listeners({ web: ["127.0.0.1:81", "127.0.0.1:83"], db: ["lb.internal:82"] }));
    assert.deepEqual(said, [
      "web listens on 127.0.0.1:81 as 1 by 4",
      "web listens on 127.0.0.1:83 as 2",
      "db listens on 127.0.0.1:82 as 3 by 5",
      "db listens on 127.0.0.2:82 as 4",
    ]);
    assert.equal(addresses.list.length, 4);
  });

  it("say where an inherited socket by a listener's name really listens", async () => {
    const { addresses, openAll } = createWorld([{ descriptor: 3, name: "web", address: { ...SOCKET, port: 443 } }]);
    await openAll(listeners({ web: ["127.0.0.1:0"] }));
    assert.deepEqual(addresses.list, [{ listener: "web", address: "127.0.0.1:443", port: 443 }]);
  });

  it("warn of an inherited socket that nobody has, and of one when a reload has taken its listener away", async () => {
    const inherited = [80, 81].map((port, index) => ({
      descriptor: 3 + index,
      name: "x",
      address: { ...SOCKET, port },
    }));
    const { addresses, openAll, said, log } = createWorld(inherited);
    const all = listeners({ web: ["127.0.0.1:80"] });
    await openAll(all);
    addresses.sayUnused();
    const warned = (): unknown[] => log.lines.filter(({ event }) => event === "inherited").map(({ fields }) => fields);
    const unused = (descriptor: number, address: string) => ({ descriptor, name: "x", address });
    assert.deepEqual(warned(), [unused(4, "127.0.0.1:81")]);
    const none = listeners({ web: ["127.0.0.1:90"] });
    await addresses.close(addresses.surplus(none));
    assert.deepEqual(warned(), [unused(4, "127.0.0.1:81"), unused(3, "127.0.0.1:80")]);
    await openAll(all);
    assert.equal(said.at(-1), "web listens on 127.0.0.1:80 as 2 by 3", "it is used again");
  });

  it("say which inherited socket can't be listened on", async () => {
    const { openAll, refused } = createWorld([{ descriptor: 3, name: "", address: { ...SOCKET, port: 80 } }]);
    refused.add("127.0.0.1:80");
    await assert.rejects(openAll(listeners({ web: ["127.0.0.1:80"] })), {
      code: "LB_LISTEN",
      message: "cannot listen on 127.0.0.1:80, which was inherited as descriptor 3: in use",
    });
  });
});
