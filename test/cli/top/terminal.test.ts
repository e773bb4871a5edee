import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { createTerminal, type Terminal } from "../../../src/cli/top/terminal.ts";

class FakeInput extends EventEmitter {
  isRaw = false;
  isPaused = true;
  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  pause(): this {
    this.isPaused = true;
    return this;
  }
  resume(): this {
    this.isPaused = false;
    return this;
  }
  setEncoding(): this {
    return this;
  }
}

class FakeOutput extends EventEmitter {
  columns = 80;
  rows = 24;
  writableNeedDrain = false;
  written = "";
  write(text: string): boolean {
    this.written += text;
    return true;
  }
}

interface World {
  readonly input: FakeInput;
  readonly output: FakeOutput;
  readonly whole: EventEmitter;
  readonly terminal: Terminal;
  readonly happened: string[];
}

function openTerminal(): World {
  const input = new FakeInput();
  const output = new FakeOutput();
  const whole = new EventEmitter();
  const happened: string[] = [];
  // The parts of a terminal's streams that it uses.
  const terminal = createTerminal(
    () => input as unknown as NodeJS.ReadStream,
    () => output as unknown as NodeJS.WriteStream,
    whole,
  );
  terminal.open({
    onInput: (text) => happened.push(text),
    onResize: () => happened.push("resize"),
    onEnd: () => happened.push("end"),
  });
  return { input, output, whole, terminal, happened };
}

const ENTERED = "\u001b[?1049h\u001b[?25l";
const LEFT = "\u001b[?25h\u001b[?1049l";

describe("createTerminal", () => {
  it("takes the terminal over, and gives it back as it was", () => {
    const { input, output, whole, terminal } = openTerminal();
    assert.ok(output.written.startsWith(ENTERED));
    assert.deepEqual([input.isRaw, input.isPaused], [true, false]);
    terminal.close();
    terminal.close();
    assert.ok(output.written.endsWith(LEFT));
    assert.equal(output.written.split(LEFT).length, 2);
    assert.deepEqual([input.isRaw, input.isPaused], [false, true]);
    assert.deepEqual(
      [whole.listenerCount("exit"), output.listenerCount("resize"), input.listenerCount("data")],
      [0, 0, 0],
    );
  });

  it("gives it back when the process ends, however that comes about", () => {
    const { output, whole } = openTerminal();
    whole.emit("exit");
    assert.ok(output.written.endsWith(LEFT));
  });

  it("writes what has changed only, in one piece", () => {
    const { output, terminal } = openTerminal();
    output.written = "";
    terminal.show(["one", "two"]);
    assert.equal(output.written, "\u001b[?2026h\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l");
    terminal.show(["one", "two"]);
    assert.equal(output.written.split("one").length, 2);
    output.emit("resize");
    terminal.show(["one", "two"]);
    assert.equal(output.written.split("one").length, 3);
  });

  it("leaves a frame out for a terminal that has not taken the last one", () => {
    const { output, terminal } = openTerminal();
    output.writableNeedDrain = true;
    output.written = "";
    terminal.show(["one"]);
    assert.equal(output.written, "");
  });

  it("tells of keys, of its size and of its end", () => {
    const { input, output, terminal, happened } = openTerminal();
    input.emit("data", "q");
    output.emit("resize");
    input.emit("error", new Error("EIO"));
    assert.deepEqual(happened, ["q", "resize", "end"]);
    assert.deepEqual(terminal.size, { columns: 80, rows: 24 });
    output.columns = 0;
    output.rows = 0;
    assert.deepEqual(terminal.size, { columns: 80, rows: 24 });
  });

  it("shows nothing before it was opened and after it was closed", () => {
    const { output, terminal } = openTerminal();
    terminal.close();
    output.written = "";
    terminal.show(["one"]);
    assert.equal(output.written, "");
  });
});
