// Colours and patterns of the bars: what a state is can be seen without colour as well.

// state -> colour of style.css and pattern; the order is the legend's
export const KINDS = {
  running: { says: "at work", pattern: "solid" },
  assigned: { says: "handed out, not begun", pattern: "dots" },
  waiting: { says: "in a tool call, perhaps waiting for consent", pattern: "hatch" },
  parked: { says: "waits for an answer", pattern: "stripes" },
  completed: { says: "accepted", pattern: "solid", sign: "✓" },
  failed: { says: "failed", pattern: "cross", sign: "✕" },
  lost: { says: "timed out", pattern: "back", sign: "!" },
  closed: { says: "taken back", pattern: "outline" },
};
const ENDED = {
  completed: "completed", failed: "failed", closed: "closed", cancelled: "closed",
  lapsed: "lost", "timed out": "lost",
};
const PIECES = new Set(["running", "assigned", "waiting", "parked"]);

/** How an attempt that is in this state looks where it was at work. */
export function lookOf(state) {
  return ENDED[state] ?? "running";
}

/** Whether a worker holds the task in this state, so that a bar is drawn. */
export function isHeld(state) {
  return PIECES.has(state);
}

/** What an attempt is after event n. Whoever claimed a task is at work on it. */
export function lookAt(attempt, n) {
  const state = attempt.states.at(n);
  if (state === "assigned" && attempt.claimed) return "running";
  return isHeld(state) ? state : lookOf(state);
}

/** The palette of the colours in force; made anew when they change. */
export class Paint {
  constructor() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.ink = colour("ink");
    this.muted = colour("muted");
    this.line = colour("line");
    this.surface = colour("surface");
    this.accent = colour("accent");
    this.colours = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, colour(kind)]));
    this.onBar = colour("on-bar");
    this.rem = parseFloat(style.fontSize);
    this.font = `${Math.round(this.rem * 0.76)}px ${style.fontFamily}`;
    this.patterns = new Map();
  }

  /** Fill a rounded bar of a kind. */
  bar(context, kind, x, y, width, height) {
    const colour = this.colours[kind];
    context.beginPath();
    context.roundRect(x, y, Math.max(1.5, width), height, Math.min(3, width / 2));
    const { pattern } = KINDS[kind];
    if (pattern === "outline" || pattern === "dots") {
      context.globalAlpha = 0.16;
      context.fillStyle = colour;
      context.fill();
      context.globalAlpha = 1;
    } else {
      context.fillStyle = colour;
      context.fill();
    }
    if (pattern === "outline") {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.stroke();
    } else if (pattern !== "solid") {
      context.fillStyle = this.pattern(context, pattern, colour);
      context.fill();
    }
  }

  pattern(context, pattern, colour) {
    const key = `${pattern} ${colour}`;
    if (!this.patterns.has(key)) this.patterns.set(key, this.tile(context, pattern, colour));
    return this.patterns.get(key);
  }

  tile(context, pattern, colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = pattern === "dots" ? colour : this.surface;
    pen.fillStyle = pen.strokeStyle;
    pen.lineWidth = 1.6;
    pen.globalAlpha = pattern === "dots" ? 0.9 : 0.75;
    pen.beginPath();
    if (pattern === "dots") {
      pen.arc(2, 2, 1.1, 0, 7);
      pen.arc(6, 6, 1.1, 0, 7);
      pen.fill();
    } else {
      if (pattern !== "stripes" && pattern !== "back") lines(pen, [[-2, 6, 6, -2], [2, 10, 10, 2]]);
      if (pattern === "back" || pattern === "cross") lines(pen, [[-2, 2, 6, 10], [2, -2, 10, 6]]);
      if (pattern === "stripes") lines(pen, [[4, 0, 4, 8]]);
      pen.stroke();
    }
    return context.createPattern(tile, "repeat");
  }
}

function lines(pen, all) {
  for (const [x, y, toX, toY] of all) {
    pen.moveTo(x, y);
    pen.lineTo(toX, toY);
  }
}

/** A canvas of this size, sharp on every screen; returns its pen. */
export function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [pixels, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixels || canvas.height !== rows) {
    canvas.width = pixels;
    canvas.height = rows;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}
