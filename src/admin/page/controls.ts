// What an operator may do: each asks the server, and says what has come of it. The server decides; what is shown follows its events.

import type { BackendAnswer } from "#answers";
import { askForChange, type Change, confirm } from "./dialogs.ts";
import { formatCount } from "./format.ts";
import type { Notice } from "./notice.ts";
import type { Requests } from "./requests.ts";
import type { Backend } from "./types.ts";

export interface Controls {
  /** To `drain` after a question, or to `ready` at once. */
  turn(pool: string, backend: Backend, state: "drain" | "ready"): void;
  /** State, weight and limit in a dialog. */
  change(pool: string, backend: Backend): void;
  restore(pool: string, backend: string): void;
  closeSession(id: string, client: string, onClosed: () => void): void;
  reload(): void;
}

export function createControls(requests: Requests, notice: Notice): Controls {
  /** Whatever goes wrong is said, in the server's words. */
  function attempt(what: () => Promise<string | undefined>): void {
    what().then(
      (text) => {
        if (text !== undefined) notice.say(text);
      },
      (error: unknown) => notice.say(error instanceof Error ? error.message : String(error), true),
    );
  }

  async function patch(pool: string, name: string, change: Change): Promise<string> {
    const { backend, left } = await requests.send<BackendAnswer>("PATCH", backendPath(pool, name), change);
    const sessions = left > 0 ? `, ${formatCount(left)} ${left === 1 ? "session" : "sessions"} left` : "";
    return `${pool}/${name} is ${backend.state}, weight ${backend.weight}${backend.state === "ready" ? "" : sessions}`;
  }

  return {
    turn(pool, { name, active }, state) {
      attempt(async () => {
        const question = {
          title: `Drain ${pool}/${name}?`,
          text: `It gets no new sessions. ${sessionsNow(active)} may finish; what the pool says under on-drain holds.`,
          yes: "Drain",
        };
        if (state === "drain" && !(await confirm(question))) return undefined;
        return patch(pool, name, { state });
      });
    },
    change(pool, backend) {
      attempt(async () => {
        const change = await askForChange(`${pool}/${backend.name}`, backend);
        return change === undefined ? undefined : patch(pool, backend.name, change);
      });
    },
    restore(pool, backend) {
      attempt(async () => {
        const question = {
          title: `Back to the configuration?`,
          text: `${pool}/${backend} will be what the configuration says. What was set at run time is forgotten.`,
          yes: "Restore",
        };
        if (!(await confirm(question))) return undefined;
        await requests.send("DELETE", `api/v1/overrides/${encodeURIComponent(pool)}/${encodeURIComponent(backend)}`);
        return `${pool}/${backend} is what the configuration says`;
      });
    },
    closeSession(id, client, onClosed) {
      attempt(async () => {
        const question = {
          title: `Close this session?`,
          text: `${client} loses its connection at once (${id}).`,
          yes: "Close it",
        };
        if (!(await confirm(question))) return undefined;
        await requests.send("DELETE", `api/v1/sessions/${encodeURIComponent(id)}`);
        onClosed();
        return `The session of ${client} was closed`;
      });
    },
    reload() {
      attempt(async () => {
        await requests.send("POST", "api/v1/reload");
        return "The configuration was read anew";
      });
    },
  };
}

function sessionsNow(active: number): string {
  if (active === 0) return "It has no sessions now; any";
  return active === 1 ? "The one it has" : `The ${formatCount(active)} it has`;
}

function backendPath(pool: string, backend: string): string {
  return `api/v1/pools/${encodeURIComponent(pool)}/backends/${encodeURIComponent(backend)}`;
}
