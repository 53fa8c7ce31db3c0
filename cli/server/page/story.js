// Everything about one task: what was asked, who tried, what the gate found, what was handed in.

import { $, h, keyed, text } from "./dom.js";
import { bytes, counted, moment, span } from "./format.js";
import { KINDS, isHeld, lookAt } from "./paint.js";
import { WORDS } from "./view.js";

// what an event carries beyond its line of words: texts, which that line may cut, and the rest
const TEXTS = ["description", "notes", "note", "reason", "text", "answer", "question", "defect", "overridden"];
const PARTS = ["changed", "details", "files", "touched", "attested", "signals", "window", "tags", "extra"];
const TOLD_MAX = 400; // newest events; a task with more has mostly heartbeats

export class Story {
  constructor() {
    this.dialog = $("story");
    this.id = null;
    this.title = h("h2", { id: "story-title" });
    this.status = h("p", { class: "story-status" });
    this.asked = h("div", { class: "asked" });
    this.attempts = h("ul", { class: "attempts" });
    this.events = h("ol", { class: "events", reversed: true });
    const close = h("button", {
      type: "button", class: "plain close", "aria-label": "Close",
      on: { click: () => this.dialog.close() },
    }, "✕");
    this.dialog.append(h("div", { class: "sheet" },
      h("div", { class: "title" }, this.title, close), this.status, this.asked,
      h("h3", {}, "Attempts"), this.attempts, h("h3", {}, "What happened"), this.events));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => { this.id = null; });
  }

  open(id) {
    this.id = id;
    this.shown = null;
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
  }

  render(view) {
    const task = this.id ? view.project?.tasks.get(this.id) : null;
    if (!task || task.first > view.n) return;
    const status = view.status(task);
    text(this.title, task.id);
    const times = task.events.filter((n) => n <= view.n);
    const created = view.history.events[task.first - 1];
    text(this.status, `${WORDS[status]}; created ${moment(created.at)} by ${created.actor}`);
    const key = `${task.id} ${times[times.length - 1]} ${times.length}`;
    if (this.shown !== key) {
      this.shown = key;
      this.asked.replaceChildren(...this.question(task, view));
      keyed(this.events, times.slice(-TOLD_MAX).reverse(), String,
        (n) => told(view.history.events[n - 1]), () => {});
    }
    this.tries(task, view);
  }

  question(task, view) {
    const data = task.data.at(view.n);
    const context = data.context ?? {};
    const acceptance = data.acceptance ?? {};
    const list = (title, items) => (items?.length
      ? [h("dt", {}, title), h("dd", {}, h("ul", {}, ...items.map((item) => h("li", {}, item))))]
      : []);
    const needs = (data.dependencies ?? []).map((name) => h("button", {
      type: "button", class: "plain link-to",
      on: { click: () => { this.open(name); this.render(this.view); } },
    }, name));
    this.view = view;
    return [
      h("p", { class: "description" }, data.description ?? ""),
      h("dl", {},
        ...list("so that", context.requirements),
        ...list("reads", context.targetFiles),
        ...list("writes", context.outputFiles),
        ...list("deletes", context.deletedFiles),
        ...list("rules", context.relevantRules),
        ...list("after", needs),
        ...list("done when", acceptance.criteria),
        ...list("checks", (acceptance.checks ?? []).map(checkWords)),
        ...list("runs", acceptance.validation ? [acceptance.validation] : [])),
    ];
  }

  tries(task, view) {
    const found = task.attempts.filter((one) => one.first <= view.n);
    keyed(this.attempts, found, (one) => String(one.number), () => h("li", {},
      h("span", { class: "swatch" }), h("span")), (node, one) => {
      const kind = lookAt(one, view.n);
      node.firstChild.className = `swatch ${kind}`;
      const last = one.states.index(view.n);
      const over = !isHeld(one.states.at(view.n));
      const end = over ? view.timeOf(one.states.from[last]) : view.time;
      const refused = one.refused.filter((n) => n <= view.n).length;
      text(node.lastChild, [
        `${one.number}. ${one.worker}: ${KINDS[kind].says}`,
        `${over ? "took" : "for"} ${span(end - view.timeOf(one.first))}`,
        refused ? `refused ${counted(refused, "time")}` : null,
        one.note.at(view.n) ?? null,
      ].filter(Boolean).join(", "));
    });
    if (!found.length) this.attempts.replaceChildren(h("li", { class: "quiet" }, "none yet"));
  }
}

/** A check with its parameters. */
function checkWords(check) {
  const { check: name, ...facts } = check;
  const said = Object.entries(facts).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return said.length ? `${name}: ${said.join(", ")}` : name;
}

/** One event with what it carries. */
function told(event) {
  const { data } = event;
  const parts = [];
  for (const one of data.results ?? []) {
    if (one.verdict === "passed" && event.type === "Completed") continue;
    const where = one.path ? ` (${one.path}${one.line ? `:${one.line}` : ""})` : "";
    parts.push(h("li", { class: `finding ${one.verdict}` },
      h("b", {}, `${one.verdict}: ${one.check}`), ` ${one.message}${where}`,
      one.more ? `, and ${one.more} more` : null,
      one.tail ? h("pre", {}, one.tail) : null));
  }
  for (const one of data.deliverables ?? []) {
    parts.push(h("li", { class: "file" }, h("code", {}, one.path), one.sha256
      ? ` ${bytes(one.bytes ?? 0)}, sha256 ${one.sha256.slice(0, 12)}…` : " deleted"));
  }
  for (const key of TEXTS) {
    if (typeof data[key] === "string" && !event.words.includes(data[key])) {
      parts.push(h("li", { class: "said" }, key === "overridden" ? `in spite of the gate: ${data[key]}` : data[key]));
    }
  }
  for (const key of PARTS.filter((one) => one in data)) {
    parts.push(h("li", {}, h("details", {}, h("summary", {}, key),
      h("pre", {}, JSON.stringify(data[key], null, 2)))));
  }
  const passed = (data.results ?? []).filter((one) => one.verdict === "passed").length;
  if (event.type === "Completed" && passed) parts.unshift(h("li", { class: "finding passed" },
    `${counted(passed, "check")} passed`));
  return h("li", {},
    h("p", { class: "event" }, h("time", {}, moment(event.at)), h("span", {}, event.words),
      h("span", { class: "quiet" }, `#${event.sequence}`)),
    parts.length ? h("ul", { class: "parts" }, ...parts) : null);
}
