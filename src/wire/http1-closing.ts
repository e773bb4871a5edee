// The head of a backend's answer, for a client that may send no further request: RFC 9112 §9.6.

import { latin1 } from "./character.ts";

/** What a backend says of a connection that it would keep, with the lines that go on with it. */
const KEEPING = /\n(?:connection|keep-alive|proxy-connection)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*/gi;

/** The head with `Connection: close` in place of what it says of its connection. @param bytes of a whole head. */
export function closingHead(bytes: Uint8Array): Uint8Array {
  const text = latin1(bytes, 0, bytes.length).replace(KEEPING, "");
  const linesStart = text.indexOf("\n") + 1;
  return Buffer.from(`${text.slice(0, linesStart)}Connection: close\r\n${text.slice(linesStart)}`, "latin1");
}
