// The workers, and how evenly they carry.

import { element, find, setAttribute, setText, setWidth } from "./element.ts";
import { formatCount, formatDuration, formatShare } from "./format.ts";
import { figure, Table, text } from "./table.ts";
import type { Worker } from "./types.ts";
import type { Part } from "./view.ts";

interface WorkerRow {
  readonly worker: Worker;
  /** Of the sessions of them all; null while there are none. */
  readonly share: number | null;
}

// A loop beats once a second.
const LATE_MS = 3_000;
// With fewer sessions a skew says nothing.
const FEW_SESSIONS = 20;

export function createWorkers(): Part {
  const table = new Table<WorkerRow>({
    caption: "Workers",
    empty: "No worker.",
    keyOf: ({ worker }) => String(worker.worker),
    columns: [
      { label: "Worker", kind: "name", ...text(({ worker }) => String(worker.worker)) },
      { label: "Sessions", kind: "number", ...figure(({ worker }) => formatCount(worker.active)) },
      {
        label: "Share",
        kind: "wide",
        make: (cell) => cell.append(element("div", { class: "bar" }, element("i")), element("span")),
        fill(cell, { share }) {
          const [bar, shown] = cell.children;
          const [filled] = bar?.children ?? [];
          if (filled instanceof HTMLElement) setWidth(filled, share ?? 0);
          if (shown !== undefined) setText(shown, share === null ? "" : formatShare(share));
        },
      },
      {
        label: "Loop lag",
        hint: "By how much its loop was late at its last beat",
        kind: "number",
        ...text(({ worker }) => formatDuration(worker.loopLagMs)),
      },
      {
        label: "Beat",
        hint: "Since its loop last ran; it does so at least once a second",
        kind: "number",
        fill(cell, { worker }) {
          setText(cell, formatDuration(worker.heartbeatAgeMs));
          setAttribute(cell, "data-state", worker.heartbeatAgeMs > LATE_MS ? "down" : null);
        },
      },
      { label: "Restarts", kind: "number", ...figure(({ worker }) => formatCount(worker.restarts)) },
    ],
  });
  find("worker-table", HTMLElement).append(table.element);
  const skew = find("worker-skew", HTMLElement);
  return {
    show({ overview }) {
      const { workers } = overview.status;
      const total = workers.reduce((sum, { active }) => sum + active, 0);
      table.update(workers.map((worker) => ({ worker, share: total === 0 ? null : worker.active / total })));
      setText(
        skew,
        skewText(
          workers.map(({ active }) => active),
          total,
        ),
      );
    },
  };
}

/** By how much the busiest has more than its even part. */
function skewText(actives: readonly number[], total: number): string {
  if (actives.length < 2 || total < FEW_SESSIONS) return "";
  const more = Math.max(...actives) / (total / actives.length) - 1;
  return `skew ${formatShare(more)}`;
}
