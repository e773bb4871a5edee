import type { BackendRow, PoolSnapshot } from "../../src/backend/pool.ts";

type RowOptions = Partial<Pick<BackendRow, "name" | "weight" | "backup">>;

/** A row as the control plane describes it. */
export function backendRow(row: number, options: RowOptions = {}): BackendRow {
  const { name = `b${row}`, weight = 1, backup = false } = options;
  const ip = `10.0.0.${row}`;
  return {
    row,
    generation: 1,
    name,
    identity: `web/${name}`,
    address: { kind: "ip", ip, port: 80 },
    addressText: `${ip}:80`,
    weight,
    backup,
  };
}

export function poolSnapshot(rows: readonly BackendRow[]): PoolSnapshot {
  return {
    name: "web",
    policy: "least-connections",
    rows,
    dialTimeoutMs: 3_000,
    dialDeadlineMs: 10_000,
    attempts: 3,
    ejection: undefined,
    slowStart: undefined,
    panicBelow: undefined,
    queue: undefined,
    counterSlot: 0,
    sendProxy: undefined,
    source: [],
  };
}
