import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Listen, openListeners } from "../../src/control/listening.ts";
import type { Answer } from "../../src/discovery/lookup.ts";
import { LbError } from "../../src/errors.ts";
import { type Address, ANY_HOST, formatAddress, type SocketAddress } from "../../src/wire/address.ts";

const tcp = (host: string, port: number): Address => ({ kind: "tcp", host, port });
const UNIX: Address = { kind: "unix", path: "/run/lb.sock" };

function systemError(code: string): Error {
  return Object.assign(new Error(`listen ${code}: it does not work`), { code });
}

interface World {
  readonly listen: Listen;
  /** What was tried, in order. */
  readonly tried: string[];
}

/** A machine that refuses some addresses, and gives port 0 the port 40000. */
function createWorld(refusals: Readonly<Record<string, string>> = {}): World {
  const tried: string[] = [];
  return {
    tried,
    async listen(address) {
      tried.push(formatAddress(address));
      const code = refusals[formatAddress(address)];
      if (code !== undefined) throw systemError(code);
      return address.kind === "ip" && address.port === 0 ? { ...address, port: 40_000 } : address;
    },
  };
}

async function open(address: Address, { listen }: World, answer?: Answer): Promise<string[]> {
  const resolve = async (): Promise<Answer> => answer ?? assert.fail("nobody asks for a name");
  return (await openListeners(address, listen, resolve)).map((opened) => formatAddress(opened));
}

function named(...addresses: string[]): Answer {
  return { kind: "addresses", addresses };
}

/** The error of an address that is refused. */
async function refusal(address: Address, code: string): Promise<LbError> {
  const listen = async (): Promise<SocketAddress> => {
    throw systemError(code);
  };
  try {
    await openListeners(address, listen, async () => named("10.0.0.1"));
  } catch (error) {
    if (error instanceof LbError) return error;
  }
  return assert.fail("not refused with an LbError");
}

describe("openListeners", () => {
  it("has :: take IPv4 as well only where no host is given", async () => {
    const dual: boolean[] = [];
    const listen: Listen = async (address, dualStack) => {
      dual.push(dualStack);
      return address;
    };
    const nobody = async (): Promise<Answer> => assert.fail("nobody asks for a name");
    await openListeners(tcp("", 80), listen, nobody);
    await openListeners(tcp("::", 80), listen, nobody);
    await openListeners(tcp("0.0.0.0", 80), listen, nobody);
    assert.deepEqual(dual, [true, false, false]);
  });

  it("listens on an address as it is", async () => {
    for (const address of [tcp("127.0.0.1", 80), tcp("::1", 80), tcp("0.0.0.0", 80), UNIX]) {
      const world = createWorld();
      assert.deepEqual(await open(address, world), [formatAddress(address)]);
      assert.equal(world.tried.length, 1);
    }
  });

  it("says which port 0 became", async () => {
    assert.deepEqual(await open(tcp("127.0.0.1", 0), createWorld()), ["127.0.0.1:40000"]);
  });

  it("takes one socket for both families where no host is given", async () => {
    assert.deepEqual(await open(tcp(ANY_HOST, 80), createWorld()), ["[::]:80"]);
  });

  it("takes IPv4 alone where the machine has no IPv6", async () => {
    for (const code of ["EAFNOSUPPORT", "EADDRNOTAVAIL"]) {
      assert.deepEqual(await open(tcp(ANY_HOST, 80), createWorld({ "[::]:80": code })), ["0.0.0.0:80"]);
    }
  });

  it("does not take IPv4 alone where a port is in use, or not allowed", async () => {
    for (const [system, code] of [
      ["EADDRINUSE", "LB_ADDRESS_IN_USE"],
      ["EACCES", "LB_PRIVILEGE"],
    ] as const) {
      const world = createWorld({ "[::]:80": system });
      await assert.rejects(open(tcp(ANY_HOST, 80), world), { code });
      assert.deepEqual(world.tried, ["[::]:80"]);
    }
  });

  it("listens on every address of a name", async () => {
    const opened = await open(tcp("lb.internal", 80), createWorld(), named("10.0.0.1", "10.0.0.2", "::1"));
    assert.deepEqual(opened, ["10.0.0.1:80", "10.0.0.2:80", "[::1]:80"]);
  });

  it("leaves out the IPv6 address of a name where the machine has none: localhost in a container", async () => {
    const world = createWorld({ "[::1]:80": "EADDRNOTAVAIL" });
    assert.deepEqual(await open(tcp("localhost", 80), world, named("127.0.0.1", "::1")), ["127.0.0.1:80"]);
  });

  it("takes the first address of a name that works for port 0", async () => {
    assert.deepEqual(await open(tcp("localhost", 0), createWorld(), named("127.0.0.1", "::1")), ["127.0.0.1:40000"]);
    const world = createWorld({ "[::1]:0": "EADDRNOTAVAIL" });
    assert.deepEqual(await open(tcp("localhost", 0), world, named("::1", "127.0.0.1")), ["127.0.0.1:40000"]);
  });

  it("refuses a name with an address that is not this machine's", async () => {
    for (const [refused, addresses] of [
      ["10.0.0.2:80", ["10.0.0.1", "10.0.0.2"]],
      ["[fd00::9]:80", ["fd00::9"]],
    ] as const) {
      const world = createWorld({ [refused]: "EADDRNOTAVAIL" });
      await assert.rejects(open(tcp("lb.internal", 80), world, named(...addresses)), { code: "LB_ADDRESS_UNKNOWN" });
    }
  });

  it("refuses a name that does not resolve", async () => {
    await assert.rejects(
      open(tcp("lb.internal", 80), createWorld(), { kind: "failure", reason: "ENOTFOUND" }),
      new LbError(
        "LB_ADDRESS_UNKNOWN",
        'cannot listen on lb.internal:80: the name "lb.internal" does not resolve (ENOTFOUND); write an IP address of ' +
          "this machine, or :PORT for all of them",
        { details: { address: "lb.internal:80" } },
      ),
    );
  });

  const refusals: readonly (readonly [address: Address, system: string, code: string, says: RegExp])[] = [
    [tcp("127.0.0.1", 80), "EADDRINUSE", "LB_ADDRESS_IN_USE", /^cannot listen on 127\.0\.0\.1:80: .*in use.*ss -ltnp/],
    [tcp("lb.internal", 80), "EADDRINUSE", "LB_ADDRESS_IN_USE", /^cannot listen on lb\.internal:80: /],
    [UNIX, "EADDRINUSE", "LB_ADDRESS_IN_USE", /another path$/],
    [tcp(ANY_HOST, 80), "EACCES", "LB_PRIVILEGE", /^cannot listen on :80: .*CAP_NET_BIND_SERVICE/],
    [tcp("127.0.0.1", 80), "EPERM", "LB_PRIVILEGE", /port from 1024 up/],
    [UNIX, "EACCES", "LB_PRIVILEGE", /^cannot listen on unix:\/run\/lb\.sock: .*folder must be writable/],
    [UNIX, "ENOENT", "LB_LISTEN", /its folder does not exist/],
    [tcp("10.9.9.9", 80), "EADDRNOTAVAIL", "LB_ADDRESS_UNKNOWN", /no such address.*ip addr/],
    [tcp("::1", 80), "EAFNOSUPPORT", "LB_ADDRESS_UNKNOWN", /no such address/],
    [tcp(ANY_HOST, 80), "EADDRNOTAVAIL", "LB_ADDRESS_UNKNOWN", /no such address/],
    [tcp("127.0.0.1", 80), "EMFILE", "LB_LISTEN", /listen EMFILE: it does not work/],
  ];
  for (const [address, system, code, says] of refusals) {
    it(`explains ${system} on ${formatAddress(address)}`, async () => {
      const error = await refusal(address, system);
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.equal(error.message.includes("\n"), false);
      assert.deepEqual(error.details, { address: formatAddress(address) });
      assert.match(String(error.cause), new RegExp(system));
    });
  }

  it("passes on an explanation that is there already", async () => {
    const explained = new LbError("LB_ADDRESS_IN_USE", "a file that is not a socket is there");
    await assert.rejects(
      openListeners(
        UNIX,
        () => Promise.reject(explained),
        async () => named(),
      ),
      explained,
    );
  });
});
