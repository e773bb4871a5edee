// How the sessions of the last 15 minutes ended.

import { element, find, setHidden, setWidth } from "./element.ts";
import { type EndGroup, endGroups, groupOf } from "./end-group.ts";
import { formatCount, formatShare } from "./format.ts";
import { Table, text } from "./table.ts";
import type { Part } from "./view.ts";

interface EndRow {
  readonly end: string;
  readonly count: number;
  readonly share: number;
}

export function createEnds(): Part {
  const groups = Object.entries(endGroups).map(([group, label]) => ({
    group,
    segment: element("i", { "data-group": group, title: label }),
  }));
  const bar = element("div", { class: "mix", "aria-hidden": "true" }, ...groups.map(({ segment }) => segment));
  const table = new Table<EndRow>({
    caption: "Ends of sessions in the last 15 minutes",
    empty: "No session has ended in these 15 minutes.",
    keyOf: ({ end }) => end,
    columns: [
      {
        label: "End",
        kind: "name",
        make: (cell, current) =>
          cell.append(element("i", { class: "dot", "data-group": groupOf(current().end) }), current().end),
        fill: () => {},
      },
      { label: "Ended by", kind: "text", ...text(({ end }) => endGroups[groupOf(end)]) },
      { label: "Sessions", kind: "number", ...text(({ count }) => formatCount(count)) },
      { label: "Share", kind: "number", ...text(({ share }) => formatShare(share)) },
    ],
  });
  find("end-mix", HTMLElement).append(bar, table.element);
  return {
    show({ timeline }) {
      const ends = Object.entries(timeline.ends()).filter(([, count]) => count > 0);
      const total = ends.reduce((sum, [, count]) => sum + count, 0);
      setHidden(bar, total === 0);
      for (const { group, segment } of groups) {
        const count = ends.filter(([end]) => isOf(end, group)).reduce((sum, [, each]) => sum + each, 0);
        setWidth(segment, total === 0 ? 0 : count / total);
      }
      ends.sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || one.localeCompare(other));
      table.update(ends.map(([end, count]) => ({ end, count, share: count / total })));
    },
  };
}

function isOf(end: string, group: string): boolean {
  const its: EndGroup = groupOf(end);
  return its === group;
}
