/** What one probe has found out about a backend. */
export type ProbeResult =
  | { readonly kind: "ok" }
  | { readonly kind: "failed"; readonly reason: string }
  /** Nothing: this machine was short of something. Nothing is held against the backend. */
  | { readonly kind: "inconclusive"; readonly reason: string };
