import { describeTransport } from "../transport/transport.contract.ts";
import { createMemoryWorld } from "./memory-world.ts";

const NO_FILES = "a unix socket in memory has no file";
const WRITES_SUCCEED = "in memory a write does not notice a reset that has not been read yet";

describeTransport("memory", createMemoryWorld, {
  skip: {
    "replace a socket file whose owner has gone": NO_FILES,
    "refuse a socket file that somebody answers at, and leave it alone": NO_FILES,
    "refuse a path where something else than a socket is, and leave it alone": NO_FILES,
    "remove their socket file at the end": NO_FILES,
    "leave a socket file alone that has become somebody else's": NO_FILES,
    "do not wait for ever for a reader to take what a client sent before its reset": WRITES_SUCCEED,
    "do not wait for ever for a reader to take what a backend sent before its reset": WRITES_SUCCEED,
  },
});
