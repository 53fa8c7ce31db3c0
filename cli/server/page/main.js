// Puts the page together: events in, one picture per frame out.

import { get } from "./api.js";
import { BurnUp } from "./burnup.js";
import { $, attribute, h, keyed, shown, text } from "./dom.js";
import { follow } from "./feed.js";
import { Figures } from "./figures.js";
import { moment } from "./format.js";
import { History } from "./history.js";
import { Inbox } from "./inbox.js";
import { Lanes } from "./lanes.js";
import { Paint } from "./paint.js";
import { Player } from "./player.js";
import { Story } from "./story.js";
import { Tasks } from "./tasks.js";
import { chooseTheme } from "./theme.js";
import { View } from "./view.js";
import { Worth } from "./worth.js";

const GLANCE_MS = 5000; // verdicts move with the clock
const SOON_MS = 250; // after an event
const FIGURES_MS = 500;
const SPEAK_MS = 4000; // a reader aloud is not talked over
const LINKS = { live: "live", waiting: "connecting again", lost: "the server does not answer" };

const history = new History();
let now = null; // what the server says of this moment
let metrics = null;
let link = "waiting";
let paint = null;
let wanted = false;

const story = new Story();
const open = (id) => { story.open(id); changed(); };
const say = (words) => text($("spoken"), words);
const figures = new Figures($("figures"));
const lanes = new Lanes($("lanes"), $("range"), $("legend"), { open, say, changed });
const burnup = new BurnUp($("burnup"));
const tasks = new Tasks($("tasks"), $("filters"), $("tasks-shown"), { open, changed });
const inbox = new Inbox($("questions"), { open });
const worth = new Worth($("worth"));
const player = new Player($("player"), history, () => { figuresSoon(); changed(); });
lanes.redraw = changed;

/** Draw in the next frame, however often this is called until then. */
function changed() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(draw);
}

function draw(time) {
  wanted = false;
  if (player.step(time)) figuresSoon();
  const view = new View(history, player.at ?? history.head, Date.now());
  paint ??= new Paint();
  head(view);
  figures.render(view, metrics);
  lanes.render(view, paint, view.live ? verdicts() : new Map());
  player.render(view);
  burnup.render(view);
  tasks.render(view, paint.rem);
  inbox.render(view, known(), now?.server.mayAct ?? false);
  worth.render(metrics);
  story.render(view);
  if (player.playing) changed();
}

const verdicts = () => new Map((now?.workers ?? []).map((one) => [one.name, one.verdict]));
const known = () => new Map((now?.questions ?? []).map((one) => [one.id, one]));

function head(view) {
  const { project, questions } = view;
  const name = project?.name ?? "evt";
  text($("project"), name);
  text($("goal"), project?.goal ?? "");
  const mode = !view.live ? `replay, ${moment(view.event.at)}`
    : view.ended ? `ended: ${view.ended.outcome}` : view.paused ? "paused" : "";
  text($("mode"), mode);
  $("mode").hidden = !mode;
  attribute(document.body, "data-replay", !view.live);
  text($("link"), LINKS[link]);
  attribute($("link"), "data-state", link);
  text($("happened"), view.event ? `${moment(view.event.at)}  ${view.event.words}` : "nothing yet");
  const count = questions.length ? `(${questions.length}) ` : "";
  const done = view.tasks.length ? ` ${view.counts.completed}/${view.tasks.length}` : "";
  document.title = shown(`${count}${name}${done}`);
  attribute($("icon"), "href", `/icon.svg?n=${questions.length}`);
  notices();
}

function notices() {
  const found = [];
  const trouble = now?.server.trouble;
  if (trouble) found.push(["bad", `Nothing can be written: ${trouble}`]);
  if (link === "lost") {
    found.push(["bad", "The server does not answer. Chats go on without it; evt serve starts it again."]);
  }
  if (now && !now.server.mayAct) {
    found.push(["", "You can look, but not answer: open the link that evt serve --detach prints."]);
  }
  keyed($("notices"), found, ([, words]) => words, ([look, words]) => h("p", { class: `notice ${look}` },
    words), () => {});
}

// asking the server for what the events alone do not say

function later(ms, ask) {
  let timer = 0;
  let running = false;
  const run = async () => {
    timer = 0;
    if (running) return soon();
    running = true;
    try {
      await ask();
    } catch {
      // the feed says that the server is gone; what is shown stays
    }
    running = false;
    changed();
  };
  const soon = () => { timer ||= setTimeout(run, ms); };
  return soon;
}

const glanceSoon = later(SOON_MS, async () => { now = await get("/api/now"); });
const figuresSoon = later(FIGURES_MS, async () => {
  metrics = history.project
    ? await get(`/api/metrics${player.at === null ? "" : `?at=${player.at}`}`) : null;
});

let spoken = 0;
function speak(events) {
  const last = events.findLast((event) => event.type !== "Heartbeat");
  if (last && player.at === null && Date.now() - spoken > SPEAK_MS) {
    spoken = Date.now();
    say(last.words);
  }
}

follow(
  (events) => {
    for (const event of events) history.add(event);
    speak(events);
    glanceSoon();
    figuresSoon();
    changed();
  },
  (state) => {
    link = state;
    glanceSoon();
    changed();
  },
);
setInterval(glanceSoon, GLANCE_MS);
setInterval(() => { if (!document.hidden) changed(); }, 1000); // ages and bars grow
new ResizeObserver(() => { paint = null; changed(); }).observe($("lanes"));
chooseTheme($("theme"), () => { paint = null; changed(); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !story.id) {
    event.preventDefault();
    tasks.focusSearch();
  }
});
