// What a fault server does with a connection; a client that was connected can do the same.

import { setImmediate as nextTurn } from "node:timers/promises";
import { patternedBytes, patternedChunks } from "./patterned-bytes.ts";
import type { Behaviour } from "./peer-server.ts";

/** Sends back what comes, under backpressure, and a FIN for a FIN. */
export const echo: Behaviour = ({ socket }) => {
  socket.pipe(socket);
};

/** Reads nothing (beyond the 64 KiB that Node takes by itself; for exactly nothing start the server `paused`). */
export const neverRead: Behaviour = (peer) => peer.pause();

/** Resets as soon as `byteCount` bytes have come; 0 resets at once. */
export function resetAfter(byteCount: number): Behaviour {
  return (peer) => {
    const check = (): void => {
      if (peer.byteCount >= byteCount) peer.reset();
    };
    peer.socket.on("data", check);
    check();
  };
}

/** Sends and then resets. What is sent has to fit into the buffers on the way, or some of it goes with the reset. */
export function resetWith(bytes: string | Uint8Array): Behaviour {
  return async (peer) => {
    await peer.send(bytes);
    peer.reset();
  };
}

/** Sends a byte at a time, each in a segment and in a turn of its own, then its FIN. */
export function dribble(bytes: Uint8Array): Behaviour {
  return async (peer) => {
    for (const byte of bytes) {
      await peer.send(Uint8Array.of(byte));
      await nextTurn();
    }
    await peer.finish();
  };
}

/** Sends, in a later turn its FIN, and reads on until the other side ends. */
export function finishAfter(bytes: string | Uint8Array): Behaviour {
  return async (peer) => {
    await peer.send(bytes);
    await nextTurn();
    await peer.finish();
  };
}

/** Sends data and FIN together, so that both arrive in one event, and reads on until the other side ends. */
export function finishWith(bytes: string | Uint8Array): Behaviour {
  return (peer) => peer.finish(bytes);
}

/** The FIN waits behind more than the buffers hold: it leaves only when the other side has read most of it. */
export function finishUnderBackpressure(seed: number, byteCount: number = 32 * 1024 * 1024): Behaviour {
  return (peer) => peer.finish(patternedBytes(seed, byteCount));
}

/** Sends the pattern for ever, as fast as it is taken. */
export function neverEnd(seed: number): Behaviour {
  return (peer) => peer.sendAll(patternedChunks(seed, Number.POSITIVE_INFINITY));
}
