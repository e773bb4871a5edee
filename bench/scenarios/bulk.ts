import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BIG_FILE_BYTES } from "../backend-server.ts";
import { HOST } from "../port.ts";
import { readUsage, usageSince } from "../proc/usage.ts";
import { programPath } from "../program.ts";
import { isBalancer, type Scenario } from "./scenario.ts";

const execute = promisify(execFile);
const DOWNLOAD_PATIENCE_MS = 60_000;
/** Enough for a balancer that adapts to have done so; a whole file more would double the scenario. */
const WARM_UP_BYTES = 128 * 1024 * 1024;

export const bulk: Scenario = {
  name: "bulk",
  title: "downloads of 1 GiB, one after the other",
  metrics: () => [
    { key: "cpuSPerGb", label: "CPU s/GB", decimals: 3, comparedWith: ["haproxy", "haproxy-splice"] },
    { key: "machineSPerGb", label: "machine s/GB", decimals: 2, comparedWith: [] },
    { key: "megabytesPerS", label: "MB/s", decimals: 0, comparedWith: [] },
  ],
  suits: (subject) => isBalancer(subject) || subject.family === "haproxy-splice",
  async measure({ start, effort }) {
    const { port, pid } = await start();
    await download(port, WARM_UP_BYTES);
    const before = readUsage(pid);
    for (let count = 0; count < effort.downloads; count++) await download(port, BIG_FILE_BYTES);
    const { subjectCpuS, machineCpuS, atMs } = usageSince(pid, before);
    const gigabytes = (effort.downloads * BIG_FILE_BYTES) / 1e9;
    return {
      cpuSPerGb: subjectCpuS / gigabytes,
      machineSPerGb: machineCpuS / gigabytes,
      megabytesPerS: (gigabytes * 1e6) / atMs,
    };
  },
};

async function download(port: number, bytes: number): Promise<void> {
  const args = ["--silent", "--show-error", "--fail", "--output", "/dev/null", "--write-out", "%{size_download}"];
  const { stdout } = await execute(
    programPath("curl"),
    [...args, "--range", `0-${bytes - 1}`, `http://${HOST}:${port}/big`],
    { timeout: DOWNLOAD_PATIENCE_MS },
  );
  if (Number(stdout) !== bytes) throw new Error(`a download had ${stdout} bytes of ${bytes}`);
}
