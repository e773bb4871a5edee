import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Given, read, refused, unknownVariables, written } from "../../src/config/given.ts";
import { listenKey } from "../../src/config/keys.ts";
import { settings } from "../../src/config/settings.ts";
import type { Problem } from "../../src/errors.ts";

function given(flags: Given["flags"], environment: Given["environment"] = {}): Given {
  return { flags, environment };
}

describe("written", () => {
  it("takes flags before the variable, and the variable before those of others", () => {
    const environment = { LB_TCP_LISTEN: "81", PROXY_PORT: "82" };
    assert.deepEqual(written(listenKey, given({ listen: ["80"] }, environment)), [{ path: "--listen", text: "80" }]);
    assert.deepEqual(written(listenKey, given({}, environment)), [{ path: "LB_TCP_LISTEN", text: "81" }]);
    assert.deepEqual(written(listenKey, given({}, { PROXY_PORT: "82" })), [{ path: "PROXY_PORT", text: "82" }]);
    assert.deepEqual(written(listenKey, given({})), []);
  });

  it("joins a flag and its aliases, each under the name that was written", () => {
    assert.deepEqual(written(listenKey, given({ port: ["82"], listen: ["80", "81"] })), [
      { path: "--listen", text: "80" },
      { path: "--listen", text: "81" },
      { path: "--port", text: "82" },
    ]);
  });

  it("takes an empty variable as not set, but not an empty flag", () => {
    assert.deepEqual(written(listenKey, given({}, { LB_TCP_LISTEN: " ", PROXY_PORT: "82" })), [
      { path: "PROXY_PORT", text: "82" },
    ]);
    assert.deepEqual(written(listenKey, given({ listen: [""] })), [{ path: "--listen", text: "" }]);
  });

  it("leaves out the white space around a value", () => {
    assert.deepEqual(written(listenKey, given({}, { LB_TCP_LISTEN: "80\n" })), [{ path: "LB_TCP_LISTEN", text: "80" }]);
  });
});

describe("read", () => {
  it("gives the value, or the default", () => {
    const problems: Problem[] = [];
    assert.equal(read(settings.rise, given({ rise: ["5"] }), problems), 5);
    assert.equal(read(settings.rise, given({}, { LB_TCP_RISE: "6" }), problems), 6);
    assert.equal(read(settings.rise, given({}), problems), 2);
    assert.deepEqual(problems, []);
  });

  it("does not look at a variable that a flag overrules", () => {
    const problems: Problem[] = [];
    assert.equal(read(settings.rise, given({ rise: ["5"] }, { LB_TCP_RISE: "x" }), problems), 5);
    assert.deepEqual(problems, []);
  });

  it("names the flag or the variable in a problem", () => {
    const problems: Problem[] = [];
    read(settings["idle-timeout"], given({ "idle-timeout": ["5"] }), problems);
    read(settings["idle-timeout"], given({}, { LB_TCP_IDLE_TIMEOUT: "5" }), problems);
    const message = '"5" has no unit; write 5s or 5m';
    assert.deepEqual(problems, [
      { path: "--idle-timeout", message },
      { path: "LB_TCP_IDLE_TIMEOUT", message },
    ]);
  });

  it("refuses two values for one setting, even the same", () => {
    for (const values of [
      ["1", "2"],
      ["2", "2"],
    ]) {
      const problems: Problem[] = [];
      read(settings.rise, given({ rise: values }), problems);
      const message = `got "${values[0]}" and "${values[1]}", expected one value; give it once`;
      assert.deepEqual(problems, [{ path: "--rise", message }]);
    }
  });
});

describe("refused", () => {
  it("proposes the nearest flag for an unknown one", () => {
    assert.deepEqual(refused(given({ "idel-timeout": ["5s"], colour: [""], lisen: [] })), [
      { path: "--idel-timeout", message: "unknown flag; did you mean --idle-timeout?" },
      { path: "--colour", message: "unknown flag; --help lists all" },
      { path: "--lisen", message: "unknown flag; did you mean --listen?" },
    ]);
  });

  it("is not confused by names that every object has", () => {
    assert.deepEqual(
      refused(given({ constructor: ["x"] })).map(({ path }) => path),
      ["--constructor"],
    );
  });
});

describe("unknownVariables", () => {
  it("warns with the nearest variable", () => {
    assert.deepEqual(unknownVariables(given({}, { LB_TCP_LISTN: "80", LB_TCP_COLOUR: "red", PATH: "/bin" })), [
      "LB_TCP_LISTN: unknown variable, ignored; did you mean LB_TCP_LISTEN?",
      "LB_TCP_COLOUR: unknown variable, ignored",
    ]);
  });

  it("is silent about its own variables and about those of a Kubernetes Service called lb-tcp", () => {
    const environment = {
      LB_TCP_LISTEN: "80",
      LB_TCP_WORKERS: "2",
      LB_TCP_PORT: "tcp://10.0.0.1:80",
      LB_TCP_PORT_80_TCP: "tcp://10.0.0.1:80",
      LB_TCP_PORT_80_TCP_PROTO: "tcp",
      LB_TCP_SERVICE_HOST: "10.0.0.1",
      LB_TCP_SERVICE_PORT_HTTP: "80",
    };
    assert.deepEqual(unknownVariables(given({}, environment)), []);
  });

  it("never shows a value", () => {
    assert.ok(
      !unknownVariables(given({}, { LB_TCP_TOKEN: "secret" }))
        .join()
        .includes("secret"),
    );
  });
});
