import { readProxyHeader } from "../../src/wire/proxy-reader.ts";
import { type ProxyClaim, writeProxyHeader } from "../../src/wire/proxy-writer.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const CLAIM: ProxyClaim = {
  version: "v2",
  source: { kind: "ip", ip: "192.0.2.1", port: 56_324 },
  destination: { kind: "ip", ip: "198.51.100.2", port: 443 },
};

/** A PROXY header each way, and what it costs to see that there is none. */
export function measureProxyHeaders(): Costs {
  const v1 = writeProxyHeader({ ...CLAIM, version: "v1" });
  const v2 = writeProxyHeader(CLAIM);
  const full: ProxyClaim = { ...CLAIM, authority: "www.example.com", alpn: "h2", uniqueId: "0190af", crc32c: true };
  const v2Full = writeProxyHeader(full);
  const http = Buffer.from("POST / HTTP/1.1\r\n");
  return {
    "PROXY v1, read": nanosecondsEach(() => void readProxyHeader(v1)),
    "PROXY v2, read": nanosecondsEach(() => void readProxyHeader(v2)),
    "PROXY v2 with TLVs and checksum, read": nanosecondsEach(() => void readProxyHeader(v2Full)),
    "PROXY, none": nanosecondsEach(() => void readProxyHeader(http)),
    "PROXY v1, write": nanosecondsEach(() => void writeProxyHeader({ ...CLAIM, version: "v1" })),
    "PROXY v2, write": nanosecondsEach(() => void writeProxyHeader(CLAIM)),
    "PROXY v2 with TLVs and checksum, write": nanosecondsEach(() => void writeProxyHeader(full)),
  };
}
