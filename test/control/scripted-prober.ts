import assert from "node:assert/strict";
import type { Prober, ProbeSubject } from "../../src/probe/prober.ts";
import type { ProbeResult } from "../../src/probe/result.ts";

/** What somebody has asked to be probed. */
export interface ScriptedProbe {
  readonly subject: ProbeSubject;
  /** The delays that were asked for. */
  readonly hastened: readonly number[];
  readonly isStopped: boolean;
}

/** A prober that never asks: the test says what the result is. */
export interface ScriptedProber extends Prober {
  /** In the order in which they were begun. */
  readonly probes: readonly ScriptedProbe[];
  /** Hands a result to the newest probe that has not been stopped, or to that one. @returns when it would be asked again. */
  readonly result: (result: ProbeResult | "ok" | "refused", index?: number) => number;
}

/** How long each probe takes. */
export const TOOK_MS = 3;

const RESULTS = { ok: { kind: "ok" }, refused: { kind: "failed", reason: "ECONNREFUSED" } } as const;

export function createScriptedProber(): ScriptedProber {
  const probes: { subject: ProbeSubject; hastened: number[]; isStopped: boolean }[] = [];
  return {
    probes,
    watch(subject) {
      const probe = { subject, hastened: new Array<number>(), isStopped: false };
      probes.push(probe);
      return {
        hasten: (delayMs) => void probe.hastened.push(delayMs),
        stop() {
          probe.isStopped = true;
        },
      };
    },
    result(result, index) {
      const probe = index === undefined ? probes.findLast(({ isStopped }) => !isStopped) : probes[index];
      assert.ok(probe !== undefined && !probe.isStopped, "nobody is probed there");
      probe.subject.onStart();
      return probe.subject.onResult(typeof result === "string" ? RESULTS[result] : result, TOOK_MS);
    },
  };
}
