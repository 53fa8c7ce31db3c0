// Was it worth it: the recommendation, the rules for giving up, and the criteria of each phase.

import { attribute, h, keyed, text } from "./dom.js";
import { number } from "./format.js";

const VERDICTS = { met: "✓ met", not_met: "✕ not met", no_data: "– no data" };
const ADVICE = { continue: "Continue", abandon: "Abandon", keep_measuring: "Keep measuring" };

export class Worth {
  constructor(root) {
    this.none = h("p", { class: "empty" }, "No figures yet.");
    this.advice = h("p", { class: "advice" });
    this.reasons = h("ul", { class: "reasons" });
    this.rules = h("tbody");
    this.phases = h("div", { class: "phases" });
    this.all = h("div", { class: "worth", hidden: true },
      h("div", {}, this.advice, this.reasons), h("div", {}, h("table", {}, h("caption", {}, "Reasons to give up"),
        h("thead", {}, h("tr", {}, ...["Rule", "Now", "Limit", ""].map(
          (name) => h("th", { scope: "col" }, name)))), this.rules)), this.phases);
    root.append(this.none, this.all);
  }

  render(metrics) {
    this.none.hidden = Boolean(metrics);
    this.all.hidden = !metrics;
    if (!metrics) return;
    const { recommendation } = metrics;
    text(this.advice, ADVICE[recommendation.verdict] ?? recommendation.verdict);
    attribute(this.advice, "data-verdict", recommendation.verdict);
    keyed(this.reasons, recommendation.reasons, String, () => h("li"), (node, reason) => text(node, reason));
    keyed(this.rules, metrics.abandon, (one) => one.rule, () => h("tr", {},
      h("th", { scope: "row" }), h("td"), h("td"), h("td")), (node, one) => {
      const [rule, now, limit, fires] = node.children;
      text(rule, said(one.rule));
      text(now, shown(one.value));
      text(limit, shown(one.threshold));
      text(fires, one.triggered === null ? "– no data" : one.triggered ? "✕ fires" : "✓ holds");
      attribute(fires, "data-verdict", one.triggered === null ? "no_data" : one.triggered ? "not_met" : "met");
    });
    keyed(this.phases, Object.entries(metrics.phases), ([phase]) => phase, ([phase]) => this.phase(
      phase, metrics.phase), (node, [phase, found]) => {
      text(node.querySelector(".phase-name"), `Phase ${phase}`);
      const verdict = node.querySelector(".phase-verdict");
      text(verdict, VERDICTS[found.verdict]);
      attribute(verdict, "data-verdict", found.verdict);
      keyed(node.querySelector("tbody"), found.criteria, (one) => String(one.id), () => h("tr", {},
        h("th", { scope: "row" }), h("td"), h("td"), h("td")), (row, one) => {
        const [name, now, target, verdict] = row.children;
        text(name, one.text);
        text(now, shown(one.value));
        text(target, shown(one.target));
        text(verdict, VERDICTS[one.verdict]);
        attribute(verdict, "data-verdict", one.verdict);
      });
    });
  }

  phase(phase, declared) {
    return h("details", { open: String(declared) === phase },
      h("summary", {}, h("span", { class: "phase-name" }), h("span", { class: "phase-verdict" })),
      h("table", {}, h("thead", {}, h("tr", {}, ...["Criterion", "Now", "Target", ""].map(
        (name) => h("th", { scope: "col" }, name)))), h("tbody")));
  }
}

function shown(value) {
  if (typeof value === "number") return number(value);
  if (value === null || value === undefined) return "–";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

function said(rule) {
  return String(rule).replaceAll(/[._]/g, " ");
}
