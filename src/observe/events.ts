// What the library announces. Listeners are the user's code: nothing they do reaches the caller of `emit`.

import type { LbError } from "../errors.ts";
import type { SessionRecord } from "../session/record.ts";

/** A backend changed: what the log says about it, as a value. */
export interface BackendEvent {
  readonly event: "up" | "down" | "ejected" | "returned" | "added" | "removed";
  readonly pool: string;
  /** `pool/name`. */
  readonly backend: string;
  /** `ip:port` or `unix:/path`; null while its name has no address. */
  readonly address: string | null;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The configuration was read anew. */
export interface ReloadEvent {
  readonly result: "ok" | "failed";
  /** Of what is in force. */
  readonly hash: string;
  /** Why it failed; null where it has not. */
  readonly error: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Somebody has changed something at run time. */
export interface AuditEvent {
  /** `backend-changed`, `backend-added`, `backend-removed`, `override-removed`, `sessions-closed`, `reload`, `drain`, `shutdown`, `log-level`, `login`. */
  readonly action: string;
  /** Who: `token`, `dashboard`, `unix` or what a caller of the library has said. */
  readonly by: string;
  /** Where it came from, `ip:port`; null within the process. */
  readonly client: string | null;
  /** What was changed, such as `web/a`; null where that is everything. */
  readonly subject: string | null;
  /** What was set, as the log has it. */
  readonly change: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Every event and what its listeners are handed. */
export interface EventMap {
  /**
   * The balancer can't go on, because workers died again and again, and closes itself. Whoever wants sessions to finish
   * calls `close` with a grace from the listener.
   */
  readonly failed: LbError;
  /** A session has ended. */
  readonly session: SessionRecord;
  readonly backend: BackendEvent;
  readonly reload: ReloadEvent;
  readonly audit: AuditEvent;
}

export type EventName = keyof EventMap;
export type Listener<Name extends EventName> = (payload: EventMap[Name]) => void;

export interface Events {
  /** As with Node's EventEmitter, a listener that is added twice is called twice. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  once<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  /** Takes away the listener that was added last among equal ones; nothing happens where there is none. */
  off<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  /**
   * Calls the listeners that there are now, in order, but for those taken away meanwhile. One that throws harms neither the caller nor the others: its
   * error surfaces as an uncaught exception, right after the caller's turn.
   */
  emit<Name extends EventName>(name: Name, payload: EventMap[Name]): void;
  /** So that nobody builds a payload in vain. */
  hasListeners(name: EventName): boolean;
}

interface Subscription<Name extends EventName> {
  readonly listener: Listener<Name>;
  readonly once: boolean;
}

type Subscriptions = { readonly [Name in EventName]: Subscription<Name>[] };

export function createEvents(): Events {
  const subscriptions: Subscriptions = { failed: [], session: [], backend: [], reload: [], audit: [] };

  function remove<Name extends EventName>(name: Name, index: number): void {
    if (index >= 0) subscriptions[name].splice(index, 1);
  }

  return {
    on(name, listener) {
      subscriptions[name].push({ listener, once: false });
    },
    once(name, listener) {
      subscriptions[name].push({ listener, once: true });
    },
    off(name, listener) {
      remove(
        name,
        subscriptions[name].findLastIndex((subscription) => subscription.listener === listener),
      );
    },
    emit(name, payload) {
      // A copy, because a listener may add and take away listeners, or emit the same event before this is through.
      for (const subscription of subscriptions[name].slice()) {
        const index = subscriptions[name].indexOf(subscription);
        if (index < 0) continue;
        if (subscription.once) remove(name, index);
        try {
          subscription.listener(payload);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
    hasListeners: (name) => subscriptions[name].length > 0,
  };
}
