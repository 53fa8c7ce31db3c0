// A bar per attempt: where it lies on the time axis, and how each piece of it looks.

import { isHeld, lookOf } from "./paint.js";

/** Every bar that is in sight: its lane, where it begins and ends, how it looks. */
export function bars(view, scale, workers) {
  const lanes = new Map(workers.map((worker, index) => [worker.name, index]));
  const found = [];
  for (const attempt of view.project?.attempts ?? []) {
    if (attempt.first > view.n) break;
    const lane = lanes.get(attempt.worker);
    if (lane === undefined) continue;
    const placed = [];
    for (const { from, to, kind } of pieces(attempt, view.n)) {
      const end = scale.x(to === null ? view.time : view.timeOf(to));
      if (end >= 0) placed.push({ x: Math.max(-4, scale.x(view.timeOf(from))), end, kind });
    }
    if (!placed.length) continue;
    const { x } = placed[0];
    const last = placed[placed.length - 1];
    const state = attempt.states.at(view.n);
    found.push({ attempt, lane, pieces: placed, x, last, end: Math.max(last.end, x + 2), state });
  }
  return found;
}

/**
 * The pieces of an attempt after event n: `from` an event, `to` another one or null for now. When it is
 * over, work looks as it ended; the last piece does so whatever it was, unless it waited for an answer.
 */
export function pieces(attempt, n) {
  const { from, values } = attempt.states;
  const end = lookOf(attempt.states.at(n));
  const found = [];
  for (let i = 0; i < from.length && from[i] <= n; i += 1) {
    if (!isHeld(values[i])) continue;
    const to = i + 1 < from.length && from[i + 1] <= n ? from[i + 1] : null;
    const worked = values[i] === "running" || (values[i] === "assigned" && (attempt.claimed || end !== "running"));
    const kind = worked ? end : values[i];
    const before = found[found.length - 1];
    if (before?.kind === kind && before.to === from[i]) before.to = to;
    else found.push({ from: from[i], to, kind });
  }
  const last = found[found.length - 1];
  if (last && end !== "running" && last.kind !== "parked") last.kind = end;
  return found;
}
