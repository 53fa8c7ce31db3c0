// The axis of time. It runs in log time, so that nights and pauses take no room; its labels are
// the clock's.

import { clock, exact } from "./format.js";

const STEPS = [
  1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800,
].map((seconds) => seconds * 1000);
const LEAST = 5000;

export class Scale {
  /** `window` ms before the end, or null for everything. */
  constructor(view, width, window) {
    const { history, project } = view;
    const start = project ? history.log[project.first - 1] : 0;
    const end = project?.ended?.n ?? history.head;
    const last = end ? history.log[end - 1] : 0;
    this.history = history;
    this.to = window ? view.time : Math.max(view.time, last);
    this.from = window ? Math.max(start, this.to - window) : start;
    if (this.to - this.from < LEAST) this.to = this.from + LEAST;
    this.width = width;
    this.factor = width / (this.to - this.from);
  }

  x(time) {
    return (time - this.from) * this.factor;
  }

  time(x) {
    return this.from + x / this.factor;
  }

  /** [x, label] about every 90 pixels. */
  ticks() {
    const wanted = (this.to - this.from) / Math.max(2, this.width / 90);
    const step = STEPS.find((one) => one >= wanted) ?? STEPS[STEPS.length - 1];
    const start = this.wall(this.from);
    const zone = new Date(start).getTimezoneOffset() * 60_000;
    const found = [];
    for (let time = this.from + step - ((start - zone) % step); time <= this.to; time += step) {
      found.push([this.x(time), (step < 60_000 ? exact : clock)(this.wall(time))]);
    }
    return found;
  }

  /** The clock at a log time. */
  wall(time) {
    const { log, events } = this.history;
    const n = before(log, time);
    return n < 0 ? (events[0]?.at ?? 0) : events[n].at + time - log[n];
  }
}

/** The last place whose value is not above `value`, -1 if there is none. */
export function before(ordered, value) {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
