import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRelaying } from "../support/stage.ts";

describe("greetingOf", () => {
  it("is nothing for a client of whom nothing is known, to a backend that wants to know nothing", async () => {
    const { backend } = await createRelaying();
    assert.equal(backend.receivedText, "");
  });
});
