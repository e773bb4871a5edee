import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveText } from "../../src/config/effective-text.ts";
import type { Given } from "../../src/config/given.ts";
import { loadOptions } from "../../src/config/load.ts";
import { resolve } from "../../src/config/resolve.ts";

const FILE = `
version: 1
defaults: { backend: { weight: 2 } }
listeners:
  web:
    listen: ["0.0.0.0:80", "[::]:80"]
    peek: \${PEEK:-http}
    accept-proxy: { from: 10.0.0.0/8 }
    access: { deny: [192.0.2.1], deny-file: deny.txt }
    per-client: { rate: 30/m }
    max-lifetime: { after: 30m, jitter: 10% }
    routes:
      - { path: /a/*, header: { X-Key: "\${SECRET}" }, not: { client: 10.0.0.1 }, pool: api }
      - { path-regex: "^/$", split: { web: 1, api: 2 } }
      - { tlv: { "0xea": "x*" }, reject: close }
      - { header: { a: "$\${NOT}" }, reject: 403 }
    pool: web
pools:
  web:
    send-proxy: { version: v2, custom: { "0xE0": a } }
    queue: { limit: 5 }
    source: 10.0.0.5
    backends: ["\${HOST}:80", { name: "w[1-2]", address: "10.0.0.[1-2]:80" }]
  api: { probe: off, ejection: off, send-proxy: v1, backends: [] }
`;
const environment = { HOST: "db.internal", SECRET: "hunter2" };

function shown(flags: Given["flags"], file: string | undefined, variables: Given["environment"] = environment): string {
  const given = { flags: { ...flags, ...(file === undefined ? {} : { config: ["lb.yaml"] }) }, environment: variables };
  const read = (path: string): string => (path === "deny.txt" ? "192.0.2.2\n" : (file ?? ""));
  const loaded = loadOptions(given, read);
  return effectiveText(resolve(loaded.options, read), loaded, given);
}

describe("effectiveText", () => {
  it("is a file that means the same, and is shown the same", () => {
    const once = shown({}, FILE);
    assert.equal(shown({}, once), once);
    const load = (text: string) => {
      const read = (path: string): string => (path === "deny.txt" ? "" : text);
      const { options, process } = loadOptions({ flags: { config: ["lb.yaml"] }, environment }, read);
      return { config: resolve(options, read), process };
    };
    assert.deepEqual(load(once), load(FILE));
  });

  it("shows what comes from variables as it is written", () => {
    const text = shown({}, FILE);
    assert.doesNotMatch(text, /hunter2|db\.internal/);
    assert.match(text, /address: \$\{HOST\}:80\n/);
    assert.match(text, /as: \$\{PEEK:-http\}\n/);
    assert.match(text, /- \$\$\{NOT\}\n/);
  });

  it("shows what flags have decided", () => {
    const text = shown({ peek: ["auto"], "client-connections": ["7"] }, FILE);
    assert.match(text, /as: auto\n/);
    assert.match(text, /max-connections: 7\n/);
  });

  it("is a file also where there is none", () => {
    const text = shown({ listen: ["80"], upstream: ["a:1"], deny: ["::1"] }, undefined);
    assert.match(text, /^version: 1\n/);
    assert.equal(shown({}, text), text);
  });
});
