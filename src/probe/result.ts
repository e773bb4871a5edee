/** What one probe has found out about a backend. */
export type ProbeResult = ProbeVerdict & {
  /** When the certificate ends that the backend has shown. ISO 8601, UTC. */
  readonly certificateExpiresAt?: string | undefined;
};

export type ProbeVerdict =
  | { readonly kind: "ok" }
  /** The reason is for people, and follows "probe:". */
  | { readonly kind: "failed"; readonly reason: string }
  /** Nothing: this machine was short of something. Nothing is held against the backend. */
  | { readonly kind: "inconclusive"; readonly reason: string };

export const OK: ProbeVerdict = { kind: "ok" };

export function failed(reason: string): ProbeVerdict {
  return { kind: "failed", reason };
}

/** One probe under way, as it is seen from inside. */
export interface Asking {
  /** To be given up when it says so; nobody waits for the result then. */
  readonly signal: AbortSignal;
  /** Says what is waited for from now on, as in "no connection within 2s". */
  readonly waitFor: (what: string) => void;
}

/** Asks once. To reject means "failed", with the reason. */
export type Ask = (asking: Asking) => Promise<ProbeResult>;
