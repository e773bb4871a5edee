// A state as a word in its colour, with a sign for those who see no colours.

import { element, setAttribute, setText } from "./element.ts";

const signs: Readonly<Record<string, string>> = {
  ready: "●",
  drain: "◐",
  maintenance: "■",
  ejected: "▲",
  down: "✕",
  removed: "○",
};

export function statePill(): HTMLElement {
  return element("span", { class: "pill" }, element("span", { class: "sign", "aria-hidden": "true" }), element("span"));
}

/** @param state of a backend, or another word that has a colour in the style sheet */
export function setState(pill: HTMLElement, state: string, label: string = state): void {
  setAttribute(pill, "data-state", state);
  const [sign, word] = pill.children;
  if (sign !== undefined) setText(sign, signs[state] ?? "●");
  if (word !== undefined) setText(word, label);
}
