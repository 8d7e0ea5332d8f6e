// The zone of recognition from above. A dot is at the line at the moment its face was seen; where it
// walks before and after is for the eye only.
import { drawClocks } from "./live-clocks.js";

export const LEAD_SECONDS = 4.6; // from the edge of the picture to the line, for the slowest

const LINE = 0.34; // the moment of being seen, as a share of the width
const ZONE = 0.075; // half the zone
const WALK_SECONDS = [10, 13.2]; // across the whole picture
const SEEN_SECONDS = 0.9; // how long the eye is shown what takes the system less
const WAIT_AT = 0.62; // where somebody with an open alert is drawn until it is decided on
const GLIDE_SECONDS = 0.8;
const GAITS = 64;
const LANES = 256;
const COLOURS = ["ink", "muted", "line", "hair", "link", "card", "tint", "page", "supported", "contradicted"];

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext("2d", { alpha: false });
    this.readColours();
    this.clear();
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColours());
    document.getElementById("scheme")?.addEventListener("change", () => this.readColours());
  }

  clear() {
    this.people = [];
    this.cards = new Map();
    this.bay = [];
    this.phase = "before";
    this.at = 0;
    this.shown = 0;
    this.held = [];
  }

  readColours() {
    const style = getComputedStyle(this.canvas);
    this.colour = Object.fromEntries(
      COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    );
    this.font = style.fontFamily;
    this.backdrop = null;
  }

  resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ratio = ratio;
    this.small = this.width < 560;
    this.backdrop = null;
  }

  /** People of a frame: thousandths of its length, lane, gait, number of their alert or 0. */
  add({ people, begin, end }) {
    for (const [thousandths, lane, gait, alert] of people) {
      this.people.push({
        seen: begin + (thousandths / 1000) * (end - begin),
        lane: (lane + 0.5) / LANES,
        walk: WALK_SECONDS[0] + ((WALK_SECONDS[1] - WALK_SECONDS[0]) * gait) / GAITS,
        alert,
        held: 0,
        bay: -1,
        glide: 0,
        left: 0,
      });
    }
  }

  card(card) {
    this.cards.set(card.number, card);
  }

  moment({ phase, to, held }) {
    this.phase = phase;
    this.at = to;
    this.held = held;
    this.canvas.dataset.people = this.shown;
  }

  draw(playhead, passed, paused) {
    if (!this.width) this.resize();
    const { paint } = this;
    if (this.phase === "after") {
      drawClocks(this);
      return;
    }
    if (!this.backdrop) this.backdrop = this.drawBackdrop();
    paint.drawImage(this.backdrop, 0, 0, this.width, this.height);
    const step = paused ? 0 : passed;
    const before = new Path2D();
    const after = new Path2D();
    const alerts = [];
    const seen = [];
    const kept = [];
    this.shown = 0;
    for (const person of this.people) {
      const since = playhead - person.seen - person.held;
      const across = LINE + since / person.walk;
      if (across > 1.03) {
        if (person.bay >= 0) this.bay[person.bay] = null;
        continue;
      }
      kept.push(person);
      if (across < -0.03) continue;
      this.shown += 1;
      const x = across * this.width;
      const y = this.laneY(person.lane, across);
      if (person.alert && since >= 0) {
        alerts.push([person, x, y, across, step]);
        continue;
      }
      const path = since < 0 ? before : after;
      const radius = since < 0 ? this.dot : this.dot * 0.82;
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
      if (since >= 0 && since < SEEN_SECONDS) seen.push([x, y, since / SEEN_SECONDS]);
    }
    this.people = kept;
    paint.fillStyle = this.colour.muted;
    paint.fill(before);
    paint.strokeStyle = this.colour.muted;
    paint.globalAlpha = 0.55;
    paint.lineWidth = 1.1;
    paint.stroke(after);
    paint.globalAlpha = 1;
    this.drawSeen(seen);
    for (const one of alerts) this.drawAlert(...one);
  }

  get streetTop() {
    return this.small ? 66 : 58;
  }

  get streetBottom() {
    return this.height - (this.small ? 52 : 66);
  }

  get dot() {
    return this.small ? 2.6 : 3.4;
  }

  laneY(lane, across) {
    const top = this.streetTop + 18;
    const bottom = this.streetBottom - 18;
    return top + (bottom - top) * (lane + 0.012 * Math.sin(across * 9 + lane * 40));
  }

  drawSeen(seen) {
    const { paint } = this;
    paint.fillStyle = this.colour.link;
    const dots = new Path2D();
    for (const [x, y] of seen) {
      dots.moveTo(x + this.dot, y);
      dots.arc(x, y, this.dot, 0, 2 * Math.PI);
    }
    paint.fill(dots);
    paint.strokeStyle = this.colour.link;
    paint.lineWidth = 1.6;
    // Rings of the same age class are one path: hundreds of single strokes would cost the frame.
    const rings = [new Path2D(), new Path2D(), new Path2D(), new Path2D()];
    for (const [x, y, age] of seen) {
      const radius = this.dot + 6 * (1 - age);
      const ring = rings[Math.min(Math.floor(age * rings.length), rings.length - 1)];
      ring.moveTo(x + radius, y);
      ring.arc(x, y, radius, 0, 2 * Math.PI);
    }
    rings.forEach((ring, number) => {
      paint.globalAlpha = 1 - number / rings.length;
      paint.stroke(ring);
    });
    paint.globalAlpha = 1;
  }

  drawAlert(person, x, y, across, step) {
    const card = this.cards.get(person.alert);
    const stands = card?.stands ?? "operator";
    if (stands === "engaged" && person.bay < 0) {
      person.bay = this.freePlace();
      this.bay[person.bay] = person;
    }
    if (stands !== "over" && across >= WAIT_AT) person.held += step;
    const inBay = stands === "engaged" && person.bay >= 0;
    person.glide = clamp(person.glide + (step / GLIDE_SECONDS) * (inBay ? 1 : -1));
    if (!inBay && person.glide === 0 && person.bay >= 0 && stands === "over") {
      this.bay[person.bay] = null;
      person.bay = -1;
    }
    if (person.bay >= 0) {
      const ease = person.glide * person.glide * (3 - 2 * person.glide);
      const [bx, by] = this.bayPlace(person.bay);
      x += (bx - x) * ease;
      y += (by - y) * ease;
      if (person.glide > 0 && stands === "over") person.held += step;
    }
    const size = this.small ? 7 : 9;
    const { paint } = this;
    this.diamond(x, y, size);
    const hue = stands !== "over" ? "link" : card.false ? "contradicted" : "supported";
    paint.lineWidth = 2;
    paint.strokeStyle = card?.test ? this.colour.muted : this.colour[hue];
    paint.fillStyle = card?.test ? this.colour.card : this.colour[hue];
    paint.fill();
    paint.stroke();
    if (stands === "operator" || stands === "officer") {
      paint.globalAlpha = 0.5;
      paint.beginPath();
      paint.arc(x, y, size + 5, 0, 2 * Math.PI);
      paint.stroke();
      paint.globalAlpha = 1;
    }
    const mark = stands !== "over" || card.test ? "" : card.false ? " ✕" : " ✓";
    this.text(`${person.alert}${mark}`, x, y - size - 6, { align: "center", strong: true });
  }

  diamond(x, y, size) {
    const { paint } = this;
    paint.beginPath();
    paint.moveTo(x, y - size);
    paint.lineTo(x + size, y);
    paint.lineTo(x, y + size);
    paint.lineTo(x - size, y);
    paint.closePath();
  }

  freePlace() {
    let place = 0;
    while (this.bay[place]) place += 1;
    return place;
  }

  bayPlace(place) {
    const room = this.small ? 26 : 34;
    const right = this.width - (this.small ? 20 : 34);
    return [right - (place % 8) * room, this.height - (this.small ? 15 : 19)];
  }

  text(words, x, y, { align = "left", strong = false, colour = "ink" } = {}) {
    const { paint } = this;
    paint.font = `${strong ? 650 : 400} ${this.small ? 12 : 13}px ${this.font}`;
    paint.textAlign = align;
    paint.fillStyle = this.colour[colour];
    paint.fillText(words, x, y);
  }

  /** Everything that stands still, drawn once. */
  drawBackdrop() {
    const backdrop = document.createElement("canvas");
    backdrop.width = this.canvas.width;
    backdrop.height = this.canvas.height;
    const screen = this.paint;
    this.paint = backdrop.getContext("2d", { alpha: false });
    this.paint.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawStreet();
    this.drawCameras();
    this.paint = screen;
    return backdrop;
  }

  drawStreet() {
    const { paint, width, height, colour } = this;
    const top = this.streetTop;
    const bottom = this.streetBottom;
    paint.fillStyle = colour.tint;
    paint.fillRect(0, 0, width, height);
    paint.fillStyle = colour.card;
    paint.fillRect(0, top, width, bottom - top);
    paint.strokeStyle = colour.hair;
    paint.lineWidth = 1;
    for (const y of [top, bottom]) {
      paint.beginPath();
      paint.moveTo(0, y + 0.5);
      paint.lineTo(width, y + 0.5);
      paint.stroke();
    }
    const from = (LINE - ZONE) * width;
    paint.fillStyle = colour.link;
    paint.globalAlpha = 0.07;
    paint.fillRect(from, top, 2 * ZONE * width, bottom - top);
    paint.globalAlpha = 0.8;
    paint.strokeStyle = colour.link;
    paint.setLineDash([5, 5]);
    paint.beginPath();
    paint.moveTo(LINE * width, top);
    paint.lineTo(LINE * width, bottom);
    paint.stroke();
    paint.setLineDash([]);
    paint.globalAlpha = 1;
    this.text(this.small ? "zone" : "zone of recognition", LINE * width, bottom + 20, {
      align: "center",
      colour: "link",
    });
    this.text(this.small ? "on their way" : "people on their way", 14, bottom + 20, { colour: "muted" });
    if (!this.small) {
      this.text("officers speak with people here", width - 14, bottom + 20, {
        align: "right",
        colour: "muted",
      });
    }
  }

  drawCameras() {
    const { paint, width, colour } = this;
    const top = this.streetTop;
    const bottom = this.streetBottom;
    const x = (LINE + ZONE) * width + (this.small ? 40 : 42);
    const y = top - (this.small ? 13 : 17);
    paint.fillStyle = colour.link;
    paint.globalAlpha = 0.08;
    paint.beginPath();
    paint.moveTo(x - 14, y);
    paint.lineTo((LINE - ZONE) * width, top);
    paint.lineTo((LINE - ZONE) * width, bottom);
    paint.lineTo((LINE + ZONE) * width, bottom);
    paint.closePath();
    paint.fill();
    paint.globalAlpha = 1;
    paint.fillStyle = colour.ink;
    paint.beginPath();
    paint.roundRect(x - 14, y - 9, this.small ? 34 : 46, 18, 4);
    paint.fill();
    paint.fillStyle = colour.card;
    paint.fillRect(x + (this.small ? 8 : 18), y - 5, 6, 10);
    this.text(this.small ? "cameras" : "van with cameras", x + (this.small ? 27 : 40), y + 4, {
      colour: "muted",
    });
  }
}

function clamp(value) {
  return Math.min(Math.max(value, 0), 1);
}
