// All flags, in the order of --help.

import { DEFAULT_POOL } from "./defaults.ts";
import { type Key, type KeyGroup, keyGroups, plainKey } from "./key.ts";
import { settings } from "./settings.ts";

export const listenKey: Key = {
  ...plainKey("listen", "Listeners", "where clients connect: 80, :80, host:80, [::1]:80, unix:/path"),
  aliases: ["port"],
  otherVariables: ["PROXY_PORT"],
  placeholder: "ADDRESS",
  defaultText: undefined,
  repeatable: true,
};

export const upstreamKey: Key = {
  ...plainKey("upstream", "Backends", `a backend; its pool is ${DEFAULT_POOL} unless POOL/ stands before it`),
  aliases: ["backends"],
  placeholder: "[POOL/][NAME=]ADDRESS[,weight=N][,backup][,max-connections=N]",
  defaultText: undefined,
  repeatable: true,
};

// Reserved, so that they mean the same from the first release on. Each moves to settings.ts when it is built.
const later: readonly Key[] = [
  reserved("queue-limit", "Backends", "N|off", "off", "sessions that wait while every backend is full"),
  reserved("queue-timeout", "Backends", "DURATION", "5s", "longest wait in the queue"),
  reserved("send-proxy", "Backends", "v1|v2|off", "off", "tells backends the client's address by a PROXY header"),
  reserved("probe-path", "Health", "PATH", "/", "what an HTTP probe asks for"),
  reserved("probe-status", "Health", "STATUS,…", "200-399", "the answers of an HTTP probe that are good"),
  reserved("peek", "Peek and routes", "none|http|tls|auto", "none", "what to read before picking a backend"),
  reserved("peek-timeout", "Peek and routes", "DURATION", "3s", "longest time to peek"),
  reserved("peek-size", "Peek and routes", "SIZE", "16KiB", "most bytes to peek at"),
  reserved("http-keep-alive", "Peek and routes", "MODE", "close", "what happens after the first HTTP request"),
  repeatable("route", "Peek and routes", "KEY=VALUE,…", "which pool a session goes to, such as path=/api/*,pool=api"),
  repeatable("accept-proxy", "Access", "CIDR,…", "who may send a PROXY header"),
  repeatable("allow", "Access", "CIDR,…", "clients that may connect"),
  repeatable("deny", "Access", "CIDR,…", "clients that may not, even where allowed"),
  reserved("client-connections", "Access", "N|off", "off", "sessions at once for each client"),
  reserved("client-rate", "Access", "RATE|off", "off", "new sessions for each client, such as 20/s"),
  reserved("config", "Process", "FILE", undefined, "a file with all of this and more"),
  reserved("admin", "Admin", "ADDRESS", "off", "where health, metrics and control answer"),
  reserved("admin-token-file", "Admin", "FILE", undefined, "the file that holds the token of the admin address"),
];

/** Every flag, those that are not available yet included. */
export const keys: readonly Key[] = inGroups([listenKey, upstreamKey, ...Object.values<Key>(settings), ...later]);

const byFlag: ReadonlyMap<string, Key> = new Map(
  keys.flatMap((key) => [key.flag, ...key.aliases].map((flag) => [flag, key] as const)),
);
const byVariable: ReadonlyMap<string, Key> = new Map(keys.map((key) => [key.variable, key]));

/** The key of a flag or an alias, without dashes. */
export function keyOfFlag(flag: string): Key | undefined {
  return byFlag.get(flag);
}

/** Every flag and alias, without dashes. */
export function flagNames(): Iterable<string> {
  return byFlag.keys();
}

export function keyOfVariable(variable: string): Key | undefined {
  return byVariable.get(variable);
}

export function variableNames(): Iterable<string> {
  return byVariable.keys();
}

function reserved(
  flag: string,
  group: KeyGroup,
  placeholder: string,
  defaultText: string | undefined,
  meaning: string,
): Key {
  return { ...plainKey(flag, group, meaning), placeholder, defaultText, available: false };
}

function repeatable(flag: string, group: KeyGroup, placeholder: string, meaning: string): Key {
  return { ...reserved(flag, group, placeholder, undefined, meaning), repeatable: true };
}

function inGroups(all: readonly Key[]): readonly Key[] {
  return keyGroups.flatMap((group) => all.filter((key) => key.group === group));
}
