import { describeTransport } from "../transport.contract.ts";
import { createLinuxWorld } from "./linux-world.ts";

describeTransport("linux", createLinuxWorld);
