import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Run } from "../../src/cli/command-line.ts";
import { printedText, printTopics } from "../../src/cli/print.ts";

const run: Run = { kind: "run", command: undefined, flags: {}, words: [], problems: [], spokenOf: new Set() };
// From dist/test/cli: the sources, which the build copies.
const sources: URL = new URL("../../../src/cli/print/", import.meta.url);

function printed(...words: string[]): string {
  return printedText({ ...run, words });
}

function source(path: string): string {
  return readFileSync(new URL(path, sources), "utf8");
}

describe("printedText", () => {
  for (const { name, files } of printTopics) {
    for (const { word, path } of files) {
      const words = [name, ...(word === undefined ? [] : [word])];
      it(`is the file that is shipped, for ${words.join(" ")}`, () => {
        assert.equal(printed(...words), source(path));
      });
    }
  }

  it("is all of a topic without the word of a file, as one stream of YAML where it is that", () => {
    const [deployment, sidecar] = [source("kubernetes/deployment.yaml"), source("kubernetes/sidecar.yaml")];
    assert.equal(printed("kubernetes"), `${deployment}---\n${sidecar}`);
    assert.equal(printed("systemd"), `${source("systemd/lb-tcp.service")}\n${source("systemd/lb-tcp.socket")}`);
  });

  const refusals: readonly (readonly [words: readonly string[], message: string])[] = [
    [[], "lb-tcp print: say what to print: docker, kubernetes, systemd, grafana and alerts"],
    [["dokcer"], "dokcer: there are docker, kubernetes, systemd, grafana and alerts; did you mean docker?"],
    [["kubernetes", "side-car"], "side-car: of kubernetes there are deployment and sidecar; did you mean sidecar?"],
    [["docker", "x"], "x: lb-tcp print docker takes nothing more; leave it out"],
    [["systemd", "socket", "x"], "x: lb-tcp print takes a topic, and a file of it where it has several; leave it out"],
  ];
  for (const [words, message] of refusals) {
    it(`refuses "${words.join(" ")}" and says what there is`, () => {
      assert.throws(() => printed(...words), { code: "LB_CONFIG", message });
    });
  }

  it("takes no flag", () => {
    assert.throws(() => printedText({ ...run, words: ["docker"], flags: { rise: ["1"] } }), {
      message: "--rise: lb-tcp print takes a topic, and a file of it where it has several; leave it out",
    });
  });
});
