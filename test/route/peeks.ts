import type { Peeked } from "../../src/route/peeked.ts";
import type { Http1Head } from "../../src/wire/http1-head.ts";

/** A client of whom nothing is known but its address. */
export const silent: Peeked = {
  protocol: "silent",
  clientIp: "192.0.2.1",
  http: undefined,
  tls: undefined,
  proxy: undefined,
};

/** A client that sends `GET path` to `www.example.com`. */
export function request(path: string, head: Partial<Http1Head> = {}): Peeked {
  const http: Http1Head = {
    method: "GET",
    target: path,
    form: "origin",
    path: path.replace(/\?.*/s, ""),
    host: "www.example.com",
    version: "1.1",
    headers: [],
    shapes: [],
    ...head,
  };
  return { ...silent, protocol: "http", http };
}
