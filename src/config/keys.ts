// All flags, in the order of --help.

import { DEFAULT_POOL } from "./defaults.ts";
import { type Key, keyGroups, plainKey } from "./key.ts";
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

export const routeKey: Key = {
  ...plainKey(
    "route",
    "Peek and routes",
    "which pool a session goes to, such as path=/api/*,pool=api; the first that matches decides",
  ),
  placeholder: "KEY=VALUE,…",
  defaultText: undefined,
  repeatable: true,
};

export const acceptProxyKey: Key = cidrKey("accept-proxy", "who sends a PROXY header, which names the client");
export const allowKey: Key = cidrKey("allow", "clients that may connect; everybody by default");
export const denyKey: Key = cidrKey("deny", "clients that may not, even where they are allowed");

export const configKey: Key = {
  ...plainKey(
    "config",
    "Process",
    "a file in YAML or JSON with all of this and more; flags and variables go before it",
  ),
  placeholder: "FILE",
  defaultText: undefined,
};

export const adminKey: Key = {
  ...plainKey("admin", "Admin", "where health, metrics and control answer: 127.0.0.1:8901, unix:/path"),
  placeholder: "ADDRESS|off",
  defaultText: "off",
  repeatable: true,
};

export const adminTokenFileKey: Key = {
  ...plainKey("admin-token-file", "Admin", "the file that holds the token of the admin address"),
  placeholder: "FILE",
  defaultText: undefined,
};

const lists: readonly Key[] = [routeKey, acceptProxyKey, allowKey, denyKey, configKey, adminKey, adminTokenFileKey];

/** Every flag. */
export const keys: readonly Key[] = inGroups([listenKey, upstreamKey, ...Object.values<Key>(settings), ...lists]);

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

function cidrKey(flag: string, meaning: string): Key {
  return { ...plainKey(flag, "Access", meaning), placeholder: "CIDR,…", defaultText: undefined, repeatable: true };
}

function inGroups(all: readonly Key[]): readonly Key[] {
  return keyGroups.flatMap((group) => all.filter((key) => key.group === group));
}
