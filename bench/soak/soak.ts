// Millions of short sessions through one lb-tcp, thousands of aborted ones beside them, and what is left afterwards. Everything
// is measured from outside: /proc, the log, and the bytes themselves.

import { setTimeout as sleep } from "node:timers/promises";
import { type LoadProcess, startLoadProcess } from "../load/load-process.ts";
import type { SoakOptions } from "../options.ts";
import { freePort, HOST } from "../port.ts";
import { type DescriptorCounts, readDescriptors } from "../proc/descriptors.ts";
import { treeResidentBytes } from "../proc/process-tree.ts";
import { type SoakedBalancer, startBalancer } from "./balancer.ts";
import type { ClientCommand, ClientCounts } from "./client-process.ts";
import { runSession } from "./client-session.ts";
import { drawShort } from "./plan.ts";
import type { ServerCommand, ServerCounts } from "./server-process.ts";
import { Sluggard } from "./sluggard.ts";
import { type Check, checkDescriptors, checkMemory, checkNone, type MemorySample } from "./verdict.ts";

const CLIENT_PROCESSES = 2;
const PORTS_EACH = 2;
const BACKLOG = 4_096;
/** Of the backend that stands still now and then: full soon, so that dials wait as well. */
const SHORT_BACKLOG = 8;
/** Each refuses some dials until it is ejected, and one whenever it is tried again. Fewer than `ATTEMPTS`: no session fails. */
const REFUSING_BACKENDS = 90;
const SAMPLE_MS = 500;
const SETTLE_MS = 2_000;
/** Above the balancer's timeouts. */
const END_PATIENCE_MS = 30_000;

/** @returns whether everything that must hold did; what did not is printed with the rest. */
export async function runSoak(options: SoakOptions, announce: (text: string) => void): Promise<boolean> {
  const servers = [startLoadProcess("soak/server-process.js"), startLoadProcess("soak/server-process.js")];
  const clients = Array.from({ length: CLIENT_PROCESSES }, () => startLoadProcess("soak/client-process.js"));
  const ports = await Promise.all(
    servers.map((server, index) => {
      const backlog = index === 0 ? BACKLOG : SHORT_BACKLOG;
      return server.ask<number[]>({ kind: "listen", ports: PORTS_EACH, backlog } satisfies ServerCommand);
    }),
  );
  const refusingPort = await freePort();
  const refusing = Array.from({ length: REFUSING_BACKENDS }, (_, index) => `127.0.9.${index + 1}:${refusingPort}`);
  const balancer = await startBalancer(options, [...ports.flat().map((port) => `${HOST}:${port}`), ...refusing]);
  const startMs = performance.now();
  await sleep(SETTLE_MS);
  const before = readDescriptors(balancer.pid);
  const sluggard = new Sluggard(servers[1]?.pid ?? 0);
  const memory = await load(options, balancer, clients, announce);
  sluggard.stop();
  const after = await settled(balancer, before, options.pooledPipes);
  await lastSession(balancer);
  const clientCounts = await Promise.all(clients.map((client) => client.ask<ClientCounts>({ kind: "counts" })));
  const serverCounts = await Promise.all(servers.map((server) => server.ask<ServerCounts>({ kind: "counts" })));
  const checks = verdict(options, { before, after, memory, clientCounts, serverCounts, balancer });
  announce("");
  report(checks, clientCounts, balancer, (performance.now() - startMs) / 1_000);
  for (const each of [...clients, balancer, ...servers]) await each.stop();
  return checks.every(({ isMet }) => isMet);
}

interface Findings {
  readonly before: DescriptorCounts;
  readonly after: DescriptorCounts;
  readonly memory: readonly MemorySample[];
  readonly clientCounts: readonly ClientCounts[];
  readonly serverCounts: readonly ServerCounts[];
  readonly balancer: SoakedBalancer;
}

/** Runs all sessions, and looks at the memory meanwhile. */
async function load(
  { connections, aborts }: SoakOptions,
  { port, pid, lastWords }: SoakedBalancer,
  clients: readonly LoadProcess[],
  announce: (text: string) => void,
): Promise<MemorySample[]> {
  const share = (count: number): number => Math.ceil(count / clients.length);
  const started = clients.map((client, index) => {
    const firstSeed = index * 2 ** 30;
    const command: ClientCommand = {
      kind: "start",
      port,
      connections: share(connections),
      aborts: share(aborts),
      firstSeed,
    };
    return client.ask<ClientCounts>(command);
  });
  await Promise.all(started);
  const samples: MemorySample[] = [];
  for (;;) {
    await sleep(SAMPLE_MS);
    const counts = await Promise.all(clients.map((client) => client.ask<ClientCounts>({ kind: "counts" })));
    const short = sum(counts.map((each) => each.short));
    const aborted = sum(counts.map((each) => each.aborted));
    const bytes = treeResidentBytes(pid);
    if (bytes === 0) throw new Error(`lb-tcp has ended under load: ${lastWords()}`);
    samples.push({ progress: short / (share(connections) * clients.length), bytes });
    announce(`${short.toLocaleString("en")} sessions, ${aborted.toLocaleString("en")} aborted`);
    if (counts.every(({ isDone }) => isDone)) return samples;
  }
}

/** The descriptors as soon as they are what they were, or as they are after a while. */
async function settled(
  { pid }: SoakedBalancer,
  before: DescriptorCounts,
  pooledPipes: number,
): Promise<DescriptorCounts> {
  const deadlineMs = performance.now() + END_PATIENCE_MS;
  for (;;) {
    const now = readDescriptors(pid);
    if (checkDescriptors(before, now, pooledPipes).isMet || performance.now() > deadlineMs) return now;
    await sleep(SAMPLE_MS);
  }
}

/** Its line says how many others there are. */
async function lastSession({ port, log }: SoakedBalancer): Promise<void> {
  const { count } = log;
  await runSession(port, drawShort(Math.random), 2 ** 32 - 2);
  const deadlineMs = performance.now() + SETTLE_MS;
  while (log.count === count && performance.now() < deadlineMs) await sleep(10);
}

function verdict({ transport, pooledPipes }: SoakOptions, findings: Findings): Check[] {
  const { before, after, memory, clientCounts, serverCounts, balancer } = findings;
  const cut = {
    "seen by clients": sum(clientCounts.map(({ cutClean }) => cutClean)),
    "seen by backends": sum(serverCounts.map(({ cutClean }) => cutClean)),
  };
  return [
    checkDescriptors(before, after, pooledPipes),
    checkNone("sessions are left", { counted: balancer.log.lastActive ?? Number.NaN }),
    checkMemory(memory),
    checkNone("bytes of another session", {
      streams: sum([...clientCounts, ...serverCounts].map(({ foreign }) => foreign)),
    }),
    checkNone("short sessions that failed", merge(clientCounts.map(({ failed }) => failed))),
    checkNone("sessions that nobody closed", merge(clientCounts.map(({ hanging }) => hanging))),
    // What net can't tell apart is in the README.
    ...(transport === "net" ? [] : [checkNone("cut streams that looked complete", cut)]),
  ];
}

function report(
  checks: readonly Check[],
  clientCounts: readonly ClientCounts[],
  { log }: SoakedBalancer,
  seconds: number,
): void {
  const short = sum(clientCounts.map((each) => each.short));
  const aborts = merge(clientCounts.map((each) => each.aborts));
  // One more before, when it was seen to listen, and one after.
  const silent = short + sum(Object.values(aborts)) + 2 - log.count;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([what, count]) => `  ${count.toLocaleString("en").padStart(10)}  ${what}`)
      .join("\n");
  console.log(
    `${short.toLocaleString("en")} short sessions and ${sum(Object.values(aborts)).toLocaleString("en")} aborted ones in ${seconds.toFixed(0)} s`,
  );
  console.log(
    `\naborted:\n${list(aborts)}\n\nends in the log (${log.count.toLocaleString("en")} lines):\n${list(log.ends)}\n  of these ${log.retried.toLocaleString("en")} with a dial that failed; ${silent.toLocaleString("en")} sessions without a line: reset before they were accepted, or lost\n`,
  );
  for (const remark of log.remarks) console.log(remark);
  for (const { name, isMet, found } of checks) console.log(`${isMet ? "ok    " : "FAILED"}  ${name}: ${found}`);
}

function merge(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const counts of all) for (const [key, count] of Object.entries(counts)) merged[key] = (merged[key] ?? 0) + count;
  return merged;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
