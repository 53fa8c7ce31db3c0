// How much there is to do and how much is done, over time.

import { attribute, h, s, text } from "./dom.js";
import { clock, counted } from "./format.js";
import { Scale } from "./scale.js";

const WIDTH = 400;
const HEIGHT = 120;
const TOP = 22; // room for the number above the line

export class BurnUp {
  constructor(root) {
    this.title = s("title", { id: "burnup-says" });
    this.area = s("path", { class: "done-area" });
    this.done = s("path", { class: "done-line" });
    this.total = s("path", { class: "total-line" });
    this.svg = s("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-labelledby": "burnup-says",
    }, this.title, this.area, this.total, this.done);
    this.left = h("span");
    this.right = h("span");
    this.most = h("span", { class: "most" });
    root.append(
      h("div", { class: "burnup" }, this.svg, this.most),
      h("div", { class: "ends" }, this.left, this.right),
      h("p", { class: "keys" }, h("span", { class: "key total" }), "all tasks ",
        h("span", { class: "key done" }), "done"),
    );
  }

  render(view) {
    const { project } = view;
    const total = project?.total.at(view.n) ?? 0;
    const done = project?.done.at(view.n) ?? 0;
    text(this.title, `${counted(total, "task")}, ${done} done`);
    if (!project || !total) return;
    // the moment that is shown is the right end: what came later was not known then
    const scale = new Scale(view, WIDTH, Math.max(1, view.time - view.timeOf(project.first)));
    const { from, values } = project.total;
    const most = Math.max(...values.filter((_, index) => from[index] <= view.n));
    const y = (count) => TOP + (HEIGHT - TOP) * (1 - count / most);
    const line = (track) => steps(track, view, scale, y);
    attribute(this.total, "d", line(project.total));
    const path = line(project.done);
    attribute(this.done, "d", path);
    attribute(this.area, "d", `${path}V${HEIGHT}H0Z`);
    text(this.left, clock(scale.wall(scale.from)));
    text(this.right, view.live && !view.ended ? "now" : clock(scale.wall(view.time)));
    text(this.most, String(most));
  }
}

/** A stair through a track, at most one step per pixel. */
function steps(track, view, scale, y) {
  let path = `M${scale.x(view.timeOf(track.from[0])).toFixed(1)} ${y(track.values[0]).toFixed(1)}`;
  let last = -1;
  for (let i = 0; i < track.from.length && track.from[i] <= view.n; i += 1) {
    const x = Math.round(scale.x(view.timeOf(track.from[i])));
    if (x !== last) path += `H${x}`;
    path += `V${y(track.values[i]).toFixed(1)}`;
    last = x;
  }
  return `${path}H${scale.x(view.time).toFixed(1)}`;
}
