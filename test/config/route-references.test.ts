import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldsOf } from "../../src/config/fields.ts";
import { routeProblems } from "../../src/config/route-references.ts";

function problems(listener: object, pools: object = { api: {}, web: {} }): string[] {
  const listeners = fieldsOf({ front: listener }) ?? new Map();
  return routeProblems(listeners, fieldsOf(pools)).map(({ path, message }) => `${path}: ${message}`);
}

describe("routeProblems", () => {
  it("finds pools that are not there", () => {
    const routes = [{ client: "10.0.0.1", pool: "apii" }, { split: { web: 1, wbe: 1 } }];
    assert.deepEqual(problems({ routes }), [
      'listeners.front.routes[0].pool: there is no pool "apii"; did you mean api?',
      'listeners.front.routes[1].split.wbe: there is no pool "wbe"; did you mean web?',
    ]);
  });

  it("finds conditions for which nothing is read", () => {
    const routes = [{ path: "/a", not: { sni: "b", client: "10.0.0.1" }, pool: "web" }];
    assert.deepEqual(problems({ routes }), [
      "listeners.front.routes[0].path: needs what clients send, but the listener has peek none; set its peek to http or auto",
      "listeners.front.routes[0].not.sni: needs what clients send, but the listener has peek none; set its peek to tls or auto",
    ]);
    assert.deepEqual(problems({ routes, peek: "auto" }), []);
    assert.deepEqual(problems({ routes, peek: { as: "auto" } }), []);
  });

  it("finds conditions that can never hold", () => {
    const routes = [{ "path-regex": "^/a", alpn: "h2", tlv: { "0xEA": "a" }, pool: "web" }];
    assert.deepEqual(problems({ routes, peek: "http" }), [
      "listeners.front.routes[0].alpn: can never hold, as the listener has peek http; set its peek to tls or auto",
      "listeners.front.routes[0].tlv: needs a PROXY header, but the listener accepts none; say from whom it does in accept-proxy",
    ]);
    assert.deepEqual(problems({ routes, peek: "auto", acceptProxy: { from: ["10.0.0.1"] } }), []);
  });

  it("looks into nothing that is no route", () => {
    assert.deepEqual(problems({ routes: 5 }), []);
    assert.deepEqual(problems({ routes: [5, () => undefined, null] }), []);
  });
});
