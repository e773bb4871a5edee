// The contract of src/transport/transport.ts, for every transport.

import { describe, it } from "node:test";
import { withoutLeaks } from "../support/leaks.ts";
import { describeAborts } from "./abort.contract.ts";
import { describeAnswers } from "./answer.contract.ts";
import { describeConnections } from "./connection.contract.ts";
import type { ContractOptions, ContractTest } from "./contract-test.ts";
import { describeDials } from "./dial.contract.ts";
import { describeFailures } from "./failure.contract.ts";
import { describeFlow } from "./flow.contract.ts";
import { describeGates } from "./gate.contract.ts";
import { describeListeners } from "./listener.contract.ts";
import { describePreludes } from "./prelude.contract.ts";
import { describeRelays } from "./relay.contract.ts";
import { Scene } from "./scene.ts";
import type { CreateWorld } from "./world.ts";

export function describeTransport(name: string, createWorld: CreateWorld, options: ContractOptions = {}): void {
  const { skip = {} } = options;
  const unknown = new Set(Object.keys(skip));

  const test: ContractTest = (title, body) => {
    unknown.delete(title);
    it(
      title,
      { skip: skip[title] ?? false },
      withoutLeaks(async (context) => {
        await using world = await createWorld();
        const scene = new Scene(world);
        try {
          await body(scene, context);
        } finally {
          await scene.close();
        }
      }),
    );
  };

  describe(`the ${name} transport`, () => {
    describe("listeners", () => describeListeners(test));
    describe("connections", () => describeConnections(test));
    describe("answers", () => describeAnswers(test));
    describe("dials", () => describeDials(test));
    describe("preludes", () => describePreludes(test));
    describe("relays", () => describeRelays(test));
    describe("gates", () => describeGates(test));
    describe("flow", () => describeFlow(test));
    describe("failures", () => describeFailures(test));
    describe("aborts", () => describeAborts(test));
  });

  if (unknown.size > 0) throw new Error(`there is no such test to skip: ${[...unknown].join("; ")}`);
}
