// The slider over the whole log, and the button that plays it.

import { attribute, h, text } from "./dom.js";
import { moment } from "./format.js";
import { before } from "./scale.js";

const SPEEDS = [1, 10, 60, 600];
const LONGEST_WAIT = 1200; // ms of the viewer's time until the next event; longer gaps are skipped

export class Player {
  /** `moved()` is called when another moment is to be shown: `at` is it, null is now. */
  constructor(root, history, moved) {
    this.history = history;
    this.moved = moved;
    this.at = null;
    this.playing = false;
    this.play = h("button", { type: "button", class: "play", on: { click: () => this.toggle() } });
    this.slider = h("input", {
      type: "range", min: 1, max: 1, step: 1, "aria-label": "Moment of the log",
      on: { input: () => this.go(Number(this.slider.value)) },
    });
    this.says = h("output", { class: "moment" });
    this.speed = h("select", { "aria-label": "Speed" },
      ...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}×`)));
    this.speed.value = "60";
    this.now = h("button", { type: "button", class: "now", on: { click: () => this.live() } }, "Live");
    root.append(this.play, this.slider, this.speed, this.now, this.says);
  }

  go(n) {
    this.at = n >= this.history.head ? null : n;
    if (this.at === null) this.playing = false;
    this.clock = null;
    this.moved();
  }

  live() {
    this.playing = false;
    this.at = null;
    this.moved();
  }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.at === null) {
      this.at = this.history.project?.first ?? 1;
      this.clock = null;
    }
    this.moved();
  }

  /** Move on while playing; true if another moment is to be shown. */
  step(now) {
    if (!this.playing) return false;
    const { log, head } = this.history;
    if (this.at === null || this.at >= head) {
      this.live();
      return true;
    }
    const speed = Number(this.speed.value);
    if (!this.clock) this.clock = { now, time: log[this.at - 1] };
    const next = log[this.at];
    this.clock.time = Math.max(
      this.clock.time + (now - this.clock.now) * speed, next - LONGEST_WAIT * speed);
    this.clock.now = now;
    const reached = before(log, this.clock.time) + 1;
    if (reached <= this.at) return false;
    this.at = reached >= head ? null : reached;
    if (this.at === null) this.playing = false;
    return true;
  }

  render(view) {
    const { head } = this.history;
    attribute(this.slider, "max", Math.max(1, head));
    const value = String(view.n || 1);
    if (this.slider.value !== value) this.slider.value = value;
    const said = view.event ? `${moment(view.event.at)}, event ${view.n} of ${head}` : "no event yet";
    attribute(this.slider, "aria-valuetext", view.live ? `now, ${said}` : said);
    text(this.says, said);
    text(this.play, this.playing ? "❚❚" : "▶");
    attribute(this.play, "aria-label", this.playing ? "Pause" : "Play the log");
    attribute(this.now, "aria-pressed", String(view.live));
    this.play.disabled = this.slider.disabled = head < 2;
  }
}
