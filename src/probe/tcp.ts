import type { Conversation } from "./connection.ts";
import { OK } from "./result.ts";

/**
 * Asks whether an address accepts a connection, and says nothing: an empty connection is not logged. Over TLS, whether it
 * shows a certificate, which has been looked at when it comes to this.
 */
export const touch: Conversation = (line) => line.leave(OK);
