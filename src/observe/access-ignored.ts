import type { LogConfig } from "../config/config.ts";
import { ends } from "../session/end.ts";
import type { ProgressRecord, SessionRecord } from "../session/record.ts";
import { parseCidr } from "../wire/cidr.ts";
import { CidrSet } from "../wire/cidr-set.ts";

type Ended = Pick<SessionRecord | ProgressRecord, "client" | "bytesUp" | "bytesDown" | "end">;

/** Whether a session gets no access line, although its end would give it one. */
export function ignoredBy(log: Pick<LogConfig, "ignore"> | undefined): (record: Ended) => boolean {
  const { empty = false, clients = [] } = log?.ignore ?? {};
  if (!empty && clients.length === 0) return () => false;
  const parsed = clients.map(parseCidr);
  const networks = new CidrSet(parsed.flatMap((cidr) => ("value" in cidr ? [cidr.value] : [])));
  return (record) => (empty && isEmpty(record)) || networks.has(ipOf(record.client));
}

/** What a checker or a scanner leaves. What lb-tcp or a backend ended is no such thing. */
function isEmpty({ bytesUp, bytesDown, end }: Ended): boolean {
  return bytesUp === 0 && bytesDown === 0 && end !== null && ends[end].by === "client";
}

/** `ip:port` or `[ip]:port`. */
function ipOf(client: string): string {
  const host = client.slice(0, Math.max(client.lastIndexOf(":"), 0));
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
