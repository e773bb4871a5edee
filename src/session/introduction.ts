// What becomes of a PROXY header that a trusted source is to send, or may. Pure: bytes in, a decision out.

import { HELD_BYTES } from "../transport/transport.ts";
import type { ProxyHeader } from "../wire/proxy-header.ts";
import { readProxyHeader } from "../wire/proxy-reader.ts";
import type { AcceptProxySnapshot } from "./context.ts";

/**
 * `more`: it may become one. `none`: these bytes are the client's own. `header`: it is one, to be taken off, and to be
 * believed where `header` is given. `gone`: the client has left in order and said nothing. `bad`: it had to be one.
 */
export type Introduction =
  | { readonly kind: "more"; readonly beyondBytes: number }
  | { readonly kind: "none" }
  | { readonly kind: "header"; readonly byteCount: number; readonly header: ProxyHeader | undefined }
  | { readonly kind: "gone" }
  | { readonly kind: "bad"; readonly why: string };

const NONE: Introduction = { kind: "none" };

/** How both versions begin. What begins so and is no header was meant to be one. */
const SIGNATURES: readonly Uint8Array[] = [Buffer.from("PROXY "), Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1")];

/** Judges what has come. @param ended no more will. */
export function introduce(prefix: Uint8Array, ended: boolean, rule: AcceptProxySnapshot): Introduction {
  if (prefix.length === 0) return ended ? { kind: "gone" } : { kind: "more", beyondBytes: 0 };
  const verdict = readProxyHeader(prefix, rule.versions);
  switch (verdict.kind) {
    case "match":
      return {
        kind: "header",
        byteCount: verdict.byteCount,
        header: rule.policy === "ignore" ? undefined : verdict.value,
      };
    case "more":
      if (!ended) return { kind: "more", beyondBytes: Math.min(verdict.atLeast, HELD_BYTES) - 1 };
      return rule.policy === "require" ? bad("it finished within the header") : NONE;
    case "no":
      if (isSigned(prefix)) return bad("the header is not valid, or of a version that is not accepted");
      return rule.policy === "require" ? bad("it begins with something else") : NONE;
  }
}

/** Judges that its time is over. */
export function introduceLate(rule: AcceptProxySnapshot): Introduction {
  return rule.policy === "require" ? bad("none came in time") : NONE;
}

function bad(why: string): Introduction {
  return { kind: "bad", why };
}

function isSigned(prefix: Uint8Array): boolean {
  return SIGNATURES.some((signature) => signature.every((byte, index) => prefix[index] === byte));
}
