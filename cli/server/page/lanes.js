// A lane per worker, a bar per attempt: gaps are idle time, patterns tell states apart.

import { bars } from "./bars.js";
import { attribute, h, keyed, shown, text } from "./dom.js";
import { counted, moment, span } from "./format.js";
import { KINDS, isHeld, lookAt, lookOf, sized } from "./paint.js";
import { Scale } from "./scale.js";

// in root font sizes; what is parked lies below what is worked on, as both may go on at once
const LANE = 2.4;
const BAR = 1.2;
const TOP = 0.4;
const THIN = 0.34;
const AXIS = 1.5;
const WINDOWS = [["all", null, "All"], ["hour", 3_600_000, "1 h"], ["minutes", 600_000, "10 min"]];

export class Lanes {
  constructor(root, choice, legend, { open, say, changed }) {
    this.open = open;
    this.say = say;
    this.window = null;
    this.names = h("ul", { class: "lane-names" });
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.axis = h("canvas", { class: "axis", "aria-hidden": "true" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.none = h("p", { class: "empty" }, "No worker has joined yet: evt join, in a worker's chat");
    this.area = h("div", { class: "lane-area" }, this.canvas, this.tip);
    this.scroller = h("div", { class: "lane-scroll", on: { scroll: () => this.count() } },
      this.names, this.area);
    this.below = h("p", { class: "below quiet" });
    root.append(this.none, this.scroller, this.axis, this.below);
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.canvas.addEventListener("click", (event) => {
      const bar = this.barAt(event);
      if (bar) open(bar.attempt.task);
    });
    for (const [key, window, label] of WINDOWS) {
      choice.append(h("button", {
        type: "button", "aria-pressed": String(window === null), "data-key": key,
        on: { click: () => {
          this.window = window;
          for (const one of choice.children) attribute(one, "aria-pressed", String(one.dataset.key === key));
          changed();
        } },
      }, label));
    }
    for (const [kind, { says }] of Object.entries(KINDS)) {
      legend.append(h("li", {}, h("span", { class: `swatch ${kind}` }), says));
    }
    legend.append(h("li", {}, h("span", { class: "swatch idle" }), "idle"));
  }

  /** Sizes in pixels, for the text size in force. */
  measure(rem) {
    this.lane = Math.round(LANE * rem);
    this.thick = Math.round(BAR * rem);
    this.top = Math.round(TOP * rem);
    this.thin = Math.round(THIN * rem);
    this.axisHeight = Math.round(AXIS * rem);
  }

  /** Draw a moment; `verdicts` of workers by name are known only of now. */
  render(view, paint, verdicts) {
    this.view = view;
    const { workers } = view;
    this.none.hidden = workers.length > 0;
    this.scroller.hidden = this.axis.hidden = this.below.hidden = workers.length === 0;
    const held = new Map();
    for (const task of view.tasks) {
      const attempt = view.attempt(task);
      if (attempt && attempt.states.at(view.n) !== "parked") held.set(attempt.worker, attempt);
    }
    keyed(this.names, workers, (one) => one.name, (one) => this.name(one), (node, one) => {
      const attempt = held.get(one.name);
      const told = verdicts.get(one.name); // some seconds old: the log may know better by now
      const outdated = told === (attempt ? "idle" : "working");
      const plain = attempt ? "working" : one.joined.at(view.n) ? "idle" : "left";
      const verdict = outdated ? plain : told ?? plain;
      const says = attempt ? `${verdict}, ${attempt.task}` : verdict;
      attribute(node, "data-verdict", verdict);
      text(node.querySelector(".says"), says);
    });
    if (!workers.length) return;
    this.measure(paint.rem);
    this.scroller.style.setProperty("--lane", `${this.lane}px`);
    const width = this.area.clientWidth;
    this.scale = new Scale(view, width, this.window);
    this.bars = bars(view, this.scale, workers);
    this.draw(paint, workers, width);
    this.drawAxis(paint, width);
    this.count();
  }

  /** Say how many lanes are further down. */
  count() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const below = Math.floor((scrollHeight - scrollTop - clientHeight) / this.lane);
    text(this.below, below > 0 ? `and ${counted(below, "more worker")} below` : "");
  }

  name(worker) {
    return h("li", {}, h("button", {
      type: "button", class: "lane-name", "aria-describedby": "lanes-help",
      on: { keydown: (event) => this.key(event, worker), blur: () => this.choose(null) },
    }, h("b", {}, worker.name), h("span", { class: "says" })));
  }

  draw(paint, workers, width) {
    const pen = sized(this.canvas, width, workers.length * this.lane);
    this.idle(pen, paint, workers);
    pen.font = paint.font;
    pen.textBaseline = "middle";
    for (const bar of this.bars) this.bar(pen, paint, bar);
    if (this.chosen) this.ring(pen, paint);
    if (!this.view.live) {
      const x = Math.round(this.scale.x(this.view.time)) + 0.5;
      pen.strokeStyle = paint.accent;
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x, workers.length * this.lane);
      pen.stroke();
    }
  }

  /** A thin line where a worker was there: what no bar covers was idle. */
  idle(pen, paint, workers) {
    const { view, scale } = this;
    pen.fillStyle = paint.line;
    workers.forEach((worker, lane) => {
      const { from, values } = worker.joined;
      for (let i = 0; i < from.length && from[i] <= view.n; i += 1) {
        if (!values[i]) continue;
        const over = i + 1 < from.length && from[i + 1] <= view.n;
        const x = Math.max(0, scale.x(view.timeOf(from[i])));
        const end = over ? scale.x(view.timeOf(from[i + 1])) : scale.x(view.time);
        if (end > x) pen.fillRect(x, lane * this.lane + this.top + this.thick / 2 - 1, end - x, 2);
      }
    });
  }

  bar(pen, paint, { attempt, lane, pieces, last, state }) {
    const y = lane * this.lane + this.top;
    const middle = y + this.thick / 2 + 0.5;
    for (const { kind, x, end } of pieces) {
      if (kind === "parked") paint.bar(pen, kind, x, y + this.thick + 2, end - x, this.thin);
      else paint.bar(pen, kind, x, y, end - x, this.thick);
    }
    this.label(pen, paint, shown(attempt.task), pieces, middle);
    const { sign } = KINDS[lookOf(state)];
    if (sign && last.kind !== "parked" && last.end - last.x > 16) {
      pen.fillStyle = paint.onBar;
      pen.fillText(sign, last.end - 13, middle);
    }
    pen.fillStyle = paint.colours.failed;
    for (const n of attempt.refused) {
      if (n > this.view.n) break;
      const at = this.scale.x(this.view.timeOf(n));
      pen.beginPath();
      pen.moveTo(at - 4, y - 4);
      pen.lineTo(at + 4, y - 4);
      pen.lineTo(at, y + 2);
      pen.fill();
    }
  }

  /** The task's name, in its widest plain piece if there is room. */
  label(pen, paint, words, pieces, middle) {
    const plain = pieces.filter((one) => KINDS[one.kind].pattern === "solid");
    const widest = plain.reduce(
      (best, one) => (best && best.end - best.x >= one.end - one.x ? best : one), null);
    if (!widest) return;
    const x = Math.max(0, widest.x) + 6;
    if (x + pen.measureText(words).width + 16 > widest.end) return;
    pen.fillStyle = paint.onBar;
    pen.fillText(words, x, middle);
  }

  ring(pen, paint) {
    const bar = this.bars.find((one) => one.attempt === this.chosen);
    if (!bar) return;
    pen.strokeStyle = paint.ink;
    pen.lineWidth = 2;
    const y = bar.lane * this.lane + this.top - 2;
    pen.strokeRect(bar.x - 2, y, bar.end - bar.x + 4, this.thick + this.thin + 6);
    pen.lineWidth = 1;
  }

  drawAxis(paint, width) {
    const pen = sized(this.axis, width, this.axisHeight);
    pen.font = paint.font;
    pen.textBaseline = "middle";
    pen.fillStyle = paint.muted;
    pen.strokeStyle = paint.line;
    pen.beginPath();
    for (const [x, label] of this.scale.ticks()) {
      pen.moveTo(Math.round(x) + 0.5, 0);
      pen.lineTo(Math.round(x) + 0.5, 5);
      const half = pen.measureText(label).width / 2;
      pen.fillText(label, Math.min(Math.max(x - half, 0), width - 2 * half), this.axisHeight * 0.6);
    }
    pen.stroke();
  }

  barAt(event) {
    const lane = Math.floor(event.offsetY / this.lane);
    return this.bars?.findLast(
      (bar) => bar.lane === lane && bar.x - 2 <= event.offsetX && event.offsetX <= bar.end + 2,
    );
  }

  hover(event) {
    const bar = this.barAt(event);
    this.tip.hidden = !bar;
    this.canvas.classList.toggle("over", Boolean(bar));
    if (!bar) return;
    this.tip.replaceChildren(...this.told(bar.attempt).map((line) => h("div", {}, line)));
    const left = Math.min(event.offsetX + 12, this.area.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.left = `${Math.max(0, left)}px`;
    this.tip.style.top = `${(bar.lane + 1) * this.lane - 2}px`;
  }

  /** An attempt in words. */
  told(attempt) {
    const { view } = this;
    const state = attempt.states.at(view.n);
    const over = !isHeld(state) && attempt.states.index(view.n) > 0;
    const until = over ? view.timeOf(attempt.states.from[attempt.states.index(view.n)]) : view.time;
    const took = span(until - view.timeOf(attempt.first));
    const begun = view.history.events[attempt.first - 1].at;
    const refused = attempt.refused.filter((n) => n <= view.n).length;
    const note = attempt.note.at(view.n);
    const progress = attempt.progress.at(view.n);
    return [
      `${attempt.task}, attempt ${attempt.number}: ${KINDS[lookAt(attempt, view.n)].says}`,
      `${moment(begun)}, ${over ? "took" : "for"} ${took}`,
      refused ? `the gate refused it ${counted(refused, "time")}` : null,
      note ? `${progress !== undefined ? `${Math.round(progress * 100)} %: ` : ""}${note}` : null,
    ].filter(Boolean);
  }

  /** Arrow keys go through a worker's attempts, Enter opens the task. */
  key(event, worker) {
    const own = (this.bars ?? []).map((bar) => bar.attempt)
      .filter((attempt) => attempt.worker === worker.name);
    const at = own.indexOf(this.chosen);
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key in steps && own.length) {
      const next = at < 0 ? own.length - 1 : at + steps[event.key];
      this.choose(own[Math.min(own.length - 1, Math.max(0, next))]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const row = event.currentTarget.parentElement;
      const other = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      other?.firstChild.focus();
    } else if (event.key === "Enter" && at >= 0) {
      this.open(own[at].task);
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(attempt) {
    if (this.chosen === attempt) return;
    this.chosen = attempt;
    if (attempt) this.say(this.told(attempt).join(". "));
    this.redraw?.();
  }
}
