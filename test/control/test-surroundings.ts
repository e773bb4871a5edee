import { BackendTable, TABLE_ROWS } from "../../src/backend/table.ts";
import type { BackendConfig, PoolConfig, ProbeConfig } from "../../src/config/config.ts";
import type { BackendOptions } from "../../src/config/options.ts";
import { resolveBackend } from "../../src/config/resolve.ts";
import { ClientTables } from "../../src/control/client-tables.ts";
import { DepartedBackends } from "../../src/control/departed.ts";
import { Rows } from "../../src/control/rows.ts";
import type { Surroundings } from "../../src/control/surroundings.ts";
import type { AuditEvent, BackendEvent } from "../../src/observe/events.ts";
import { Counters } from "../../src/session/counters.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { seededRandom } from "../support/random.ts";
import { createRecordedLog, type RecordedLog } from "./recorded-log.ts";
import { createScriptedNames, type ScriptedNames } from "./scripted-names.ts";
import { createScriptedProber, type ScriptedProber } from "./scripted-prober.ts";

/** What pools and backends live in, with everything in the hands of the test. */
export interface TestSurroundings extends Surroundings {
  readonly clock: FakeClock;
  readonly prober: ScriptedProber;
  readonly names: ScriptedNames;
  readonly log: RecordedLog;
  readonly counters: Counters;
  readonly events: readonly Omit<BackendEvent, "at">[];
  readonly audits: readonly Omit<AuditEvent, "at">[];
  /** Whose sessions were to be reset, as `end: rows`. */
  readonly evicted: readonly string[];
  /** Called with each event, as a listener of the user's is. */
  onEvent: (event: Omit<BackendEvent, "at">) => void;
  /** How often a snapshot was published. */
  readonly version: number;
  /** Whether data planes take each snapshot at once. Default true. */
  isAcknowledged: boolean;
}

export function createTestSurroundings(): TestSurroundings {
  const clock = createFakeClock({ nowMs: 1_000 });
  const table = new BackendTable();
  const counters = new Counters(TABLE_ROWS);
  const events: Omit<BackendEvent, "at">[] = [];
  const audits: Omit<AuditEvent, "at">[] = [];
  const evicted: string[] = [];
  let version = 0;
  let acknowledged = 0;
  const surroundings: TestSurroundings = {
    clock,
    table,
    counters,
    rows: new Rows(table, () => acknowledged),
    departed: new DepartedBackends(clock),
    clientTables: new ClientTables(seededRandom(1)),
    prober: createScriptedProber(),
    names: createScriptedNames(),
    log: createRecordedLog(),
    events,
    evicted,
    audits,
    audit: (event) => void audits.push(event),
    onEvent: () => {},
    isAcknowledged: true,
    get version() {
      return version;
    },
    countsOf: (row) => counters.row(row),
    nextVersion: () => version + 1,
    publish() {
      version++;
      if (surroundings.isAcknowledged) acknowledged = version;
    },
    evict: (end, rows) => void evicted.push(`${end}: ${rows.join()}`),
    announce(event) {
      events.push(event);
      surroundings.onEvent(event);
    },
  };
  return surroundings;
}

export const PROBE: ProbeConfig = {
  type: "tcp",
  port: undefined,
  jitter: 0.1,
  intervalMs: 5_000,
  intervalChangingMs: 1_000,
  timeoutMs: 2_000,
  rise: 2,
  fall: 3,
  sendProxy: undefined,
};

export function backendConfig(options: string | BackendOptions): BackendConfig {
  return resolveBackend(options, "test");
}

export function poolConfig(
  backends: readonly (string | BackendOptions)[],
  options: Partial<PoolConfig> = {},
): PoolConfig {
  return {
    name: "web",
    backends: backends.map(backendConfig),
    policy: "least-connections",
    dialTimeoutMs: 3_000,
    dialDeadlineMs: 10_000,
    attempts: 3,
    probe: PROBE,
    ejection: undefined,
    resolveIntervalMs: 10_000,
    sendProxy: undefined,
    source: [],
    queue: undefined,
    onRemove: "drain",
    slowStart: undefined,
    panicBelow: undefined,
    onDown: "keep",
    onUp: "keep",
    onDrain: undefined,
    ...options,
  };
}
