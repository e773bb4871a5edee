// The first message of a TLS client: RFC 8446 §4.1.2 in the records of §5.1; server name: RFC 6066 §3; ALPN: RFC 7301 §3.1;
// GREASE: RFC 8701. Nothing is decrypted: with ECH what is read is the outer hello.

import { latin1 } from "./character.ts";
import type { Verdict } from "./verdict.ts";

export type TlsVersion = "1.0" | "1.1" | "1.2" | "1.3";

/** What a TLS client says first. With ECH these are the outer ones. */
export interface ClientHello {
  /** The server name: lower case, without trailing dot. */
  readonly sni: string | undefined;
  /** In the client's order of preference, GREASE left out. */
  readonly alpn: readonly string[];
  /** The newest version it offers, `1.3`; GREASE left out. */
  readonly version: TlsVersion;
}

/** With its records. With post-quantum keys a hello has about 2 KiB. */
const MAX_HELLO_BYTES = 16_384;

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE = 22;
const MESSAGE_HEADER_BYTES = 4;
const CLIENT_HELLO = 1;
const RANDOM_BYTES = 32;
const MAX_SESSION_ID_BYTES = 32;
const SERVER_NAME = 0;
const HOST_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const TLS_1_2 = 0x0303;
const VERSIONS: ReadonlyMap<number, TlsVersion> = new Map([
  [0x0301, "1.0"],
  [0x0302, "1.1"],
  [TLS_1_2, "1.2"],
  [0x0304, "1.3"],
]);
// At most 255 characters, none of them a blank or a control character.
const NAME = /^[!-~]{1,255}$/;
const NOTHING = new Uint8Array();
const NO: Verdict<never> = { kind: "no" };

/**
 * Reads a hello out of its records. `no` for what isn't TLS, for SSLv2 and SSLv3, for what is malformed, and for records of
 * more than 16 KiB in all. `byteCount` is where the record ends that has the hello's end.
 */
export function readClientHello(bytes: Uint8Array): Verdict<ClientHello> {
  let recordStart = 0;
  let messageBytes = 0;
  // Type and length, as one number: known once the message has four bytes.
  let header = 0;
  for (;;) {
    const bodyStart = recordStart + RECORD_HEADER_BYTES;
    const bodyEnd = endOfRecord(bytes, recordStart);
    if (bodyEnd === "no") return NO;
    if (bodyEnd === "more") return { kind: "more", atLeast: bytes.length + 1 };

    for (let at = bodyStart; at < bodyEnd && messageBytes + at - bodyStart < MESSAGE_HEADER_BYTES; at++) {
      const byte = bytes[at];
      if (byte === undefined) return { kind: "more", atLeast: bytes.length + 1 };
      if (messageBytes === 0 && at === bodyStart && byte !== CLIENT_HELLO) return NO;
      header = header * 256 + byte;
    }
    messageBytes += bodyEnd - bodyStart;
    const messageLength = MESSAGE_HEADER_BYTES + (header % 0x1000000);
    if (messageBytes >= MESSAGE_HEADER_BYTES && messageLength > MAX_HELLO_BYTES) return NO;
    if (bytes.length < bodyEnd) return { kind: "more", atLeast: bodyEnd };
    if (messageBytes >= MESSAGE_HEADER_BYTES && messageBytes >= messageLength) {
      const message = recordStart === 0 ? bytes.subarray(bodyStart, bodyEnd) : joinRecords(bytes, bodyEnd);
      const hello = parseHello(message.subarray(MESSAGE_HEADER_BYTES, messageLength));
      return hello === undefined ? NO : { kind: "match", value: hello, byteCount: bodyEnd };
    }
    recordStart = bodyEnd;
  }
}

/** Where a record ends; `more` while its header, as far as it is there, may be a record's of a hello. */
function endOfRecord(bytes: Uint8Array, start: number): number | "no" | "more" {
  if (start + RECORD_HEADER_BYTES >= MAX_HELLO_BYTES) return "no";
  const minor = bytes[start + 2];
  const high = bytes[start + 3];
  const low = bytes[start + 4];
  if (bytes.length > start && bytes[start] !== HANDSHAKE) return "no";
  if (bytes.length > start + 1 && bytes[start + 1] !== 3) return "no";
  if (minor !== undefined && minor > 4) return "no";
  if (high === undefined || low === undefined) return "more";
  const end = start + RECORD_HEADER_BYTES + high * 256 + low;
  return end === start + RECORD_HEADER_BYTES || end > MAX_HELLO_BYTES ? "no" : end;
}

/** The bodies of the records up to `end`, all of which are there. */
function joinRecords(bytes: Uint8Array, end: number): Uint8Array {
  const bodies: Uint8Array[] = [];
  for (let start = 0; start < end; ) {
    const next = endOfRecord(bytes, start);
    if (typeof next === "string") break;
    bodies.push(bytes.subarray(start + RECORD_HEADER_BYTES, next));
    start = next;
  }
  return Buffer.concat(bodies);
}

function parseHello(body: Uint8Array): ClientHello | undefined {
  const hello = new Fields(body);
  const legacyVersion = hello.number(2);
  hello.skip(RANDOM_BYTES);
  hello.vector(1, MAX_SESSION_ID_BYTES);
  const suites = hello.vector(2);
  const compressions = hello.vector(1);
  if (hello.isCut() || suites.left < 2 || suites.left % 2 > 0 || compressions.left < 1) return undefined;

  let sni: string | undefined;
  let alpn: readonly string[] | undefined;
  let offered: number | undefined;
  // Before TLS 1.2 a hello might end here.
  const extensions = hello.left === 0 ? hello : hello.vector(2);
  if (hello.left > 0) return undefined;
  const seen = new Set<number>();
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const value = extensions.vector(2);
    // Each may come once (RFC 8446 §4.2): of two names a server may take the other.
    if (extensions.isCut() || seen.has(type)) return undefined;
    seen.add(type);
    if (type === SERVER_NAME) {
      sni = parseServerName(value);
      if (sni === undefined) return undefined;
    } else if (type === ALPN) {
      alpn = parseProtocols(value);
      if (alpn === undefined) return undefined;
    } else if (type === SUPPORTED_VERSIONS) {
      offered = parseVersions(value);
      if (offered === undefined) return undefined;
    }
  }
  if (hello.isCut()) return undefined;
  // Without the extension the newest that can be meant is 1.2.
  const version = VERSIONS.get(offered ?? Math.min(legacyVersion, TLS_1_2));
  return version === undefined ? undefined : { sni, alpn: alpn ?? [], version };
}

function parseServerName(value: Fields): string | undefined {
  const names = value.vector(2);
  if (value.isCut() || value.left > 0) return undefined;
  let host: string | undefined;
  while (names.left > 0) {
    const type = names.number(1);
    const name = names.vector(2).text();
    if (names.isCut()) return undefined;
    if (type !== HOST_NAME) continue;
    if (host !== undefined || !NAME.test(name)) return undefined;
    host = name.toLowerCase();
  }
  return host?.endsWith(".") === true ? host.slice(0, -1) : host;
}

function parseProtocols(value: Fields): string[] | undefined {
  const list = value.vector(2);
  if (value.isCut() || value.left > 0 || list.left === 0) return undefined;
  const protocols: string[] = [];
  while (list.left > 0) {
    const protocol = list.vector(1).text();
    if (list.isCut() || protocol === "") return undefined;
    if (!isGrease(protocol)) protocols.push(protocol);
  }
  return protocols;
}

/** 0x0a0a, 0x1a1a, … 0xfafa. */
function isGrease(protocol: string): boolean {
  return protocol.length === 2 && protocol[0] === protocol[1] && protocol.charCodeAt(0) % 16 === 10;
}

/** The newest known one; 0 where none is known. */
function parseVersions(value: Fields): number | undefined {
  const list = value.vector(1);
  if (value.isCut() || value.left > 0 || list.left === 0 || list.left % 2 > 0) return undefined;
  let newest = 0;
  while (list.left > 0) {
    const version = list.number(2);
    if (VERSIONS.has(version)) newest = Math.max(newest, version);
  }
  return newest;
}

/** Bytes read one field after the other. Past the end there are zeros and nothing, and `isCut` from then on. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  #isCut = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether more was wanted than there is. */
  isCut(): boolean {
    return this.#isCut;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(byteCount: 1 | 2): number {
    if (!this.#has(byteCount)) return 0;
    let value = 0;
    for (let count = 0; count < byteCount; count++) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return value;
  }

  skip(byteCount: number): void {
    if (this.#has(byteCount)) this.#at += byteCount;
  }

  /** What follows a length of so many bytes. */
  vector(lengthBytes: 1 | 2, maxBytes = 0xffff): Fields {
    const length = this.number(lengthBytes);
    if (length > maxBytes) this.#isCut = true;
    if (!this.#has(length)) return new Fields(NOTHING);
    this.#at += length;
    return new Fields(this.#bytes.subarray(this.#at - length, this.#at));
  }

  text(): string {
    return latin1(this.#bytes, this.#at, this.#bytes.length);
  }

  #has(byteCount: number): boolean {
    if (this.left < byteCount) this.#isCut = true;
    return !this.#isCut;
  }
}
