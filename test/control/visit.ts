import { once } from "node:events";
import { connect } from "node:net";
import { withDeadline } from "../support/deadline.ts";

const WORD = "word";

/**
 * A client that sends a word to an echo server, takes it back, and leaves in order; rejects if anything else happens.
 * Less than a peer knows about its end, and cheap enough for hundreds.
 */
export async function visit(port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (text === WORD) socket.end();
  });
  socket.write(WORD);
  await withDeadline(once(socket, "end"), () => `the end of a visit, after "${text}"`);
  if (text !== WORD) throw new Error(`"${text}" came back for "${WORD}"`);
}

/** A client that is reset, before or after it has noticed that it was connected. */
export async function visitInVain(port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port }).resume();
  socket.on("error", () => {});
  const reset = new Promise<void>((resolve, reject) => {
    socket.once("close", (isReset) => (isReset ? resolve() : reject(new Error("the visit ended in order"))));
  });
  await withDeadline(reset, () => "the reset of a visit");
}
