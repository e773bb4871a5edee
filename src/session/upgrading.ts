// What a backend answers to a request that would make a tunnel of its connection. Pure.

import { readHttp1Status } from "../wire/http1-status.ts";

/** How a request would make a tunnel of its connection. */
export type TunnelKind = "upgrade" | "connect";

/**
 * `more`: the answer is not complete. `interim`: so many bytes are an answer before the answer. `tunnel`: from now on it
 * is one. `ordinary`: it is none, and the request was like any other; with a head of so many bytes, 0 where none was read.
 */
export type UpgradeAnswer =
  | { readonly kind: "more"; readonly beyondBytes: number }
  | { readonly kind: "interim"; readonly byteCount: number }
  | { readonly kind: "tunnel" }
  | { readonly kind: "ordinary"; readonly headBytes: number };

const HEADLESS: UpgradeAnswer = { kind: "ordinary", headBytes: 0 };

/** Of interim answers; what comes after more than this is not waited for. */
const MOST_BYTES = 16_384;

export function judgeUpgrade(prefix: Uint8Array, ended: boolean, tunnel: TunnelKind): UpgradeAnswer {
  const verdict = readHttp1Status(prefix);
  switch (verdict.kind) {
    case "no":
      return HEADLESS;
    case "more":
      if (ended || prefix.length >= MOST_BYTES) return HEADLESS;
      return { kind: "more", beyondBytes: Math.min(Math.max(verdict.atLeast - 1, prefix.length), MOST_BYTES - 1) };
    case "match":
      return judgeStatus(verdict.value.status, verdict.byteCount, tunnel);
  }
}

function judgeStatus(status: number, byteCount: number, tunnel: TunnelKind): UpgradeAnswer {
  if (tunnel === "upgrade" ? status === 101 : status >= 200 && status < 300) return { kind: "tunnel" };
  const isInterim = status >= 100 && status < 200 && status !== 101;
  return isInterim ? { kind: "interim", byteCount } : { kind: "ordinary", headBytes: byteCount };
}
