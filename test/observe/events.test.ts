import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BackendEvent, createEvents } from "../../src/observe/events.ts";
import { runProgram } from "../support/programs.ts";
import { plainRecord } from "./records.ts";

const down: BackendEvent = {
  event: "down",
  pool: "web",
  backend: "web/a",
  address: "10.0.0.1:80",
  reason: "ECONNREFUSED",
  at: "2026-11-21T03:05:07.123Z",
};

describe("createEvents", () => {
  it("calls the listeners of an event in order, with its payload", () => {
    const events = createEvents();
    const calls: unknown[] = [];
    events.on("backend", (event) => calls.push(["first", event]));
    events.on("backend", (event) => calls.push(["second", event]));
    events.on("session", (record) => calls.push(record));
    events.emit("backend", down);
    assert.deepEqual(calls, [
      ["first", down],
      ["second", down],
    ]);
    events.emit("session", plainRecord);
    assert.equal(calls[2], plainRecord);
  });

  it("knows whether an event has listeners", () => {
    const events = createEvents();
    const listener = () => {};
    assert.equal(events.hasListeners("session"), false);
    events.on("session", listener);
    assert.equal(events.hasListeners("session"), true);
    assert.equal(events.hasListeners("backend"), false);
    events.off("session", listener);
    assert.equal(events.hasListeners("session"), false);
  });

  it("calls a listener of once a single time, also when it is emitted within", () => {
    const events = createEvents();
    let count = 0;
    events.once("backend", () => events.emit("backend", down));
    events.once("backend", () => {
      count += 1;
    });
    events.emit("backend", down);
    events.emit("backend", down);
    assert.equal(count, 1);
  });

  it("takes away one of equal listeners, also one of once, and leaves the others", () => {
    const events = createEvents();
    let count = 0;
    const listener = () => {
      count += 1;
    };
    events.on("backend", listener);
    events.on("backend", listener);
    events.once("backend", listener);
    events.off("backend", listener);
    events.off("backend", () => {});
    events.emit("backend", down);
    assert.equal(count, 2);
  });

  it("calls neither a listener that was added nor one that was taken away while it emits", () => {
    const events = createEvents();
    const calls: string[] = [];
    const third = () => calls.push("third");
    events.on("backend", () => {
      calls.push("first");
      events.off("backend", third);
      events.on("backend", () => calls.push("added"));
    });
    events.on("backend", () => calls.push("second"));
    events.on("backend", third);
    events.emit("backend", down);
    assert.deepEqual(calls, ["first", "second"]);
  });

  it("keeps an exception of a listener from the caller and the others, and lets it surface as uncaught", async () => {
    const program = `
      import { createEvents } from ${JSON.stringify(new URL("../../src/observe/events.js", import.meta.url).href)};
      process.on("uncaughtException", (error) => console.log("uncaught " + error.message));
      const events = createEvents();
      events.on("backend", () => { throw new Error("of the user"); });
      events.on("backend", () => console.log("second"));
      events.emit("backend", {});
      console.log("caller");
    `;
    const { code, stdout } = await runProgram(process.execPath, ["--input-type=module", "-e", program]);
    assert.equal(stdout, "second\ncaller\nuncaught of the user\n");
    assert.equal(code, 0);
  });
});
