// Starts a session, plays what it tells in step with the picture, and passes on what is pressed.
import { Panels } from "./live-panels.js";
import { Stage, LEAD_SECONDS } from "./live-stage.js";

const STEP_SECONDS = 0.25; // of one frame, as the server plays
const MOST_WAITING = 400; // frames; after a sleep the picture goes on from the newest state
const byId = (id) => document.getElementById(id);

const setup = byId("setup");
const message = byId("message");
const stage = new Stage(byId("picture"));
const panels = new Panels();
const still = matchMedia("(prefers-reduced-motion: reduce)");

let session = null; // { base, source, frames, playhead, newest, paused, over }

setup.hidden = false;
byId("stage").hidden = false;
showPause();
setup.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
byId("pause").addEventListener("click", () => pause(!session?.paused));
byId("speed").addEventListener("change", (event) => control("speed", event.target.value));
byId("linger").addEventListener("change", (event) =>
  control("linger", event.target.checked ? "yes" : "no"),
);
addEventListener("pagehide", () => control("end", ""));

async function start() {
  const asked = new FormData(setup);
  asked.set("speed", byId("speed").value);
  asked.set("linger", byId("linger").checked ? "yes" : "no");
  if (session) control("end", "");
  session?.source.close();
  session = null;
  byId("begin").disabled = true;
  stage.clear();
  panels.clear();
  message.textContent = "Making a deployment …";
  try {
    const answer = await fetch(setup.action, { method: "POST", body: asked });
    if (!answer.ok) throw new Error("Probity could not make this deployment.");
    begin(await answer.json());
  } catch (error) {
    message.textContent = error.message;
  } finally {
    byId("begin").disabled = false;
    byId("begin").textContent = "Start again";
  }
}

function begin({ session: id, place, fault, left_over: leftOver }) {
  const base = new URL(`${id}/`, setup.action.replace(/start$/, ""));
  const source = new EventSource(new URL("events", base));
  session = {
    base, source, frames: [], playhead: null, newest: 0, paused: false, over: false, events: 0,
  };
  const mine = session;
  source.addEventListener("message", (event) => take(mine, event, false));
  source.addEventListener("state", (event) => take(mine, event, true));
  source.addEventListener("ended", () => source.close());
  showPause();
  message.textContent = fault
    ? `A fault is planted: ${fault}`
    : leftOver
      ? "This deployment has nothing to plant that fault on. Try another seed."
      : "";
  panels.begin(place);
  panels.downloads(null);
}

function take(mine, event, whole) {
  if (mine !== session) return;
  const frame = JSON.parse(event.data);
  frame.end = (Number(event.lastEventId) + 1) * STEP_SECONDS;
  frame.begin = frame.end - STEP_SECONDS;
  if (whole && mine.playhead !== null && frame.end <= mine.newest + STEP_SECONDS) return;
  mine.newest = Math.max(mine.newest, frame.end);
  if (whole || mine.playhead === null) {
    mine.frames = [];
    // People need so long to walk up to the line at which they are seen.
    mine.playhead = frame.begin - LEAD_SECONDS;
    if (whole) {
      stage.clear();
      panels.apply(frame, whole);
    }
  }
  if (frame.people) stage.add(frame);
  mine.frames.push(frame);
  if (frame.over) mine.source.close();
}

let before = performance.now();
let painted = 0;
requestAnimationFrame(function frame(now) {
  const passed = Math.min((now - before) / 1000, 0.1);
  before = now;
  if (session && session.playhead !== null) advance(session, passed);
  // Who asked for less motion gets a new picture each second.
  if (!still.matches || now - painted > 1000) {
    stage.draw(session?.playhead ?? 0, passed, session?.paused ?? true);
    painted = now;
  }
  requestAnimationFrame(frame);
});

function advance(mine, passed) {
  if (mine.paused) return;
  const ahead = mine.newest - mine.playhead;
  if (mine.frames.length > MOST_WAITING || ahead > 4 * LEAD_SECONDS) {
    mine.playhead = mine.newest - LEAD_SECONDS;
  }
  // A little faster or slower, so that the picture stays as far behind the stream as it has to.
  const rate = Math.min(Math.max(1 + 0.15 * (ahead - LEAD_SECONDS - 0.5), 0.7), 1.3);
  const last = mine.frames.at(-1)?.over ? Infinity : mine.newest;
  mine.playhead = Math.min(mine.playhead + passed * rate, last);
  while (mine.frames.length && mine.frames[0].end <= mine.playhead) {
    const frame = mine.frames.shift();
    if (!frame.people && mine.events >= frame.events) continue;
    mine.events = frame.events;
    for (const card of frame.cards) stage.card(card);
    stage.moment(frame);
    panels.apply(frame, false);
    panels.downloads(mine);
    if (frame.over) {
      mine.over = true;
      showPause();
    }
  }
  const next = mine.frames[0];
  if (next && next.begin <= mine.playhead) {
    const share = (mine.playhead - next.begin) / STEP_SECONDS;
    panels.clock(next.from === undefined ? next.to : next.from + share * (next.to - next.from));
  }
}

function pause(wanted) {
  if (!session || session.over) return;
  session.paused = wanted;
  showPause();
  control("pause", wanted ? "yes" : "no");
}

function showPause() {
  const button = byId("pause");
  button.disabled = !session || session.over;
  button.textContent = session?.paused ? "Go on" : "Pause";
  panels.paused(Boolean(session?.paused));
}

function control(what, value) {
  if (!session || (session.over && what !== "end")) return;
  const told = new FormData();
  told.set("token", setup.elements.token.value);
  told.set("what", what);
  told.set("value", value);
  fetch(new URL("control", session.base), { method: "POST", body: told, keepalive: true }).catch(
    () => {
      message.textContent = "Probity does not answer. Is it still running?";
    },
  );
}
