// `lb-tcp doctor`: a configuration, the backends it names, and what may go wrong later.

import { resolve } from "../config/resolve.ts";
import { capacityOf } from "../control/capacity.ts";
import { descriptorLimit } from "../control/descriptors.ts";
import { systemLookup } from "../discovery/lookup.ts";
import { loadForCheck } from "./check.ts";
import type { Run } from "./command-line.ts";
import { type ExitCode, plainLine } from "./failure.ts";
import { type Reached, reach } from "./reach.ts";
import { besideDescriptors } from "./serve.ts";
import type { Surface } from "./surface.ts";
import { traps } from "./traps.ts";

/** Sockets at once: enough to be quick, few enough for every descriptor limit. */
const AT_ONCE = 64;

/** @returns 0 where every backend answers and its probe succeeds, 1 where one does not, 2 where the configuration is wrong. */
export async function runDoctor(run: Run, surface: Surface): Promise<ExitCode> {
  const loaded = loadForCheck(run, surface);
  if (loaded === undefined) return 2;
  const config = resolve(loaded.options);
  surface.print("ok       the configuration\n");
  const wanted = config.pools.flatMap((pool) => pool.backends.map((backend) => ({ pool, backend })));
  const reached: Reached[] = [];
  for (let first = 0; first < wanted.length; first += AT_ONCE) {
    const batch = wanted.slice(first, first + AT_ONCE);
    const found = await Promise.all(batch.map(({ pool, backend }) => reach(pool, backend, systemLookup)));
    for (const one of found.flat()) {
      reached.push(one);
      surface.print(plainLine(reachedText(one)));
    }
  }
  const workers = typeof config.workers === "number" ? config.workers : 1;
  const found = traps(config, loaded.process, {
    capacity: capacityOf(config.maxConnections, descriptorLimit(), workers, besideDescriptors(loaded)),
    isKubernetes: surface.environment["KUBERNETES_SERVICE_HOST"] !== undefined,
    greeting: new Set(reached.filter(({ isGreeting }) => isGreeting).map(({ backend }) => backend)),
  });
  for (const text of found) surface.print(plainLine(`warning  ${text}`));
  return reached.every(({ error, probeFailure }) => (error ?? probeFailure) === undefined) ? 0 : 1;
}

function reachedText({ backend, address, error, probeFailure }: Reached): string {
  const what = backend.endsWith(`/${address}`) ? backend : `${backend} at ${address}`;
  if (probeFailure !== undefined) return `failed   ${what} answers, but its probe fails: ${probeFailure}`;
  return error === undefined ? `ok       ${what} answers` : `failed   ${what} does not answer: ${error}`;
}
