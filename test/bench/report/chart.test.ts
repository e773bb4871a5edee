import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawChart } from "../../../bench/report/chart.ts";

describe("drawChart", () => {
  const svg = drawChart(
    "a <b> & c",
    ["one", "two"],
    [
      {
        title: "work",
        columns: [
          [
            { label: "lb-tcp-net", ratio: 0.5, isOwn: true },
            { label: "slow", ratio: 40, isOwn: false },
          ],
          [],
        ],
      },
    ],
  );

  it("escapes what it is given", () => assert.match(svg, />a &lt;b> &amp; c</));

  it("follows the reader's theme", () => assert.match(svg, /prefers-color-scheme: dark/));

  it("cuts what is far too long, and tells how long it is", () => {
    const widths = Array.from(svg.matchAll(/<rect[^>]* width="([\d.]+)"/g), ([, width]) => Number(width));
    assert.equal(widths.length, 2);
    assert.ok(widths.every((width) => width < 400));
    assert.match(svg, />40\.00</);
  });
});
