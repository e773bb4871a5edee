// `lb-tcp demo`: three backends and a balancer in one process.

import { parseAddress } from "../config/address-parser.ts";
import { DEFAULT_POOL } from "../config/defaults.ts";
import { formatDuration } from "../config/duration.ts";
import { listenKey, upstreamKey } from "../config/keys.ts";
import type { Loaded } from "../config/load.ts";
import { LbError } from "../errors.ts";
import type { Run } from "./command-line.ts";
import { type DemoBackend, startDemoBackend } from "./demo-backend.ts";
import { demoHint } from "./demo-hint.ts";
import type { ExitCode } from "./failure.ts";
import { loadRun } from "./load.ts";
import { serve } from "./serve.ts";
import type { Surface } from "./surface.ts";
import { wordProblem } from "./word-problem.ts";

const HOST = "127.0.0.1";
const LISTEN = `${HOST}:8080`;
const BACKEND_PORTS: readonly number[] = [8081, 8082, 8083];
const DEAD_FOR_MS = 10_000;

/**
 * Runs until a signal.
 *
 * @throws LbError `LB_CONFIG`, `LB_ADDRESS_IN_USE` and what else keeps a balancer from starting; nothing runs after it
 */
export async function runDemo(run: Run, surface: Surface): Promise<ExitCode> {
  const loaded = loadDemo(run, surface);
  // Whoever asks for a free port wants no fixed one at all.
  const wanted = listensOnFreePort(loaded) ? BACKEND_PORTS.map(() => 0) : BACKEND_PORTS;
  const backends: DemoBackend[] = [];
  try {
    for (const [index, port] of wanted.entries()) backends.push(await startBackend(index, port, surface));
    const ports = backends.map(({ port }) => port);
    return await serve(overBackends(loaded, ports), surface, {
      onListening(balancer) {
        const addresses = balancer.addresses().map(({ address }) => address);
        surface.complain(demoHint(addresses[0] ?? LISTEN, ports, formatDuration(DEAD_FOR_MS)));
      },
      onHangUp: "stop",
    });
  } finally {
    await Promise.all(backends.map((backend) => backend.close()));
  }
}

function loadDemo(run: Run, surface: Surface): Loaded {
  const own = [upstreamKey.flag, ...upstreamKey.aliases];
  const problems = run.words.map((word) => wordProblem(word, "lb-tcp demo takes flags only; leave it out"));
  for (const flag of own.filter((each) => run.flags[each] !== undefined)) {
    const message = "the demo brings its own backends; leave it out, or leave out the word demo";
    problems.push({ path: `--${flag}`, message });
  }
  const others = Object.entries(run.flags).filter(([flag]) => !own.includes(flag));
  const flags = Object.fromEntries([...others, [upstreamKey.flag, BACKEND_PORTS.map((port) => `${HOST}:${port}`)]]);
  return loadRun({ ...run, flags }, { ...surface, environment: demoEnvironment(surface.environment) }, problems);
}

/**
 * What is not set is chosen so that one sees a backend leave and return without much waiting, and backends take turns
 * exactly: each worker has turns of its own.
 */
function demoEnvironment(environment: Surface["environment"]): Surface["environment"] {
  const isSet = (name: string): boolean => (environment[name] ?? "").trim() !== "";
  const defaults = {
    ...([listenKey.variable, ...listenKey.otherVariables].some(isSet) ? {} : { [listenKey.variable]: LISTEN }),
    ...(isSet("LB_TCP_PROBE_INTERVAL") ? {} : { LB_TCP_PROBE_INTERVAL: "2s" }),
    ...(isSet("LB_TCP_FALL") ? {} : { LB_TCP_FALL: "1" }),
    ...(isSet("LB_TCP_TRANSPORT") ? {} : { LB_TCP_TRANSPORT: "net" }),
    ...(isSet("LB_TCP_WORKERS") ? {} : { LB_TCP_WORKERS: "1" }),
  };
  return { ...environment, ...defaults, [upstreamKey.variable]: undefined };
}

function listensOnFreePort({ options }: Loaded): boolean {
  return Object.values(options.listeners)
    .flatMap(({ listen }) => listen)
    .some((text) => {
      const parsed = parseAddress(text, { purpose: "listen" });
      return "value" in parsed && parsed.value.kind === "tcp" && parsed.value.port === 0;
    });
}

function overBackends(loaded: Loaded, ports: readonly number[]): Loaded {
  const { options } = loaded;
  const backends = ports.map((port, index) => ({ name: nameOf(index), address: `${HOST}:${port}` }));
  return {
    ...loaded,
    options: { ...options, pools: { [DEFAULT_POOL]: { ...options.pools[DEFAULT_POOL], backends } } },
  };
}

async function startBackend(index: number, port: number, { clock }: Surface): Promise<DemoBackend> {
  const options = { name: nameOf(index), host: HOST, port, clock, deadForMs: DEAD_FOR_MS };
  try {
    // The balancer's log tells what happens.
    return await startDemoBackend({ ...options, say: () => {} });
  } catch (error) {
    if (!(error instanceof LbError) || error.code !== "LB_ADDRESS_IN_USE") throw error;
    const hint = `or run \`lb-tcp demo --listen ${HOST}:0\`, which takes free ports`;
    throw new LbError(error.code, `${error.message}, ${hint}`, { details: error.details, cause: error });
  }
}

function nameOf(index: number): string {
  return `server-${index + 1}`;
}
