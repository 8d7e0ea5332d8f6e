// Sorts and filters a table of records. Without this the table stands newest first, in full.
(() => {
  const table = document.querySelector(".sortable");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const original = new Map(rows.map((row, position) => [row, position]));
  const heads = [...table.tHead.rows[0].cells];

  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    return heads[column].classList.contains("number") || heads[column].dataset.numbers
      ? (cell.dataset.sort === undefined ? null : Number(text))
      : text;
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b));

  const sort = (column, direction) => {
    rows.sort((one, other) => {
      const [a, b] = [value(one, column), value(other, column)];
      // What is not stated stays below what is, whichever way round.
      if (a === null || b === null) return (a === null) - (b === null);
      const order = compare(a, b) * (direction === "ascending" ? 1 : -1);
      return order || original.get(one) - original.get(other);
    });
    body.append(...rows);
    heads.forEach((head, at) => {
      if (at === column) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const first = head.classList.contains("number") || head.dataset.numbers;
      const next = now ? { ascending: "descending", descending: "ascending" }[now] : null;
      sort(column, next ?? (first ? "descending" : "ascending"));
    });
  });

  const form = document.querySelector(".filters");
  if (!form) return;
  const field = (id) => document.getElementById(id);
  const [find, area, year] = ["find", "in-area", "in-year"].map(field);
  const [counted, doubts] = ["only-counted", "only-doubts"].map(field);
  const words = new Map(
    rows.map((row) => [
      row,
      `${row.cells[1].textContent} ${row.dataset.force} ${row.dataset.area}`.toLowerCase(),
    ]),
  );
  const show = () => {
    const sought = find.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const fits =
        sought.every((word) => words.get(row).includes(word)) &&
        (!area.value || area.value === row.dataset.area) &&
        (!year?.value || year.value === row.dataset.year) &&
        (!counted.checked || !("apart" in row.dataset)) &&
        (!doubts.checked || "doubts" in row.dataset);
      row.hidden = !fits;
      shown += fits;
    }
    form.querySelector(".found").textContent =
      `${shown.toLocaleString("en-GB")} of ${rows.length.toLocaleString("en-GB")} rows shown`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
