import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { commandHelp } from "../../src/cli/command-help.ts";
import { commandOf } from "../../src/cli/commands.ts";
import { completionScript } from "../../src/cli/completion.ts";
import { explain } from "../../src/cli/explain.ts";
import { programHelp } from "../../src/cli/help.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createFakeSurface, type FakeSurface, type FakeSurfaceOptions } from "./fake-surface.ts";

async function run(
  argv: readonly string[],
  options: FakeSurfaceOptions = {},
): Promise<{ code: number; printed: string; complained: string; surface: FakeSurface }> {
  const surface = createFakeSurface({ ...options, argv });
  const code = await runProgram(surface);
  return { code, printed: surface.printed(), complained: surface.complained(), surface };
}

describe("runProgram", () => {
  it("points to the demo and to --help when it has nothing to do", async () => {
    for (const environment of [{}, { LB_TCP_LISTEN: " " }, { LB_TCP_RISE: "3" }]) {
      assert.deepEqual(
        await run([], { environment }).then(({ code, printed, complained }) => ({ code, printed, complained })),
        {
          code: 2,
          printed: "",
          complained:
            "lb-tcp: --listen, --upstream: both are needed; try `lb-tcp demo`, or `lb-tcp --help` for examples\n",
        },
      );
    }
  });

  const missing: readonly (readonly [
    argv: readonly string[],
    environment: Record<string, string>,
    lines: readonly RegExp[],
  ])[] = [
    [["--listen=80"], {}, [/^lb-tcp: --upstream: no backend; /]],
    [["--upstream=a:1"], {}, [/^lb-tcp: --listen: no address to listen on; /]],
    [[], { PROXY_PORT: "80" }, [/^lb-tcp: --upstream: no backend; /]],
    [[], { LB_TCP_UPSTREAM: "a:1" }, [/^lb-tcp: --listen: no address to listen on; /]],
    [["--rise=1"], {}, [/--listen: no address/, /--upstream: no backend/]],
    [["8080"], {}, [/^lb-tcp: 8080: belongs to no flag; write --listen 8080$/, /--upstream: no backend/]],
    [["--port=80", "a:1"], {}, [/^lb-tcp: a:1: belongs to no flag; write --upstream a:1$/]],
    [[""], {}, [/^lb-tcp: "": belongs to no flag; repeat the flag/, /--listen: no address/, /--upstream: no backend/]],
    [
      ["--listen=80", "--upstream", "a:1", "b:2", "c:3"],
      {},
      [/^lb-tcp: b:2: belongs to no flag; repeat the flag before it, or/, /^lb-tcp: c:3: belongs to no flag; /],
    ],
  ];
  for (const [argv, environment, lines] of missing) {
    it(`says what is wrong with ${[...argv, ...Object.keys(environment)].join(" ")}`, async () => {
      const { code, printed, complained } = await run(argv, { environment });
      assert.deepEqual({ code, printed }, { code: 2, printed: "" });
      const said = complained.trimEnd().split("\n");
      for (const line of lines)
        assert.ok(
          said.some((each) => line.test(each)),
          `${String(line)} in\n${complained}`,
        );
      assert.equal(said.length, lines.length);
    });
  }

  it("prints the version of the package", async () => {
    // From dist/test/cli.
    const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    for (const flag of ["--version", "-v"]) {
      const { code, printed } = await run([flag]);
      assert.deepEqual({ code, printed }, { code: 0, printed: `${version}\n` });
    }
  });

  const demo = commandOf("demo");
  assert.ok(demo);
  const texts: readonly (readonly [argv: readonly string[], columns: number | undefined, text: string])[] = [
    [["--help"], undefined, programHelp(80)],
    [["-h"], 100, programHelp(100)],
    [["help"], 500, programHelp(110)],
    [["demo", "--help"], undefined, commandHelp(demo, 80)],
    [["explain"], undefined, explain([], 80)],
    [["explain", "--rise", "denied"], 100, explain(["--rise", "denied"], 100)],
    [["completion"], 50, completionScript()],
  ];
  for (const [argv, columns, text] of texts) {
    it(`prints its answer to ${argv.join(" ")}${columns === undefined ? "" : ` in ${columns} columns`}`, async () => {
      const { code, printed, complained } = await run(argv, columns === undefined ? {} : { columns });
      assert.deepEqual({ code, printed, complained }, { code: 0, printed: text, complained: "" });
    });
  }

  const refusals: readonly (readonly [argv: readonly string[], complained: string])[] = [
    [["dmeo"], "lb-tcp: dmeo: unknown command; did you mean demo?\n"],
    [["ctl"], "lb-tcp: lb-tcp ctl: is told what to do by a word; `lb-tcp ctl --help` lists all\n"],
    [["ctl", "drian"], "lb-tcp: drian: lb-tcp ctl can't do that; did you mean drain?\n"],
    [["schema", "x"], "lb-tcp: x: lb-tcp schema takes the word table, or nothing; leave it out\n"],
    [
      ["check", "lb.yaml"],
      [
        "lb.yaml: belongs to no flag; for a file write --config lb.yaml\n",
        "--listen: no address to listen on; give one, such as --listen 80\n",
        "--upstream: no backend; give one, such as --upstream localhost:8080\n",
      ].join(""),
    ],
    [["explain", "nothing"], "lb-tcp: explain nothing: nothing is called that; lb-tcp explain lists what is\n"],
    [
      ["completion", "bash", "--rise=1", "--bogus"],
      "lb-tcp: --bogus: unknown flag; --help lists all\n" +
        "lb-tcp: bash: lb-tcp completion takes nothing; leave it out\n" +
        "lb-tcp: --rise: lb-tcp completion takes nothing; leave it out\n",
    ],
    [
      ["backend", "--port=x"],
      'lb-tcp: --port: got "x", expected a port from 0 to 65535 (8081), or an address with one (:8081)\n',
    ],
    [["demo", "x"], "lb-tcp: x: lb-tcp demo takes flags only; leave it out\n"],
  ];
  for (const [argv, complained] of refusals) {
    it(`refuses ${argv.join(" ")} with 2`, async () => {
      const { code, printed, ...rest } = await run(argv);
      assert.deepEqual({ code, printed, complained: rest.complained }, { code: 2, printed: "", complained });
    });
  }

  it("gives 1 for what the world refuses", async () => {
    const argv = ["--listen=192.0.2.1:0", "--upstream=127.0.0.1:1", "--log-level=silent"];
    const { code, complained, surface } = await run(argv);
    assert.equal(code, 1);
    assert.match(complained, /^lb-tcp: cannot listen on 192\.0\.2\.1:0: [^\n]*\n$/);
    assert.deepEqual(surface.events.eventNames(), []);
  });

  it("gives 1 and one line for a bug", async () => {
    const broken = { ...createFakeSurface(), argv: ["--version"] };
    const said: string[] = [];
    const print = (): never => {
      throw new TypeError("print is not\na function");
    };
    assert.equal(await runProgram({ ...broken, print, complain: (text) => said.push(text) }), 1);
    assert.deepEqual(said, ["lb-tcp: internal error: print is not a function; please report it\n"]);
  });
});
