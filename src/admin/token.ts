// The token of the admin address, in a file that may change at any time.

import { createHash, timingSafeEqual } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { LbError, messageOf, systemCode } from "../errors.ts";
import { quote } from "../wire/quote.ts";

/** Less can be guessed; `openssl rand -hex 16` makes one that can't. */
const FEWEST_CHARACTERS = 16;
const MOST_BYTES = 4_096;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied; it must be readable for the user that lb-tcp runs as",
  EISDIR: "it is a folder",
  ENXIO: "it is a socket",
};

/**
 * The file is read for each use: secrets are rotated by replacing files and links.
 * Nothing but hashes is kept, and the token is in no message.
 */
export class TokenFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether this is the token; never where the file can't be used. Takes the same time for whatever is wrong. */
  accepts(candidate: string): boolean {
    try {
      return timingSafeEqual(hashOf(this.#read()), hashOf(candidate));
    } catch {
      return false;
    }
  }

  /** Tells one token from the next, without being one. Undefined where the file can't be used. */
  get fingerprint(): string | undefined {
    try {
      return hashOf(`fingerprint:${this.#read()}`).toString("hex");
    } catch {
      return undefined;
    }
  }

  /** @throws LbError `LB_ADMIN_TOKEN` where no token can be read from it. */
  check(): void {
    this.#read();
  }

  #read(): string {
    const text = this.#text();
    if (text.length >= FEWEST_CHARACTERS && /^[\x21-\x7e]+$/.test(text)) return text;
    const problem =
      text === ""
        ? "is empty"
        : text.length < FEWEST_CHARACTERS
          ? `holds ${text.length} characters`
          : "holds blanks or characters other than those of ASCII";
    throw this.#unusable(
      `${problem}, expected one line of at least ${FEWEST_CHARACTERS} characters without blanks, such as \`openssl rand -hex 32\` makes`,
    );
  }

  #text(): string {
    let descriptor: number | undefined;
    try {
      // A FIFO without a writer would be waited for.
      descriptor = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (!fstatSync(descriptor).isFile()) throw this.#unusable("is no file");
      const bytes = Buffer.alloc(MOST_BYTES + 1);
      const count = readSync(descriptor, bytes, 0, bytes.length, 0);
      if (count > MOST_BYTES) throw this.#unusable(`is longer than ${MOST_BYTES} bytes, expected one line`);
      return bytes.toString("utf8", 0, count).trim();
    } catch (error) {
      if (error instanceof LbError) throw error;
      throw this.#unusable(`can't be read: ${REASONS[systemCode(error) ?? ""] ?? messageOf(error)}`);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  #unusable(why: string): LbError {
    return new LbError("LB_ADMIN_TOKEN", `the token file of the admin address, ${quote(this.#path)}, ${why}`);
  }
}

/** Hashes have one length, which is what a comparison in constant time needs. */
function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
