import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyGroups } from "../../src/config/key.ts";
import { flagNames, keyOfFlag, keyOfVariable, keys, variableNames } from "../../src/config/keys.ts";

// Names are an API: whoever changes a line here lets the old name live on for a minor version, with a warning.
const interfaceKeys = [
  "listen port LB_TCP_LISTEN PROXY_PORT",
  "backlog LB_TCP_BACKLOG",
  "upstream backends LB_TCP_UPSTREAM",
  "policy LB_TCP_POLICY",
  "dial-timeout LB_TCP_DIAL_TIMEOUT",
  "dial-deadline LB_TCP_DIAL_DEADLINE",
  "attempts LB_TCP_ATTEMPTS",
  "resolve-interval LB_TCP_RESOLVE_INTERVAL",
  "queue-limit LB_TCP_QUEUE_LIMIT",
  "queue-timeout LB_TCP_QUEUE_TIMEOUT",
  "send-proxy LB_TCP_SEND_PROXY",
  "dial LB_TCP_DIAL",
  "idle-timeout LB_TCP_IDLE_TIMEOUT",
  "half-close-timeout LB_TCP_HALF_CLOSE_TIMEOUT",
  "max-lifetime LB_TCP_MAX_LIFETIME",
  "tcp-keepalive LB_TCP_TCP_KEEPALIVE",
  "tcp-user-timeout LB_TCP_TCP_USER_TIMEOUT",
  "probe LB_TCP_PROBE",
  "probe-interval LB_TCP_PROBE_INTERVAL",
  "probe-timeout LB_TCP_PROBE_TIMEOUT",
  "rise LB_TCP_RISE",
  "fall LB_TCP_FALL",
  "probe-path LB_TCP_PROBE_PATH",
  "probe-status LB_TCP_PROBE_STATUS",
  "peek LB_TCP_PEEK",
  "peek-timeout LB_TCP_PEEK_TIMEOUT",
  "peek-size LB_TCP_PEEK_SIZE",
  "http-keep-alive LB_TCP_HTTP_KEEP_ALIVE",
  "route LB_TCP_ROUTE",
  "client-connections LB_TCP_CLIENT_CONNECTIONS",
  "client-rate LB_TCP_CLIENT_RATE",
  "accept-proxy LB_TCP_ACCEPT_PROXY",
  "allow LB_TCP_ALLOW",
  "deny LB_TCP_DENY",
  "max-connections LB_TCP_MAX_CONNECTIONS",
  "transport LB_TCP_TRANSPORT",
  "workers LB_TCP_WORKERS",
  "shutdown-delay LB_TCP_SHUTDOWN_DELAY",
  "drain-timeout LB_TCP_DRAIN_TIMEOUT",
  "config LB_TCP_CONFIG",
  "log-level LB_TCP_LOG_LEVEL",
  "log-format LB_TCP_LOG_FORMAT",
  "log-output LB_TCP_LOG_OUTPUT",
  "access-log LB_TCP_ACCESS_LOG",
  "admin LB_TCP_ADMIN",
  "admin-token-file LB_TCP_ADMIN_TOKEN_FILE",
];

function names(): string[] {
  return keys.map(({ flag, aliases, variable, otherVariables }) =>
    [flag, ...aliases, variable, ...otherVariables].join(" "),
  );
}

describe("keys", () => {
  it("has the flags and variables of the interface", () => assert.deepEqual(names(), interfaceKeys));

  it("stands in the order of the groups", () => {
    const groups = keys.map(({ group }) => keyGroups.indexOf(group));
    assert.deepEqual(
      groups,
      groups.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(groups).size, keyGroups.length);
  });

  it("has one meaning for each name", () => {
    const flags = keys.flatMap(({ flag, aliases }) => [flag, ...aliases]);
    assert.equal(new Set(flags).size, flags.length);
  });

  it("has no variable that Kubernetes sets for a Service called lb-tcp", () => {
    for (const { variable } of keys) assert.doesNotMatch(variable, /^LB_TCP_(?:PORT|SERVICE)(?:_|$)/);
  });

  it("says what each is for in one short line", () => {
    for (const { flag, meaning, placeholder } of keys) {
      assert.match(meaning, /^[^\n]{10,90}$/, flag);
      assert.match(placeholder, /^\S+$/, flag);
    }
  });
});

describe("keyOfFlag", () => {
  it("finds a key by its flag and by its aliases", () => {
    assert.equal(keyOfFlag("listen")?.variable, "LB_TCP_LISTEN");
    assert.equal(keyOfFlag("port"), keyOfFlag("listen"));
    assert.equal(keyOfFlag("backends"), keyOfFlag("upstream"));
    assert.equal(keyOfFlag("constructor"), undefined);
  });

  it("knows every name of flagNames", () => {
    for (const flag of flagNames()) assert.notEqual(keyOfFlag(flag), undefined);
  });
});

describe("keyOfVariable", () => {
  it("finds a key by its variable; aliases have none", () => {
    assert.equal(keyOfVariable("LB_TCP_UPSTREAM")?.flag, "upstream");
    assert.equal(keyOfVariable("LB_TCP_BACKENDS"), undefined);
  });

  it("knows every name of variableNames", () => {
    for (const variable of variableNames()) assert.notEqual(keyOfVariable(variable), undefined);
  });
});
