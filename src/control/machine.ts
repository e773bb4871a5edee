import { messageOf } from "../errors.ts";
import { whyNotLinux } from "../transport/linux/self-test.ts";
import { coreCount } from "./cores.ts";

/** What decides how sessions can be carried here. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Such as 22.12.0. */
  readonly nodeVersion: string;
  cores(): number;
  /** Why the linux transport does not work here; undefined where it does. */
  whyNotLinux(): string | undefined;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  nodeVersion: process.versions.node,
  cores: () => coreCount(),
  whyNotLinux() {
    if (process.platform !== "linux") return `it needs Linux, and this is ${process.platform}`;
    try {
      return whyNotLinux();
    } catch (error) {
      return messageOf(error);
    }
  },
};
