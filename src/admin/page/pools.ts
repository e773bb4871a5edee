// The pools, each with its backends.

import { type BackendRow, createBackendTable } from "./backends.ts";
import type { Controls } from "./controls.ts";
import { button, element, find, setAttribute, setHidden, setText } from "./element.ts";
import { formatBytes, formatCount, formatDuration, formatRate, NOTHING } from "./format.ts";
import { setState, statePill } from "./state-pill.ts";
import type { Table } from "./table.ts";
import type { Pool } from "./types.ts";
import type { Part, View } from "./view.ts";

// From so many backends on, a filter helps; from more, a pool begins closed.
const FILTERED_BACKENDS = 10;
const OPEN_BACKENDS = 50;
// What a browser draws anew each second without being noticed.
const PAGE_BACKENDS = 200;

export function createPools(controls: Controls): Part {
  const list = find("pool-list", HTMLElement);
  const cards = new Map<string, PoolCard>();
  return {
    show(view) {
      const { pools } = view.overview;
      if (cards.size === 0) list.replaceChildren();
      for (const pool of pools) {
        let card = cards.get(pool.name);
        if (card === undefined) {
          card = new PoolCard(pool, controls);
          cards.set(pool.name, card);
          list.append(card.element);
        }
        card.show(pool, view);
      }
      for (const [name, card] of cards) {
        if (pools.some((pool) => pool.name === name)) continue;
        card.element.remove();
        cards.delete(name);
      }
    },
  };
}

const figureLabels = ["Sessions", "Sessions/s", "Up/s", "Down/s", "Waiting", "Dial", "First byte", "Retries"] as const;

const hints: Readonly<Record<(typeof figureLabels)[number], string>> = {
  Sessions: "Now",
  "Sessions/s": "Sessions that ended, a second",
  "Up/s": "Bytes from clients to backends, a second",
  "Down/s": "Bytes from backends to clients, a second",
  Waiting: "Sessions that wait because every backend is full",
  Dial: "From the first dial to a connected backend in the last minute: half of them, and 95 % of them",
  "First byte": "From there to the backend's first byte in the last minute: half of them, and 95 % of them",
  Retries: "Dials after a session's first, so far",
};

class PoolCard {
  readonly element: HTMLDetailsElement;
  readonly #pill: HTMLElement = statePill();
  readonly #figures = new Map<string, HTMLElement>();
  readonly #filter: HTMLInputElement;
  readonly #filterLine: HTMLElement;
  readonly #count: HTMLElement = element("span", { class: "quiet", role: "status" });
  readonly #table: Table<BackendRow>;
  readonly #more: HTMLButtonElement;
  #shownCount = PAGE_BACKENDS;
  #latest: { pool: Pool; view: View } | undefined;

  constructor({ name, backends }: Pool, controls: Controls) {
    this.#table = createBackendTable(name, controls);
    this.#filter = element("input", {
      type: "search",
      placeholder: "name, address, state or reason",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#filter.addEventListener("input", () => this.#showBackends());
    this.#filterLine = element("p", { class: "filter" }, element("label", {}, "Filter ", this.#filter), this.#count);
    this.#more = button(`Show ${PAGE_BACKENDS} more`, () => {
      this.#shownCount += PAGE_BACKENDS;
      this.#showBackends();
    });
    this.#filterLine.append(this.#more);
    const figures = figureLabels.map((label) => {
      const value = element("b");
      this.#figures.set(label, value);
      return element("span", { title: hints[label] }, `${label} `, value);
    });
    const summary = element(
      "summary",
      {},
      element("h3", {}, name),
      this.#pill,
      element("span", { class: "pool-figures" }, ...figures),
    );
    this.element = element("details", { class: "card pool" }, summary, this.#filterLine, this.#table.element);
    this.element.open = backends.length <= OPEN_BACKENDS;
    this.element.addEventListener("toggle", () => this.#showBackends());
  }

  show(pool: Pool, view: View): void {
    this.#latest = { pool, view };
    const { recent } = view;
    const rates = recent.pool(pool);
    const count = pool.backends.length;
    const ready = pool.backends.filter(({ state }) => state === "ready").length;
    const isFine = ready === count && count > 0;
    setState(this.#pill, isFine ? "ready" : ready > 0 ? "ejected" : "down", `${ready} of ${count} ready`);
    const waiting = this.#figures.get("Waiting");
    if (waiting !== undefined) setAttribute(waiting, "class", pool.queueLength > 0 ? "warning" : null);
    this.#set("Sessions", formatCount(pool.backends.reduce((sum, { active }) => sum + active, 0)));
    this.#set("Sessions/s", formatRate(rates.sessions));
    this.#set("Up/s", formatBytes(rates.bytesUp));
    this.#set("Down/s", formatBytes(rates.bytesDown));
    this.#set("Waiting", formatCount(pool.queueLength));
    this.#set("Dial", timesText(recent.times(pool, "dial")));
    this.#set("First byte", timesText(recent.times(pool, "firstByte")));
    this.#set("Retries", formatCount(pool.retries));
    this.#showBackends();
  }

  #set(label: (typeof figureLabels)[number], value: string): void {
    const target = this.#figures.get(label);
    if (target !== undefined) setText(target, value);
  }

  /** Nothing is drawn that is not seen. */
  #showBackends(): void {
    if (this.#latest === undefined || !this.element.open) return;
    const { pool, view } = this.#latest;
    const wanted = this.#filter.value.trim().toLowerCase();
    setHidden(this.#filterLine, pool.backends.length < FILTERED_BACKENDS && wanted === "");
    const found = wanted === "" ? pool.backends : pool.backends.filter((backend) => matches(backend, wanted));
    const backends = firstOf(found, this.#shownCount);
    const count = `${formatCount(found.length)} of ${formatCount(pool.backends.length)}`;
    const isCut = backends.length < found.length;
    setText(this.#count, isCut ? `${count}; shown are ${formatCount(backends.length)}, those not ready first` : count);
    setHidden(this.#more, !isCut);
    this.#table.update(
      backends.map((backend) => ({
        pool: pool.name,
        backend,
        rates: view.recent.backend(`${pool.name}/${backend.name}`, backend),
        nowMs: view.nowMs,
      })),
    );
  }
}

/** Of so many that not all are shown, those that somebody may look for. */
function firstOf(backends: Pool["backends"], count: number): Pool["backends"] {
  if (backends.length <= count) return backends;
  const isReady = ({ state }: Pool["backends"][number]): boolean => state === "ready";
  return [...backends.filter((each) => !isReady(each)), ...backends.filter(isReady)].slice(0, count);
}

function matches({ name, state, addresses }: Pool["backends"][number], wanted: string): boolean {
  const texts = [name, state, ...addresses.flatMap(({ address, lastProbe }) => [address, lastProbe ?? ""])];
  return texts.some((each) => each.toLowerCase().includes(wanted));
}

function timesText({ median, p95 }: { readonly median: number | null; readonly p95: number | null }): string {
  if (median === null || p95 === null) return NOTHING;
  return `${formatDuration(median)} · ${formatDuration(p95)}`;
}
