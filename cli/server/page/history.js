// Everything that happened, so that any moment can be shown: tracks instead of a state.
// The rules are those of the log's own fold, as far as they can be seen on the page.

import { Track } from "./track.js";

const ADVICE = new Set(["drift", "context"]);
const FINAL = new Set(["completed", "failed", "cancelled"]);
const HELD = new Set(["assigned", "running", "waiting", "parked", "lapsed"]);
const SILENT = 30 * 60 * 1000; // a longer step before a LogResumed does not count

export class History {
  constructor() {
    this.events = []; // events[n - 1] has sequence n
    this.log = []; // log time after event n, in ms, at log[n - 1]
    this.projects = [];
    this.workers = new Map();
    this.paused = false;
  }

  get head() {
    return this.events.length;
  }

  get project() {
    return this.projects[this.projects.length - 1] ?? null;
  }

  /** Take the next event. */
  add(event) {
    const before = this.events[this.events.length - 1];
    const step = before ? Math.max(0, event.at - before.at) : 0;
    const counts = !this.paused && !(event.type === "LogResumed" && step > SILENT);
    this.log.push((this.log[this.log.length - 1] ?? 0) + (counts ? step : 0));
    this.events.push(event);
    const rule = RULES[event.type];
    const n = event.sequence;
    const project = this.project;
    const task = project?.tasks.get(event.subject) ?? null;
    if (task) task.events.push(n);
    if (rule && (rule.length < 3 || task)) rule.call(this, event, n, task);
    if (project) count(project, n);
  }

  /** The project that event n belongs to: the open one, else the last. */
  projectAt(n) {
    return this.projects.findLast((project) => project.first <= n) ?? null;
  }

  worker(name, n) {
    let found = this.workers.get(name);
    if (!found) {
      found = { name, first: n, role: new Track(), joined: new Track() };
      this.workers.set(name, found);
    }
    return found;
  }
}

function count(project, n) {
  project.total.set(n, project.order.length);
  project.done.set(n, project.completed);
}

function settle(project, task, n, status) {
  const was = task.status.last;
  if (was === "completed") project.completed -= 1;
  if (status === "completed") project.completed += 1;
  task.status.set(n, status);
}

/** The attempt that is open, a lapsed one included. */
function current(task) {
  const last = task.attempts[task.attempts.length - 1];
  return last && HELD.has(last.states.last) ? last : null;
}

function attempt(task, number) {
  return task.attempts.findLast((one) => one.number === number) ?? null;
}

/** Close the open attempt; one that timed out before stays that. */
function release(task, n, how) {
  const open = current(task);
  if (open) open.states.set(n, open.states.last === "lapsed" ? "timed out" : how);
}

function blocking(task) {
  return task.questions.some((one) => one.closed === null && !ADVICE.has(one.kind));
}

function close(question, n, action, answer) {
  if (question.closed !== null) return;
  question.closed = n;
  question.action = action;
  question.answer = answer ?? null;
}

/** A sign of life: an assigned attempt runs, a lapsed one lives again. */
function alive(history, task, n, waiting = false) {
  const open = current(task);
  if (!open) return;
  open.begun = true;
  if (open.states.last === "parked") return;
  open.states.set(n, waiting ? "waiting" : "running");
  settle(history.project, task, n, "in-progress");
}

/** Any other event of the holder about its task: it was heard, but nothing is brought back. */
function sign(event, n, task) {
  const open = current(task);
  if (!open || open.worker !== event.actor) return;
  open.begun = true;
  if (open.states.last === "waiting") open.states.set(n, "running");
}

const RULES = {
  ProjectStarted(event, n) {
    this.paused = false;
    this.projects.push({
      name: event.subject, first: n, ended: null, goal: event.data.goal ?? null,
      phase: event.data.phase ?? null, tasks: new Map(), order: [], attempts: [], questions: [],
      paused: new Track(), total: new Track(), done: new Track(), completed: 0, marks: [],
    });
  },
  ProjectRevised(event) {
    const project = this.project;
    if (project && "goal" in event.data) project.goal = event.data.goal;
  },
  ProjectPaused(_, n) {
    this.paused = true;
    this.project?.paused.set(n, true);
  },
  ProjectResumed(_, n) {
    this.paused = false;
    this.project?.paused.set(n, false);
  },
  ProjectEnded(event, n) {
    this.paused = false;
    const project = this.project;
    if (!project) return;
    project.ended = { n, outcome: event.data.outcome };
    project.paused.set(n, false);
    for (const task of project.tasks.values()) release(task, n, "closed");
    for (const question of project.questions) close(question, n, "ended");
  },
  WorkerJoined(event, n) {
    const worker = this.worker(event.subject, n);
    worker.role.set(n, event.data.role);
    worker.joined.set(n, true);
  },
  WorkerLeft(event, n) {
    this.worker(event.subject, n).joined.set(n, false);
    for (const task of this.project?.tasks.values() ?? []) {
      const open = current(task);
      if (!open || open.worker !== event.subject) continue;
      if (open.states.last !== "parked") settle(this.project, task, n, "pending");
      else if (event.data.reason === "takeover") continue; // what is parked stays its own
      release(task, n, "closed");
    }
  },
  TaskCreated(event, n) {
    const project = this.project;
    if (!project || project.tasks.has(event.subject)) return;
    const task = {
      id: event.subject, first: n, data: new Track(), status: new Track(), attempts: [],
      questions: [], events: [n], number: project.order.length,
    };
    task.data.set(n, event.data);
    project.tasks.set(task.id, task);
    project.order.push(task);
    settle(project, task, n, "pending");
  },
  TaskRevised(event, n, task) {
    task.data.set(n, { ...task.data.last, ...event.data.changed });
    sign(event, n, task);
  },
  TaskCancelled(_, n, task) {
    if (["completed", "cancelled"].includes(task.status.last)) return;
    release(task, n, "cancelled");
    for (const question of task.questions) close(question, n, "cancel");
    settle(this.project, task, n, "cancelled");
  },
  Assigned(event, n, task) {
    if (FINAL.has(task.status.last)) return;
    release(task, n, "closed");
    const found = {
      task: task.id, worker: event.data.worker, number: event.data.attempt, first: n,
      begun: event.actor === event.data.worker, claimed: event.actor === event.data.worker, states: new Track(), refused: [], note: new Track(), progress: new Track(),
    };
    found.states.set(n, "assigned");
    task.attempts.push(found);
    this.project.attempts.push(found);
    this.worker(found.worker, n);
    settle(this.project, task, n, "assigned");
  },
  Heartbeat(event, n, task) {
    const open = attempt(task, event.data.attempt);
    if (!open || open !== current(task)) return;
    if ("note" in event.data) open.note.set(n, event.data.note);
    if ("progress" in event.data) open.progress.set(n, event.data.progress);
    alive(this, task, n, event.data.source === "waiting");
  },
  Completed(event, n, task) {
    release(task, n, "closed");
    attempt(task, event.data.attempt)?.states.set(n, "completed");
    for (const question of task.questions) close(question, n, "accept");
    task.score = event.data.contextEfficiencyScore;
    settle(this.project, task, n, "completed");
  },
  Rejected(event, n, task) {
    const open = attempt(task, event.data.attempt);
    open?.refused.push(n);
    if (open && open.states.last === "lapsed") alive(this, task, n);
  },
  Failed(event, n, task) {
    const open = attempt(task, event.data.attempt);
    if (!open || !HELD.has(open.states.last)) return;
    const was = open.states.last;
    open.states.set(n, "failed");
    if (was === "lapsed" || was === "parked") return;
    settle(this.project, task, n, event.data.retryable === false ? "failed" : "pending");
  },
  TimedOut(event, n, task) {
    const open = attempt(task, event.data.attempt);
    if (!open || open !== current(task)) return;
    open.states.set(n, "lapsed");
    settle(this.project, task, n, "pending");
  },
  Escalated(event, n, task) {
    const question = {
      id: event.id, task: task.id, first: n, kind: event.data.kind, to: event.data.to ?? "",
      text: event.data.question, details: event.data.details ?? null, by: event.actor,
      closed: null, action: null, answer: null,
    };
    task.questions.push(question);
    this.project.questions.push(question);
    if (ADVICE.has(question.kind)) return void sign(event, n, task);
    if (!["pending", "assigned", "in-progress"].includes(task.status.last)) return;
    const open = current(task);
    if (open && open.states.last === "lapsed" && event.data.attempt !== open.number) {
      release(task, n, "closed");
    } else if (open) {
      open.begun ||= open.worker === event.actor;
      open.states.set(n, "parked");
    }
    settle(this.project, task, n, "escalated");
  },
  Resolved(event, n, task) {
    const { action, answer, escalation } = event.data;
    const question = task.questions.find((one) => one.id === escalation && one.closed === null);
    if (!question) return;
    close(question, n, action, answer);
    if (action === "resume") {
      if (!ADVICE.has(question.kind) && !blocking(task)) resume.call(this, n, task);
    } else if (task.status.last === "escalated" || (task.status.last === "failed" && action !== "accept")) {
      for (const other of task.questions) close(other, n, action, answer);
      if (action === "cancel" || action === "reassign") release(task, n, "closed");
      if (action === "cancel") settle(this.project, task, n, "cancelled");
      if (action === "reassign") settle(this.project, task, n, "pending");
    }
    sign(event, n, task);
  },
  Reopened(event, n, task) {
    const { project } = this;
    if (project.ended || ![undefined, project.name].includes(event.project)) return;
    if (!["completed", "failed"].includes(task.status.last)) return;
    for (const question of task.questions) close(question, n, "reopened");
    settle(this.project, task, n, "pending");
  },
  Noted: sign,
  Intervened: sign,
};

function resume(n, task) {
  if (!["escalated", "failed"].includes(task.status.last)) return;
  const open = current(task);
  if (!open) return void settle(this.project, task, n, "pending");
  open.states.set(n, open.begun ? "running" : "assigned");
  settle(this.project, task, n, open.begun ? "in-progress" : "assigned");
}
