// After the end nobody walks: what is left slides towards its deletion, on an axis of time left.
const MINUTE = 60e6; // microseconds, as everything in the log
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Math.log(MINUTE);
const TO = Math.log(40 * DAY);
const TICKS = [
  [MINUTE, "1 min", "center"],
  [HOUR, "1 hour", "center"],
  [DAY, "1 day", "center"],
  [7 * DAY, "1 week", "center"],
  [30 * DAY, "30 days", "right"],
];
const THINGS = [
  ["watchlist", "The watchlist", "The watchlist"],
  ["media", "Medium it came on", "Medium"],
  ["recordings", "Camera recordings", "Recordings"],
];

/** Draw the clocks of a stage in place of its street. */
export function drawClocks(stage) {
  const { paint, width, height, colour, small } = stage;
  const left = small ? 96 : 190;
  const right = width - (small ? 16 : 36);
  const top = small ? 70 : 84;
  const rows = (height - top - 42) / (THINGS.length + 1);
  const place = (left_us) => {
    const share = (Math.log(Math.max(left_us, MINUTE)) - FROM) / (TO - FROM);
    return left + (right - left) * Math.min(Math.max(share, 0), 1);
  };
  const row = (number, words, gone) => {
    const y = top + rows * (number + 0.5);
    stage.text(words, 14, y + 4, { colour: gone ? "muted" : "ink", strong: !gone });
    if (gone) stage.text("deleted", left + 8, y + 4, { colour: "muted" });
    return y;
  };
  const mark = (goes, y, shape) => {
    const never = goes === null;
    const x = never ? right : place(goes - stage.at);
    paint.fillStyle = never ? colour.contradicted : colour.link;
    paint.globalAlpha = 0.8;
    shape(x, y);
    paint.fill();
    paint.globalAlpha = 1;
    if (never) {
      stage.text("kept", x, y - 13, { align: "center", colour: "contradicted", strong: true });
    }
  };

  paint.fillStyle = colour.tint;
  paint.fillRect(0, 0, width, height);
  paint.strokeStyle = colour.hair;
  paint.lineWidth = 1;
  for (const [us, words, align] of TICKS) {
    const x = place(us);
    paint.beginPath();
    paint.moveTo(x, top - 8);
    paint.lineTo(x, height - 34);
    paint.stroke();
    if (!small || us !== 7 * DAY) {
      stage.text(words, x, height - 16, { align, colour: "muted" });
    }
  }
  stage.text(small ? "time left" : "time until deletion", 14, height - 16, { colour: "muted" });

  const open = [...stage.cards.values()].filter((card) => !card.deleted);
  const words = small ? "Alerts" : "Alerts, with images";
  const y = row(0, words, !open.length && stage.cards.size > 0);
  for (const card of open) {
    mark(card.goes_us, y, (x, at) => stage.diamond(x, at, small ? 6 : 8));
  }
  THINGS.forEach(([name, wide, narrow], number) => {
    const held = stage.held.find((one) => one.name === name);
    const at = row(number + 1, small ? narrow : wide, held && held.so_far > 0 && held.now === 0);
    if (!held || !held.now) return;
    mark(held.next_us, at, (x, middle) => {
      paint.beginPath();
      paint.roundRect(x - 9, middle - 7, 18, 14, 3);
    });
  });
}
