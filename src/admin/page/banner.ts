// The line on top that says that the page is not live.

import { find, setHidden, setText } from "./element.ts";
import { formatTime } from "./format.ts";
import type { Connection } from "./stream.ts";

export interface Banner {
  show(connection: Connection): void;
  /** When figures came last. Milliseconds since 1970. */
  figuresCame(atMs: number): void;
}

const TICK_MS = 250;

/** @param retry tries again at once */
export function createBanner(retry: () => void): Banner {
  const box = find("banner", HTMLElement);
  const countdown = find("banner-countdown", HTMLElement);
  let lastFiguresMs: number | undefined;
  let ticking: number | undefined;
  let isLost = false;

  function say(title: string, detail: string): void {
    setText(find("banner-title", HTMLElement), title);
    setText(find("banner-detail", HTMLElement), detail);
    setHidden(box, false);
  }

  function count(retryAtMs: number): void {
    const seconds = Math.max(0, Math.ceil((retryAtMs - Date.now()) / 1_000));
    setText(countdown, seconds > 0 ? `Next attempt in ${seconds} s.` : "Trying …");
  }

  find("banner-retry", HTMLButtonElement).addEventListener("click", retry);
  return {
    show(connection) {
      clearInterval(ticking);
      isLost = connection.kind === "lost" || (isLost && connection.kind === "connecting");
      document.body.classList.toggle("stale", isLost || connection.kind === "locked");
      for (const control of document.querySelectorAll<HTMLButtonElement>("button[data-control]")) {
        control.disabled = isLost;
      }
      if (connection.kind === "live") {
        setHidden(box, true);
      } else if (connection.kind === "lost") {
        const last = lastFiguresMs === undefined ? "" : ` What is shown is from ${formatTime(lastFiguresMs)}.`;
        say("Connection lost:", `${connection.why}.${last}`);
        count(connection.retryAtMs);
        ticking = setInterval(() => count(connection.retryAtMs), TICK_MS);
      } else if (connection.kind === "locked") {
        say("Not logged in:", "to read something here takes the token.");
        setText(countdown, "");
      } else {
        setText(countdown, "Trying …");
      }
    },
    figuresCame(atMs) {
      lastFiguresMs = atMs;
    },
  };
}
