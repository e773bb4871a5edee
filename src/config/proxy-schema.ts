import { z } from "zod";
import type { AcceptProxyConfig, SendProxyConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { expected, expectedWord } from "./expectation.ts";
import { limits } from "./limits.ts";
import { acceptProxyPolicies, type ProxyVersion, proxyVersions } from "./proxy-options.ts";
import { parseTlvType } from "./tlv-type.ts";
import { cidrs, milliseconds, oneOf, strict } from "./value-schemas.ts";

const ACCEPT = 'an object of options for accepting PROXY headers, or "off"';
const words = [...proxyVersions, "off"] as const;

const versionsError = { error: expected('a list of "v1" and "v2"') };
const acceptError = { error: expected(ACCEPT) };
const sendError = { error: expectedWord(words, ", or an object of options for sending PROXY headers") };

const acceptProxy = strict(ACCEPT, {
  from: cidrs(1).describe("CIDRs that may send a header; all others are served without one"),
  policy: oneOf(acceptProxyPolicies)
    .prefault(defaults.acceptProxy.policy)
    .describe("require: without a header the session ends; use: where one comes; ignore: taken off, and not believed"),
  versions: z
    .array(z.enum(proxyVersions, { error: expectedWord(proxyVersions) }), versionsError)
    .min(1, { error: expected('a list with "v1", "v2" or both') })
    .prefault([...proxyVersions])
    .describe("versions of the header that are accepted"),
  timeoutMs: milliseconds(limits.acceptProxyMs)
    .prefault(defaults.acceptProxy.timeoutMs)
    .describe("longest wait for the header"),
});

export const acceptProxySchema: z.ZodType<AcceptProxyConfig | undefined> = z
  .union([z.literal("off", acceptError).transform(() => undefined), acceptProxy], acceptError)
  .prefault("off")
  .describe("who may name a client by a PROXY header, or off");

const flag = (what: string) =>
  z
    .boolean({ error: expected("true or false") })
    .prefault(false)
    .describe(what);

const custom = z.record(z.string(), z.string({ error: expected("a text") }), {
  error: expected("an object that holds texts by type, such as 0xE0"),
});

const sendProxy = strict("an object of options for sending PROXY headers", {
  version: oneOf(proxyVersions).describe("v1 is text, v2 is binary and can say more"),
  crc32c: flag("with a checksum of the header"),
  uniqueId: flag("with the session's id"),
  authority: flag("with the host that the client asked for, where it is known"),
  alpn: flag("with the client's first ALPN name, where it is known"),
  custom: custom.prefault({}).describe("texts by type, 0xE0 to 0xF7, at most 1,024 bytes each"),
}).transform(({ custom: texts, ...rest }, context): SendProxyConfig => {
  const options = { ...rest, custom: Object.entries(texts) };
  const isMore = rest.crc32c || rest.uniqueId || rest.authority || rest.alpn || options.custom.length > 0;
  if (rest.version === "v1" && isMore) {
    const message = 'version "v1" has no room for more than addresses; set version to "v2", or leave the rest out';
    context.addIssue({ code: "custom", message });
  }
  const found = options.custom.flatMap(([key, value]) => {
    const parsed = parseTlvType(key, limits.customTlv);
    const { max } = limits.customTlvBytes;
    const byteCount = Buffer.byteLength(value);
    const problem =
      "problem" in parsed
        ? parsed.problem
        : byteCount > max && `got ${byteCount} bytes, expected at most ${max.toLocaleString("en-US")}`;
    if (problem !== false) context.addIssue({ code: "custom", path: ["custom", key], message: problem });
    return "value" in parsed ? [{ type: parsed.value, value }] : [];
  });
  return { ...rest, custom: found };
});

const sendWord = z
  .enum(words, { error: expectedWord(words) })
  .transform((word) => (word === "off" ? undefined : plain(word)));

export const sendProxySchema: z.ZodType<SendProxyConfig | undefined> = z
  .union([sendWord, sendProxy], sendError)
  .prefault(defaults.pool.sendProxy)
  .describe("tells backends the client's address by a PROXY header, or off");

export const probeSendProxySchema: z.ZodType<ProxyVersion | "off"> = oneOf(words);

function plain(version: ProxyVersion): SendProxyConfig {
  return { version, crc32c: false, uniqueId: false, authority: false, alpn: false, custom: [] };
}
