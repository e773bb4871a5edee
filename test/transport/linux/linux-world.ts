import { createLinuxTransport } from "../../../src/transport/linux/transport.ts";
import { createRealWorld } from "../real-world.ts";
import type { CreateWorld } from "../world.ts";

/** The loop takes its turns between those of Node, which runs the other ends. */
export const createLinuxWorld: CreateWorld = async () => {
  const bugs: unknown[] = [];
  let close = (): void => {};
  const world = await createRealWorld((clock) => {
    const transport = createLinuxTransport({ clock, onBug: (error) => bugs.push(error) });
    let isOpen = true;
    function turn(): void {
      if (!isOpen) return;
      transport.turn(0);
      setImmediate(turn);
    }
    setImmediate(turn);
    close = () => {
      isOpen = false;
      transport.close();
    };
    return transport;
  }, 0);
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      close();
      if (bugs.length > 0) throw new AggregateError(bugs, "the loop has caught errors");
    },
  };
};
