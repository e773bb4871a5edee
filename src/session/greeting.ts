// What a backend is told before the relay: whom it serves, and the head of a request that is to be the only one.

import type { SendProxySnapshot } from "../backend/pool.ts";
import type { Connection } from "../transport/transport.ts";
import { parseIpPort } from "../wire/address.ts";
import { closingHead } from "../wire/http1-closing.ts";
import { writeProxyHeader } from "../wire/proxy-writer.ts";
import type { Dialling } from "./dialling.ts";
import type { RequestGate } from "./request.ts";
import { judgeUpgrade, type TunnelKind } from "./upgrading.ts";
import type { Visitor } from "./visitor.ts";

export interface Greeting {
  /** To be written to the backend; empty once that is done. */
  bytes: Uint8Array;
  /** Of what the client has sent: these bytes stand for it. */
  readonly takenBytes: number;
  /** What goes on of what follows. */
  readonly gate: RequestGate | undefined;
  /** Nothing goes on before the backend has answered, where it is asked for a tunnel. */
  readonly tunnel: TunnelKind | undefined;
  /** Of the backend's answer, and of those before it: passed on before the relay. */
  answeredBytes: number;
}

/** Of interim answers to an upgrade: what comes after is relayed, where who is slow is waited for. */
const MOST_INTERIM_BYTES = 16_384;

/** Whose greeting it is. */
export interface Greeter {
  readonly id: string;
  readonly client: Pick<Connection, "remoteAddress" | "localAddress">;
}

/** What the backend that `dialling` has found is told; undefined for nothing. To be asked once. */
export function greetingOf(greeter: Greeter, dialling: Dialling, visitor: Visitor | undefined): Greeting | undefined {
  const introduction = introductionOf(greeter, dialling, visitor);
  const request = visitor?.request;
  if (request === undefined) {
    if (introduction === undefined) return undefined;
    return { bytes: introduction, takenBytes: 0, gate: undefined, tunnel: undefined, answeredBytes: 0 };
  }
  const { head, headBytes, gate, tunnel } = request;
  const bytes = introduction === undefined ? head : Buffer.concat([introduction, head]);
  return { bytes, takenBytes: headBytes, gate, tunnel, answeredBytes: 0 };
}

/** Between whom an answer to the greeting is passed on. */
export interface Answered {
  readonly client: Pick<Connection, "write">;
  readonly backend: Pick<Connection, "peek" | "take"> | undefined;
  readonly greeting: Pick<Greeting, "answeredBytes">;
}

/**
 * Passes on what the client may have before the relay of a backend's answer to an upgrade.
 * @returns what the relay begins with; `more`: not yet, and more has been asked for.
 */
export function passAnswer(
  prefix: Uint8Array,
  ended: boolean,
  tunnel: TunnelKind,
  { client, backend, greeting }: Answered,
): "more" | "tunnel" | "ordinary" {
  /** Sends the client `bytes`, which stand for so many of the backend's. */
  const passOn = (bytes: Uint8Array, byteCount: number): void => {
    client.write(bytes);
    greeting.answeredBytes += byteCount;
    backend?.take(byteCount);
  };
  const answer = judgeUpgrade(prefix, ended, tunnel);
  if (answer.kind === "more") {
    backend?.peek(answer.beyondBytes);
    return "more";
  }
  if (answer.kind === "interim" && greeting.answeredBytes < MOST_INTERIM_BYTES) {
    passOn(prefix.slice(0, answer.byteCount), answer.byteCount);
    backend?.peek(0);
    return "more";
  }
  // The backend was not asked to close, and the client has to know that its next request will go nowhere.
  if (answer.kind === "ordinary" && answer.headBytes > 0) {
    passOn(closingHead(prefix.subarray(0, answer.headBytes)), answer.headBytes);
  }
  return answer.kind === "tunnel" ? "tunnel" : "ordinary";
}

/** The PROXY header that the backend is owed; undefined for none. To be asked once. */
export function introductionOf(greeter: Greeter, dialling: Dialling, visitor?: Visitor): Uint8Array | undefined {
  const { sendProxy } = dialling.pool.snapshot;
  return sendProxy !== undefined && dialling.claimIntroduction()
    ? proxyHeaderOf(greeter, sendProxy, visitor)
    : undefined;
}

function proxyHeaderOf({ id, client }: Greeter, rule: SendProxySnapshot, visitor: Visitor | undefined): Uint8Array {
  const { version, crc32c, custom } = rule;
  const { http, tls } = visitor?.sight ?? {};
  return writeProxyHeader({
    version,
    source: visitor?.source ?? parseIpPort(client.remoteAddress),
    // Of whoever has named the client: to both of them it was the other end.
    destination: visitor?.source === undefined ? parseIpPort(client.localAddress) : visitor.proxy?.destination,
    crc32c,
    custom,
    uniqueId: rule.uniqueId ? id : undefined,
    authority: rule.authority ? (tls?.sni ?? http?.host) : undefined,
    alpn: rule.alpn ? tls?.alpn[0] : undefined,
  });
}
