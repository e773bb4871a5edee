import { runWrk } from "../load/wrk.ts";
import { readUsage, usageSince } from "../proc/usage.ts";
import type { RunningSubject } from "../subjects/subject.ts";
import type { Effort } from "./scenario.ts";

const BUSY_CONNECTIONS = 50;

/** What a request costs, wrk being the client. */
export interface RequestCpu {
  readonly cpuUs: number;
  readonly machineUs: number;
  readonly requestsPerS: number;
}

/**
 * Warms up and measures.
 * @throws Error when a request failed: a balancer that drops some would look cheap.
 */
export async function measureRequestCpu(
  { port, pid }: RunningSubject,
  { warmUpSeconds, loadSeconds }: Pick<Effort, "warmUpSeconds" | "loadSeconds">,
  keepsAlive: boolean,
): Promise<RequestCpu> {
  const load = { port, connections: BUSY_CONNECTIONS, keepsAlive };
  await runWrk({ ...load, seconds: warmUpSeconds });
  const before = readUsage(pid);
  const { requests, errors, requestsPerS } = await runWrk({ ...load, seconds: loadSeconds });
  const { subjectCpuS, machineCpuS } = usageSince(pid, before);
  if (requests === 0) throw new Error("no request was answered");
  if (errors > 0) throw new Error(`${errors} of ${requests} requests failed`);
  return { cpuUs: (subjectCpuS * 1e6) / requests, machineUs: (machineCpuS * 1e6) / requests, requestsPerS };
}
