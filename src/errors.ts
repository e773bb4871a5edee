/** Every code that an `LbError` can carry. Closed: adding one is a change of the public interface. */
export type ErrorCode =
  /** What the user wrote can't be used; `details.problems` lists every mistake. */
  | "LB_CONFIG"
  /** An address to listen on is taken. */
  | "LB_ADDRESS_IN_USE"
  /** The process may not listen on that address (ports below 1024, a folder without write permission). */
  | "LB_PRIVILEGE"
  /** An address to listen on does not exist on this machine, or its name does not resolve. */
  | "LB_ADDRESS_UNKNOWN"
  /** The operating system refused to listen for another reason. */
  | "LB_LISTEN"
  /** `start` after `close`, or `start` twice; a reload before the one or after the other. */
  | "LB_CLOSED"
  /** A pool of that name does not exist. */
  | "LB_UNKNOWN_POOL"
  /** A backend of that name does not exist in the pool. */
  | "LB_UNKNOWN_BACKEND"
  /** A backend of that name is in the pool already. */
  | "LB_DUPLICATE_BACKEND"
  /** The shared table holds no further backend. */
  | "LB_TOO_MANY_BACKENDS"
  /** The transport that was asked for does not work here. */
  | "LB_TRANSPORT"
  /** A worker could not be started, or workers died again and again. */
  | "LB_WORKER"
  /** The log can't be written where the user wants it. */
  | "LB_LOG_OUTPUT"
  /** The file of the admin address's token can't be used. */
  | "LB_ADMIN_TOKEN";

/** One mistake in what the user wrote. */
export interface Problem {
  /** Where: a flag (`--idle-timeout`), a variable (`LB_TCP_LISTEN`) or a path (`pools.web.backends[0].weight`). */
  readonly path: string;
  /** What was found, what was expected, and what to do. One line. */
  readonly message: string;
}

export interface ErrorDetails {
  readonly problems?: readonly Problem[];
  readonly address?: string;
}

/**
 * The one error class of the control plane. The message gives the subject, what was found, what was expected and what
 * to do. The data plane never throws: a session ends with an `EndReason` instead.
 */
export class LbError extends Error {
  override readonly name: string = "LbError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The `code` of a Node system error (`ECONNREFUSED`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** One line that says what went wrong, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** All problems as one error: a line each. */
export function configError(problems: readonly Problem[]): LbError {
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
  return new LbError("LB_CONFIG", text, { details: { problems } });
}
