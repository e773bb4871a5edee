// What has come of what the user did, and what changes by itself, for eyes and for ears.

import { find, setHidden, setText } from "./element.ts";

export interface Notice {
  /** Shown until it is closed, or for a while. */
  say(text: string, isProblem?: boolean): void;
  /** Read aloud only. */
  announce(text: string): void;
}

const SHOWN_MS = 10_000;

export function createNotice(): Notice {
  const box = find("notice", HTMLElement);
  const line = find("notice-text", HTMLElement);
  const announcer = find("announcer", HTMLElement);
  let timer: number | undefined;

  find("notice-close", HTMLButtonElement).addEventListener("click", () => setHidden(box, true));
  return {
    say(text, isProblem = false) {
      clearTimeout(timer);
      box.classList.toggle("problem", isProblem);
      setHidden(box, false);
      setText(line, text);
      // A problem stays until it is closed.
      if (!isProblem) timer = setTimeout(() => setHidden(box, true), SHOWN_MS);
    },
    announce: (text) => setText(announcer, text),
  };
}
