// The flags of what is read of clients before a pool is picked.

import { defaults } from "./defaults.ts";
import { type Setting, setting } from "./key.ts";
import { choice, duration, size } from "./kind.ts";
import { limits } from "./limits.ts";
import { type HttpKeepAlive, httpKeepAlives, type PeekWord, peekWords } from "./peek-options.ts";

export interface PeekSettings {
  readonly peek: PeekWord;
  readonly "peek-timeout": number;
  readonly "peek-size": number;
  readonly "http-keep-alive": HttpKeepAlive;
}

const { peek, listener } = defaults;

export const peekSettings: { readonly [Flag in keyof PeekSettings]: Setting<PeekSettings[Flag]> } = {
  peek: setting(
    "peek",
    "Peek and routes",
    choice<PeekWord>(peek.as, peekWords),
    "what is read before a pool is picked; http where every upstream is an http:// URL",
  ),
  "peek-timeout": setting(
    "peek-timeout",
    "Peek and routes",
    duration(peek.timeoutMs, limits.peekMs),
    "longest time for that; then the listener's own pool",
  ),
  "peek-size": setting("peek-size", "Peek and routes", size(peek.byteCount, limits.peekBytes), "most bytes to look at"),
  "http-keep-alive": setting(
    "http-keep-alive",
    "Peek and routes",
    choice<HttpKeepAlive>(listener.httpKeepAlive, httpKeepAlives, ["per-request"]),
    "of peeked HTTP: close, one request a connection; sticky, all where the first one went",
  ),
};
