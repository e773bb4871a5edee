/** Shapes that two HTTP servers may read differently: where a request could be smuggled past a router. */
export const smugglingShapes = [
  "bare-lf",
  "space-before-colon",
  "folded-header",
  "two-hosts",
  "content-length-with-transfer-encoding",
  "nul",
  "target-host-mismatch",
] as const;
export type SmugglingShape = (typeof smugglingShapes)[number];

export interface Http1Header {
  /** Lower case. */
  readonly name: string;
  /** Without the white space around it; Latin-1. */
  readonly value: string;
}

/** The head of an HTTP/1 request. */
export interface Http1Head {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly form: "origin" | "absolute" | "authority" | "asterisk";
  /** The path of the target as sent, without the query; empty where the form has none. */
  readonly path: string;
  /** Of an absolute target, else of the Host header: lower case, without port and trailing dot. Undefined where there is none. */
  readonly host: string | undefined;
  readonly version: "1.0" | "1.1";
  /** In their order. */
  readonly headers: readonly Http1Header[];
  readonly shapes: readonly SmugglingShape[];
}
