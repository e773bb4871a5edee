import assert from "node:assert/strict";
import type { NameHandler, Names } from "../../src/discovery/names.ts";

/** A name that somebody watches. */
export interface ScriptedName {
  readonly name: string;
  readonly intervalMs: number;
  readonly refreshes: number;
  readonly isStopped: boolean;
}

/** Names that resolve to what the test says, when it says so. */
export interface ScriptedNames extends Names {
  readonly watched: readonly ScriptedName[];
  readonly resolve: (name: string, addresses: readonly string[]) => void;
  readonly fail: (name: string, reason: string) => void;
}

interface Entry {
  readonly name: string;
  readonly intervalMs: number;
  readonly handler: NameHandler;
  readonly firstDone: () => void;
  refreshes: number;
  isStopped: boolean;
}

export function createScriptedNames(): ScriptedNames {
  const watched: Entry[] = [];

  function find(name: string): Entry {
    const entry = watched.find((other) => other.name === name && !other.isStopped);
    assert.ok(entry !== undefined, `nobody watches ${name}`);
    entry.firstDone();
    return entry;
  }

  return {
    watched,
    watch(name, intervalMs, handler) {
      let firstDone = (): void => {};
      const first = new Promise<void>((resolve) => {
        firstDone = resolve;
      });
      const entry = { name, intervalMs, handler, firstDone, refreshes: 0, isStopped: false };
      watched.push(entry);
      return {
        first,
        refresh: () => void entry.refreshes++,
        stop() {
          entry.isStopped = true;
          firstDone();
        },
      };
    },
    resolve: (name, addresses) => find(name).handler.onAddresses(addresses),
    fail: (name, reason) => find(name).handler.onFailure(reason),
  };
}
