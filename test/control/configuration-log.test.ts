import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MsOrOff } from "../../src/config/options.ts";
import { resolve } from "../../src/config/resolve.ts";
import { capacityOf } from "../../src/control/capacity.ts";
import { logConfiguration } from "../../src/control/configuration-log.ts";
import type { Placement } from "../../src/control/placement.ts";
import { createRecordedLog, type RecordedLog } from "./recorded-log.ts";

const IN_THREAD: Placement = { transport: "net", workers: 0, remarks: [] };

function logged(
  maxConnections: number | "auto",
  descriptors: number,
  placement: Placement = IN_THREAD,
  tcpUserTimeoutMs: MsOrOff = "off",
): RecordedLog {
  const log = createRecordedLog();
  const config = resolve({
    listeners: { web: { listen: ":80", pool: "web", tcpUserTimeoutMs } },
    pools: {
      web: { backends: ["10.0.0.1:80", { address: "b.internal:81", name: "b" }], policy: "random" },
      own: { backends: [], policy: () => assert.fail("not now") },
    },
  });
  logConfiguration(log, { config, capacity: capacityOf(maxConnections, descriptors, 1), placement });
  return log;
}

describe("logConfiguration", () => {
  it("names every backend as it is configured, and at debug every pool", () => {
    const lines = logged("auto", 1_024).of("configured");
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ["info", "Configured backend web/10.0.0.1:80 at 10.0.0.1:80"],
        ["info", "Configured backend web/b at b.internal:81"],
        ["debug", "Configured pool web"],
        ["debug", "Configured pool own"],
      ],
    );
    assert.deepEqual(lines[1]?.fields, { pool: "web", backend: "web/b", address: "b.internal:81" });
    assert.deepEqual(
      lines.slice(2).map(({ fields }) => fields["policy"]),
      ["random", "function"],
    );
  });

  it("says how many sessions there may be", () => {
    assert.deepEqual(logged("auto", 1_024).of("capacity"), [
      {
        level: "info",
        event: "capacity",
        fields: { maxConnections: 472, descriptors: 1_024 },
        message: "At most 472 sessions at once",
      },
    ]);
    const [unlimited] = logged("auto", Number.POSITIVE_INFINITY).of("capacity");
    assert.deepEqual(unlimited?.fields, { maxConnections: "unlimited", descriptors: "unlimited" });
  });

  it("warns when there are not descriptors enough for that", () => {
    const [, warning, ...others] = logged(5_000, 1_024).of("capacity");
    assert.deepEqual(
      [warning?.level, warning?.message, others],
      ["warn", "The descriptor limit allows only 472 sessions; raise it (ulimit -n)", []],
    );
    assert.equal(logged(472, 1_024).of("capacity").length, 1);
  });

  it("says why sessions are not carried as one might expect", () => {
    const remarks = [{ level: "warn", message: "Running on the net transport: no koffi" }] as const;
    assert.deepEqual(logged("auto", 1_024, { transport: "net", workers: 0, remarks }).of("transport"), [
      {
        level: "warn",
        event: "transport",
        fields: { transport: "net", workers: 0 },
        message: "Running on the net transport: no koffi",
      },
    ]);
    assert.deepEqual(logged("auto", 1_024).of("transport"), []);
  });

  it("warns of a TCP user timeout where nobody can set it", () => {
    const [warning, ...others] = logged("auto", 1_024, IN_THREAD, 5_000).of("transport");
    assert.deepEqual([warning?.level, warning?.fields["listener"], others], ["warn", "web", []]);
    assert.match(warning?.message ?? "", /^tcp-user-timeout does nothing here/);
    const onLinux: Placement = { transport: "linux", workers: 2, remarks: [] };
    assert.deepEqual(logged("auto", 1_024, onLinux, 5_000).of("transport"), []);
  });
});
