// A process that sends requests at a fixed rate over kept connections, whether or not the answers come: a slow answer delays no
// later request's intended time, and each latency counts from there ("How NOT to Measure Latency", Gil Tene). It runs in one
// turn, without Node's event loop.

import { quantile } from "../quantile.ts";
import { answerCommands } from "./answer-commands.ts";
import { connectLoopback, ReadPoll, receive, sendWhole, sleepExactly } from "./system-calls.ts";

export interface OpenLoopCommand {
  readonly port: number;
  readonly connections: number;
  readonly ratePerS: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** `http`: a GET on /. `echo`: one byte, which comes back; the connection says first that it wants an echo. */
  readonly protocol: "http" | "echo";
}

/** Microseconds. */
export interface OpenLoopResult {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly requestCount: number;
  /** Not answered when the time was over; they are in the quantiles with the age they had then. */
  readonly unansweredCount: number;
  /** How late requests left for which a connection was free: the generator's own share. */
  readonly latenessP99Us: number;
  /** CPU time of the generator for each second: near 1, it is what was measured. */
  readonly generatorLoad: number;
}

/** What a connection says first when it wants its bytes back. */
const ECHO_PRELUDE = Buffer.from("e");
const ECHO_REQUEST = Buffer.from("x");
const HTTP_REQUEST = Buffer.from("GET / HTTP/1.1\r\nHost: bench\r\n\r\n");
const LONGEST_WAIT_MS = 20;
const LAST_ANSWERS_MS = 2_000;

const buffer = Buffer.allocUnsafeSlow(65_536);

answerCommands((command: OpenLoopCommand) => Promise.resolve(run(command)));

function run({ port, connections, ratePerS, warmUpMs, durationMs, protocol }: OpenLoopCommand): OpenLoopResult {
  const descriptors = Array.from({ length: connections }, () => connectLoopback(port));
  if (protocol === "echo") for (const descriptor of descriptors) sendWhole(descriptor, ECHO_PRELUDE);
  const request = protocol === "echo" ? ECHO_REQUEST : HTTP_REQUEST;
  const answerBytes = protocol === "echo" ? 1 : measureAnswer(descriptors[0] ?? 0, request);
  sleepExactly();
  const generator = new Generator(descriptors, request, answerBytes);
  generator.send(ratePerS, warmUpMs);
  return generator.send(ratePerS, durationMs);
}

/** Every answer of the backend is as long as the first one. */
function measureAnswer(descriptor: number, request: Uint8Array): number {
  sendWhole(descriptor, request);
  const poll = new ReadPoll([descriptor]);
  if (poll.wait(LAST_ANSWERS_MS) === 0) throw new Error("no answer to the first request");
  return receive(descriptor, buffer);
}

class Generator {
  readonly #descriptors: readonly number[];
  readonly #request: Uint8Array;
  readonly #answerBytes: number;
  readonly #poll: ReadPoll;
  /** Of each connection's request that is under way. */
  readonly #intendedMs: Float64Array;
  readonly #missingBytes: Int32Array;
  /** In the order in which they became free, so that all take turns. */
  readonly #free: number[];

  constructor(descriptors: readonly number[], request: Uint8Array, answerBytes: number) {
    this.#descriptors = descriptors;
    this.#request = request;
    this.#answerBytes = answerBytes;
    this.#poll = new ReadPoll(descriptors);
    this.#intendedMs = new Float64Array(descriptors.length);
    this.#missingBytes = new Int32Array(descriptors.length);
    this.#free = descriptors.map((_, index) => index);
  }

  send(ratePerS: number, durationMs: number): OpenLoopResult {
    const total = Math.max(1, Math.floor((ratePerS * durationMs) / 1_000));
    const latenciesMs = new Float64Array(total);
    const latenessesMs: number[] = [];
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now() + 1;
    const intended = (index: number): number => startMs + (index * 1_000) / ratePerS;
    const endMs = intended(total) + LAST_ANSWERS_MS;
    let sent = 0;
    let answered = 0;
    let hadFree = true;
    let nowMs = performance.now();
    while (answered < total && nowMs < endMs) {
      for (; sent < total && intended(sent) <= nowMs && this.#free.length > 0; sent++) {
        if (hadFree) latenessesMs.push(nowMs - intended(sent));
        this.#start(intended(sent));
        nowMs = performance.now();
      }
      hadFree = this.#free.length > 0;
      const nextMs = sent < total && hadFree ? intended(sent) : endMs;
      const readyCount = this.#poll.wait(Math.min(nextMs - performance.now(), LONGEST_WAIT_MS));
      nowMs = performance.now();
      for (let index = 0, found = 0; found < readyCount && index < this.#descriptors.length; index++) {
        if (!this.#poll.isReady(index)) continue;
        found++;
        if (this.#take(index)) latenciesMs[answered++] = performance.now() - (this.#intendedMs[index] ?? nowMs);
      }
      nowMs = performance.now();
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const unansweredCount = total - answered;
    for (let index = answered; index < total; index++) latenciesMs[index] = nowMs - intended(index);
    latenciesMs.sort();
    const inUs = (share: number): number => quantile(latenciesMs, share) * 1_000;
    return {
      p50Us: inUs(0.5),
      p99Us: inUs(0.99),
      p999Us: inUs(0.999),
      requestCount: total,
      unansweredCount,
      latenessP99Us: quantile(Float64Array.from(latenessesMs).sort(), 0.99) * 1_000,
      generatorLoad: (user + system) / 1_000 / (nowMs - startMs),
    };
  }

  #start(intendedMs: number): void {
    const index = this.#free.shift();
    if (index === undefined) return;
    this.#intendedMs[index] = intendedMs;
    this.#missingBytes[index] = this.#answerBytes;
    sendWhole(this.#descriptors[index] ?? -1, this.#request);
  }

  /** @returns whether the answer is complete now. */
  #take(index: number): boolean {
    const size = receive(this.#descriptors[index] ?? -1, buffer);
    const missing = (this.#missingBytes[index] ?? 0) - size;
    this.#missingBytes[index] = missing;
    if (missing < 0) throw new Error("an answer was longer than the first one");
    if (missing > 0 || size === 0) return false;
    this.#free.push(index);
    return true;
  }
}
