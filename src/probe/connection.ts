// The connection of a probe, whatever it asks: dialled, begun with a PROXY header and with TLS where that is wanted, and
// left with a FIN.

import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock, Timer } from "../clock.ts";
import { messageOf, systemCode } from "../errors.ts";
import { isoTime } from "../observe/iso-time.ts";
import { dialFailure, isReset } from "../transport/failure.ts";
import type { SocketAddress } from "../wire/address.ts";
import type { ProxyVersion } from "../wire/proxy-reader.ts";
import { writeProxyHeader } from "../wire/proxy-writer.ts";
import { certificateEnd, refusalOf } from "./certificate.ts";
import { type Asking, failed, type ProbeResult, type ProbeVerdict } from "./result.ts";
import { type ProbeTls, secureOptions } from "./tls.ts";

/** How long a backend may take to answer our FIN, or to end its own answer. */
const LINGER_MS = 1_000;
/** What is read after the result, so that the connection can end with FIN. */
const MOST_DISCARDED_BYTES = 1_048_576;

/** Where a probe goes, and how it begins. */
export interface ProbePlace {
  readonly address: SocketAddress;
  /** A backend that expects a PROXY header takes a connection without one for an error. */
  readonly sendProxy: ProxyVersion | undefined;
  readonly tls: ProbeTls | undefined;
  readonly clock: Clock;
}

/** What a probe says once it is connected. */
export type Conversation = (line: ProbeLine) => void;

export interface ProbeLine {
  /** Connected; errors and the end of it are heard by whoever made it. */
  readonly stream: Socket;
  readonly waitFor: Asking["waitFor"];
  /** What it means if the backend closes the connection from now on. */
  ifClosed(reason: string): void;
  /** The result. The first one counts. The connection has to end soon then. */
  settle(verdict: ProbeVerdict): void;
  /** As settle(), and ends the connection: with FIN, as a reset is logged as an error by PostgreSQL and others. */
  leave(verdict: ProbeVerdict): void;
}

/**
 * Dials, and hands the connection over. The socket is gone when the backend has closed as well, LINGER_MS after the
 * result, or when the signal says so.
 */
export function converse(place: ProbePlace, { signal, waitFor }: Asking, begin: Conversation): Promise<ProbeResult> {
  const { address, clock, tls } = place;
  return new Promise((resolve) => {
    const socket = connect(address.kind === "unix" ? { path: address.path } : { host: address.ip, port: address.port });
    let stream: Socket = socket;
    let stage: "connecting" | "securing" | "talking" | "settled" = "connecting";
    let linger: Timer | undefined;
    let certificateExpiresAt: string | undefined;
    let closedReason = "it closed the connection without an answer";
    const line: ProbeLine = {
      get stream() {
        return stream;
      },
      waitFor,
      ifClosed(reason) {
        closedReason = reason;
      },
      settle,
      leave(verdict) {
        settle(verdict);
        // What the backend still says is read, for closing a socket with unread data sends a reset (RFC 2525, 2.17).
        discard(stream);
        stream.end();
      },
    };
    waitFor("connection");
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", connected);
    socket.on("error", (error) => ended(error));
    socket.once("close", () => {
      ended(undefined);
      linger?.cancel();
      signal.removeEventListener("abort", abort);
    });

    function connected(): void {
      if (place.sendProxy !== undefined) socket.write(ownHeader(place.sendProxy));
      if (tls === undefined) talk();
      else secure(tls);
    }

    function secure(wanted: ProbeTls): void {
      stage = "securing";
      waitFor("TLS handshake");
      const secured = connectTls({ ...secureOptions(wanted), socket });
      stream = secured;
      secured.on("error", (error) => ended(error));
      secured.once("close", () => socket.destroy());
      secured.once("secureConnect", () => {
        const refusal = judge(secured, wanted);
        if (refusal === undefined) talk();
        else line.leave(failed(refusal));
      });
    }

    function judge(secured: TLSSocket, wanted: ProbeTls): string | undefined {
      const certificate = secured.getPeerCertificate();
      certificateExpiresAt = certificateEnd(certificate.valid_to);
      if (!wanted.config.verify || secured.authorized) return undefined;
      // Declared as an Error, and a text since ever.
      const why: unknown = secured.authorizationError;
      return refusalOf(String(why instanceof Error ? (systemCode(why) ?? why.message) : why), {
        certificate,
        name: wanted.name,
        nowText: isoTime(clock.wallMs()),
      });
    }

    function talk(): void {
      if (stage === "settled") return;
      stage = "talking";
      begin(line);
    }

    function settle(verdict: ProbeVerdict): void {
      if (stage === "settled") return;
      stage = "settled";
      linger = clock.setTimer(destroy, LINGER_MS);
      resolve(certificateExpiresAt === undefined ? verdict : { ...verdict, certificateExpiresAt });
    }

    /** The connection is over, with an error or without one. */
    function ended(error: Error | undefined): void {
      if (stage !== "settled") settle(verdictOf(error, stage, { address, closedReason }));
      destroy();
    }

    function abort(): void {
      destroy();
      settle({ kind: "inconclusive", reason: "given up" });
      linger?.cancel();
    }

    function destroy(): void {
      stream.destroy();
      socket.destroy();
    }
  });
}

/** Reads on without a purpose, up to a bound: a backend that never ends is cut off. */
export function discard(stream: NodeJS.ReadableStream & { destroy(): unknown }): void {
  let byteCount = 0;
  stream.removeAllListeners("data");
  stream.on("data", (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount > MOST_DISCARDED_BYTES) stream.destroy();
  });
  stream.resume();
}

/** It is on nobody's behalf. */
function ownHeader(version: ProxyVersion): Uint8Array {
  return writeProxyHeader({ version, source: undefined, destination: undefined, isLocal: true });
}

function verdictOf(
  error: Error | undefined,
  stage: "connecting" | "securing" | "talking",
  { address, closedReason }: { readonly address: SocketAddress; readonly closedReason: string },
): ProbeVerdict {
  const code = systemCode(error);
  if (stage === "connecting") {
    const reason = code ?? (error === undefined ? "closed" : messageOf(error));
    return { kind: dialFailure(reason, address).kind === "local" ? "inconclusive" : "failed", reason };
  }
  if (stage === "talking") {
    if (error === undefined) return failed(closedReason);
    return failed(code !== undefined && isReset(code) ? "it reset the connection" : (code ?? messageOf(error)));
  }
  // Node says ECONNRESET as well where the other side has just closed.
  if (error === undefined || (code !== undefined && isReset(code))) {
    return failed("it closed the connection during the TLS handshake");
  }
  const reason = "reason" in error && typeof error.reason === "string" ? error.reason : messageOf(error);
  return failed(`the TLS handshake failed: ${reason}`);
}
