// What `lb-tcp top` knows and shows, and what becomes of it when something happens. Pure.

import type { History, Overview } from "../../admin/answers.ts";
import type { OperatorState } from "../../control/override.ts";
import type { BackendEvent, ReloadEvent } from "../../observe/events.ts";
import { type EndSeconds, endsOf, withEnds } from "./ends.ts";
import type { Key } from "./keys.ts";
import { type Rates, ratesBetween } from "./rates.ts";
import { type SortOrder, shownRows, sortOrders } from "./rows.ts";

export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly reason: string; readonly sinceMs: number };

export type Mode =
  | { readonly kind: "list" }
  | { readonly kind: "help" }
  /** A filter is being typed; what was shown before comes back with Escape. */
  | { readonly kind: "filter"; readonly before: string }
  | { readonly kind: "confirm"; readonly wanted: Wanted };

/** What an operator wants of a backend. */
export interface Wanted {
  readonly pool: string;
  readonly backend: string;
  readonly state: OperatorState;
}

export interface Notice {
  readonly text: string;
  readonly tone: "plain" | "good" | "bad";
  readonly untilMs: number;
}

export interface TopState {
  readonly connection: Connection;
  readonly overview: Overview | undefined;
  readonly rates: Rates | undefined;
  /** Sessions at once, a figure a second, oldest first. */
  readonly trend: readonly number[];
  /** How sessions ended in the last 15 minutes. */
  readonly ends: EndSeconds;
  readonly sort: SortOrder;
  readonly filter: string;
  /** `pool/backend`. */
  readonly selected: string | undefined;
  readonly mode: Mode;
  readonly notice: Notice | undefined;
}

export const initialState: TopState = {
  connection: { kind: "connecting" },
  overview: undefined,
  rates: undefined,
  trend: [],
  ends: [],
  sort: "name",
  filter: "",
  selected: undefined,
  mode: { kind: "list" },
  notice: undefined,
};

export type Happening =
  | { readonly kind: "open" }
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "event"; readonly event: string; readonly data: unknown }
  /** @param page How many rows a page has. */
  | { readonly kind: "key"; readonly key: Key; readonly page: number }
  /** What has become of a change. */
  | { readonly kind: "told"; readonly text: string; readonly isGood: boolean };

/** What is to be done, beside showing the state. */
export type Effect = { readonly kind: "quit" } | { readonly kind: "set"; readonly wanted: Wanted };

export interface Step {
  readonly state: TopState;
  readonly effect?: Effect;
}

const MOST_TREND = 60;
const NOTICE_MS = 6_000;

/** @param nowMs monotonic. */
export function step(state: TopState, happening: Happening, nowMs: number): Step {
  switch (happening.kind) {
    case "open":
      return { state: { ...state, connection: { kind: "live" } } };
    case "lost": {
      const { connection } = state;
      const sinceMs = connection.kind === "lost" ? connection.sinceMs : nowMs;
      return { state: { ...state, connection: { kind: "lost", reason: happening.reason, sinceMs } } };
    }
    case "told":
      return { state: noted(state, happening.text, happening.isGood ? "good" : "bad", nowMs) };
    case "event":
      return { state: heard(state, happening, nowMs) };
    case "key":
      // Whoever presses a key has read it.
      return pressed({ ...state, notice: undefined }, happening.key, happening.page);
  }
}

function noted(state: TopState, text: string, tone: Notice["tone"], nowMs: number): TopState {
  return { ...state, notice: { text, tone, untilMs: nowMs + NOTICE_MS } };
}

/** The data of an event is the server's promise: src/admin/answers.ts. */
function heard(state: TopState, { event, data }: { event: string; data: unknown }, nowMs: number): TopState {
  if (typeof data !== "object" || data === null) return state;
  switch (event) {
    case "history":
      return {
        ...state,
        trend: (data as History).activeSessions.slice(-MOST_TREND),
        ends: endsOf(data as History),
      };
    case "stats": {
      const overview = data as Overview;
      const { overview: before, trend } = state;
      return {
        ...state,
        overview,
        rates: before === undefined ? undefined : (ratesBetween(before, overview) ?? state.rates),
        ends: withEnds(state.ends, before, overview),
        trend: [...trend, overview.status.sessions.active].slice(-MOST_TREND),
      };
    }
    case "backend": {
      const { event: what, backend, reason } = data as BackendEvent;
      const tone =
        what === "up" || what === "returned" ? "good" : what === "added" || what === "removed" ? "plain" : "bad";
      return noted(state, `${backend} ${what}: ${reason}`, tone, nowMs);
    }
    case "config": {
      const { result, error } = data as ReloadEvent;
      return result === "ok"
        ? noted(state, "the configuration was reloaded", "good", nowMs)
        : noted(state, `a reload failed: ${error}`, "bad", nowMs);
    }
    default:
      return state;
  }
}

function pressed(state: TopState, key: Key, page: number): Step {
  if (key.kind === "interrupt") return { state, effect: { kind: "quit" } };
  switch (state.mode.kind) {
    case "list":
      return pressedInList(state, key, page);
    case "help":
      // Any key leads back.
      return isCharacter(key, "q") ? { state, effect: { kind: "quit" } } : { state: listed(state) };
    case "filter":
      return { state: typed(state, state.mode.before, key) };
    case "confirm": {
      const { wanted } = state.mode;
      const isYes = isCharacter(key, "y") || isCharacter(key, "Y");
      return isYes ? { state: listed(state), effect: { kind: "set", wanted } } : { state: listed(state) };
    }
  }
}

function listed(state: TopState): TopState {
  return { ...state, mode: { kind: "list" } };
}

function isCharacter(key: Key, character: string): boolean {
  return key.kind === "character" && key.character === character;
}

function pressedInList(state: TopState, key: Key, page: number): Step {
  switch (key.kind) {
    case "up":
      return { state: moved(state, -1) };
    case "down":
      return { state: moved(state, 1) };
    case "page-up":
      return { state: moved(state, -page) };
    case "page-down":
      return { state: moved(state, page) };
    case "home":
      return { state: moved(state, Number.NEGATIVE_INFINITY) };
    case "end":
      return { state: moved(state, Number.POSITIVE_INFINITY) };
    case "escape":
      return { state: { ...state, filter: "" } };
    case "character":
      return pressedCharacter(state, key.character);
    case "enter":
    case "backspace":
    case "interrupt":
      return { state };
  }
}

function pressedCharacter(state: TopState, character: string): Step {
  switch (character) {
    case "q":
      return { state, effect: { kind: "quit" } };
    case "k":
      return { state: moved(state, -1) };
    case "j":
      return { state: moved(state, 1) };
    case "g":
      return { state: moved(state, Number.NEGATIVE_INFINITY) };
    case "G":
      return { state: moved(state, Number.POSITIVE_INFINITY) };
    case "s":
      return { state: { ...state, sort: nextOrder(state.sort) } };
    case "/":
      return { state: { ...state, mode: { kind: "filter", before: state.filter } } };
    case "?":
    case "h":
      return { state: { ...state, mode: { kind: "help" } } };
    case "d":
      return asked(state, "drain");
    case "m":
      return asked(state, "maintenance");
    case "r": {
      const wanted = wantedOf(state, "ready");
      return wanted === undefined ? { state } : { state, effect: { kind: "set", wanted } };
    }
    default:
      return { state };
  }
}

/** Taking a backend out of service is confirmed, putting it back is not. */
function asked(state: TopState, wantedState: OperatorState): Step {
  const wanted = wantedOf(state, wantedState);
  return { state: wanted === undefined ? state : { ...state, mode: { kind: "confirm", wanted } } };
}

function wantedOf(state: TopState, wantedState: OperatorState): Wanted | undefined {
  const row = shownRows(state).find(({ identity }) => identity === state.selected);
  return row === undefined ? undefined : { pool: row.pool, backend: row.backend.name, state: wantedState };
}

function nextOrder(order: SortOrder): SortOrder {
  return sortOrders[(sortOrders.indexOf(order) + 1) % sortOrders.length] ?? "name";
}

/** The first move selects the first, or the last. */
function moved(state: TopState, by: number): TopState {
  const rows = shownRows(state);
  const at = rows.findIndex(({ identity }) => identity === state.selected);
  const from = at === -1 && by > 0 ? -1 : at === -1 ? rows.length : at;
  const to = Math.min(rows.length - 1, Math.max(0, from + by));
  return { ...state, selected: rows[to]?.identity };
}

const LONGEST_FILTER = 100;

function typed(state: TopState, before: string, key: Key): TopState {
  switch (key.kind) {
    case "character":
      return { ...state, filter: `${state.filter}${key.character}`.slice(0, LONGEST_FILTER) };
    case "backspace":
      return { ...state, filter: state.filter.slice(0, -1) };
    case "enter":
      return listed(state);
    case "escape":
      return { ...listed(state), filter: before };
    case "up":
    case "down":
    case "page-up":
    case "page-down":
    case "home":
    case "end":
    case "interrupt":
      return state;
  }
}
