import type { Socket } from "node:net";

/**
 * Sends RST and no FIN before it: resetAndDestroy shuts the socket down first, and its FIN would make a cut stream look
 * complete. Also while it is connecting, when there is nothing to reset yet.
 */
export function resetNow(socket: Socket): void {
  if (!socket.connecting) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
