import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteRule } from "../../src/route/rule.ts";
import type { ListenerSnapshot } from "../../src/session/context.ts";
import { Entrance } from "../../src/session/entrance.ts";
import { Peeking } from "../../src/session/peeking.ts";
import { flawOf, Reception } from "../../src/session/reception.ts";
import { Visitor } from "../../src/session/visitor.ts";
import { listenerSnapshot } from "../support/snapshots.ts";
import { requestHead } from "../wire/http1-seeds.ts";

const PEEK = { as: "http", timeoutMs: 3_000, byteCount: 16_384, strict: true } as const;
const toApi: RouteRule = { when: { path: ["/api/*"] }, not: {}, target: { kind: "pool", pool: "api" } };

function receptionOf(change: Partial<ListenerSnapshot>): Reception {
  return new Reception(listenerSnapshot(change), () => 0, new Entrance(listenerSnapshot(change), 0));
}

function visitorWith(request: string): Visitor {
  const visitor = new Visitor({ remoteAddress: "192.0.2.1:1", remoteIp: "192.0.2.1" });
  const look = new Peeking(PEEK, 0).look(Buffer.from(request.replaceAll("\n", "\r\n")), false);
  if (look.kind === "sight") visitor.sight = look;
  if (visitor.sight?.http !== undefined) visitor.flaw = flawOf(visitor.sight.http);
  return visitor;
}

describe("Reception", () => {
  it("knows a listener that asks nothing of its clients", () => {
    assert.equal(receptionOf({}).plainPool, "main");
    const acceptProxy = { from: ["10.0.0.0/8"], policy: "use", versions: ["v1"], timeoutMs: 1 } as const;
    for (const change of [{ peek: PEEK }, { routes: [toApi] }, { dial: "on-data" }, { acceptProxy }] as const) {
      assert.equal(receptionOf(change).plainPool, undefined);
    }
  });

  it("trusts those who may name clients, and nobody where none may", () => {
    const acceptProxy = { from: ["10.0.0.0/8"], policy: "use", versions: ["v1"], timeoutMs: 1 } as const;
    const ips = ["10.1.2.3", "192.0.2.1", ""];
    assert.deepEqual(
      ips.map((ip) => receptionOf({ acceptProxy }).isProxy(ip)),
      [true, false, false],
    );
    assert.equal(receptionOf({}).isProxy("10.1.2.3"), false);
  });

  it("chooses the pool of the first route, and the listener's where there is none", () => {
    const reception = receptionOf({ peek: PEEK, routes: [toApi] });
    assert.deepEqual(reception.choose(visitorWith("GET /api HTTP/1.1\nHost: a\n\n")), { kind: "pool", pool: "api" });
    assert.deepEqual(reception.choose(visitorWith("GET / HTTP/1.1\nHost: a\n\n")), { kind: "pool", pool: "main" });
  });

  it("lets nothing that servers read differently come by a route", () => {
    const odd = "GET /api/ HTTP/1.1\nHost: a\nHost: b\n\n";
    const strict = receptionOf({ peek: PEEK, routes: [toApi] }).choose(visitorWith(odd));
    assert.ok(strict.kind === "rejection");
    assert.deepEqual([strict.how, strict.end, strict.error], [400, "bad-request", "two-hosts"]);
    const lenient = receptionOf({ peek: { ...PEEK, strict: false }, routes: [toApi] });
    assert.deepEqual(lenient.choose(visitorWith(odd)), { kind: "pool", pool: "main" });
  });

  it("rejects what no route matches where the listener has no pool", () => {
    const choice = receptionOf({ peek: PEEK, routes: [toApi], pool: undefined }).choose(visitorWith("\0"));
    assert.ok(choice.kind === "rejection");
    assert.deepEqual([choice.how, choice.end], [404, "no-route"]);
  });

  it("turns away at once who is not wanted whatever is spoken, and lets HTTP be told why", () => {
    const from = (how: "close" | 403): RouteRule => ({
      when: { client: ["192.0.2.0/24"] },
      not: {},
      target: { kind: "reject", how },
    });
    const unseen = (change: Partial<ListenerSnapshot>) => receptionOf(change).rejectUnseen(visitorWith(""))?.how;
    assert.equal(unseen({ peek: PEEK, routes: [from("close")] }), "close");
    assert.equal(unseen({ peek: PEEK, routes: [from(403)] }), undefined);
    assert.equal(unseen({ routes: [from(403)] }), 403);
    assert.equal(unseen({ peek: PEEK, routes: [toApi, from("close")] }), undefined);
  });

  it("knows where the silent go, unless a function has to say so", () => {
    const nobody: RouteRule = { when: { protocol: ["silent"] }, not: {}, target: { kind: "reject", how: "close" } };
    assert.equal(receptionOf({ routes: [toApi] }).poolOfSilent(visitorWith("")), "main");
    assert.equal(receptionOf({ routes: [nobody] }).poolOfSilent(visitorWith("")), undefined);
    const functional = receptionOf({ routes: [nobody, () => ({ pool: "api" })] });
    assert.deepEqual([functional.isSteady, functional.poolOfSilent(visitorWith(""))], [false, "main"]);
  });

  it("tells backends of the client, and whom to believe", () => {
    const forwarded = { headers: "forwarded", trust: ["192.0.2.0/24"] } as const;
    const client = { localAddress: "[2001:db8::2]:80" };
    assert.deepEqual(receptionOf({ forwarded }).forwardingOf(visitorWith(""), client), {
      headers: "forwarded",
      clientIp: "192.0.2.1",
      localIp: "2001:db8::2",
      proto: "http",
      isTrusted: true,
    });
  });
});

describe("flawOf", () => {
  it("names the shape, or what is unclear in the path", () => {
    const flaws = ["GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\n\n", "GET /%2f HTTP/1.1\nHost: a\n\n"];
    assert.deepEqual(
      flaws.map((text) => flawOf(requestHead(text).head)),
      [undefined, "no-host", "encoded-slash"],
    );
  });
});
