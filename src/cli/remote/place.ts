// Where the admin address of a running lb-tcp is, and the token for it.

import { parseAddress } from "../../config/address-parser.ts";
import { readText } from "../../config/read-text.ts";
import { messageOf, type Problem, systemCode } from "../../errors.ts";
import { type Address, ANY_HOST, formatAddress } from "../../wire/address.ts";
import { quote } from "../../wire/quote.ts";
import type { Arguments, CommandFlag } from "./arguments.ts";

/** An admin address, and who asks there. */
export interface Place {
  readonly address: Address;
  /** As a person writes it. */
  readonly text: string;
  readonly token: string | undefined;
  /** Where the token came from. */
  readonly tokenFile: string | undefined;
}

export const ADMIN_VARIABLE = "LB_TCP_ADMIN";
export const TOKEN_VARIABLE = "LB_TCP_ADMIN_TOKEN_FILE";

export const placeFlags: readonly CommandFlag[] = [
  { name: "admin", placeholder: "ADDRESS", text: "the admin address: 127.0.0.1:8901, unix:/path" },
  { name: "admin-token-file", placeholder: "FILE", text: "the file that holds its token" },
];

const LOOPBACK = "127.0.0.1";
// A token is printable, and short enough for a header.
const TOKEN = /^[!-~]{1,4096}$/;

/** @param problems gets what is wrong. */
export function readPlace(
  { flags }: Pick<Arguments, "flags">,
  environment: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): Place | undefined {
  const admin = chosen("--admin", flags["admin"], ADMIN_VARIABLE, environment);
  const file = chosen("--admin-token-file", flags["admin-token-file"], TOKEN_VARIABLE, environment);
  const token = file === undefined ? undefined : readToken(file, problems);
  if (admin === undefined) {
    const message = `is needed to find lb-tcp; write --admin ADDRESS, as lb-tcp itself has it, or set ${ADMIN_VARIABLE}`;
    problems.push({ path: "--admin", message });
    return undefined;
  }
  const address = addressIn(admin.text);
  if ("problem" in address) {
    problems.push({ path: admin.path, message: address.problem });
    return undefined;
  }
  return { address: address.value, text: formatAddress(address.value), token, tokenFile: file?.text };
}

interface Chosen {
  /** The flag or the variable. */
  readonly path: string;
  readonly text: string;
}

function chosen(
  flag: string,
  given: string | undefined,
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
): Chosen | undefined {
  if (given !== undefined) return { path: flag, text: given };
  const text = environment[variable]?.trim() ?? "";
  return text === "" ? undefined : { path: variable, text };
}

/** What lb-tcp listens on, as one dials it: of several the first, and an address that stands for all is this machine. */
function addressIn(text: string): ReturnType<typeof parseAddress> {
  const [first = ""] = text.split(",").map((each) => each.trim());
  const parsed = parseAddress(first, { purpose: first.includes("://") ? "dial" : "listen" });
  if ("problem" in parsed) return parsed;
  const { value } = parsed;
  if (value.kind === "unix") return parsed;
  if (value.port === 0) return { problem: `${quote(first)} has the port 0; write the one that lb-tcp has got` };
  const isAny = value.host === ANY_HOST || value.host === "0.0.0.0" || value.host === "::";
  return isAny ? { value: { ...value, host: LOOPBACK } } : parsed;
}

function readToken({ path, text }: Chosen, problems: Problem[]): string | undefined {
  try {
    const token = readText(text).trim();
    if (TOKEN.test(token)) return token;
    const found = token === "" ? "is empty" : "holds no token";
    problems.push({ path, message: `${quote(text)} ${found}; expected one line without spaces` });
  } catch (error) {
    problems.push({ path, message: `${quote(text)} can't be read: ${reasonOf(error)}` });
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  switch (systemCode(error) ?? "") {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
      return "permission denied; ask as the user that may read it";
    default:
      return messageOf(error);
  }
}
