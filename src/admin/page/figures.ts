// The figures on top, and what stands beside the name of the program.

import { element, find, setAttribute, setHidden, setText } from "./element.ts";
import { groupOf } from "./end-group.ts";
import { formatBytes, formatCount, formatDuration, formatRate, formatShare, NOTHING } from "./format.ts";
import { addRates } from "./recent.ts";
import { setState, statePill } from "./state-pill.ts";
import type { Status } from "./types.ts";
import type { Part, View } from "./view.ts";

interface Figure {
  readonly value: HTMLElement;
  readonly detail: HTMLElement;
  readonly box: HTMLElement;
}

export function createFigures(): Part {
  const list = find("figures", HTMLElement);
  const add = (label: string): Figure => {
    const value = element("b");
    const detail = element("small");
    const box = element("div", {}, element("dt", {}, label), element("dd", {}, value, detail));
    list.append(box);
    return { value, detail, box };
  };
  const sessions = add("Sessions");
  const rate = add("Sessions/s");
  const up = add("To backends");
  const down = add("To clients");
  const backends = add("Backends ready");
  const waiting = add("Waiting");
  const disorderly = add("Not in order");
  const identity = find("identity", HTMLElement);
  const pill = statePill();
  pill.id = "readiness";
  find("readiness", HTMLElement).replaceWith(pill);

  return {
    show({ overview, recent, timeline, nowMs }: View) {
      const { status, listeners, pools } = overview;
      showStatus(pill, identity, status, nowMs);

      const { active, limit } = status.sessions;
      set(sessions, formatCount(active), `of ${formatCount(limit)}${status.acceptPaused ? ", full" : ""}`);
      setAttribute(sessions.box, "class", status.acceptPaused ? "problem" : null);

      const rates = addRates(listeners.map((listener) => recent.listener(listener)));
      set(rate, formatRate(rates.sessions), "ended");
      set(up, formatBytes(rates.bytesUp), "a second");
      set(down, formatBytes(rates.bytesDown), "a second");

      const all = pools.flatMap((pool) => pool.backends);
      const ready = all.filter(({ state }) => state === "ready").length;
      set(backends, `${formatCount(ready)} of ${formatCount(all.length)}`, othersText(all));
      const isDead = pools.some(({ usable }) => usable === 0);
      setAttribute(backends.box, "class", isDead ? "problem" : ready < all.length ? "warning" : null);

      const queued = pools.reduce((sum, { queueLength }) => sum + queueLength, 0);
      set(waiting, formatCount(queued), "for a free backend");
      setAttribute(waiting.box, "class", queued > 0 ? "warning" : null);

      const ends = Object.entries(timeline.ends());
      const total = ends.reduce((sum, [, count]) => sum + count, 0);
      const odd = ends.filter(([end]) => groupOf(end) !== "orderly").reduce((sum, [, count]) => sum + count, 0);
      set(disorderly, total === 0 ? NOTHING : formatShare(odd / total), "of ends in 15 minutes");
    },
  };
}

function set({ value, detail }: Figure, text: string, more: string): void {
  setText(value, text);
  setText(detail, more);
}

function showStatus(pill: HTMLElement, identity: HTMLElement, status: Status, nowMs: number): void {
  const { version, node, transport, instance, startedAt } = status;
  if (status.draining) setState(pill, "drain", "draining");
  else if (status.state !== "running") setState(pill, "maintenance", status.state);
  else if (status.ready) setState(pill, "ready", "ready");
  else setState(pill, "down", `not ready (${status.readyWhen})`);
  const uptime = formatDuration(Math.max(0, nowMs - Date.parse(startedAt)));
  setText(identity, `${version} · ${transport} · Node ${node.replace(/^v/, "")} · ${instance} · up ${uptime}`);
  const mayWrite = status.dashboard === "read-write";
  document.body.classList.toggle("read-only", !mayWrite);
  setHidden(find("read-only-note", HTMLElement), mayWrite);
}

/** What those are that are not ready: `1 down, 2 drain`. */
function othersText(backends: readonly { readonly state: string }[]): string {
  const counts = new Map<string, number>();
  for (const { state } of backends) if (state !== "ready") counts.set(state, (counts.get(state) ?? 0) + 1);
  if (counts.size === 0) return "all of them";
  return [...counts].map(([state, count]) => `${formatCount(count)} ${state}`).join(", ");
}
