// What has happened since the page was opened: backends, reloads, and what operators did.

import type { EventAnswers } from "#answers";
import { element, find } from "./element.ts";
import { formatTime } from "./format.ts";
import type { Notice } from "./notice.ts";

export type EventList = { readonly [Name in "backend" | "config" | "audit"]: (event: EventAnswers[Name]) => void };

const LONGEST = 200;

/** Which colour of a state each has. */
const colours: Readonly<Record<EventAnswers["backend"]["event"], string>> = {
  up: "ready",
  returned: "ready",
  added: "ready",
  down: "down",
  ejected: "ejected",
  removed: "maintenance",
};

/** Newest first. */
export function createEventList(notice: Notice): EventList {
  const list = find("event-list", HTMLElement);

  function add(at: string, state: string, kind: string, text: string): void {
    const time = element("time", { datetime: at }, formatTime(Date.parse(at)));
    const line = element("li", {}, time, element("b", { "data-state": state }, kind), element("span", {}, text));
    list.prepend(line);
    while (list.childElementCount > LONGEST) list.lastElementChild?.remove();
  }

  return {
    backend({ event, backend, address, reason, at }) {
      const where = address === null ? backend : `${backend} (${address})`;
      add(at, colours[event], event, `${where}: ${reason}`);
      notice.announce(`${backend} ${event}: ${reason}`);
    },
    config({ result, hash, error, at }) {
      const text = result === "ok" ? `in force: ${hash}` : (error ?? "refused");
      add(at, result === "ok" ? "ready" : "down", "reload", text);
      notice.announce(result === "ok" ? "The configuration was read anew" : `A reload was refused: ${text}`);
    },
    audit({ action, by, client, subject, change, at }) {
      const set = Object.entries(change).map(
        ([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      const who = client === null ? by : `${by} from ${client}`;
      const parts = [subject, set.join(", "), `by ${who}`].filter((part) => part !== null && part !== "");
      add(at, "drain", action, parts.join(" · "));
    },
  };
}
