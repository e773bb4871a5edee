import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly rotations: number;
  readonly quick: boolean;
  readonly only: readonly string[] | undefined;
  readonly subjects: readonly string[] | undefined;
  /** The Node binary that lb-tcp and the micro benchmarks run on. */
  readonly node: string;
  /** Name of the files in bench/results. */
  readonly output: string;
}

export interface SoakOptions {
  readonly connections: number;
  readonly aborts: number;
  /** Undefined leaves the flag away. */
  readonly transport: string | undefined;
  readonly workers: string | undefined;
  /** Descriptors of empty pipes that may stay for reuse. */
  readonly pooledPipes: number;
  readonly node: string;
}

export type Command =
  | { readonly kind: "bench"; readonly options: BenchOptions }
  | { readonly kind: "micro"; readonly options: Pick<BenchOptions, "rotations" | "node"> }
  | { readonly kind: "soak"; readonly options: SoakOptions }
  | { readonly kind: "help" };

export const USAGE = `npm run bench [-- OPTIONS]         all balancers in all scenarios: a table, and files in bench/results
npm run bench -- micro [OPTIONS]   the hot functions of lb-tcp by themselves
npm run bench -- soak [OPTIONS]    millions of connections through lb-tcp, and what is left of them

  --rotations N        times that everything is measured; the median counts (5; 1 with --quick)
  --quick              one short rotation
  --only A,B           scenarios
  --subjects A,B       subjects, or what their names begin with: lb-tcp-linux, haproxy, nginx-1
  --node PATH          another Node binary for lb-tcp
  --output NAME        name of the files in bench/results (bench; partial when it is not everything)

soak:
  --connections N      short ones (2000000)
  --aborts N           aborted ones beside them (20000)
  --transport, --workers   as lb-tcp has them; its defaults otherwise
  --pooled-pipes N     pipes that may stay open for reuse (0)
  --node PATH
`;

/** @throws Error with a message for whoever wrote the command line */
export function parseOptions(argv: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      rotations: { type: "string" },
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      subjects: { type: "string" },
      node: { type: "string", default: process.execPath },
      output: { type: "string" },
      connections: { type: "string", default: "2000000" },
      aborts: { type: "string", default: "20000" },
      transport: { type: "string" },
      workers: { type: "string" },
      "pooled-pipes": { type: "string", default: "0" },
    },
  });
  const [word = "bench", ...rest] = positionals;
  if (values.help) return { kind: "help" };
  if (rest.length > 0) throw new Error(`too many words: ${rest.join(" ")}`);
  const { quick, node } = values;
  const rotations = count("--rotations", values.rotations ?? (quick ? "1" : "5"), 1);
  switch (word) {
    case "bench": {
      const isWhole = !quick && values.only === undefined && values.subjects === undefined;
      const output = values.output ?? (isWhole ? "bench" : "partial");
      if (!/^[\w.-]+$/.test(output)) throw new Error(`--output: got ${output}, expected a name without a folder`);
      const [only, subjects] = [list(values.only), list(values.subjects)];
      return { kind: "bench", options: { rotations, quick, only, subjects, node, output } };
    }
    case "micro":
      return { kind: "micro", options: { rotations, node } };
    case "soak":
      return {
        kind: "soak",
        options: {
          connections: count("--connections", values.connections, 100),
          aborts: count("--aborts", values.aborts, 0),
          transport: values.transport,
          workers: values.workers,
          pooledPipes: count("--pooled-pipes", values["pooled-pipes"], 0),
          node,
        },
      };
    default:
      throw new Error(`${word} is neither bench, micro nor soak`);
  }
}

function count(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${flag}: got ${text}, expected a whole number from ${least}`);
  }
  return value;
}

function list(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").filter((word) => word !== "");
}
