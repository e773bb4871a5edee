// One message by HTTP. Node's own client: each request has a connection of its own, which nothing keeps open afterwards,
// and a redirect is an answer like any other. `fetch` would keep connections, and so the process, alive.

import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "../clock.ts";
import { messageOf, systemCode } from "../errors.ts";

export interface PostMessage {
  /** `http://` or `https://`. A name and a password in it are sent as `Authorization: Basic`. */
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** Until the head of the answer is there. */
  readonly timeoutMs: number;
}

/** Resolves to why it was not taken, or to undefined: then the answer was 2xx. Rejects never. */
export type Post = (message: PostMessage, signal: AbortSignal) => Promise<string | undefined>;

export function createPost(clock: Clock): Post {
  return ({ url, body, timeoutMs }, signal) =>
    new Promise((resolve) => {
      const target = new URL(url);
      const request = (target.protocol === "https:" ? requestHttps : requestHttp)(target, {
        method: "POST",
        agent: false,
        signal,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "lb-tcp",
        },
      });
      const timer = clock.setTimer(() => end(`no answer within ${timeoutMs} ms`), timeoutMs);
      // What the answer says beyond its status is not read: it may have no end.
      function end(reason: string | undefined): void {
        timer.cancel();
        request.destroy();
        resolve(reason);
      }
      request.on("error", (error) => end(systemCode(error) ?? messageOf(error)));
      request.on("response", ({ statusCode = 0 }) =>
        end(statusCode >= 200 && statusCode < 300 ? undefined : `status ${statusCode}`),
      );
      request.end(body);
    });
}
