// One moment of the history, as the parts of the page want it. Made anew when something changed.

export const STATUSES = [
  "in-progress", "assigned", "escalated", "ready", "pending", "failed", "completed", "cancelled",
];
export const WORDS = {
  "in-progress": "under way", assigned: "handed out", escalated: "waits for an answer",
  ready: "ready", pending: "waits", failed: "failed", completed: "done", cancelled: "cancelled",
};
const OPEN = new Set(["assigned", "running", "waiting", "parked"]);

export class View {
  /** The moment after event n; `now` is the wall clock in ms, and counts only at the head. */
  constructor(history, n, now) {
    this.history = history;
    this.n = n;
    this.live = n >= history.head;
    this.project = history.projectAt(n);
    this.event = n ? history.events[n - 1] : null;
    this.now = this.live && this.project && !this.ended ? now : (this.event?.at ?? now);
    // what comes after the end is none of the project's time
    this.time = this.event ? history.log[(this.ended?.n ?? n) - 1] : 0;
    if (this.live && !this.paused && !this.ended && this.event) {
      this.time += Math.max(0, now - this.event.at);
    }
    this.tasks = (this.project?.order ?? []).filter((task) => task.first <= n);
    this.statuses = new Map(this.tasks.map((task) => [task.id, task.status.at(n)]));
    this.counts = Object.fromEntries(STATUSES.map((status) => [status, 0]));
    for (const task of this.tasks) this.counts[this.status(task)] += 1;
  }

  get paused() {
    return this.project?.paused.at(this.n) === true;
  }

  get ended() {
    const ended = this.project?.ended;
    return ended && ended.n <= this.n ? ended : null;
  }

  /** Log time of an event. */
  timeOf(n) {
    return this.history.log[n - 1];
  }

  /** The status as people see it: what is pending is ready, or waits. */
  status(task) {
    const status = this.statuses.get(task.id);
    if (status !== "pending") return status;
    return this.missing(task).length ? "pending" : "ready";
  }

  /** Dependencies that are not done. */
  missing(task) {
    const needed = task.data.at(this.n)?.dependencies ?? [];
    return needed.filter((name) => this.statuses.get(name) !== "completed");
  }

  /** The attempt that holds the task. */
  attempt(task) {
    const last = task.attempts.findLast((one) => one.first <= this.n);
    return last && OPEN.has(last.states.at(this.n)) ? last : null;
  }

  get questions() {
    return (this.project?.questions ?? []).filter(
      (one) => one.first <= this.n && (one.closed === null || one.closed > this.n),
    );
  }

  /** Workers that had work in this project or are there now, coordinators left out. */
  get workers() {
    const busy = new Set(this.project?.attempts.map((one) => one.worker));
    return [...this.history.workers.values()].filter(
      (worker) => worker.first <= this.n && worker.role.at(this.n) !== "coordinator"
        && (busy.has(worker.name) || worker.joined.at(this.n)),
    );
  }
}
