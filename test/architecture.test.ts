// The rules of the layout, checked: an architecture decision that runs. What they mean is in the design.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { describe, it } from "node:test";

// This file runs as dist/test/architecture.test.js.
const REPOSITORY = resolve(import.meta.dirname, "../..");
const EMITTED = resolve(import.meta.dirname, "..");

/** Low to high. A file imports from its own folder or from a lower rank: never up, never from a neighbour. */
const RANKS: readonly (readonly string[])[] = [
  ["errors.ts", "clock.ts"],
  ["wire", "balance"],
  ["route"],
  ["config", "backend"],
  ["transport"],
  ["session"],
  ["observe"],
  ["worker"],
  ["probe", "discovery"],
  ["control"],
  ["admin"],
  ["index.ts", "cli"],
];

/** The packages that src may import, each with the one folder that knows it. */
const PACKAGE_OWNERS: Readonly<Record<string, string>> = {
  yargs: "cli",
  zod: "config",
  pino: "observe",
  koffi: "transport",
  yaml: "config",
  "proxy-protocol-js": "wire",
  "prom-client": "admin",
  uplot: "admin",
};

const SOCKET_MODULES = /^node:(net|tls|dns|http|https|http2|dgram)(\/|$)/;
const SOCKET_FOLDERS = ["transport", "probe", "discovery", "control", "admin", "observe", "cli"];
/** What node:net has that opens nothing: any folder may use these. */
const PURE_NET_NAMES = new Set(["isIP", "isIPv4", "isIPv6", "BlockList", "SocketAddress"]);

/** Browser code, which runs on no server: it has its own rules below, and test/e2e/dashboard.test.ts. */
const PAGE = "admin/page/";
/** What it may import beside its own files: the types of what it is answered, and the chart library as it is served. */
const PAGE_IMPORTS = new Set(["#answers", "./uPlot.esm.js"]);

/** Files without a mirrored test, and what covers them instead. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "config/admin-options.ts": "types and lists of words; test/config/admin-schema.test.ts",
  "config/peek-options.ts": "types and lists of words; test/config/peek-schema.test.ts",
  "config/proxy-options.ts": "types and lists of words; test/config/proxy-schema.test.ts",
  "config/webhook-options.ts": "types and a list of words; test/config/webhook-schema.test.ts",
  "index.ts": "it only passes names on; test/e2e imports them as a user would",
  "cli/main.ts": "it is a process; test/e2e starts it as one",
  "route/peeked.ts": "types and a list of words; the tests of the routes name each of them",
  "transport/linux/constants.ts": "numbers of the kernel's interface; the tests of all that uses them would fail",
  "worker/entry.ts": "it is a thread; test/control/fleet.test.ts starts it as one",
};

const LONG_LINES = 300;
const TOO_LONG_LINES = 400;

interface Source {
  /** Below src, such as `config/address.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

interface Import {
  readonly specifier: string;
  /** What is between `import` and `from`; empty for `import("…")` and the like. */
  readonly clause: string;
}

const allSources: readonly Source[] = readdirSync(join(REPOSITORY, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .sort()
  .map((path) => {
    const text = readFileSync(join(REPOSITORY, "src", path), "utf8");
    return { path, text, imports: importsIn(text) };
  });
const sources: readonly Source[] = allSources.filter(({ path }) => !path.startsWith(PAGE));
const pageSources: readonly Source[] = allSources.filter(
  ({ path }) => path.startsWith(PAGE) && !path.endsWith(".d.ts"),
);

function importsIn(text: string): Import[] {
  const statements = /^(?:import|export)\s(?:([^"';=]*?)\sfrom\s)?\s*"([^"]+)"/gm;
  // A thread is started by its URL, in its emitted form.
  const expressions = /(?:\bimport\(|\bnew URL\()\s*"([^"]+)"/g;
  return [
    ...Array.from(text.matchAll(statements), ([, clause = "", specifier = ""]) => ({ specifier, clause })),
    ...Array.from(text.matchAll(expressions), ([, specifier = ""]) => ({ specifier, clause: "" })),
  ];
}

/** The file below src that a relative import names. */
function targetOf({ path }: Source, { specifier }: Import): string {
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
}

/** The folder at the top of src, or the file there: what has a rank. */
function placeOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function rankOf(path: string): number {
  return RANKS.findIndex((places) => places.includes(placeOf(path)));
}

/** Why one file may not import another, or undefined when it may. */
function objection(from: string, to: string): string | undefined {
  if (rankOf(to) < 0) return "the target has no rank";
  if (placeOf(from) === placeOf(to)) {
    const isSeam = placeOf(from) === "transport" && from.split("/").length === 2;
    return isSeam && to.split("/").length > 2 ? "the seam does not know its implementations" : undefined;
  }
  if (rankOf(to) === rankOf(from)) return "sideways";
  return rankOf(to) > rankOf(from) ? "up" : undefined;
}

/** One line for each import that breaks a rule, as an arrow. */
function arrows(check: (source: Source, imported: Import) => string | undefined): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const found = check(source, imported);
      return found === undefined ? [] : [`src/${source.path} -> ${imported.specifier} (${found})`];
    }),
  );
}

function assertNone(offences: readonly string[], rule: string): void {
  assert.ok(offences.length === 0, `${rule}\n${offences.join("\n")}`);
}

function isInOneOf(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

describe("imports in src", () => {
  it("have a rank to start from", () => {
    const strangers = sources.filter(({ path }) => rankOf(path) < 0).map(({ path }) => `src/${path}`);
    assertNone(strangers, "Every folder of src has a rank in RANKS:");
  });

  it("go down, or stay in their folder", () => {
    const offences = arrows((source, imported) =>
      imported.specifier.startsWith(".") ? objection(source.path, targetOf(source, imported)) : undefined,
    );
    assertNone(offences, "What a lower rank reports upwards, it is handed as a parameter:");
  });

  it("name packages only where they belong", () => {
    const offences = arrows(({ path }, { specifier }) => {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
      const owner = PACKAGE_OWNERS[specifier.split("/")[0] ?? ""];
      if (owner === undefined) return "no folder owns it: PACKAGE_OWNERS";
      return isInOneOf(path, [owner]) ? undefined : `only ${owner} knows it`;
    });
    assertNone(offences, "Each package is known to one folder:");
  });

  it("reach sockets only from the folders that own some", () => {
    const offences = arrows(({ path }, { specifier, clause }) => {
      if (!SOCKET_MODULES.test(specifier) || isInOneOf(path, SOCKET_FOLDERS)) return undefined;
      const names = clause.match(/\w+/g)?.filter((name) => name !== "type") ?? [];
      const isPure = specifier === "node:net" && names.length > 0 && names.every((name) => PURE_NET_NAMES.has(name));
      return isPure ? undefined : "not a folder with sockets";
    });
    assertNone(offences, `Sockets belong to ${SOCKET_FOLDERS.join(", ")}:`);
  });
});

describe("the dashboard's browser code", () => {
  it("imports its own files and the types of what it is answered, and nobody imports it", () => {
    const own = new Set(pageSources.map(({ path }) => `./${path.slice(PAGE.length)}`));
    const offences = pageSources.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => !own.has(specifier) && !PAGE_IMPORTS.has(specifier))
        .map(({ specifier }) => `src/${path} -> ${specifier}`),
    );
    const importers = arrows((source, imported) =>
      pageSources.some(({ path }) => path === targetOf(source, imported)) ? "browser code" : undefined,
    );
    assertNone([...offences, ...importers], "The page stands by itself:");
  });

  it("never makes markup of data", () => {
    const makesMarkup = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function/;
    const offences = pageSources.filter(({ text }) => makesMarkup.test(text));
    assertNone(
      offences.map(({ path }) => `src/${path}`),
      "Text goes into the page as textContent:",
    );
  });
});

describe("exports in src", () => {
  it("are named", () => {
    const offences = allSources.filter(
      ({ path, text }) => !path.endsWith(".d.ts") && /^export (default\b|\{[^}]*\bas default\b)/m.test(text),
    );
    assertNone(
      offences.map(({ path }) => `src/${path}`),
      "No default exports:",
    );
  });

  it("are a file's own, except in src/index.ts", () => {
    const offences = sources.filter(
      ({ path, text }) => path !== "index.ts" && /^export (type )?(\*|\{[^}]*\})[^;]*\sfrom\s/m.test(text),
    );
    assertNone(
      offences.map(({ path }) => `src/${path}`),
      "Nothing is passed on from another file:",
    );
  });
});

describe("files in src", () => {
  it("have a test of the same name, if they do anything", () => {
    const offences = sources.flatMap(({ path }) => {
      if (TESTED_ELSEWHERE[path] !== undefined) return [];
      const emitted = join(EMITTED, "src", path.replace(/\.ts$/, ".js"));
      if (!existsSync(emitted)) return [`src/${path} is not compiled: npm run build`];
      if (!hasContent(readFileSync(emitted, "utf8"))) return [];
      const stem = path.replace(/\.ts$/, "");
      const mirrors = [`test/${stem}.test.ts`, `test/${stem}.contract.ts`];
      return mirrors.some((mirror) => existsSync(join(REPOSITORY, mirror))) ? [] : [`src/${path}: no ${mirrors[0]}`];
    });
    assertNone(offences, "Each file has its test, or a reason in TESTED_ELSEWHERE:");
  });

  it(`have at most ${TOO_LONG_LINES} lines`, (context) => {
    const lengths = allSources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    for (const { path, lines } of lengths) {
      if (lines > LONG_LINES) context.diagnostic(`src/${path} has ${lines} lines: look for the second noun in it`);
    }
    assertNone(
      lengths.filter(({ lines }) => lines > TOO_LONG_LINES).map(({ path, lines }) => `src/${path}: ${lines} lines`),
      "A file is about one noun:",
    );
  });
});

/** Whether an emitted file holds more than what tsc leaves of types. */
function hasContent(emitted: string): boolean {
  const code = emitted.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return code.replace("export {};", "").trim() !== "";
}

describe("the top level of the repository", () => {
  it("holds what the layout names and dotfiles", (context) => {
    const git = spawnSync("git", ["ls-files"], { cwd: REPOSITORY, encoding: "utf8" });
    if (git.status !== 0) {
      context.skip(`git does not list the files: ${git.error?.message ?? git.stderr.trim()}`);
      return;
    }
    const allowed = /^(src|test|bench|package\.json|package-lock\.json|tsconfig\.json|README\.md|LICENSE|\..*)$/;
    const entries = new Set(git.stdout.split("\n").map(placeOf));
    assertNone(
      [...entries].filter((entry) => entry !== "" && !allowed.test(entry)),
      "Nothing else at the top level:",
    );
  });
});
