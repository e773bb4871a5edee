import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { optionsIn, problemsIn } from "./texts.ts";

const REST = "listeners: { web: { listen: 80 } }\npools: { web: { backends: [] } }\n";

describe("fileSchema", () => {
  it("has a process and a log", () => {
    const file = optionsIn(`version: 1
process: { workers: 2, transport: net, max-connections: auto, shutdown-delay: 5s, drain-timeout: 25s }
log: { level: debug, format: json, output: stderr, access: off, ignore: { empty: true, clients: 10.0.0.0/8 }, access-interval: 10m }
${REST}`);
    assert.deepEqual(file.balancer, { workers: 2, transport: "net", maxConnections: "auto" });
    assert.deepEqual(file.process, { shutdownDelayMs: 5_000, drainTimeoutMs: 25_000 });
    const ignore = { empty: true, clients: ["10.0.0.0/8"] };
    const rest = { access: "off", ignore, accessIntervalMs: 600_000 };
    assert.deepEqual(file.log, { level: "debug", format: "json", output: "stderr", ...rest });
  });

  it("may leave to flags whatever they can say", () => {
    assert.deepEqual(optionsIn("version: 1\n"), { listeners: {}, pools: {}, balancer: {}, process: {}, log: {} });
  });

  it("has a version, of which there is one", () => {
    assert.deepEqual(problemsIn(REST), ["lb.yaml:1:1 version: missing, expected version 1"]);
    assert.deepEqual(problemsIn(`version: 2\n${REST}`), ['lb.yaml:1:10 version: got version "2", expected 1']);
  });

  it("looks into the defaults, whether or not anybody needs them", () => {
    assert.deepEqual(
      problemsIn(
        "version: 1\ndefaults: { listener: { dial: later }, pool: { attempts: 0 }, backend: { wieght: 1 } }\n",
      ),
      [
        'lb.yaml:2:31 defaults.listener.dial: got "later", expected immediate or on-data',
        'lb.yaml:2:58 defaults.pool.attempts: got "0", expected a whole number from 1 to 100',
        "lb.yaml:2:74 defaults.backend.wieght: unknown key; did you mean weight?",
      ],
    );
  });

  it("looks at sessions that go on no oftener than they are looked at, or never", () => {
    assert.deepEqual(problemsIn(`version: 1\nlog: { access-interval: 10ms }\n${REST}`), [
      'lb.yaml:2:25 log.access-interval: got "10ms", expected a duration from 1s to 24d, or off',
    ]);
    assert.deepEqual(optionsIn(`version: 1\nlog: { access-interval: off }\n${REST}`).log, { accessIntervalMs: "off" });
  });
});
