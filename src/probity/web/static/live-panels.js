// The same in words and numbers: lanes of alerts, counts, what exists, findings and the log.
const byId = (id) => document.getElementById(id);
const LANES = ["operator", "officer", "engaged", "over"];
const MOST_LINES = 60;
const MOST_OVER = 12; // chips shown in the last lane
const TELL_SECONDS = 3; // the log is read aloud no more often than this
const LOG_FROM = Math.log10(1e6);
const LOG_TO = Math.log10(31 * 86400e6);
const number = new Intl.NumberFormat("en-GB");

const time = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC",
});
const day = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
});

export class Panels {
  constructor() {
    this.phases = { before: "Before the start", running: "Cameras on", after: "Cameras off: clocks run" };
    this.clear();
  }

  clear() {
    this.cards = new Map();
    this.lines = [];
    this.told = 0;
    this.place = "";
    this.phase = "before";
    for (const id of ["findings", "log"]) byId(id).replaceChildren();
    for (const lane of LANES) byId(`lane-${lane}`).querySelector("ul").replaceChildren();
    set(byId("phase"), "");
    set(byId("clock"), "");
    set(byId("day"), "");
  }

  begin(place) {
    this.place = place;
  }

  paused(yes) {
    byId("stage").classList.toggle("paused", yes);
    if (this.place) this.showPhase(yes);
  }

  clock(us) {
    const date = new Date(us / 1000);
    set(byId("clock"), time.format(date));
    set(byId("day"), day.format(date));
  }

  apply(frame, whole) {
    for (const card of frame.cards) this.card(card, whole);
    this.counts(frame);
    this.held(frame);
    this.rules(frame);
    this.phase = frame.over ? "over" : frame.phase;
    this.showPhase(false);
    if (frame.told) this.lines.push(...frame.told);
    for (const found of frame.findings) this.lines.push({ ...found, breach: true });
    if (whole) this.clock(frame.to);
    byId("several").hidden = !(frame.dots_for > 1);
    if (frame.dots_for > 1) set(byId("dots-for"), String(frame.dots_for));
    this.tell(frame.over || whole);
  }

  showPhase(paused) {
    const words = { ...this.phases, over: "Over: the log ends here" }[this.phase];
    set(byId("phase"), paused ? "Paused" : `${words} · ${this.place}`);
  }

  card(card) {
    const known = this.cards.get(card.number);
    const chip = known ?? document.createElement("li");
    if (!known) this.cards.set(card.number, chip);
    const mark = card.stands === "over" && !card.test ? (card.false ? "✕" : "✓") : card.test ? "◇" : "◆";
    const said = card.stands === "over" && !card.test ? (card.false ? "found false" : "found true") : "";
    chip.className = `chip ${card.test ? "test" : card.stands === "over" ? (card.false ? "false" : "true") : "open"}`;
    chip.replaceChildren(
      span(mark, "mark-text", true),
      span(` ${card.number}`, ""),
      ...(said ? [span(` ${said}`, "visually-hidden")] : []),
      ...(card.deleted ? [span(", deleted", "visually-hidden")] : []),
    );
    chip.classList.toggle("deleted", card.deleted);
    const list = byId(`lane-${card.stands}`).querySelector("ul");
    if (chip.parentElement !== list) list.prepend(chip);
    const over = byId("lane-over").querySelector("ul");
    while (over.children.length > MOST_OVER) over.lastElementChild.remove();
  }

  counts({ counts, rates }) {
    for (const cell of document.querySelectorAll("[data-count]")) {
      set(cell, number.format(counts[cell.dataset.count]));
    }
    for (const box of document.querySelectorAll("[data-rate]")) {
      const rate = rates[box.dataset.rate];
      set(box.querySelector(".value"), rate.value);
      set(box.querySelector(".detail"), rate.interval);
      const bar = box.querySelector(".interval");
      bar.hidden = rate.low === undefined;
      if (bar.hidden) continue;
      // The share of alerts is shown on 0 to 1; one in thousands needs an axis of its own.
      const most = box.dataset.rate === "false_share_of_alerts" ? 1 : 0.002;
      bar.querySelector("i").style.left = `${(100 * Math.min(rate.low, most)) / most}%`;
      bar.querySelector("i").style.right = `${100 - (100 * Math.min(rate.high, most)) / most}%`;
      bar.querySelector("b").style.left = `${(100 * Math.min(rate.k / rate.n, most)) / most}%`;
    }
  }

  held({ held, to }) {
    for (const one of held) {
      const row = document.querySelector(`[data-held="${one.name}"]`);
      set(row.querySelector(".now"), number.format(one.now));
      set(row.querySelector(".so-far"), one.so_far > one.now ? `${number.format(one.so_far)} made so far` : "");
      const kept = one.kept ? `${one.kept} never` : "";
      const next = one.next_us === null ? "" : length(one.next_us - to);
      set(row.querySelector(".goes"), [next, kept].filter(Boolean).join("; ") || (one.so_far ? "none left" : "–"));
      const line = document.querySelector(`[data-line="${one.name}"] .span`);
      line.classList.toggle("none", one.next_us === null);
      if (one.next_us === null) continue;
      line.querySelector("b").style.left = place(one.next_us - to);
      line.querySelector("i").style.left = place(one.next_us - to);
      line.querySelector("i").style.right = `calc(100% - ${place(one.last_us - to)})`;
    }
  }

  rules({ rules, findings }) {
    const breaches = Object.values(rules.breached).reduce((sum, one) => sum + one, 0);
    set(document.querySelector("[data-rules=run]"), String(rules.run));
    set(document.querySelector("[data-rules=checked]"), number.format(rules.checked));
    set(
      document.querySelector("[data-rules=breaches]"),
      breaches ? `${number.format(breaches)} ${breaches === 1 ? "breach" : "breaches"}` : "no breach",
    );
    byId("rules").classList.toggle("breached", breaches > 0);
    for (const found of findings) {
      const item = document.createElement("li");
      const which = found.alert ? ` (alert ${found.alert})` : "";
      item.append(
        strong(`${found.rule}: ${found.title}${which}`),
        document.createElement("br"),
        found.says,
      );
      byId("findings").prepend(item);
    }
    while (byId("findings").children.length > MOST_LINES) byId("findings").lastElementChild.remove();
  }

  /** Lines go to the log together, so that whoever has them read aloud is not talked over. */
  tell(now) {
    const at = performance.now() / 1000;
    if (!this.lines.length || (!now && at - this.told < TELL_SECONDS)) return;
    this.told = at;
    const log = byId("log");
    const items = this.lines.splice(0).slice(-MOST_LINES).map((line) => {
      const item = document.createElement("li");
      const stamp = document.createElement("time");
      stamp.textContent = `${time.format(new Date(line.at / 1000))} `;
      stamp.dateTime = new Date(line.at / 1000).toISOString();
      item.append(stamp, line.breach ? strong(`Breach of ${line.rule}. `) : "", line.says);
      item.classList.toggle("breach", Boolean(line.breach));
      return item;
    });
    log.append(...items);
    while (log.children.length > MOST_LINES) log.firstElementChild.remove();
    log.parentElement.scrollTop = log.parentElement.scrollHeight;
  }

  downloads(session) {
    byId("save").hidden = !session;
    if (!session) return;
    set(byId("events"), number.format(session.events));
    for (const form of ["parquet", "jsonl"]) {
      byId(`save-${form}`).href = new URL(`log.${form}?events=${session.events}`, session.base);
    }
  }
}

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function span(words, kind, hidden = false) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = words;
  if (hidden) made.setAttribute("aria-hidden", "true");
  return made;
}

function strong(words) {
  const made = document.createElement("strong");
  made.textContent = words;
  return made;
}

function place(us) {
  const share = (Math.log10(Math.max(us, 1e6)) - LOG_FROM) / (LOG_TO - LOG_FROM);
  return `${(100 * Math.min(Math.max(share, 0), 1)).toFixed(1)}%`;
}

function length(us) {
  const seconds = Math.max(us / 1e6, 0);
  if (seconds < 1) return "under 1 s";
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}
