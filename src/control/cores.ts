// How many cores this process may keep busy: what the scheduler lets it run on, and what its control group pays for.

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { posix } from "node:path";

/** The text of a file; undefined where it can't be read. */
export type ReadText = (path: string) => string | undefined;

/** Where Linux mounts the control groups by convention. */
const CGROUPS = "/sys/fs/cgroup";

/**
 * At least 1. A quota of a core and a half is one: two busy threads would use it up in every period, and sessions would
 * wait for the next.
 *
 * @param affinity the cores that it may run on (sched_getaffinity(2), in Node os.availableParallelism).
 */
export function coreCount(affinity: number = availableParallelism(), read: ReadText = readText): number {
  return Math.max(1, Math.min(affinity, Math.floor(quotaOf(read))));
}

/** Cores' worth of time that the group of this process, and all groups above it, may use; Infinity without a limit. */
function quotaOf(read: ReadText): number {
  let quota = Number.POSITIVE_INFINITY;
  // `0::/path` is version 2, `4:cpu,cpuacct:/path` a controller of version 1 (cgroups(7)).
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [hierarchy, controllers = "", ...path] = line.split(":");
    const group = path.join(":");
    if (hierarchy === "0" && controllers === "")
      quota = Math.min(
        quota,
        least(CGROUPS, group, (at) => quotaV2(at, read)),
      );
    else if (controllers.split(",").includes("cpu")) {
      quota = Math.min(
        quota,
        least(`${CGROUPS}/${controllers}`, group, (at) => quotaV1(at, read)),
      );
      quota = Math.min(
        quota,
        least(`${CGROUPS}/cpu`, group, (at) => quotaV1(at, read)),
      );
    }
  }
  return quota;
}

/** The smallest quota from a group up to the root. In a container the path may be one of the host's: the root counts. */
function least(root: string, group: string, quotaAt: (folder: string) => number): number {
  let quota = quotaAt(root);
  for (let path = posix.normalize(group); path !== "/" && path !== "."; path = posix.dirname(path)) {
    quota = Math.min(quota, quotaAt(root + path));
  }
  return quota;
}

function quotaV2(folder: string, read: ReadText): number {
  const [max = "max", period = ""] = (read(`${folder}/cpu.max`) ?? "").trim().split(" ");
  return ratio(max, period);
}

function quotaV1(folder: string, read: ReadText): number {
  return ratio(read(`${folder}/cpu.cfs_quota_us`) ?? "", read(`${folder}/cpu.cfs_period_us`) ?? "");
}

/** No limit is `max` in version 2 and -1 in version 1. */
function ratio(quota: string, period: string): number {
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : Number.POSITIVE_INFINITY;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
