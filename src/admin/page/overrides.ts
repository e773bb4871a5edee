// What operators have set at run time, by whom and when.

import type { Controls } from "./controls.ts";
import { button, find, setAttribute } from "./element.ts";
import { formatAgo, formatMoment } from "./format.ts";
import { Table, text } from "./table.ts";
import type { Override } from "./types.ts";
import type { Part } from "./view.ts";

interface OverrideRow {
  readonly override: Override;
  readonly nowMs: number;
}

export function createOverrides(controls: Controls): Part {
  const table = new Table<OverrideRow>({
    caption: "Overrides",
    empty: "Everything is as the configuration says.",
    keyOf: ({ override }) => identityOf(override),
    columns: [
      { label: "Backend", kind: "name", ...text(({ override }) => identityOf(override)) },
      { label: "What", kind: "wide", ...text(({ override }) => whatOf(override)) },
      { label: "By", kind: "text", ...text(({ override }) => override.by) },
      {
        label: "When",
        kind: "text",
        ...text(
          ({ override, nowMs }) =>
            `${formatMoment(override.at, nowMs)} (${formatAgo(nowMs - Date.parse(override.at))})`,
        ),
      },
      {
        label: "",
        kind: "actions",
        make(cell, current) {
          const restore = (): void => controls.restore(current().override.pool, current().override.backend);
          cell.append(button("Restore", restore, { "data-control": "" }));
        },
        fill(cell, { override }) {
          const [restore] = cell.children;
          if (restore !== undefined) setAttribute(restore, "aria-label", `Restore ${identityOf(override)}`);
        },
      },
    ],
  });
  find("override-table", HTMLElement).append(table.element);
  return {
    show: ({ overview, nowMs }) => table.update(overview.overrides.map((override) => ({ override, nowMs }))),
  };
}

function identityOf({ pool, backend }: Override): string {
  return `${pool}/${backend}`;
}

function whatOf({ membership, state, weight, maxConnections }: Override): string {
  const parts = [
    membership,
    state === null ? null : `state ${state}`,
    weight === null ? null : `weight ${weight}`,
    maxConnections === null ? null : `sessions at most ${maxConnections}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
