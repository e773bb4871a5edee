import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Activation, type ProcFiles, takeActivation } from "../../src/cli/activation.ts";

const LISTENING = "00000000:00000000 00:00000000 00000000 0 0";
/** A /proc of a process whose descriptor 3 listens on TCP, 4 on IPv6, 5 on a path, 6 is a file. */
const links: Readonly<Record<string, string>> = {
  "/proc/self/fd/3": "socket:[103]",
  "/proc/self/fd/4": "socket:[104]",
  "/proc/self/fd/5": "socket:[105]",
  "/proc/self/fd/6": "/etc/passwd",
};
const texts: Readonly<Record<string, string>> = {
  "/proc/self/net/tcp": `head\n 0: 0100007F:0050 00000000:0000 0A ${LISTENING} 103 1\n`,
  "/proc/self/net/tcp6": `head\n 0: ${"0".repeat(32)}:0051 ${"0".repeat(32)}:0000 0A ${LISTENING} 104 1\n`,
  "/proc/self/net/unix": "head\n0: 2 0 00010000 0001 01 105 /run/web.sock\n",
};
const files: ProcFiles = { link: (path) => found(links, path), text: (path) => found(texts, path) };

function found(all: Readonly<Record<string, string>>, path: string): string {
  const one = all[path];
  if (one === undefined) throw new Error(`ENOENT: ${path}`);
  return one;
}

function take(environment: Record<string, string>, proc: ProcFiles = files): Activation {
  return takeActivation(environment, 42, proc);
}

const UNUSABLE =
  "is none that lb-tcp can use, expected a TCP or unix socket that listens, with a path or an IP address";

describe("takeActivation", () => {
  it("is nothing without LISTEN_FDS, and looks at no file", () => {
    const none = (): string => assert.fail();
    assert.deepEqual(take({}, { link: none, text: none }), { sockets: [], warnings: [] });
  });

  it("finds where each socket listens, and its name", () => {
    const { sockets, warnings } = take({ LISTEN_PID: "42", LISTEN_FDS: "3", LISTEN_FDNAMES: "web::app.socket" });
    assert.deepEqual(sockets, [
      { descriptor: 3, name: "web", address: { kind: "ip", ip: "127.0.0.1", port: 80 } },
      { descriptor: 4, name: "", address: { kind: "ip", ip: "::", port: 81 } },
      { descriptor: 5, name: "app.socket", address: { kind: "unix", path: "/run/web.sock" } },
    ]);
    assert.deepEqual(warnings, []);
  });

  it("does without IPv6", () => {
    const text = (path: string): string => (path.endsWith("6") ? assert.fail() : files.text(path));
    const { sockets } = take({ LISTEN_PID: "42", LISTEN_FDS: "3" }, { ...files, text });
    assert.deepEqual(
      sockets.map(({ descriptor }) => descriptor),
      [3, 5],
    );
  });

  it("warns of what is no listening socket, and of a descriptor that is not there", () => {
    const { sockets, warnings } = take({ LISTEN_PID: "42", LISTEN_FDS: "5", LISTEN_FDNAMES: "a:b:c:d" });
    assert.equal(sockets.length, 3);
    assert.deepEqual(warnings, [
      `LISTEN_FDS: descriptor 6 (d) ${UNUSABLE}; it is left alone`,
      `LISTEN_FDS: descriptor 7 ${UNUSABLE}; it is left alone`,
    ]);
  });

  const refusals: readonly (readonly [environment: Record<string, string>, warning: string])[] = [
    [
      { LISTEN_FDS: "1", LISTEN_PID: "41" },
      "LISTEN_FDS is for another process: LISTEN_PID is 41, this one is 42; start lb-tcp itself, not through npm or a shell",
    ],
    [
      { LISTEN_FDS: "1" },
      "LISTEN_FDS is for another process: LISTEN_PID is missing, this one is 42; start lb-tcp itself, not through npm or a shell",
    ],
    [{ LISTEN_FDS: "-1", LISTEN_PID: "42" }, "LISTEN_FDS: got -1, expected a number of sockets up to 1024"],
    [{ LISTEN_FDS: "9999", LISTEN_PID: "42" }, "LISTEN_FDS: got 9999, expected a number of sockets up to 1024"],
  ];
  for (const [environment, warning] of refusals) {
    it(`takes nothing from ${Object.entries(environment).join(" ")}, and says why`, () => {
      assert.deepEqual(take(environment), { sockets: [], warnings: [warning] });
    });
  }

  it("leaves nothing of it to the children", () => {
    for (const LISTEN_PID of ["42", "41"]) {
      const environment = { LISTEN_PID, LISTEN_FDS: "1", LISTEN_FDNAMES: "web", PATH: "/bin" };
      take(environment);
      assert.deepEqual(environment, { PATH: "/bin" });
    }
  });
});
