// What `lb-tcp check` prints: everything that would be in force, as a file that could be given again.

import { stringify } from "yaml";
import { type Config } from "./config.ts";
import { isRecord } from "./fields.ts";
import { effectiveFile, type Words } from "./file/effective.ts";
import { fileKeys } from "./file/key-table.ts";
import { asWritten } from "./file/secrets.ts";
import { type Given, written } from "./given.ts";
import { keyOfFlag } from "./keys.ts";
import type { Loaded } from "./load.ts";
import type { BalancerOptions } from "./options.ts";

/** Lines of YAML are not broken: an address stays on one. */
const NO_WRAPPING = { lineWidth: 0 };

/** YAML, with every default written out; values of variables in a file as they were written there. */
export function effectiveText(config: Config, loaded: Loaded, given: Given): string {
  return stringify(effectiveWords(config, loaded, given), NO_WRAPPING);
}

/** The same, for who writes it in another way. */
export function effectiveWords(config: Config, loaded: Loaded, given: Given): unknown {
  const { options, process, admin, file } = loaded;
  const words = effectiveFile(config, process, (listener) => accessWords(options, listener), admin);
  const literal = escaped(words);
  return file === undefined ? literal : asWritten(literal, file.loaded.tree, (path) => isGiven(path, given));
}

/** A text that only looks like a variable is no variable when it is read again, either. */
function escaped(words: unknown): unknown {
  if (typeof words === "string") return words.replaceAll("${", () => "$${");
  if (Array.isArray(words)) return words.map(escaped);
  if (!isRecord(words)) return words;
  return Object.fromEntries(Object.entries(words).map(([key, word]) => [key, escaped(word)]));
}

/** As it is said, and not what the files hold. */
function accessWords({ listeners }: BalancerOptions, name: string): Words {
  const { allow, deny, allowFile, denyFile } = listeners[name]?.access ?? {};
  return {
    ...(allow === undefined ? {} : { allow }),
    ...(deny === undefined || deny.length === 0 ? {} : { deny }),
    ...(allowFile === undefined ? {} : { "allow-file": allowFile }),
    ...(denyFile === undefined ? {} : { "deny-file": denyFile }),
  };
}

/** Whether a flag or a variable says what is at this place of the file. */
function isGiven(path: readonly PropertyKey[], given: Given): boolean {
  return fileKeys().some(({ path: pattern, flag }) => {
    const key = flag === undefined ? undefined : keyOfFlag(flag);
    return key !== undefined && written(key, given).length > 0 && begins(path, pattern);
  });
}

function begins(path: readonly PropertyKey[], pattern: string): boolean {
  const steps = pattern.split(".");
  return steps.every((step, index) => step === "NAME" || step === path[index]);
}
