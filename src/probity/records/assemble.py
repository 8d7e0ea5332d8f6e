"""Deployments from the text of a table: each cell read by what its column holds.

The rule for doubtful input. A *cell* that cannot be read is None, its text is kept in
``printed`` and a problem says so: the other cells of the row are still good. A *file* whose
structure cannot be read (no headings, two columns claiming one field, rows that do not line up
with their headings, above a limit) is refused with an ``InputError``: no cell of it could be
trusted.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from probity.core import InputError
from probity.records import cells, limits
from probity.records.cells import Conventions, Read
from probity.records.file_problems import NOT_STATED, file_problems
from probity.records.headings import DATE, FIELDS, IGNORED, KIND, Column, duplicated
from probity.records.parsers import parser
from probity.records.schema import Deployment, Problem
from probity.records.table import Section, TextCell, TextRow, TextTable

__all__ = ["NOT_STATED", "Assembly", "assemble"]

_TOTAL = re.compile(r"(?:grand |sub ?)?totals?\b.*", re.IGNORECASE)
_OVERFLOW = re.compile(r"([^0-9]*[^0-9\s])\s*([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4})")
_CIRCUMSTANCES = frozenset({"place", "borough", "use_case", "threshold", "watchlist_size"})
"""What holds for every row that a merged cell covers; a count would be counted twice."""
_GLUED = frozenset({DATE, "date_start", "date_end", "duration_minutes", "printed_false_alert_rate"})
"""Values whose two lines can only belong together; 1 above 2 is not 12."""

_PREFIXES = {"Metropolitan Police": "MPS", "South Wales Police": "SWP"}


@dataclass(slots=True)
class Assembly:
    """Deployments being put together, with the problems of their text.

    ``force`` is that of the whole file; a column of forces, where there is one, goes before it.
    """

    file: Path
    source_id: str
    force: str
    conventions: Conventions
    fixed: Mapping[str, str]
    deployments: list[Deployment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row: int = 0
    of_day: Counter[str] = field(default_factory=Counter)

    def add(self, section: Section) -> None:
        """Take in the rows of a section."""
        conventions = self.conventions
        minutes = any(
            c.field == "duration_minutes" and "min" in c.heading.casefold() for c in section.columns
        )
        if minutes and conventions.duration_unit is None:
            self.conventions = Conventions(
                conventions.decimal, conventions.thousands, conventions.dates, "minutes"
            )
        for row in section.rows:
            self.row += 1
            self._check_lengths(section.columns, row)
            self._row(section.columns, row)
        self.conventions = conventions

    def _check_lengths(self, columns: tuple[Column, ...], row: TextRow) -> None:
        for column, cell in zip(columns, row.cells, strict=True):
            if len(cell.text) > limits.MAX_CELL_CHARACTERS:
                raise InputError(
                    "a cell is too long",
                    file=self.file,
                    row=self.row,
                    column=column.heading,
                    got=cell.text,
                    allowed=f"at most {limits.MAX_CELL_CHARACTERS:,} characters",
                )

    def problem(self, column: str | None, kind: str, *, got: str, message: str, done: str) -> None:
        """Note a problem of the row being read."""
        self.problems.append(
            Problem(row=self.row, column=column, kind=kind, got=got, message=message, done=done)
        )

    def _row(self, columns: tuple[Column, ...], row: TextRow) -> None:
        names = _names(columns)
        texts = dict(zip(names, row.cells, strict=True))
        printed = {
            name: " ".join(cell.text.split("\n")) for name, cell in texts.items() if cell.text
        }
        what = printed.get(KIND, "deployment")
        if what != "deployment" or (
            _TOTAL.fullmatch(printed.get("place", "")) and not printed.get(DATE)
        ):
            self.problem(
                None,
                "total-row",
                got=" | ".join(printed.values())[:200],
                message=f"a row of kind {what!r}" if KIND in printed else "a total of other rows",
                done="left out of the deployments and of every sum",
            )
            return
        self._overflow(columns, texts)
        values: dict[str, Any] = {}
        for name, text in self.fixed.items():
            values[name] = parser(name)(text, self.conventions).value
        for column, (name, cell) in zip(columns, texts.items(), strict=True):
            if column.field not in (None, IGNORED, KIND):
                values.update(self._cell(name, cell))
            if cell.formula:
                self.problem(
                    name,
                    "formula-cell",
                    got=cell.text,
                    message="calculated by a formula in the file",
                    done="the value stored with it was read" if cell.text else "no value is stored",
                )
        _add_sums(values)
        self.deployments.append(self._deployment(values, printed, row.page))

    def _overflow(self, columns: tuple[Column, ...], texts: dict[str, TextCell]) -> None:
        """Give words of the place that were printed over the date back to the place."""
        cell = texts.get(DATE)
        names = [column.field for column in columns]
        if (
            cell is None
            or cells.date(cell.text, self.conventions).value is not None
            or "place" not in names
            or names.index("place") + 1 != names.index(DATE)
        ):
            return
        match = _OVERFLOW.fullmatch(cell.text)
        if match is None:
            return
        place = texts["place"].text.split("\n")
        line = min(match[1].count("\n"), len(place) - 1)
        glue = " " if match[1][:1].isupper() else ""
        place[line] += glue + " ".join(match[1].split())
        texts["place"] = TextCell("\n".join(place), joined=texts["place"].joined)
        texts[DATE] = TextCell(match[2])
        self.problem(
            DATE,
            "date-cell-overflow",
            got=" ".join(cell.text.split()),
            message=f"words beside the date {match[2]}",
            done=f"the words were read as part of the place: {' '.join(place)}",
        )

    def _cell(self, name: str, cell: TextCell) -> dict[str, Any]:
        """The values of one cell by field, with every reservation noted as a problem."""
        got = " ".join(cell.text.split("\n"))
        parse = parser(name)
        nothing = None if name == "place" else cells.blank_or_not_stated(got)
        read: Read[Any] = nothing or parse(got, self.conventions)
        if read.value is None and nothing is None and "\n" in cell.text and name in _GLUED:
            glued = parse("".join(cell.text.split("\n")), self.conventions)
            if glued.value is not None:
                read = Read(glued.value, "wrapped-cell", "broken over two lines")
        if cell.merged and nothing is None:
            shared = name in _CIRCUMSTANCES or name in (DATE, "date_start", "date_end")
            self.problem(
                name,
                "merged-cell",
                got=got,
                message="one cell over several rows or columns",
                done="taken for every row it covers" if shared else "left empty",
            )
            if not shared:
                return {}
        if cell.joined:
            self.problem(
                name,
                "split-row",
                got=got,
                message="printed in two bands of the table",
                done=f"joined: {got}",
            )
        if read.kind:
            self.problem(
                name,
                read.kind,
                got=got,
                message=read.message,
                done=f"read as {_shown(read.value)}"
                if read.value is not None
                else "left empty; the text is kept as printed",
            )
        if name == DATE or name in ("date_start", "date_end"):
            first, last = read.value or (None, None)
            both = {"date_start": first, "date_end": last}
            return both if name == DATE else {name: both[name]}
        return {name: read.value}

    def _deployment(
        self, values: dict[str, Any], printed: dict[str, str], page: int | None
    ) -> Deployment:
        force = values.pop("force", None) or self.force
        day = (values.get("date_start") or f"row{self.row}").replace("-", "")
        prefix = _PREFIXES.get(force) or "".join(re.findall(r"\b[A-Z]", force)) or "REC"
        self.of_day[f"{prefix}-{day}"] += 1
        values["place"] = values.get("place") or ""
        values.setdefault("date_start", None)
        values["date_end"] = values.get("date_end") or values["date_start"]
        stated = {name: value for name, value in values.items() if value is not None}
        known: dict[str, Any] = {
            "record_id": f"{prefix}-{day}-{self.of_day[f'{prefix}-{day}']}",
            "source_id": self.source_id,
            "date_start": None,
            "date_end": None,
            **stated,
        }
        return Deployment(**known, force=force, row=self.row, page=page, printed=printed)


def _names(columns: tuple[Column, ...]) -> list[str]:
    """Names of columns in ``printed``, all different: the field, else the heading."""
    names: list[str] = []
    for number, column in enumerate(columns, start=1):
        known = column.field not in (None, IGNORED)
        name = str(column.field) if known else column.heading
        unclear = not name or name in names or (not known and name in FIELDS)
        names.append(f"{name} (column {number})".strip() if unclear else name)
    return names


def _shown(value: object) -> str:
    return " to ".join(dict.fromkeys(value)) if isinstance(value, tuple) else str(value)


def _add_sums(values: dict[str, Any]) -> None:
    """Fill sums that the source does not print from the parts that it does."""
    for whole, parts in (
        ("true_alerts", ("true_confirmed", "true_unconfirmed")),
        ("false_alerts", ("false_confirmed", "false_unconfirmed")),
        ("engagements", ("true_engagements", "false_engagements")),
    ):
        stated = [values.get(part) for part in parts]
        if values.get(whole) is None and None not in stated:
            values[whole] = sum(n for n in stated if n is not None)


def assemble(
    table: TextTable,
    *,
    file: Path,
    source_id: str,
    force: str,
    conventions: Conventions,
    fixed: Mapping[str, str],
) -> tuple[tuple[Deployment, ...], tuple[Problem, ...]]:
    """The deployments of a table, and the problems of its text.

    Raises
    ------
    InputError
        Two columns claim one field, or a cell is too long.
    """
    assembly = Assembly(file, source_id, force, conventions, fixed)
    for section in table.sections:
        if twice := duplicated(section.columns):
            raise InputError(
                f"two columns are headed as {twice[0]}",
                file=file,
                column=twice[1][0],
                got=" and ".join(map(repr, twice[1])),
                allowed="one; a mapping file (--columns) can tell them apart",
            )
        assembly.add(section)
    whole = file_problems(table, assembly.deployments, assembly.problems)
    return tuple(assembly.deployments), (*whole, *assembly.problems)
