// Open questions, dearest first, each with room for the answer.

import { attribute, h, keyed, shown, text } from "./dom.js";
import { command } from "./api.js";
import { counted, span } from "./format.js";

const ACTIONS = [
  ["resume", "Answer, go on", "primary"],
  ["reassign", "Give to another", ""],
  ["accept", "Accept the work", ""],
  ["cancel", "Cancel the task", "danger"],
];
const KINDS = {
  blocked: "is blocked", conflict: "meets another's work", gate: "does not pass the gate",
  attempts: "failed too often", untrusted: "needs a command approved", drift: "sees drift (advice)",
  context: "runs out of context (advice)",
};

export class Inbox {
  constructor(root, { open }) {
    this.open = open;
    this.sent = null;
    this.list = h("ul", { class: "questions" });
    this.none = h("p", { class: "empty" }, "Nobody waits for an answer.");
    root.append(this.list, this.none);
  }

  /** `known` are the server's facts of now by question; without `mayAct` it can only be read. */
  render(view, known, mayAct) {
    this.view = view;
    const dear = (one) => known.get(one.id)?.heldUpMinutes ?? 0;
    const found = [...view.questions].sort((one, other) => dear(other) - dear(one));
    this.none.hidden = found.length > 0;
    const had = this.focused();
    const place = [...this.list.children].findIndex((node) => node.dataset.key === had);
    keyed(this.list, found, (one) => one.id, (one) => this.card(one), (node, one) => {
      const facts = view.live ? known.get(one.id) : null;
      const asked = span(view.time - view.timeOf(one.first));
      text(node.querySelector(".to"), `to ${(facts?.addressed ?? [one.to]).filter(Boolean).join(" and ")}`);
      const held = facts && facts.heldUpMinutes >= 0.1
        ? `${facts.heldUpMinutes} worker-minutes held up` : "";
      const waiting = facts?.waiting.length ? `${counted(facts.waiting.length, "task")} behind it` : "";
      const by = one.by === "evt" ? "" : `asked by ${one.by}`;
      text(node.querySelector(".since"), [by, `${asked} ago`, held, waiting].filter(Boolean).join(", "));
      const form = node.querySelector("form");
      form.hidden = !view.live;
      attribute(form.querySelector("fieldset"), "disabled", !mayAct || form.dataset.sent === "yes");
    });
    if (place < 0 || found.some((one) => one.id === had)) return;
    this.sent = null;
    const next = this.list.children[Math.min(place, found.length - 1)];
    (next?.querySelector("textarea:enabled") ?? this.list.closest("section")).focus();
  }

  /** The question that has the focus, or had it when its answer was sent: that disables its form. */
  focused() {
    const { activeElement } = document;
    if (this.list.contains(activeElement)) return activeElement.closest(".question").dataset.key;
    return activeElement === document.body ? this.sent : null;
  }

  card(question) {
    const field = `answer-${question.id}`;
    const answer = h("textarea", { id: field, rows: 2 });
    const said = h("p", { class: "refused", role: "alert" });
    const buttons = ACTIONS.map(([action, label, look]) => h("button", {
      type: action === "resume" ? "submit" : "button", class: look,
      on: action === "resume" ? {} : { click: (event) => this.pressed(event, action, card) },
    }, label));
    const form = h("form", {
      on: { submit: (event) => { event.preventDefault(); this.send("resume", card); } },
    }, h("fieldset", {}, h("label", { for: field }, "Your answer"), answer,
      h("div", { class: "actions" }, ...buttons)), said);
    const details = question.details === null ? null : h("details", {},
      h("summary", {}, "Details"), h("pre", {}, JSON.stringify(question.details, null, 2)));
    const node = h("li", { class: `question ${question.kind}` },
      h("p", { class: "about" },
        h("button", {
          type: "button", class: "plain link-to", on: { click: () => this.open(question.task) },
        }, question.task), ` ${KINDS[question.kind] ?? question.kind}`,
        h("span", { class: "to badge" })),
      h("p", { class: "asks" }, question.text),
      details,
      h("p", { class: "since quiet" }),
      form);
    const card = { question, node, form, answer, said };
    return node;
  }

  /** Cancelling is asked for twice: the second press within a few seconds means it. */
  pressed(event, action, card) {
    const button = event.currentTarget;
    if (action === "cancel" && button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      const label = button.textContent;
      text(button, "Really cancel?");
      setTimeout(() => {
        button.dataset.sure = "no";
        text(button, label);
      }, 4000);
      return;
    }
    this.send(action, card);
  }

  async send(action, { question, form, answer, said }, override = null) {
    const data = { action, escalation: question.id };
    if (answer.value.trim()) data.answer = answer.value.trim();
    text(said, "");
    const focused = form.contains(document.activeElement);
    if (focused) this.sent = question.id;
    form.dataset.sent = "yes";
    form.querySelector("fieldset").disabled = true;
    try {
      await command("Resolved", question.task, data, override ? { override } : {});
    } catch (error) {
      form.dataset.sent = "no";
      form.querySelector("fieldset").disabled = false;
      const findings = error.results?.filter((one) => one.verdict !== "passed") ?? [];
      this.sent = null;
      if (focused) answer.focus();
      said.replaceChildren(shown(error.message),
        ...findings.map((one) => h("span", { class: "finding" }, `${one.check}: ${one.message}`)));
      if (action === "accept" && error.code === "gate") {
        said.append(h("button", {
          type: "button", class: "danger",
          on: { click: () => this.send("accept", { question, form, answer, said },
            answer.value.trim() || "accepted on the page") },
        }, "Accept all the same"));
      }
    }
  }
}
