import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { explain } from "../../src/cli/explain.ts";
import { keys } from "../../src/config/keys.ts";
import { LbError } from "../../src/errors.ts";
import { endReasons, ends } from "../../src/session/end.ts";

const COLUMNS = 80;

describe("explain", () => {
  for (const end of endReasons) {
    it(`says what ${end} means`, () => {
      const text = explain([end], 1_000);
      const { what, look, by } = ends[end];
      for (const part of [`${end}: how a session ended`, what, look, `Who ended it   ${by}`]) {
        assert.ok(text.includes(part), part);
      }
    });
  }

  for (const key of keys) {
    it(`says what --${key.flag} is, however it is written`, () => {
      const text = explain([`--${key.flag}`], 1_000);
      for (const part of [`--${key.flag}: ${key.meaning}.`, key.placeholder, key.variable, key.defaultText ?? ""]) {
        assert.ok(text.includes(part), part);
      }
      const words = [`-${key.flag}`, `--${key.flag}=x`, key.variable, key.flag.toUpperCase().replaceAll("-", "_")];
      for (const word of words) assert.ok(explain([word], 1_000).includes(text), word);
      for (const alias of key.aliases) assert.equal(explain([`--${alias}`], 1_000), text);
      for (const variable of key.otherVariables) assert.equal(explain([variable], 1_000), text);
    });
  }

  it("tells a word that is both a flag and an end as both", () => {
    const text = explain(["idle-timeout"], COLUMNS);
    assert.match(text, /^--idle-timeout: /);
    assert.match(text, /^idle-timeout: how a session ended/m);
    assert.doesNotMatch(explain(["--idle-timeout"], COLUMNS), /how a session ended/);
    assert.doesNotMatch(explain(["LB_TCP_IDLE_TIMEOUT"], COLUMNS), /how a session ended/);
  });

  it("explains several words after each other", () => {
    assert.equal(
      explain(["rise", "denied"], COLUMNS),
      `${explain(["rise"], COLUMNS)}\n${explain(["denied"], COLUMNS)}`,
    );
  });

  it("fits into its columns", () => {
    const words = [...endReasons, ...keys.map(({ flag }) => flag)];
    for (const text of [explain([], COLUMNS), explain(words, COLUMNS)]) {
      const long = text.split("\n").filter((line) => line.length > COLUMNS && !line.includes("[POOL/]"));
      assert.deepEqual(long, []);
    }
  });

  it("says without a word what there is", () => {
    const text = explain([], 1_000);
    for (const end of endReasons) assert.ok(text.includes(end), end);
    for (const { flag } of keys) assert.ok(text.includes(flag), flag);
  });

  it("refuses all words that mean nothing, with what was meant", () => {
    assert.throws(
      () => explain(["idle-timeot", "rise", "toString", "LB_TCP_LISTN", "\u001b"], COLUMNS),
      (error) => {
        assert.ok(error instanceof LbError);
        assert.equal(error.code, "LB_CONFIG");
        assert.deepEqual(error.details.problems, [
          { path: "explain idle-timeot", message: "nothing is called that; did you mean idle-timeout?" },
          { path: "explain toString", message: "nothing is called that; lb-tcp explain lists what is" },
          { path: "explain LB_TCP_LISTN", message: "nothing is called that; did you mean LB_TCP_LISTEN?" },
          { path: "explain \\u001b", message: "nothing is called that; lb-tcp explain lists what is" },
        ]);
        return true;
      },
    );
  });
});
