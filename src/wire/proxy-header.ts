import type { SocketAddress } from "./address.ts";

export interface ProxyTlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** What a proxy in front says about its client. */
export interface ProxyHeader {
  readonly version: "v1" | "v2";
  /** Undefined: of the proxy's own (LOCAL), or unknown; then the socket's own address counts. */
  readonly source: SocketAddress | undefined;
  /** Where the client had connected to. */
  readonly destination: SocketAddress | undefined;
  /** Copies, in their order; of version 1 none. */
  readonly tlvs: readonly ProxyTlv[];
}
