// Live sessions, a page at a time and only when somebody asks: there may be hundreds of thousands.

import type { SessionsAnswer } from "#answers";
import type { Controls } from "./controls.ts";
import { button, element, field, find, setAttribute, setText } from "./element.ts";
import { formatBytes, formatCount, formatDuration, NOTHING } from "./format.ts";
import type { Requests } from "./requests.ts";
import { Table, text } from "./table.ts";
import type { Session } from "./types.ts";
import type { Part } from "./view.ts";

const PAGE_SIZE = 50;
const FILTERS = ["listener", "pool", "backend", "client", "minAge"] as const;

export function createSessions(requests: Requests, controls: Controls): Part {
  const form = find("session-filter", HTMLFormElement);
  const note = find("sessions-note", HTMLElement);
  const first = find("sessions-first", HTMLButtonElement);
  const next = find("sessions-next", HTMLButtonElement);
  let items: readonly Session[] = [];
  let cursor: string | null = null;
  let pageNumber = 1;

  const table = new Table<Session>({
    caption: "Sessions",
    empty: "",
    keyOf: ({ id }) => id,
    columns: [
      { label: "Client", kind: "name", ...text(({ client }) => client) },
      { label: "Listener", kind: "text", ...text(({ listener }) => listener) },
      { label: "Backend", kind: "text", ...text(({ backend }) => backend ?? NOTHING) },
      { label: "Up", kind: "number", ...text(({ bytesUp }) => formatBytes(bytesUp)) },
      { label: "Down", kind: "number", ...text(({ bytesDown }) => formatBytes(bytesDown)) },
      { label: "Age", kind: "number", ...text(({ durationMs }) => formatDuration(durationMs)) },
      { label: "Worker", kind: "number", ...text(({ worker }) => String(worker)) },
      { label: "Id", kind: "text", ...text(({ id }) => id) },
      {
        label: "",
        kind: "actions",
        make(cell, current) {
          const close = (): void => controls.closeSession(current().id, current().client, () => leaveOut(current().id));
          cell.append(button("Close…", close, { "data-control": "" }));
        },
        fill(cell, { client }) {
          const [close] = cell.children;
          if (close !== undefined) setAttribute(close, "aria-label", `Close the session of ${client}`);
        },
      },
    ],
  });
  find("session-table", HTMLElement).append(table.element);

  function leaveOut(id: string): void {
    items = items.filter((session) => session.id !== id);
    table.update(items);
  }

  async function load(from: string | null): Promise<void> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    const wanted = new FormData(form);
    for (const name of FILTERS) {
      const value = wanted.get(name);
      if (typeof value === "string" && value.trim() !== "") query.set(name, value.trim());
    }
    if (from !== null) query.set("cursor", from);
    try {
      const page = await requests.send<SessionsAnswer>("GET", `api/v1/sessions?${query}`);
      pageNumber = from === null ? 1 : pageNumber + 1;
      items = page.items;
      cursor = page.cursor;
      table.update(items);
      const more = cursor === null ? "the last" : "there are more";
      setText(
        note,
        items.length === 0 ? "None." : `Page ${pageNumber}: ${formatCount(items.length)} sessions, ${more}.`,
      );
    } catch (error) {
      setText(note, error instanceof Error ? error.message : String(error));
    }
    first.disabled = false;
    next.disabled = cursor === null;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void load(null);
  });
  first.addEventListener("click", () => void load(null));
  next.addEventListener("click", () => void load(cursor));

  return {
    show({ overview }) {
      offer(field(form, "listener", HTMLSelectElement), overview.listeners);
      offer(field(form, "pool", HTMLSelectElement), overview.pools);
    },
  };
}

/** The names there are now, and none at all. What was chosen stays chosen while it exists. */
function offer(select: HTMLSelectElement, named: readonly { readonly name: string }[]): void {
  const names = ["", ...named.map(({ name }) => name)];
  if ([...select.options].map(({ value }) => value).join("\n") === names.join("\n")) return;
  const { value } = select;
  select.replaceChildren(...names.map((name) => element("option", { value: name }, name === "" ? "any" : name)));
  select.value = names.includes(value) ? value : "";
}
