// The list of tasks: thousands of them, of which only those in sight are in the page.

import { attribute, h, text } from "./dom.js";
import { counted, span } from "./format.js";
import { STATUSES, WORDS } from "./view.js";

const ROW = 2.9; // root font sizes
const SPARE = 6;

export class Tasks {
  constructor(root, filters, shown, { open, changed }) {
    this.open = open;
    this.shown = shown;
    this.statuses = new Set();
    this.rows = [];
    this.list = h("ul", { class: "rows", "aria-label": "Tasks" });
    this.root = root;
    this.none = h("p", { class: "empty" });
    root.append(this.list, this.none);
    root.addEventListener("scroll", () => this.draw(), { passive: true });
    this.search = h("input", {
      type: "search", placeholder: "Find: id, words, file, worker", "aria-label": "Find tasks",
      on: { input: changed },
    });
    this.worker = h("select", { "aria-label": "Worker", on: { change: changed } });
    this.chips = new Map(STATUSES.map((status) => [status, h("button", {
      type: "button", class: "chip", "aria-pressed": "false",
      on: { click: () => {
        if (!this.statuses.delete(status)) this.statuses.add(status);
        changed();
      } },
    }, h("span", { class: `dot ${status}`, "aria-hidden": "true" }), h("span"))]));
    filters.append(this.search, this.worker, h("div", { class: "chips" }, ...this.chips.values()));
    this.pool = [];
  }

  focusSearch() {
    this.search.focus();
  }

  render(view, rem) {
    this.view = view;
    this.height = Math.round(ROW * rem);
    for (const [status, chip] of this.chips) {
      text(chip.lastChild, `${WORDS[status]} ${view.counts[status]}`);
      attribute(chip, "aria-pressed", String(this.statuses.has(status)));
      chip.hidden = !view.counts[status] && !this.statuses.has(status);
    }
    this.options(view.workers.map((worker) => worker.name));
    const order = new Map(STATUSES.map((status, index) => [status, index]));
    this.rows = view.tasks.filter((task) => this.wanted(task)).sort(
      (one, other) => order.get(view.status(one)) - order.get(view.status(other))
        || this.rank(one, other),
    );
    text(this.shown, this.rows.length === view.tasks.length
      ? counted(view.tasks.length, "task") : `${this.rows.length} of ${view.tasks.length}`);
    this.list.style.height = `${this.rows.length * this.height}px`;
    this.none.hidden = this.rows.length > 0;
    text(this.none, view.tasks.length ? "No task is like that"
      : "No task yet: evt plan tasks/ --apply");
    this.draw();
  }

  /** What is done: the last first; all else: as it was created. */
  rank(one, other) {
    if (this.view.statuses.get(one.id) !== "completed") return one.number - other.number;
    const ended = (task) => task.status.from[task.status.index(this.view.n)];
    return ended(other) - ended(one);
  }

  wanted(task) {
    const { view } = this;
    if (this.statuses.size && !this.statuses.has(view.status(task))) return false;
    const names = task.attempts.filter((one) => one.first <= view.n).map((one) => one.worker);
    if (this.worker.value && !names.includes(this.worker.value)) return false;
    const wanted = this.search.value.trim().toLowerCase();
    if (!wanted) return true;
    const data = task.data.at(view.n);
    const context = data.context ?? {};
    return [task.id, data.type, data.description, ...names, ...(context.outputFiles ?? []),
      ...(context.targetFiles ?? [])].some((part) => part.toLowerCase().includes(wanted));
  }

  options(names) {
    const known = names.join("\n");
    if (this.known === known) return;
    this.known = known;
    const chosen = this.worker.value;
    this.worker.replaceChildren(h("option", { value: "" }, "every worker"),
      ...names.map((name) => h("option", { value: name }, name)));
    this.worker.value = names.includes(chosen) ? chosen : "";
  }

  /** Put the rows that are in sight into the list; rows are used again. */
  draw() {
    const { scrollTop, clientHeight } = this.root;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - SPARE);
    const count = Math.min(this.rows.length - first, Math.ceil(clientHeight / this.height) + 2 * SPARE);
    while (this.pool.length < count) {
      const row = this.row();
      this.pool.push(row);
      this.list.append(row.item);
    }
    this.pool.forEach((row, index) => {
      const task = index < count ? this.rows[first + index] : null;
      row.item.hidden = !task;
      if (task) this.fill(row, task, first + index);
    });
  }

  row() {
    const row = { task: null, says: h("span", { class: "unseen" }) };
    row.dot = h("span", { class: "dot" }, row.says);
    for (const part of ["id", "what", "who", "facts"]) row[part] = h("span", { class: part });
    row.button = h("button", {
      type: "button",
      on: { click: () => this.open(row.task.id), keydown: (event) => this.key(event, row) },
    }, row.dot, row.id, row.what, row.who, row.facts);
    row.item = h("li", {}, row.button);
    return row;
  }

  fill(row, task, index) {
    const { view } = this;
    const status = view.status(task);
    const attempt = view.attempt(task);
    const last = attempt ?? task.attempts.findLast((one) => one.first <= view.n);
    row.task = task;
    row.index = index;
    row.item.style.height = `${this.height}px`;
    row.item.style.transform = `translateY(${index * this.height}px)`;
    attribute(row.item, "aria-setsize", this.rows.length);
    attribute(row.item, "aria-posinset", index + 1);
    attribute(row.dot, "class", `dot ${status}`);
    text(row.id, task.id);
    text(row.what, task.data.at(view.n).description ?? "");
    text(row.who, status === "ready" || status === "pending" ? "" : last?.worker ?? "");
    text(row.facts, this.facts(task, status, attempt));
    text(row.says, WORDS[status]);
    attribute(row.item, "data-task", task.id);
    attribute(row.item, "data-status", status);
  }

  facts(task, status, attempt) {
    const { view } = this;
    if (status === "completed") return `score ${task.score ?? "–"}`;
    if (status === "pending") {
      const missing = view.missing(task);
      return `after ${missing[0]}${missing.length > 1 ? ` +${missing.length - 1}` : ""}`;
    }
    if (!attempt) return WORDS[status];
    const progress = attempt.progress.at(view.n);
    const time = span(view.time - view.timeOf(attempt.first));
    return progress === undefined ? time : `${Math.round(progress * 100)} %, ${time}`;
  }

  key(event, row) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = Math.min(this.rows.length - 1, Math.max(0, row.index + step));
    const top = index * this.height;
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.root.scrollTop = top + this.height - clientHeight;
    this.draw();
    this.pool.find((one) => one.index === index && !one.item.hidden)?.button.focus();
  }
}
