import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stepsOf } from "../../bench/run.ts";
import { chooseScenarios } from "../../bench/scenarios/catalogue.ts";
import { allSubjects, chooseSubjects } from "../../bench/subjects/catalogue.ts";

const subjects = allSubjects("node", "nowhere");

describe("stepsOf", () => {
  it("runs every subject once in each scenario of a rotation, beginning with another one", () => {
    const steps = stepsOf(chooseScenarios(["keep-alive", "bulk"]), chooseSubjects(subjects, ["haproxy", "nginx"]), 2);
    const line = steps.map(({ rotation, scenario, subject }) => `${rotation} ${scenario.name} ${subject.name}`);
    assert.deepEqual(line.slice(0, 4), [
      "0 keep-alive haproxy-1",
      "0 keep-alive haproxy-2",
      "0 keep-alive nginx-1",
      "0 keep-alive nginx-2",
    ]);
    assert.equal(line.filter((text) => text.startsWith("0 bulk")).length, 6);
    assert.equal(line[10], "1 keep-alive haproxy-2");
    assert.equal(line[13], "1 keep-alive haproxy-1");
  });
});

describe("chooseSubjects", () => {
  it("takes names and what they begin with", () => {
    const names = chooseSubjects(subjects, ["lb-tcp-linux", "nginx-2"]).map(({ name }) => name);
    assert.deepEqual(names, ["lb-tcp-linux-1", "lb-tcp-linux-2", "nginx-2"]);
  });

  it("refuses a word that is none", () => assert.throws(() => chooseSubjects(subjects, ["ngin"]), /--subjects: ngin/));
});

describe("chooseScenarios", () => {
  it("refuses a word that is none", () => assert.throws(() => chooseScenarios(["keepalive"]), /--only: keepalive/));
});
