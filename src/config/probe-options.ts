// How backends are checked, as a user of the library writes it.

import type { ProxyVersion } from "./proxy-options.ts";

/** What a probe of the user's own is asked about. */
export interface ProbeTarget {
  readonly pool: string;
  readonly name: string;
  /** `ip:port` or `unix:/path`. */
  readonly address: string;
}

/** A probe of the user's own: resolves when the backend is well, rejects with the reason when it is not. */
export type ProbeFunction = (target: ProbeTarget, signal: AbortSignal) => Promise<void>;

export const probeTypes = ["tcp", "tls", "http", "script"] as const;
/**
 * `tcp`: does it accept a connection. `tls`: does it show a certificate that is good. `http`: what does it answer to a
 * request. `script`: does it answer what is expected to what is sent.
 */
export type ProbeType = (typeof probeTypes)[number];

/** What a script sends, or what has to be in the answer. A text is sent in UTF-8. 1 to 4,096 bytes each. */
export type ProbeStepOptions =
  | { readonly send: string | Uint8Array }
  | { readonly expect: string | Uint8Array }
  /** A regular expression over bytes, as route patterns have them: in linear time, so without backreferences and lookaround. */
  | { readonly expectRegex: string };

export const readyScripts = ["redis", "postgresql"] as const;
/** Scripts that are there already; neither leaves a line in the log of what it asks. */
export type ReadyScript = (typeof readyScripts)[number];

export interface ProbeOptions {
  /** Default `"tcp"`. A function asks what it likes. */
  readonly type?: ProbeType | ProbeFunction;
  /** Where the probe goes, if not to the backend's own port. 1 to 65,535. */
  readonly port?: number;

  /** http and script: over TLS. Default false. */
  readonly tls?: boolean;
  /** Over TLS: the name that is asked for, and that the certificate has to be for. Default: the backend's own name or IP. */
  readonly serverName?: string;
  /** Over TLS: a file in PEM with who may have signed the certificate. Default: whom Node trusts. */
  readonly ca?: string;
  /** Over TLS: whether the certificate has to be good. Default true. */
  readonly verify?: boolean;

  /** http: default GET. */
  readonly method?: string;
  /** http: with its query. Default `/`. */
  readonly path?: string;
  /** http: the Host header. Default: serverName, or the backend's own name or IP, with its port. */
  readonly host?: string;
  /** http: further headers. At most 50. */
  readonly headers?: Readonly<Record<string, string>>;
  /** http: the answers that are good, as `200` or `"200-299"`. Default `"200-399"`. */
  readonly status?: ProbeStatus | readonly ProbeStatus[];
  /** http: a text that has to be in the first 64 KiB of the body. At most 4,096 bytes. */
  readonly body?: string;

  /** script: one after the other, or the name of a ready one. 1 to 50. */
  readonly steps?: ReadyScript | readonly ProbeStepOptions[];

  /** Between two probes of a backend. Milliseconds, 100 to 86,400,000, default 5,000. */
  readonly intervalMs?: number;
  /**
   * Between two probes while a result differs from the state, or no backend of the pool can serve. Milliseconds, 100 to
   * 86,400,000, default 1,000, or intervalMs where that is shorter.
   */
  readonly intervalChangingMs?: number;
  /** By how much of it an interval may be shorter or longer, by chance. 0 to 0.5, default 0.1. */
  readonly jitter?: number;
  /** Longest time for one probe. Milliseconds, 10 to 60,000, default 2,000. */
  readonly timeoutMs?: number;
  /** Successes in a row that bring a backend up. 1 to 100, default 2; the very first result decides at once. */
  readonly rise?: number;
  /** Failures in a row that take a backend down. 1 to 100, default 3; the very first result decides at once. */
  readonly fall?: number;
  /** Begins each probe with a PROXY header of lb-tcp's own. Default: as the pool's sendProxy. */
  readonly sendProxy?: ProxyVersion | "off";
}

/** `200`, `"200"` or `"200-299"`. */
export type ProbeStatus = number | string;
