// A year at the setting that the sliders show: read from the grid in the page, or asked of the app.
// The setting is kept in the address, so it can be sent on. Words and drawing are those of
// shown.py and picture.py.
"use strict";

(() => {
  const form = document.getElementById("what-if");
  const held = document.getElementById("what-if-grid");
  const answers = form.dataset.answers;
  if (!answers && !held) {
    return;
  }
  const grid = held ? JSON.parse(held.textContent) : null;
  const selects = [...form.querySelectorAll("select")];
  const grows = form.elements.namedItem("presence_grows");
  const first = {};
  selects.forEach((select) => {
    first[select.name] = select.dataset.now;
  });
  const outcomes = document.getElementById("outcomes");
  const section = document.querySelector(".answer");
  let asked = 0;
  let waiting = 0;

  // Numbers in words: three figures at most, as shown.py says them.

  const grouped = (value, digits) =>
    value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const toEven = (value) => {
    const below = Math.floor(value);
    return value - below === 0.5 ? below + (below % 2) : Math.round(value);
  };
  const number = (value) => {
    if (value === 0) {
      return "0";
    }
    if (value >= 100) {
      return grouped(Number(value.toPrecision(3)), 0);
    }
    return value >= 10 ? String(toEven(value)) : String(Number(value.toPrecision(2)));
  };
  const percent = (share) => `${Number((100 * share).toPrecision(2))}%`;
  const oneIn = (rate) => (rate > 0 ? `1 in ${number(1 / rate)}` : "none");
  const seconds = (value) => `${toEven(value)} seconds`;

  // A year out of what one deployment brings, as twin/expected/answer.py makes it.

  const logGamma = (x) => {
    if (x < 15) {
      return logGamma(x + 1) - Math.log(x);
    }
    const inverse = 1 / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) +
      inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260;
  };

  // Smallest count that a negative binomial does not exceed with a probability.
  const quantile = (each, deployments, probability) => {
    const mean = each.mean * deployments;
    if (mean === 0) {
      return 0;
    }
    const size = deployments / Math.max(each.dispersion, 1e-12);
    const spread = Math.sqrt(mean * (1 + mean / size));
    let k = Math.max(0, Math.floor(mean - 12 * spread));
    // Where the size is huge, the count is Poisson, and its logarithm is taken as such.
    let log = size > 1e9
      ? k * Math.log(mean) - mean - logGamma(k + 1)
      : logGamma(k + size) - logGamma(size) - logGamma(k + 1) -
        size * Math.log1p(mean / size) + k * Math.log(mean / (size + mean));
    let reached = Math.exp(log);
    while (reached < probability && k < mean + 12 * spread + 50) {
      log += Math.log((k + size) / (k + 1)) + Math.log(mean / (size + mean));
      k += 1;
      reached += Math.exp(log);
    }
    return k;
  };
  const year = (each, deployments) => ({
    mean: each.mean * deployments,
    low: quantile(each, deployments, 0.025),
    high: quantile(each, deployments, 0.975),
  });
  const plus = (a, b) => {
    const mean = a.mean + b.mean;
    const beyond = a.mean ** 2 * a.dispersion + b.mean ** 2 * b.dispersion;
    return { mean, dispersion: beyond / Math.max(mean, 1e-150) ** 2 };
  };
  const times = (each, factor) => ({ mean: each.mean * factor, dispersion: each.dispersion });
  const share = (part, rest) => (part + rest > 0 ? part / (part + rest) : 0);

  const fromGrid = (setting) => {
    let place = 0;
    for (const [name, values] of Object.entries(grid.axes)) {
      place = place * values.length + values.indexOf(setting[name]);
    }
    const cell = (column) => grid.cells[column][place];
    const strangers = { mean: cell("false_of_strangers"), dispersion: cell("strangers_dispersion") };
    const listed = { mean: cell("false_of_listed"), dispersion: cell("listed_dispersion") };
    const n = setting.deployments;
    const falseAlerts = year(plus(strangers, listed), n);
    const trueAlerts = year({ mean: cell("true"), dispersion: cell("true_dispersion") }, n);
    const factor = grid.recogniser_factors[grid.axes.threshold.indexOf(setting.threshold)];
    const ends = factor && factor.map((one) => year(plus(times(strangers, one), listed), n));
    const faces = n * cell("faces");
    const over = (what, by) => ({ mean: by(what.mean), low: by(what.low), high: by(what.high) });
    return {
      setting,
      false_alerts: falseAlerts,
      false_alerts_as_tested:
        ends && { low: ends[0].low, mean: ends[1].mean, high: ends[2].high },
      false_alerts_per_face_seen: over(falseAlerts, (k) => k / faces),
      true_alerts: trueAlerts,
      false_share_of_alerts: over(falseAlerts, (k) => share(k, trueAlerts.mean)),
      black_share_of_strangers: cell("black_share"),
      lost_share: cell("lost_share"),
      officer_s: cell("officer_s"),
      told_apart: {
        by_false_alerts: { deployments_needed_each: cell("needed_by_false") },
        by_true_alerts: { deployments_needed_each: cell("needed_by_true") },
      },
    };
  };

  // Showing an answer.

  const between = (found, words) => (found ? `${words(found.low)} to ${words(found.high)}` : "");
  const told = (what, needed, deployments) => {
    if (needed === null) {
      return `By ${what}: no. Not even a million deployments of each would show a difference.`;
    }
    return deployments >= needed
      ? `By ${what}: yes. ${grouped(needed, 0)} deployments of each would do.`
      : `By ${what}: no. It would take ${grouped(needed, 0)} deployments of each.`;
  };

  const show = (found) => {
    const put = (key, here, spread) => {
      const cells = outcomes.querySelector(`[data-row="${key}"]`).cells;
      cells[1].textContent = here;
      cells[2].textContent = spread;
    };
    const tested = found.false_alerts_as_tested;
    put("false", number(found.false_alerts.mean), between(found.false_alerts, number));
    put("tested", tested ? number(tested.mean) : "no published test", between(tested, number));
    put("per_face", oneIn(found.false_alerts_per_face_seen.mean),
      between(found.false_alerts_per_face_seen, oneIn));
    put("share", percent(found.false_share_of_alerts.mean),
      between(found.false_share_of_alerts, percent));
    put("true", number(found.true_alerts.mean), between(found.true_alerts, number));
    put("black", percent(found.black_share_of_strangers), "");
    put("lost", percent(found.lost_share), "");
    put("wait", seconds(found.officer_s), "");
    const n = found.setting.deployments;
    document.getElementById("told-false").textContent =
      told("false alerts", found.told_apart.by_false_alerts.deployments_needed_each, n);
    document.getElementById("told-true").textContent =
      told("true alerts", found.told_apart.by_true_alerts.deployments_needed_each, n);
    document.getElementById("said").textContent =
      `In a year of ${grouped(n, 0)} deployments: about ${number(found.false_alerts.mean)} false ` +
      `alerts (most years ${number(found.false_alerts.low)} to ` +
      `${number(found.false_alerts.high)}) and ${number(found.true_alerts.mean)} true ones. ` +
      `${percent(found.false_share_of_alerts.mean)} of alerts are false.`;
    draw("wide", found);
    draw("narrow", found);
    section.classList.remove("late");
  };

  // The picture: the rows of "as now" and "published" stay, the two above them are drawn anew.

  const draw = (space, found) => {
    const svg = document.querySelector(`#picture-${space} svg`);
    const width = svg.viewBox.baseVal.width;
    const place = (value) => {
      const inside = Math.min(Math.max(value, 0.5), 2e6);
      return (6 + Math.log10(inside / 0.5) / Math.log10(2e6 / 0.5) * (width - 20)).toFixed(1);
    };
    const bars = { here: found.false_alerts, tested: found.false_alerts_as_tested };
    Object.entries(bars).forEach(([kind, bar], row) => {
      const words = svg.querySelectorAll("text:not(.tick)")[row];
      words.textContent = words.textContent.replace(/:.*/,
        `: ${bar ? between(bar, number) : "no published test"}`);
      svg.querySelectorAll(`.bar.${kind}, .dot.${kind}`).forEach((old) => old.remove());
      if (bar) {
        const y = 4 + 50 * row + 33;
        const add = (part, path) => {
          const drawn = document.createElementNS(svg.namespaceURI, "path");
          drawn.setAttribute("class", `${part} ${kind}`);
          drawn.setAttribute("d", path);
          svg.append(drawn);
        };
        add("bar", `M${place(bar.low)} ${y}H${place(bar.high)}`);
        add("dot", `M${place(bar.mean)} ${y - 8}l8 8l-8 8l-8-8z`);
      }
    });
    const rows = [...svg.querySelectorAll("text:not(.tick)")].map((text) => text.textContent);
    svg.setAttribute("aria-label", `False alerts in a year. ${rows.join(". ")}.`);
  };

  // Reading the setting, asking for the answer, keeping the address.

  const address = () => {
    const said = new URLSearchParams();
    selects.forEach((select) => {
      if (select.value !== first[select.name]) {
        said.set(select.name, select.value);
      }
    });
    if (grows.checked) {
      said.set("presence_grows", "1");
    }
    return said.toString();
  };

  const ask = async () => {
    const query = address();
    try {
      history.replaceState(null, "", query ? `?${query}` : location.pathname);
    } catch {
      // Pages from a disk may not change their address.
    }
    if (grid) {
      const setting = { presence_grows: grows.checked ? 1 : 0 };
      selects.forEach((select) => {
        setting[select.name] = Number(select.value);
      });
      show(fromGrid(setting));
      return;
    }
    asked += 1;
    const turn = asked;
    section.classList.add("late");
    try {
      const reply = await fetch(`${answers}?${query}`);
      if (reply.ok && turn === asked) {
        show(await reply.json());
      }
    } catch {
      document.getElementById("said").textContent = "The program no longer answers.";
    }
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, grid ? 60 : 150);
  };

  // A slider in the place of each list of values.

  const moved = [];
  selects.forEach((select) => {
    const label = form.querySelector(`label[for="${select.id}"]`);
    const slider = document.createElement("input");
    const output = document.createElement("output");
    slider.type = "range";
    slider.min = 0;
    slider.max = select.options.length - 1;
    slider.id = `slide-${select.name}`;
    slider.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
    output.htmlFor = slider.id;
    label.htmlFor = slider.id;
    label.append(output);
    select.hidden = true;
    select.before(slider);
    const follow = () => {
      slider.value = select.selectedIndex;
      const words = select.options[select.selectedIndex].text;
      output.textContent = words;
      slider.setAttribute("aria-valuetext", words);
    };
    slider.addEventListener("input", () => {
      select.selectedIndex = Number(slider.value);
      follow();
      soon();
    });
    moved.push(follow);
    follow();
  });
  grows.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });

  const given = new URLSearchParams(location.search);
  selects.forEach((select) => {
    const option = [...select.options].find((one) => one.value === given.get(select.name));
    if (option) {
      option.selected = true;
    }
  });
  grows.checked = given.get("presence_grows") === "1";
  moved.forEach((follow) => follow());
  if (given.size > 0) {
    ask();
  }
})();
