// The file of a probe's `ca`: who may have signed the certificates of backends.

import { X509Certificate } from "node:crypto";
import type { Problem } from "../errors.ts";
import { printable } from "../wire/quote.ts";
import { type ReadText, unreadable } from "./access-file.ts";
import type { ProbeTlsConfig } from "./config.ts";
import type { UnfollowedProbe } from "./probe-schema.ts";

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Any probe of a configuration. */
type Probe = Pick<UnfollowedProbe, "type"> & { readonly tls?: ProbeTlsConfig | undefined };

/** The probe with what its file holds. Problems go to `problems`, as those of `path`. */
export function readProbeAuthority<Of extends Probe>(probe: Of, path: string, read: ReadText, problems: Problem[]): Of {
  const { tls } = probe;
  if (tls?.ca === undefined) return probe;
  const { file } = tls.ca;
  const message = (text: string): void => void problems.push({ path: `${path}.ca`, message: text });
  try {
    const pem = read(file);
    const certificates = pem.match(CERTIFICATE) ?? [];
    if (certificates.length === 0) {
      message(`${printable(file)} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`);
    }
    const broken = certificates.findIndex((certificate) => !isCertificate(certificate));
    if (broken >= 0) message(`${printable(file)} holds a certificate that can't be read, the ${broken + 1}. of it`);
    return { ...probe, tls: { ...tls, ca: { file, pem } } };
  } catch (error) {
    message(unreadable(file, error));
    return probe;
  }
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
