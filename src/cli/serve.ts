// A balancer from start to exit code.

import { type Admin, type AdminActions, createAdmin } from "../admin/admin.ts";
import { visitorLimit } from "../admin/visitors.ts";
import { systemClock, systemRandom } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { diffConfig } from "../config/diff.ts";
import type { Loaded } from "../config/load.ts";
import type { ProcessOptions } from "../config/process-options.ts";
import { resolve } from "../config/resolve.ts";
import { type Balancer, createBalancerIn } from "../control/balancer.ts";
import { descriptorLimit } from "../control/descriptors.ts";
import type { ReloadReport } from "../control/reload-report.ts";
import { LbError, messageOf } from "../errors.ts";
import { type ExitCode, line } from "./failure.ts";
import { systemFiles } from "./file-system.ts";
import { fingerprint } from "./file-watch.ts";
import { type ConfigurationSource, Reloader } from "./reloader.ts";
import { handleSignals } from "./signals.ts";
import type { Surface } from "./surface.ts";

export interface ServeOptions {
  /** Where the configuration came from, if it can be read anew: it is watched. Default: from flags alone. */
  readonly source?: ConfigurationSource;
  /** What is in force, as a file has it. @param config what the balancer runs on. */
  readonly configuration?: (config: Config, loaded: Loaded) => unknown;
  /** Called when it listens. */
  readonly onListening?: (balancer: Balancer) => void;
  /** A terminal that goes away sends SIGHUP, too. Default: it is a reload, for which there is no file. */
  readonly onHangUp?: "stop";
}

/** What a second signal leaves to the log and to the sessions' last segments. */
const LONGEST_STOP_AT_ONCE_MS = 500;

/**
 * Runs a balancer until a signal ends it.
 *
 * @returns 0 after an orderly stop, 1 after a second signal or an error that nobody caught.
 * @throws LbError when it can't start
 */
export async function serve(loaded: Loaded, surface: Surface, given: ServeOptions = {}): Promise<ExitCode> {
  const { events, clock, complain, activation = { sockets: [], warnings: [] } } = surface;
  for (const warning of activation.warnings) complain(line(`warning: ${warning}`));
  const { source } = given;
  const seen = source === undefined ? "" : fingerprint(source.paths(loaded), systemFiles);
  const world = {
    clock: systemClock,
    random: systemRandom,
    inherited: activation.sockets,
    besideDescriptors: besideDescriptors(loaded),
  };
  const balancer = createBalancerIn(world, loaded.options);
  /** Without what takes a restart. */
  let config = resolve(loaded.options);
  let reloader: Reloader | undefined;
  const inForce = (): ProcessOptions => (reloader?.loaded ?? loaded).process;
  let exitCode: ExitCode = 0;
  let exit = (_code: ExitCode): void => {};
  const exited = new Promise<ExitCode>((settle) => {
    exit = settle;
  });

  function stop(delayMs: number): void {
    reloader?.close();
    balancer.close({ delayMs, graceMs: inForce().drainTimeoutMs }).then(
      () => exit(exitCode),
      (error: unknown) => {
        complain(line(`internal error while stopping: ${messageOf(error)}; please report it`));
        exit(1);
      },
    );
  }

  let isAtOnce = false;
  function stopAtOnce(): void {
    exitCode = 1;
    // Whoever asks three times gets no more than a dead process.
    if (isAtOnce) exit(1);
    isAtOnce = true;
    balancer.destroy();
    clock.setTimer(() => exit(1), LONGEST_STOP_AT_ONCE_MS);
  }

  let hasFailed = false;
  // A bug of ours: end in order, and say so without a stack trace. Once, as the next session may well find it again.
  function onUncaught(error: unknown): void {
    if (hasFailed) return;
    hasFailed = true;
    exitCode = 1;
    complain(line(`internal error, stopping: ${messageOf(error)}; please report it`));
    stop(0);
  }

  const { configuration } = given;
  const actions: AdminActions = {
    ...(source === undefined ? {} : { reload: () => reloadNow(reloader) }),
    drain: () => stop(0),
    shutdown: () => stop(inForce().shutdownDelayMs),
    ...(configuration === undefined
      ? {}
      : { configuration: () => configuration(config, { ...(reloader?.loaded ?? loaded), admin: loaded.admin }) }),
  };
  const admin = loaded.admin === undefined ? undefined : createAdmin(balancer, loaded.admin, actions);

  const removeHandlers = handleSignals(events, clock, {
    stop() {
      const { active } = balancer.stats().sessions;
      if (active > 0 && surface.terminals.stderr) complain(line(stoppingText(active)));
      stop(inForce().shutdownDelayMs);
    },
    stopAtOnce,
    drain: () => stop(0),
    reopenLog: () => reopenLog(balancer, surface),
    reload() {
      if (given.onHangUp === "stop") stop(0);
      else if (reloader !== undefined) void reloader.reload();
      // What it reads when it has started is as new.
      else if (source === undefined)
        complain(line("warning: SIGHUP: nothing to reload, because the configuration came from flags and not a file"));
    },
  });
  // Not a bug of this thread's, and the log has said it: in order, for the sessions that other workers have.
  balancer.on("failed", (error) => {
    exitCode = 1;
    complain(line(`stopping: ${error.message}`));
    stop(0);
  });
  events.on("uncaughtException", onUncaught);
  try {
    // Before the balancer, so that whoever asks whether it is ready gets an answer.
    if (admin !== undefined) await startAdmin(admin, balancer);
    // A signal during the start need not wait for it.
    const listening = balancer.start().then(() => {
      if (balancer.addresses().length === 0) return exited;
      if (source !== undefined) {
        const onLoaded = (next: Loaded): void => {
          config = diffConfig(config, resolve(next.options)).config;
        };
        reloader = new Reloader({ clock, files: systemFiles, source, balancer, onLoaded }, loaded, seen);
      }
      given.onListening?.(balancer);
      return exited;
    });
    return await Promise.race([listening, exited]);
  } finally {
    events.removeListener("uncaughtException", onUncaught);
    removeHandlers();
    reloader?.close();
    await admin?.close();
  }
}

/** @throws LbError where it can't listen; then the balancer is closed. */
async function startAdmin(admin: Admin, balancer: Balancer): Promise<void> {
  try {
    await admin.start();
  } catch (error) {
    await balancer.close();
    throw error;
  }
  for (const address of admin.addresses) balancer.note("admin", { address }, `Admin address ${address}`);
}

async function reloadNow(reloader: Reloader | undefined): Promise<ReloadReport> {
  if (reloader !== undefined) return reloader.reload();
  throw new LbError("LB_CLOSED", "reload: it is starting; ask again when it listens");
}

/** Whoever is connected to the admin address takes no place away from clients. */
export function besideDescriptors({ admin }: Pick<Loaded, "admin">): number {
  return admin === undefined ? 0 : visitorLimit(descriptorLimit());
}

function stoppingText(active: number): string {
  const [sessions, them] = active === 1 ? ["session", "it"] : ["sessions", "them"];
  return `stopping, and waiting for ${active} ${sessions} to end; a second signal ends ${them} at once`;
}

function reopenLog(balancer: Balancer, { complain }: Surface): void {
  try {
    balancer.reopenLog();
  } catch (error) {
    complain(line(`warning: ${messageOf(error)}; it goes on with the old file`));
  }
}
