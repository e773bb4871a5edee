import type { TestContext } from "node:test";
import type { Scene } from "./scene.ts";

/** Defines one test of the contract. What the scene still has open at its end is closed, and nothing may be left. */
export type ContractTest = (title: string, body: (scene: Scene, context: TestContext) => Promise<void>) => void;

export interface ContractOptions {
  /** The reason why a test can't hold, by the test's title. */
  readonly skip?: Readonly<Record<string, string>>;
}
