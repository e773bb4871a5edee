import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAddress } from "../../src/config/address-parser.ts";
import { copyOf, type InheritedSocket, InheritedSockets } from "../../src/control/inherited-sockets.ts";
import { parseIpPort } from "../../src/wire/address.ts";

function socket(descriptor: number, at: string, name = ""): InheritedSocket {
  const address = at.startsWith("/") ? ({ kind: "unix", path: at } as const) : parseIpPort(at);
  assert.ok(address !== undefined);
  return { descriptor, name, address };
}

/** What a listener `web` gets that wants `wanted`, and others that want `others`. */
function descriptorsFor(wanted: string, sockets: readonly InheritedSocket[], others: readonly string[] = []): number[] {
  const all = [wanted, ...others].map((text) => {
    const parsed = parseAddress(text, { purpose: "listen" });
    assert.ok("value" in parsed);
    return { listener: "web", address: parsed.value };
  });
  const [first] = all;
  assert.ok(first !== undefined);
  return new InheritedSockets(sockets).for(first, all, new Set()).map(({ descriptor }) => descriptor);
}

describe("InheritedSockets", () => {
  const cases: readonly (readonly [wanted: string, at: readonly string[], descriptors: readonly number[]])[] = [
    ["127.0.0.1:80", ["127.0.0.1:81", "127.0.0.1:80"], [4]],
    ["[2001:DB8:0::1]:80", ["[2001:db8::1]:80"], [3]],
    ["[::ffff:127.0.0.1]:80", ["127.0.0.1:80"], [3]],
    [":80", ["[::]:80"], [3]],
    [":80", ["0.0.0.0:80", "[::]:80"], [3, 4]],
    [":80", ["127.0.0.1:80", "[::]:81"], []],
    ["0.0.0.0:80", ["[::]:80"], []],
    ["unix:/run/a.sock", ["/run/b.sock", "/run/a.sock"], [4]],
    ["unix:/run/a.sock", ["127.0.0.1:80"], []],
    ["127.0.0.1:0", ["127.0.0.1:80"], []],
  ];
  for (const [wanted, at, descriptors] of cases) {
    it(`gives ${wanted} ${descriptors.length} of ${at.join(", ")}`, () => {
      const sockets = at.map((text, index) => socket(3 + index, text));
      assert.deepEqual(descriptorsFor(wanted, sockets), descriptors);
    });
  }

  it("goes by the listener's name where a socket is bound to none of its addresses", () => {
    const named = [socket(3, "127.0.0.1:443", "db"), socket(4, "127.0.0.1:443", "web")];
    assert.deepEqual(descriptorsFor(":80", named), [4]);
    assert.deepEqual(descriptorsFor(":80", named, ["127.0.0.1:443"]), [], "it is the other one's");
  });

  it("gives none twice, until it is given back", () => {
    const [one, other] = [socket(3, "127.0.0.1:80", "web"), socket(4, "127.0.0.1:81", "web")];
    const sockets = new InheritedSockets([one, other]);
    const wanted = { listener: "web", address: { kind: "tcp", host: "127.0.0.1", port: 0 } } as const;
    assert.deepEqual(sockets.for(wanted, [wanted], new Set([one])), [other]);
    assert.equal(sockets.at(one.address), one);
    sockets.use(one);
    assert.equal(sockets.at(one.address), undefined);
    assert.deepEqual(sockets.free, [other]);
    sockets.giveBack(one);
    assert.equal(sockets.at(one.address), one);
  });

  it("lends a copy to each who closes it", () => {
    let next = 100;
    const lent = new InheritedSockets([], () => next++).use(socket(3, "127.0.0.1:80"));
    assert.deepEqual([lent.descriptor, copyOf(lent), copyOf(lent)], [3, 100, 101]);
  });

  it("lends the socket itself where it can't be copied, once", () => {
    const sockets = new InheritedSockets([], () => undefined);
    const one = socket(3, "127.0.0.1:80");
    assert.equal(copyOf(sockets.use(one)), 3);
    sockets.giveBack(one);
    assert.throws(() => copyOf(sockets.use(one)), {
      code: "LB_LISTEN",
      message: "cannot listen on the inherited socket 3 again: without koffi it can be used once; restart lb-tcp",
    });
  });
});
