// The configuration in force, and what became of the last reload.

import type { Controls } from "./controls.ts";
import { element, find, setAttribute, setText } from "./element.ts";
import { formatAgo, formatCount, formatMoment } from "./format.ts";
import type { Part } from "./view.ts";

const labels = ["In force", "Since", "Reloads", "Last error", "Next start", "Log"] as const;

export function createConfiguration(controls: Controls): Part {
  const list = find("configuration-facts", HTMLElement);
  const values = new Map<string, HTMLElement>();
  for (const label of labels) {
    const value = element("dd");
    values.set(label, value);
    list.append(element("div", {}, element("dt", {}, label), value));
  }
  find("reload", HTMLButtonElement).addEventListener("click", () => controls.reload());

  function set(label: (typeof labels)[number], text: string, kind: string | null = null): void {
    const value = values.get(label);
    if (value === undefined) return;
    setText(value, text);
    setAttribute(value, "class", kind);
  }

  return {
    show({ overview: { status }, nowMs }) {
      const { hash, reloads, lastSuccessAt, lastError, restartRequired } = status.config;
      set("In force", hash, "code");
      set("Since", `${formatMoment(lastSuccessAt, nowMs)} (${formatAgo(nowMs - Date.parse(lastSuccessAt))})`);
      set("Reloads", `${formatCount(reloads.ok)} done, ${formatCount(reloads.failed)} refused`);
      set("Last error", lastError ?? "none", lastError === null ? "quiet" : "problem");
      const waits = restartRequired.length > 0;
      set(
        "Next start",
        waits ? `changes ${restartRequired.join(", ")}` : "changes nothing",
        waits ? "warning" : "quiet",
      );
      const dropped = status.logLinesDropped;
      set("Log", `level ${status.logLevel}, ${formatCount(dropped)} lines dropped`, dropped > 0 ? "warning" : null);
    },
  };
}
