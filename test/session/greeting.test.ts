import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SendProxySnapshot } from "../../src/backend/pool.ts";
import type { AcceptProxySnapshot, ListenerSnapshot, PeekSnapshot } from "../../src/session/context.ts";
import { readClientHello } from "../../src/wire/client-hello.ts";
import type { ProxyHeader } from "../../src/wire/proxy-header.ts";
import { readProxyHeader } from "../../src/wire/proxy-reader.ts";
import { TLV, tlvTexts } from "../../src/wire/proxy-tlv.ts";
import { writeProxyHeader } from "../../src/wire/proxy-writer.ts";
import type { MemoryPeer } from "../support/memory-peer.ts";
import { failure } from "../support/memory-server.ts";
import { createStage, type Stage } from "../support/stage.ts";
import { nodeHello } from "../wire/captured-hellos.ts";

const V1: SendProxySnapshot = {
  version: "v1",
  crc32c: false,
  uniqueId: false,
  authority: false,
  alpn: false,
  custom: [],
};
const ALL: SendProxySnapshot = {
  version: "v2",
  crc32c: true,
  uniqueId: true,
  authority: true,
  alpn: true,
  custom: [{ type: 0xe0, value: "site-a" }],
};
const AUTO: PeekSnapshot = { as: "auto", timeoutMs: 3_000, byteCount: 16_384, strict: true };
const ACCEPT: AcceptProxySnapshot = {
  from: ["192.0.2.0/24"],
  policy: "require",
  versions: ["v1", "v2"],
  timeoutMs: 5_000,
};
const GET = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";

function createSending(sendProxy: SendProxySnapshot, listener: Partial<ListenerSnapshot> = {}): Promise<Stage> {
  return createStage({ backendCount: 2, pool: { sendProxy }, listener });
}

/** What a backend was told, and what came behind it. */
function split({ received }: MemoryPeer): { readonly header: ProxyHeader; readonly rest: Buffer } {
  const verdict = readProxyHeader(received);
  assert.ok(verdict.kind === "match", `a header in ${JSON.stringify(received.toString("latin1"))}`);
  return { header: verdict.value, rest: received.subarray(verdict.byteCount) };
}

describe("the PROXY header that a backend is sent", () => {
  it("is there before the client has said anything, and names the client and where it connected to", async () => {
    const stage = await createSending(V1);
    stage.connect({ ip: "192.0.2.7", port: 4711 });
    stage.settle();
    assert.equal(stage.peer().receivedText, "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\n");
  });

  it("comes before the client's bytes, once, and is sent again to another backend", async () => {
    const stage = await createSending(V1);
    stage.server(0).script.push(failure("refused"));
    const client = stage.connect({ ip: "192.0.2.7", port: 4711 });
    client.finish("hello");
    stage.settle();
    assert.equal(stage.peer(1).receivedText, "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nhello");
    stage.peer(1).finish();
    stage.settle();
    assert.equal(stage.record().bytesUp, 5, "it is not the client's");
    stage.assertNothingLeft();
  });

  it("has in version 2 what was asked for, as far as it was seen", async () => {
    const stage = await createSending(ALL, { peek: AUTO });
    const client = stage.connect();
    client.send(nodeHello.bytes);
    stage.settle();
    const { header, rest } = split(stage.peer());
    const hello = readClientHello(nodeHello.bytes);
    assert.ok(hello.kind === "match");
    assert.deepEqual(tlvTexts(header.tlvs), {
      alpn: hello.value.alpn[0],
      authority: hello.value.sni,
      "unique-id": "test-0-1",
      // Its type is Google's as well.
      gcp: "site-a",
    });
    assert.ok(header.tlvs.some(({ type }) => type === TLV.crc32c));
    assert.deepEqual(rest, Buffer.from(nodeHello.bytes));
  });

  it("is sent as soon as a backend is dialled for a client that is silent, and not again", async () => {
    const stage = await createSending(ALL, { peek: AUTO, httpKeepAlive: "sticky" });
    const client = stage.client();
    stage.pass(500);
    assert.deepEqual([split(stage.peer()).rest.length, stage.peer().end], [0, undefined]);
    client.send(GET);
    stage.settle();
    const { header, rest } = split(stage.peer());
    assert.equal(rest.toString(), GET);
    assert.equal(tlvTexts(header.tlvs)["authority"], undefined, "nobody knew it yet");
  });

  it("comes before the head of a request", async () => {
    const stage = await createSending(V1, { peek: AUTO, forwarded: { headers: "off", trust: [] } });
    const client = stage.connect();
    client.send(GET);
    stage.settle();
    assert.equal(
      split(stage.peer()).rest.toString(),
      "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
    );
  });
});

describe("the PROXY header of a client", () => {
  const HEADER = "PROXY TCP4 203.0.113.9 198.51.100.1 5555 443\r\n";

  function createAccepting(change: Partial<AcceptProxySnapshot> = {}, sendProxy = V1): Promise<Stage> {
    return createSending(sendProxy, { acceptProxy: { ...ACCEPT, ...change } });
  }

  it("is taken off, a byte at a time, and no backend is dialled before", async () => {
    const stage = await createAccepting();
    const client = stage.client();
    for (const byte of HEADER) {
      assert.equal(stage.server(0).dialCount, 0);
      client.send(byte);
      stage.settle();
    }
    client.send("payload");
    stage.settle();
    assert.equal(stage.peer().receivedText, `${HEADER}payload`, "and the next one is told the same");
  });

  it("loses nothing of what comes in the same segment, and names the client in the table and the record", async () => {
    const stage = await createAccepting();
    const client = stage.connect({ ip: "192.0.2.7", port: 4711 });
    client.send(`${HEADER}payload`);
    stage.settle();
    assert.equal(stage.peer().receivedText, `${HEADER}payload`);
    assert.deepEqual(
      [...stage.sessions.entries()].map(({ client: name }) => name),
      ["203.0.113.9:5555"],
    );
    client.reset();
    stage.settle();
    const { client: name, peer, bytesUp } = stage.record();
    assert.deepEqual([name, peer, bytesUp], ["203.0.113.9:5555", "192.0.2.7:4711", 7]);
    stage.assertNothingLeft();
  });

  it("is payload from those who are not trusted", async () => {
    const stage = await createAccepting();
    const client = stage.connect({ ip: "198.51.100.7", port: 4711 });
    client.send(HEADER);
    stage.settle();
    assert.equal(stage.peer().receivedText, `PROXY TCP4 198.51.100.7 127.0.0.1 4711 80\r\n${HEADER}`);
  });

  it("that never comes ends the session in time, where one is required", async () => {
    for (const sent of ["", "PROXY TCP4 203."]) {
      const stage = await createAccepting();
      const client = stage.client();
      client.send(sent);
      stage.pass(4_900);
      assert.equal(client.end, undefined);
      stage.pass(200);
      assert.deepEqual([client.end, stage.end()], ["reset", "bad-proxy-header"]);
      assert.equal(stage.server(0).dialCount, 0);
      stage.assertNothingLeft();
    }
  });

  it("that can't become one any more ends it at once", async () => {
    const stage = await createAccepting();
    const client = stage.client();
    client.send("PROXZ");
    stage.settle();
    assert.deepEqual([client.end, stage.end()], ["reset", "bad-proxy-header"]);
    stage.assertNothingLeft();
  });

  it("may be left out under `use`, be it by silence", async () => {
    const stage = await createAccepting({ policy: "use" });
    stage.client();
    stage.pass(5_100);
    assert.equal(stage.peer().receivedText, "PROXY TCP4 192.0.2.1 127.0.0.1 40001 80\r\n");
    const client = stage.connect({ ip: "192.0.2.7", port: 4711 });
    client.send("hello");
    stage.settle();
    assert.equal(stage.peer().receivedText, "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nhello");
  });

  it("is taken off and not believed under `ignore`", async () => {
    const stage = await createAccepting({ policy: "ignore" });
    const client = stage.connect({ ip: "192.0.2.7", port: 4711 });
    client.send(`${HEADER}hello`);
    stage.settle();
    assert.equal(stage.peer().receivedText, "PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nhello");
    client.reset();
    stage.settle();
    assert.deepEqual([stage.record().client, stage.record().peer], ["192.0.2.7:4711", null]);
  });

  it("says more than the addresses, and the record has it", async () => {
    const stage = await createAccepting();
    const client = stage.client();
    client.send(
      writeProxyHeader({
        version: "v2",
        source: { kind: "ip", ip: "203.0.113.9", port: 5555 },
        destination: { kind: "ip", ip: "198.51.100.1", port: 443 },
        authority: "example.com",
        uniqueId: "abc",
      }),
    );
    stage.settle();
    client.reset();
    stage.settle();
    assert.deepEqual(stage.record().tlvs, { authority: "example.com", "unique-id": "abc" });
  });

  it("comes before what is peeked, for which the time begins then", async () => {
    const stage = await createSending(V1, { acceptProxy: ACCEPT, peek: AUTO, httpKeepAlive: "sticky" });
    const client = stage.client();
    stage.pass(4_000);
    client.send(HEADER);
    stage.pass(2_000);
    client.send(GET);
    stage.settle();
    assert.equal(stage.peer().receivedText, `${HEADER}${GET}`);
  });

  it("of a checker that leaves without a byte is not missed", async () => {
    const stage = await createAccepting();
    const client = stage.client();
    client.finish();
    stage.settle();
    assert.deepEqual([client.end, stage.end()], ["finished", "client-gone"]);
    stage.assertNothingLeft();
  });
});
