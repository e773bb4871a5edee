// The listeners, a row each.

import { element, find, setText } from "./element.ts";
import { formatBytes, formatCount, formatRate, NOTHING } from "./format.ts";
import { endedOf, type Rates } from "./recent.ts";
import { figure, Table, text } from "./table.ts";
import type { Listener } from "./types.ts";
import type { Part } from "./view.ts";

interface ListenerRow {
  readonly listener: Listener;
  readonly rates: Rates;
}

export function createListeners(): Part {
  const table = new Table<ListenerRow>({
    caption: "Listeners",
    empty: "No listener.",
    keyOf: ({ listener }) => listener.name,
    columns: [
      {
        label: "Listener",
        kind: "name",
        make: (cell) => cell.append(element("b"), element("small")),
        fill(cell, { listener }) {
          const [name, addresses] = cell.children;
          if (name !== undefined) setText(name, listener.name);
          if (addresses !== undefined) setText(addresses, listener.addresses.join(", "));
        },
      },
      {
        label: "Pool",
        hint: "When no route matches",
        kind: "text",
        ...text(({ listener }) => listener.pool ?? NOTHING),
      },
      { label: "Sessions", hint: "Now", kind: "number", ...figure(({ listener }) => formatCount(listener.active)) },
      {
        label: "Sessions/s",
        hint: "Sessions that ended, a second",
        kind: "number",
        ...figure(({ rates }) => formatRate(rates.sessions)),
      },
      {
        label: "Up/s",
        hint: "Bytes from clients",
        kind: "number",
        ...figure(({ rates }) => formatBytes(rates.bytesUp)),
      },
      {
        label: "Down/s",
        hint: "Bytes to clients",
        kind: "number",
        ...figure(({ rates }) => formatBytes(rates.bytesDown)),
      },
      {
        label: "Ended",
        hint: "Sessions that have ended so far",
        kind: "number",
        ...figure(({ listener }) => formatCount(endedOf(listener))),
      },
      {
        label: "Up",
        hint: "Bytes from clients so far",
        kind: "number",
        ...figure(({ listener }) => formatBytes(listener.bytesUp)),
      },
      {
        label: "Down",
        hint: "Bytes to clients so far",
        kind: "number",
        ...figure(({ listener }) => formatBytes(listener.bytesDown)),
      },
    ],
  });
  find("listener-table", HTMLElement).append(table.element);
  return {
    show: ({ overview, recent }) =>
      table.update(overview.listeners.map((listener) => ({ listener, rates: recent.listener(listener) }))),
  };
}
