// Shapes that two HTTP servers may read differently: where a request could be smuggled past a router.

export const smugglingShapes = [
  "bare-lf",
  "space-before-colon",
  "folded-header",
  "two-hosts",
  "no-host",
  "content-length-with-transfer-encoding",
  "nul",
  "target-host-mismatch",
  "malformed",
] as const;
export type SmugglingShape = (typeof smugglingShapes)[number];

const NO_SHAPES: readonly SmugglingShape[] = [];

/** The shapes of one head, each once. Almost every head has none: a Set for it would be the largest part of what is made of it. */
export class FoundShapes {
  #found: SmugglingShape[] | undefined;

  add(shape: SmugglingShape): void {
    if (this.#found === undefined) this.#found = [shape];
    else if (!this.#found.includes(shape)) this.#found.push(shape);
  }

  /** In the order in which they were found. */
  get all(): readonly SmugglingShape[] {
    return this.#found ?? NO_SHAPES;
  }
}

/** What comes of a request that has a shape. */
export interface ShapeTreatment {
  /** With `strict`: the status of the answer. The shape is the session's error. */
  readonly strict: 400;
  /** Without it: no route is asked, and the shape is counted. */
  readonly otherwise: "default-pool";
}

const REFUSED: ShapeTreatment = { strict: 400, otherwise: "default-pool" };

/** Each shape that a head may have, and what is done about it. */
export const shapeTreatments: Readonly<Record<SmugglingShape, ShapeTreatment>> = {
  // A line ends in LF alone: RFC 9112 §2.2.
  "bare-lf": REFUSED,
  // `Name : value`: RFC 9112 §5.1.
  "space-before-colon": REFUSED,
  // A line that begins with white space goes on with the one before: RFC 9112 §5.2.
  "folded-header": REFUSED,
  // RFC 9112 §3.2.
  "two-hosts": REFUSED,
  // HTTP/1.1 needs one: RFC 9112 §3.2.
  "no-host": REFUSED,
  // Two lengths of one body, which is what request smuggling is about: RFC 9112 §6.1.
  "content-length-with-transfer-encoding": REFUSED,
  // A NUL, wherever it is in the head: RFC 9110 §5.5.
  nul: REFUSED,
  // An absolute or authority target, and a Host that names another place: RFC 9112 §3.2.2.
  "target-host-mismatch": REFUSED,
  // Whatever else is not valid: a character, a length, a target, a host, a version, more than 256 headers.
  malformed: REFUSED,
};
