// What is said of a certificate. Pure.

import type { PeerCertificate } from "node:tls";
import { printable, quote } from "../wire/quote.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = /^(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) GMT$/;

/** `Nov  1 03:05:07 2026 GMT`, as OpenSSL prints times, in ISO 8601; undefined for anything else. */
export function certificateEnd(validTo: string | undefined): string | undefined {
  const [, name = "", day = "", time, year] = TIME.exec(validTo ?? "") ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return undefined;
  return `${year}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}T${time}.000Z`;
}

export interface CertificateFacts {
  readonly certificate: Partial<PeerCertificate>;
  /** For whom it had to be. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly nowText: string;
}

/** Why a certificate is not good, from the code that OpenSSL or Node gives for it. */
export function refusalOf(code: string, { certificate, name, nowText }: CertificateFacts): string {
  switch (code) {
    case "CERT_HAS_EXPIRED": {
      const end = certificateEnd(certificate.valid_to);
      // Else it is one of those that have signed it.
      return end !== undefined && end < nowText
        ? `certificate expired ${end}`
        : "a certificate of its chain has expired";
    }
    case "CERT_NOT_YET_VALID":
      return `certificate is good from ${certificateEnd(certificate.valid_from) ?? "a later time"} on`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return "certificate is signed by itself; name a file that holds it as ca, or set verify to false";
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return "certificate is signed by nobody who is trusted; name a file with who has signed it as ca";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `certificate is for ${namesOf(certificate)}, not for ${quote(name)}; set server-name`;
    default:
      return `certificate is refused: ${printable(code)}`;
  }
}

function namesOf({ subjectaltname, subject }: Partial<PeerCertificate>): string {
  const names = subjectaltname ?? subject?.CN;
  return names === undefined ? "nobody" : printable(String(names));
}
