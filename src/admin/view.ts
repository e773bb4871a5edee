// What the balancer knows, in the words of the answers.

import type { Clock } from "../clock.ts";
import type { AdminConfig } from "../config/admin-schema.ts";
import type { Balancer } from "../control/balancer.ts";
import type { Stats, Summary } from "../control/stats.ts";
import { isoTime } from "../observe/iso-time.ts";
import { packageVersion } from "../observe/version.ts";
import type { ListenerAnswer, Overview, StatusAnswer } from "./answers.ts";
import { allHold, isDrainingIn, readyConditions } from "./health.ts";

export interface View {
  status(stats?: Summary): StatusAnswer;
  listeners(stats?: Summary): readonly ListenerAnswer[];
  overview(stats?: Stats): Overview;
}

export function createView(balancer: Balancer, config: AdminConfig, clock: Clock): View {
  const version = packageVersion();
  const { readyWhen, dashboard } = config;

  function status(stats: Summary = balancer.summary()): StatusAnswer {
    const { transport, instance, state, startedAt, sessions, acceptPaused, workers, logLinesDropped } = stats;
    return {
      version,
      node: process.versions.node,
      transport,
      instance,
      state,
      draining: isDrainingIn(state),
      ready: allHold(readyConditions(stats, readyWhen)),
      readyWhen,
      startedAt,
      at: isoTime(clock.wallMs()),
      sessions,
      acceptPaused,
      workers,
      config: stats.config,
      logLevel: balancer.logLevel,
      logLinesDropped,
      dashboard,
    };
  }

  function listeners(stats: Summary = balancer.summary()): readonly ListenerAnswer[] {
    const addresses = balancer.addresses();
    return stats.listeners.map((listener) => ({
      ...listener,
      addresses: addresses.filter((each) => each.listener === listener.name).map(({ address }) => address),
    }));
  }

  return {
    status,
    listeners,
    overview(stats = balancer.stats()) {
      return {
        status: status(stats),
        listeners: listeners(stats),
        pools: stats.pools,
        overrides: balancer.overrides(),
      };
    },
  };
}
