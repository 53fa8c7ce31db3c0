// The figures at the top: what an engineer wants to know in one look.

import { attribute, h, text } from "./dom.js";
import { counted, number, percent, span } from "./format.js";

const SIGNS = { met: "✓ on target", not_met: "✕ off target", no_data: "" };

export class Figures {
  constructor(root) {
    this.tiles = Object.fromEntries(
      [["done", "Done"], ["speed", "Workers busy"], ["interventions", "Interventions"],
        ["context", "Context score"], ["questions", "Open questions"]].map(([key, title]) => {
        const tile = {
          value: h("p", { class: "value" }), more: h("p", { class: "more" }),
          bar: h("span", { class: "fill" }), verdict: h("p", { class: "verdict" }),
        };
        root.append(h("div", { class: `tile ${key}` }, h("h2", {}, title), tile.value,
          h("div", { class: "meter", "aria-hidden": "true" }, tile.bar), tile.more, tile.verdict));
        return [key, tile];
      }),
    );
  }

  render(view, metrics) {
    const values = metrics?.values ?? {};
    const verdicts = metrics?.verdicts ?? {};
    const { counts, tasks } = view;
    const under = counts.assigned + counts["in-progress"];
    this.set("done", `${counts.completed} of ${tasks.length}`,
      [[under, "under way"], [counts.ready, "ready"], [counts.pending, "waiting"],
        [counts.escalated, "parked"], [counts.failed, "failed"]]
        .filter(([count]) => count).map(([count, what]) => `${count} ${what}`).join(", "),
      tasks.length ? counts.completed / tasks.length : 0);
    const busy = values["speedup.value"] ?? null;
    const bound = values["speedup.bound"] ?? null;
    this.set("speed", busy === null ? "–" : `${number(busy)}×`,
      bound === null ? "on average, no bound known yet" : `on average, ${number(bound)}× possible`,
      busy !== null && bound ? busy / bound : 0, verdicts["speedup.value"]);
    const limit = metrics?.targets.intervention_ratio ?? null;
    const ratio = values.intervention_ratio ?? null;
    this.set("interventions", percent(ratio),
      `of ${counted(values.handoffs ?? 0, "handoff")}${limit === null ? "" : `, at most ${percent(limit)}`}`,
      ratio === null ? 0 : Math.min(1, ratio), verdicts.intervention_ratio);
    const mean = values["context_score.mean"] ?? null;
    this.set("context", number(mean, 1),
      mean === null ? "no report yet"
        : `lowest ${number(values["context_score.min"])}, last ${number(values["context_score.last"])}`,
      mean === null ? 0 : mean / 5,
      verdicts["context_score.min"]);
    const open = view.questions;
    const oldest = open.length ? view.time - view.timeOf(open[0].first) : 0;
    this.set("questions", String(open.length),
      open.length ? `oldest ${span(oldest)}` : "nobody waits for an answer", 0);
    this.tiles.questions.value.parentElement.classList.toggle("open", open.length > 0);
  }

  set(key, value, more, part, verdict = null) {
    const tile = this.tiles[key];
    text(tile.value, value);
    text(tile.more, more);
    tile.bar.style.width = `${Math.round(100 * Math.min(1, part))}%`;
    text(tile.verdict, SIGNS[verdict] ?? "");
    attribute(tile.verdict, "data-verdict", verdict);
  }
}
