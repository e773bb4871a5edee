import { type Cidr, parseCidr } from "../../src/wire/cidr.ts";
import { CidrSet } from "../../src/wire/cidr-set.ts";
import { IP_WORDS, writeNetwork } from "../../src/wire/ip.ts";
import { type Costs, nanosecondsEach } from "./stopwatch.ts";

const NETWORKS = 10_000;
const CLIENTS = 1_024;

/** What an access list of 10,000 networks costs: to load once, and to ask for each client. */
export function measureCidrs(): Costs {
  const texts = Array.from({ length: NETWORKS }, (_, index) =>
    index % 2 === 0
      ? `${1 + (index % 220)}.${(index >> 3) & 255}.${(index * 7) & 255}.0/24`
      : `2001:${(index & 0xfff).toString(16)}:${((index * 31) & 0xffff).toString(16)}::/48`,
  );
  const startMs = performance.now();
  const set = loaded(texts);
  const loadNs = (performance.now() - startMs) * 1e6;
  const ipv4 = Array.from({ length: CLIENTS }, (_, index) => `${index % 224}.${(index * 7) & 255}.${index & 255}.77`);
  const ipv6 = Array.from(
    { length: CLIENTS },
    (_, index) => `2001:${index.toString(16)}:${(index * 31).toString(16)}::7`,
  );
  const key = new Uint32Array(IP_WORDS);
  const bits = { ipv4Bits: 32, ipv6Bits: 64 };
  return {
    "10,000 networks, load (cold)": loadNs,
    "10,000 networks, has IPv4": nanosecondsEach((index) => void set.has(ipv4[index % CLIENTS] ?? "")),
    "10,000 networks, has IPv6": nanosecondsEach((index) => void set.has(ipv6[index % CLIENTS] ?? "")),
    "key of a client, IPv4": nanosecondsEach((index) => void writeNetwork(ipv4[index % CLIENTS] ?? "", bits, key)),
    "key of a client, IPv6": nanosecondsEach((index) => void writeNetwork(ipv6[index % CLIENTS] ?? "", bits, key)),
  };
}

function loaded(texts: readonly string[]): CidrSet {
  const cidrs: Cidr[] = [];
  for (const text of texts) {
    const parsed = parseCidr(text);
    if ("value" in parsed) cidrs.push(parsed.value);
    else throw new Error(parsed.problem);
  }
  return new CidrSet(cidrs);
}
