// Whether a backend answers from here: a connection, and nothing said; then what its pool's probe says, where that asks more.

import { connect, type Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { systemClock } from "../clock.ts";
import type { BackendConfig, PoolConfig } from "../config/config.ts";
import type { Lookup } from "../config/options.ts";
import { messageOf, systemCode } from "../errors.ts";
import { attempt } from "../probe/attempt.ts";
import { createProbe } from "../probe/probe.ts";
import { Stalls } from "../probe/stalls.ts";
import { formatAddress, literalSocketAddress, type SocketAddress } from "../wire/address.ts";

/** One address of a backend. */
export interface Reached {
  readonly backend: string;
  readonly address: string;
  /** Undefined where it answered. */
  readonly error: string | undefined;
  /** Why the probe of its pool fails; undefined where it does not, or asks for no more than a connection. */
  readonly probeFailure: string | undefined;
  /** Whether it spoke before it was spoken to. */
  readonly isGreeting: boolean;
}

/** How long a server that speaks first may take to begin. */
const GREETING_MS = 300;

/** Dials each address of a backend. Never rejects. */
export async function reach(pool: PoolConfig, backend: BackendConfig, lookup: Lookup): Promise<readonly Reached[]> {
  const identity = `${pool.name}/${backend.name}`;
  let addresses: readonly SocketAddress[];
  try {
    addresses = await addressesOf(backend, lookup);
  } catch (error) {
    const failed = `its name can't be looked up: ${systemCode(error) ?? messageOf(error)}`;
    const address = formatAddress(backend.address);
    return [{ backend: identity, address, error: failed, probeFailure: undefined, isGreeting: false }];
  }
  return Promise.all(
    addresses.map(async (address) => {
      const dialled = await dial(address, pool.dialTimeoutMs);
      const probeFailure = dialled.error === undefined ? await probed(pool, backend, address) : undefined;
      return { backend: identity, address: formatAddress(address), ...dialled, probeFailure };
    }),
  );
}

/** Asks as the balancer will. */
function probed(pool: PoolConfig, backend: BackendConfig, address: SocketAddress): Promise<string | undefined> {
  const { probe } = pool;
  if (probe === undefined || probe.type === "tcp") return Promise.resolve(undefined);
  const subject = { pool: pool.name, name: backend.name, configured: backend.address, address };
  return new Promise((resolve) => {
    const asked = attempt(systemClock, new Stalls(systemClock), {
      timeoutMs: probe.timeoutMs,
      ask: createProbe(probe, subject, systemClock),
      onAnswer({ result }) {
        resolve(result.kind === "ok" ? undefined : result.reason);
        // What is left of its connection.
        asked.cancel();
      },
    });
  });
}

async function addressesOf({ address, resolve }: BackendConfig, lookup: Lookup): Promise<readonly SocketAddress[]> {
  const literal = literalSocketAddress(address);
  if (literal !== undefined || address.kind === "unix") return literal === undefined ? [] : [literal];
  const all = (await lookup(address.host)).map((ip): SocketAddress => ({ kind: "ip", ip, port: address.port }));
  return resolve === "first" ? all.slice(0, 1) : all;
}

async function dial(address: SocketAddress, timeoutMs: number): Promise<Pick<Reached, "error" | "isGreeting">> {
  const socket = connect(address.kind === "unix" ? { path: address.path } : { host: address.ip, port: address.port });
  try {
    const failure = await Promise.race([
      connected(socket),
      after(timeoutMs, `no answer in ${timeoutMs} ms`, { ref: false }),
    ]);
    if (failure !== undefined) return { error: failure, isGreeting: false };
    return {
      error: undefined,
      isGreeting: await Promise.race([spoken(socket), after(GREETING_MS, false, { ref: false })]),
    };
  } finally {
    socket.destroy();
  }
}

function connected(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(undefined));
    socket.once("error", (error) => resolve(systemCode(error) ?? messageOf(error)));
  });
}

function spoken(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once("data", () => resolve(true));
    // Whoever closes at once has said something, too, but not as a greeting.
    socket.once("close", () => resolve(false));
  });
}
