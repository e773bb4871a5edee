import { isIP } from "node:net";
import { type ConnectionOptions, createSecureContext, type SecureContext } from "node:tls";
import type { ProbeTlsConfig } from "../config/config.ts";

/** TLS to one backend. */
export interface ProbeTls {
  readonly config: ProbeTlsConfig;
  /** The name or IP that the certificate has to be for. */
  readonly name: string;
  /** What the client says that it can speak within TLS. */
  readonly alpn?: readonly string[];
}

/** One for each configuration: to read certificates takes milliseconds, and there may be many backends. */
const contexts = new WeakMap<ProbeTlsConfig, SecureContext>();

/** For `connect` of node:tls. The certificate is judged by the probe itself, which wants to see bad ones as well. */
export function secureOptions({ config, name, alpn }: ProbeTls): ConnectionOptions {
  const isAddress = isIP(name) !== 0;
  return {
    secureContext: contextOf(config),
    host: name,
    // An IP is no server name (RFC 6066, section 3).
    ...(isAddress ? {} : { servername: name }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    rejectUnauthorized: false,
  };
}

function contextOf(config: ProbeTlsConfig): SecureContext {
  const known = contexts.get(config);
  if (known !== undefined) return known;
  const context = createSecureContext(config.ca === undefined ? {} : { ca: config.ca.pem });
  contexts.set(config, context);
  return context;
}
