import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backendConfig } from "../../../bench/backend-server.ts";
import { haproxyConfig } from "../../../bench/subjects/haproxy.ts";
import { nginxStreamConfig } from "../../../bench/subjects/nginx.ts";

const backends = ["127.0.0.1:9001", "127.0.1.1:9001"];

describe("haproxyConfig", () => {
  it("listens on loopback, with its own advice or told to splice", () => {
    const advised = haproxyConfig(9102, backends, 2, "auto");
    assert.match(advised, /nbthread 2\n/);
    assert.match(advised, /bind 127\.0\.0\.1:9102 /);
    assert.match(advised, /server s2 127\.0\.1\.1:9001\n/);
    assert.match(advised, /option splice-auto\n/);
    assert.match(haproxyConfig(9102, backends, 1, "always"), /option splice-request\n +option splice-response\n/);
  });
});

describe("nginxStreamConfig", () => {
  it("gives each of several workers its own listening socket", () => {
    assert.match(nginxStreamConfig(9103, backends, 2), /listen 127\.0\.0\.1:9103 backlog=4096 reuseport;/);
    assert.match(nginxStreamConfig(9103, backends, 1), /listen 127\.0\.0\.1:9103 backlog=4096;/);
  });
});

describe("backendConfig", () => {
  it("listens on each address", () => assert.equal(backendConfig(backends).match(/listen 127\./g)?.length, 2));
});
