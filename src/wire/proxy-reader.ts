import type { ProxyHeader } from "./proxy-header.ts";
import { readProxyV1 } from "./proxy-v1.ts";
import { readProxyV2 } from "./proxy-v2.ts";
import type { Verdict } from "./verdict.ts";

export const proxyVersions = ["v1", "v2"] as const;
export type ProxyVersion = (typeof proxyVersions)[number];

const NO = { kind: "no" } as const;
const FIRST_OF_V1 = 0x50;

/**
 * The PROXY header that a connection begins with. Strict: what a proxy would not write is `no`, as soon as it can be seen. At
 * most 107 bytes of version 1 and 16 + 4,096 of version 2 are looked at; a longer header is `no`.
 *
 * LOCAL, UNKNOWN, UNSPEC and UNIX say nothing of the client: a match without source. UDP is `no`.
 * Source: https://www.haproxy.org/download/3.1/doc/proxy-protocol.txt
 *
 * @param versions those that are accepted; a header of the other is `no`.
 */
export function readProxyHeader(
  bytes: Uint8Array,
  versions: readonly ProxyVersion[] = proxyVersions,
): Verdict<ProxyHeader> {
  if (bytes.length === 0) return { kind: "more", atLeast: 1 };
  // The first byte tells the versions apart.
  const version = bytes[0] === FIRST_OF_V1 ? "v1" : "v2";
  if (!versions.includes(version)) return NO;
  return version === "v1" ? readProxyV1(bytes) : readProxyV2(bytes);
}
