// A new configuration in the place of the old one: all of it, or nothing.

import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { type ConfigDiff, diffConfig, type PoolChange } from "../config/diff.ts";
import { LbError, type Problem } from "../errors.ts";
import { literalSocketAddress } from "../wire/address.ts";
import type { Addresses, WantedAddress } from "./addresses.ts";
import type { Backend } from "./backend.ts";
import type { DataPlane } from "./data-plane.ts";
import { inTime } from "./deadline.ts";
import type { Departures } from "./departures.ts";
import type { ControlPool } from "./pool.ts";
import { type ReloadReport, reportOf } from "./reload-report.ts";
import type { Roster } from "./roster.ts";
import type { Rows } from "./rows.ts";

/** What a reload works on. */
export interface ReloadParts {
  readonly clock: Clock;
  readonly roster: Roster;
  readonly rows: Pick<Rows, "spare" | "reclaim">;
  readonly addresses: Addresses;
  readonly departures: Departures;
  readonly dataPlane: DataPlane;
  readonly publish: () => void;
  /** Calls back when the balancer is to close. @returns takes that back: a promise would keep each who has waited for it. */
  readonly onClosing: (callback: () => void) => () => void;
  readonly isClosing: () => boolean;
}

/** Lookups may take longer; then the first clients meet a pool that is not complete yet. */
export const FIRST_LOOKUP_MS = 2_000;

/** What has been done for a configuration that is not in force yet. */
interface Preparation {
  readonly changes: readonly PoolChange[];
  readonly pools: readonly ControlPool[];
  readonly backends: ReadonlyMap<string, ReadonlyMap<string, Backend>>;
  readonly located: Promise<unknown>;
}

/**
 * Puts a configuration in force: what is new is opened and located first, then everything changes at once, and then what
 * has gone is seen out.
 * @param graceMs how long the sessions of a listener that has gone may finish.
 * @throws LbError `LB_CONFIG`, `LB_TOO_MANY_BACKENDS`, those of listening, `LB_CLOSED`: nothing has changed then.
 */
export async function reload(parts: ReloadParts, next: Config, graceMs: number): Promise<ReloadReport> {
  const { departures, isClosing } = parts;
  // What was decided about who is leaving must hold until the end.
  departures.pause();
  try {
    return await replace(parts, next, graceMs);
  } finally {
    if (!isClosing()) departures.resume();
  }
}

async function replace(parts: ReloadParts, next: Config, graceMs: number): Promise<ReloadReport> {
  const { addresses, clock, dataPlane, departures, publish, roster } = parts;
  reclaim(parts);
  const diff = diffConfig(roster.config, next);
  roster.checkRoom(diff);
  const preparation = prepare(parts, diff);
  publish();
  const opened: WantedAddress[] = [];
  try {
    await openAll(parts, diff, opened);
    await unlessClosing(parts, inTime(clock, preparation.located, FIRST_LOOKUP_MS));
    refuseWhenClosing(parts);
  } catch (error) {
    await undo(parts, diff, preparation, opened);
    throw error;
  }
  const closed = commit(parts, diff, preparation);
  if (closed.length > 0) void dataPlane.abort("backend-removed", { kind: "evicted", rows: closed });
  await addresses.close(addresses.surplus(diff.config.listeners));
  await dataPlane.settled();
  parts.rows.reclaim();
  if (!parts.isClosing()) departures.begin(graceMs);
  return reportOf(diff);
}

/** Makes places free of which everybody knows that nobody counts on them any more. */
function reclaim({ clock, dataPlane, roster }: ReloadParts): void {
  const oldestAtMs = Math.min(...dataPlane.sessions.map((table) => table.oldest().acceptedAtMs));
  roster.reclaim({ acknowledgedVersion: dataPlane.acknowledgedVersion, nowMs: clock.nowMs(), oldestAtMs });
}

/** Begins to look after what is new. Nobody is led there yet. @throws LbError `LB_TOO_MANY_BACKENDS` */
function prepare({ roster, rows }: ReloadParts, diff: ConfigDiff): Preparation {
  const changes = roster.poolChanges(diff);
  const missing = changes.map((change) => ({ pool: roster.pool(change.after.name), change }));
  const added = [
    ...diff.pools.added.filter(({ name }) => roster.pool(name) === undefined).flatMap(({ backends }) => backends),
    ...missing.flatMap(({ pool, change }) => pool?.missing(change) ?? []),
  ];
  const needed = added.filter(({ address }) => literalSocketAddress(address) !== undefined).length;
  if (needed > rows.spare) {
    const message = `the ${needed} new backend addresses find only ${rows.spare} places: remove backends, or wait for the sessions of removed ones`;
    throw new LbError("LB_TOO_MANY_BACKENDS", message);
  }
  const pools = roster.admit(diff);
  const located: Promise<void>[] = pools.map((pool) => pool.start());
  const backends = new Map<string, ReadonlyMap<string, Backend>>();
  for (const { pool, change } of missing) {
    if (pool === undefined) continue;
    const prepared = pool.missing(change).map((config) => pool.prepare(config));
    located.push(...prepared.map((each) => each.located));
    backends.set(pool.name, new Map(prepared.map(({ backend }) => [backend.config.name, backend])));
  }
  return { changes, pools, backends, located: Promise.allSettled(located) };
}

/** @param opened what has been opened so far, for whoever has to take it back. @throws LbError with all problems */
async function openAll(parts: ReloadParts, diff: ConfigDiff, opened: WantedAddress[]): Promise<void> {
  const { addresses } = parts;
  const failures: { readonly path: string; readonly error: LbError }[] = [];
  for (const wanted of addresses.missing(diff.config.listeners)) {
    refuseWhenClosing(parts);
    opened.push(wanted);
    try {
      await addresses.open(wanted);
    } catch (error) {
      if (!(error instanceof LbError) || error.code === "LB_CLOSED") throw error;
      failures.push({ path: `listeners.${wanted.listener}.listen`, error: explained(parts, wanted, error) });
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const problems = failures.map(({ path, error }): Problem => ({ path, message: error.message }));
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
  throw new LbError(first.error.code, text, {
    details: { ...first.error.details, problems },
    cause: first.error.cause,
  });
}

/** It may be lb-tcp itself that has the port, under an address that is written in another way. */
function explained({ addresses }: ReloadParts, wanted: WantedAddress, error: LbError): LbError {
  const other = error.code === "LB_ADDRESS_IN_USE" ? addresses.inItsWay(wanted) : undefined;
  if (other === undefined) return error;
  const { address } = error.details;
  const message = `cannot listen on ${address}: lb-tcp itself listens on ${other.address} until this configuration is in force; keep that address, or restart`;
  return new LbError(error.code, message, { details: error.details, cause: error.cause });
}

/** Resolves with `work`, or when the balancer is to close. */
async function unlessClosing({ onClosing }: ReloadParts, work: Promise<unknown>): Promise<void> {
  let forget = (): void => {};
  const closing = new Promise<void>((resolve) => {
    forget = onClosing(resolve);
  });
  await Promise.race([work, closing]);
  forget();
}

function refuseWhenClosing({ isClosing }: ReloadParts): void {
  if (isClosing()) throw new LbError("LB_CLOSED", "reload: the balancer is closing; nothing has changed");
}

async function undo(
  { addresses, publish, roster }: ReloadParts,
  diff: ConfigDiff,
  { backends }: Preparation,
  opened: readonly WantedAddress[],
): Promise<void> {
  await addresses.close(opened.map(({ key }) => key));
  for (const pool of roster.withdraw(diff)) pool.dissolve();
  for (const prepared of backends.values()) for (const backend of prepared.values()) backend.remove();
  publish();
}

/** From here on nothing waits. @returns the rows whose sessions are to be closed. */
function commit({ addresses, publish, roster }: ReloadParts, diff: ConfigDiff, preparation: Preparation): number[] {
  const { pools } = roster.commit(diff, preparation.changes, preparation.backends);
  publish();
  addresses.assign(diff.config.listeners);
  // After everything else: listeners of these events may change the pools.
  for (const { pool, events } of pools) {
    for (const { event, name } of events) pool.say(event, name, "by a reload");
    pool.lost();
  }
  return pools.flatMap(({ pool, rows }) => (pool.config.onRemove === "close" ? rows : []));
}
