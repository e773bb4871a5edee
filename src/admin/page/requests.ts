// Requests to the API of the admin address.

import type { ProblemAnswer } from "#answers";

/** What was asked for was not done; the message says why, in the server's words. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Requests {
  /**
   * Where the token is wanted, the user is asked for it, and the request is made once more.
   * @throws Refusal
   */
  send<Answer>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<Answer>;
}

const UNAUTHORIZED = 401;
const NO_ANSWER = 0;

/** @param logIn asks for the token; false when nobody wants to say it */
export function createRequests(logIn: () => Promise<boolean>): Requests {
  async function send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    let response = await request(method, path, body);
    if (response.status === UNAUTHORIZED) {
      if (!(await logIn())) throw new Refusal(UNAUTHORIZED, "not logged in; nothing was changed");
      response = await request(method, path, body);
    }
    if (!response.ok) throw new Refusal(response.status, await problemOf(response));
    const text = await response.text();
    return JSON.parse(text === "" ? "null" : text);
  }
  return { send };
}

/** Relative, so that a proxy may serve the page below a path of its own. */
export async function request(method: string, path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new Refusal(NO_ANSWER, "lb-tcp does not answer");
  }
}

/** Why a stream of events can't be had: `locked`, or a reason for people. */
export async function diagnose(path: string): Promise<string> {
  const abort = new AbortController();
  try {
    const response = await fetch(path, { signal: abort.signal });
    if (response.status === UNAUTHORIZED) return "locked";
    return response.ok ? "it broke off" : await problemOf(response);
  } catch {
    return "nobody answers";
  } finally {
    abort.abort();
  }
}

/** What a response that is not a good one says, in the server's words. */
export async function problemOf(response: Response): Promise<string> {
  try {
    const { detail, title, problems = [] }: Partial<ProblemAnswer> = await response.json();
    // The detail says them too, as one line.
    if (problems.length > 0) return problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
    return detail ?? title ?? `answered ${response.status}`;
  } catch {
    return `answered ${response.status} ${response.statusText}`;
  }
}
