// Who asks for the token, and forgets it: what is kept is a cookie that no script can read.

import { find, setHidden, setText } from "./element.ts";
import { problemOf, Refusal, request } from "./requests.ts";

export interface Login {
  /** @returns whether the token was taken; false when the user doesn't want to say it */
  ask(why: string): Promise<boolean>;
}

// The cookie can't be seen, so this says whether there is something to log out of.
const REMEMBERED = "lb-tcp-logged-in";

export interface LoginOptions {
  readonly onLogin: () => void;
  readonly onLogout: () => void;
}

export function createLogin({ onLogin, onLogout }: LoginOptions): Login {
  const dialog = find("login-dialog", HTMLDialogElement);
  const form = find("login-form", HTMLFormElement);
  const token = find("login-token", HTMLInputElement);
  const problem = find("login-problem", HTMLElement);
  const signIn = find("sign-in", HTMLButtonElement);
  const signOut = find("sign-out", HTMLButtonElement);
  let asking: Promise<boolean> | undefined;
  let settle = (_taken: boolean): void => {};

  function remember(isLoggedIn: boolean): void {
    if (isLoggedIn) localStorage.setItem(REMEMBERED, "yes");
    else localStorage.removeItem(REMEMBERED);
    showWhich();
  }

  function showWhich(): void {
    const isLoggedIn = localStorage.getItem(REMEMBERED) !== null;
    setHidden(signIn, isLoggedIn);
    setHidden(signOut, !isLoggedIn);
  }

  function ask(why: string): Promise<boolean> {
    asking ??= new Promise<boolean>((resolve) => {
      remember(false);
      setText(find("login-why", HTMLElement), why);
      setText(problem, "");
      token.value = "";
      dialog.showModal();
      token.focus();
      settle = resolve;
    }).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function tryToken(): Promise<void> {
    try {
      const response = await request("POST", "login", { token: token.value });
      if (response.ok) {
        token.value = "";
        remember(true);
        dialog.close("yes");
        onLogin();
        return;
      }
      setText(problem, await problemOf(response));
    } catch (error) {
      setText(problem, error instanceof Refusal ? error.message : String(error));
    }
    token.select();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void tryToken();
  });
  find("login-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close("no"));
  dialog.addEventListener("close", () => {
    token.value = "";
    settle(dialog.returnValue === "yes");
    dialog.returnValue = "no";
  });
  signIn.addEventListener(
    "click",
    () => void ask("With the token you may change things, where the dashboard lets you."),
  );
  signOut.addEventListener("click", () => {
    void request("POST", "logout")
      .catch(() => undefined)
      .finally(() => {
        remember(false);
        onLogout();
      });
  });
  showWhich();
  return { ask };
}
