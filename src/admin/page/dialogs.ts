// Questions to the user, each in a dialog that a keyboard can answer.

import { field, find, setText } from "./element.ts";
import type { Backend } from "./types.ts";

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
}

/** What was changed in the dialog; what was left as it is, is left out. */
export interface Change {
  readonly state?: string;
  readonly weight?: number;
  readonly maxConnections?: number | "off";
}

export async function confirm({ title, text, yes }: Question): Promise<boolean> {
  const dialog = find("confirm-dialog", HTMLDialogElement);
  setText(find("confirm-title", HTMLElement), title);
  setText(find("confirm-text", HTMLElement), text);
  setText(find("confirm-yes", HTMLElement), yes);
  return (await answerOf(dialog)) === "yes";
}

/** @returns undefined when the user wants nothing changed */
export async function askForChange(identity: string, backend: Backend): Promise<Change | undefined> {
  const dialog = find("change-dialog", HTMLDialogElement);
  const form = dialog.querySelector("form");
  if (form === null) return undefined;
  const weight = field(form, "weight", HTMLInputElement);
  const limit = field(form, "maxConnections", HTMLInputElement);
  const state = field(form, "state", RadioNodeList);
  const before = {
    state: backend.state === "drain" || backend.state === "maintenance" ? backend.state : "ready",
    weight: String(backend.weight),
    limit: backend.maxConnections === null ? "off" : String(backend.maxConnections),
  };
  setText(find("change-title", HTMLElement), `Change ${identity}`);
  state.value = before.state;
  weight.value = before.weight;
  limit.value = before.limit;
  if ((await answerOf(dialog)) !== "yes") return undefined;
  const wanted = limit.value.trim() === "" ? "off" : limit.value.trim();
  const change = {
    ...(state.value === before.state ? {} : { state: state.value }),
    ...(weight.value === before.weight ? {} : { weight: Number(weight.value) }),
    ...(wanted === before.limit ? {} : { maxConnections: wanted === "off" ? ("off" as const) : Number(wanted) }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

function answerOf(dialog: HTMLDialogElement): Promise<string> {
  // Escape leaves it as it was.
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}
