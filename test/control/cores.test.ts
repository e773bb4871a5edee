import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coreCount } from "../../src/control/cores.ts";

function count(affinity: number, files: Readonly<Record<string, string>>): number {
  return coreCount(affinity, (path) => files[path]);
}

const V2 = { "/proc/self/cgroup": "0::/system.slice/lb.service\n" };
const V1 = { "/proc/self/cgroup": "5:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n" };

describe("coreCount", () => {
  for (const [situation, affinity, files, expected] of [
    ["nothing limits it", 8, {}, 8],
    ["there are no quotas", 8, { ...V2, "/sys/fs/cgroup/system.slice/lb.service/cpu.max": "max 100000\n" }, 8],
    ["its group has a quota", 8, { ...V2, "/sys/fs/cgroup/system.slice/lb.service/cpu.max": "300000 100000\n" }, 3],
    ["a group above has a smaller one", 8, { ...V2, "/sys/fs/cgroup/system.slice/cpu.max": "200000 100000\n" }, 2],
    [
      "the container's root has one",
      8,
      { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "250000 100000" },
      2,
    ],
    ["the quota is less than a core", 8, { ...V2, "/sys/fs/cgroup/cpu.max": "50000 100000\n" }, 1],
    ["the affinity is less than the quota", 2, { ...V2, "/sys/fs/cgroup/cpu.max": "600000 100000\n" }, 2],
    [
      "version 1 has a quota",
      8,
      {
        ...V1,
        "/sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us": "400000\n",
        "/sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us": "100000\n",
      },
      4,
    ],
    [
      "version 1 is seen from within a container",
      8,
      {
        ...V1,
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
      1,
    ],
    [
      "version 1 has none",
      8,
      {
        ...V1,
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
      8,
    ],
    ["the files hold nonsense", 8, { "/proc/self/cgroup": "x", "/sys/fs/cgroup/cpu.max": "y z" }, 8],
  ] as const) {
    it(`is ${expected} where ${situation}`, () => {
      assert.equal(count(affinity, files), expected);
    });
  }

  it("is a number of cores on this machine", () => {
    assert.ok(Number.isInteger(coreCount()) && coreCount() >= 1);
  });
});
