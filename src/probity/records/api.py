"""Published records from Python: ``probity.records.read`` and ``probity.records.summary``."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from probity.core import InputError
from probity.core.table import NUMBER, TEXT, WHOLE, Table
from probity.records import overview_json, reader, record_json
from probity.records.bundled import load
from probity.records.grouping import By
from probity.records.overview import Overview, overview_of_bundle, overview_of_records
from probity.records.schema import COLUMNS, COUNT_COLUMNS, Deployment, Record

GroupBy = Literal["force", "year", "month", "place", "borough", "threshold", "use-case"]

_NUMBERS = ("threshold", "printed_false_alert_rate")
DEPLOYMENT_COLUMNS: dict[str, pa.DataType] = {
    name: WHOLE if name in COUNT_COLUMNS else NUMBER if name in _NUMBERS else TEXT
    for name in COLUMNS
} | {"page": WHOLE, "row": WHOLE}
PROBLEM_COLUMNS: dict[str, pa.DataType] = {
    "row": WHOLE, "column": TEXT, "kind": TEXT, "got": TEXT, "message": TEXT, "done": TEXT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedRecord:
    """A deployment record that was read from a file.

    Attributes
    ----------
    record : Record
        As ``probity.records.reader`` gives it.
    """

    record: Record

    def deployments(self) -> Table:
        """The rows, in the order printed; null where the source does not say."""
        return deployments_table(self.record.deployments)

    def problems(self) -> Table:
        """Every doubtful cell: what was got, and what was done."""
        rows = (asdict(problem) for problem in self.record.problems)
        return Table.of(rows, columns=PROBLEM_COLUMNS)

    def summary(
        self,
        *,
        force: str | None = None,
        start: date | None = None,
        end: date | None = None,
        by: GroupBy | None = None,
    ) -> "Summary":
        """Sums and rates with exact intervals. Parameters as in ``summary``."""
        return Summary(
            overview_of_records(
                [self.record], load(), force=force, start=start, end=end, by=_by(by)
            )
        )

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity records read --format json`` prints."""
        return record_json.as_json(self.record)


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums and rates of a selection of deployments, and what to know before using them.

    Attributes
    ----------
    overview : Overview
        As ``probity.records.overview`` gives it.
    """

    overview: Overview

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to know before using the sums, one sentence each."""
        return self.overview.cautions

    def table(self) -> Table:
        """A row for each group and one for the whole.

        Rows of level "segment" repeat the deployments of the row above them, by stretch of time
        between breaks; "published" rows hold what a source prints for the same period.
        """
        rows = list(overview_json.as_rows(self.overview))
        names = dict.fromkeys(name for row in rows for name in row)
        return Table.of(rows, columns={name: _type_of(name) for name in names})

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity records summary --format json`` prints."""
        return overview_json.as_json(self.overview)

    def __str__(self) -> str:
        """The sums of the whole, one to a line."""
        whole = self.overview.summary.whole
        lines = [f"{whole.deployments} deployments"]
        lines += [f"{name}: {n:,}" for name, n in whole.totals.items() if n is not None]
        return "\n".join(lines + [f"Note: {one}" for one in self.cautions])


def read(
    path: str | PathLike[str],
    *,
    columns: str | PathLike[str] | None = None,
    force: str | None = None,
) -> PublishedRecord:
    """Read a deployment record from a PDF, CSV, XLSX or ODS file.

    Parameters
    ----------
    path : str or path
        The file; its format and layout are told by its content.
    columns : str or path, optional
        A mapping file for a table that is not recognised by itself.
    force : str, optional
        The police force, where the file does not name it.

    Raises
    ------
    InputError
        The file cannot be used; says what was got, what is allowed, and where.
    """
    mapping = None if columns is None else Path(columns)
    return PublishedRecord(reader.read(Path(path), columns=mapping, force=force))


def summary(
    *,
    force: str | None = None,
    start: date | None = None,
    end: date | None = None,
    by: GroupBy | None = None,
) -> Summary:
    """Sums and rates of the bundled deployments, one row per deployment, with exact intervals.

    Parameters
    ----------
    force : str, optional
        As ``forces`` names it; every force by default.
    start, end : date, optional
        First and last day, both included.
    by : str, optional
        "force", "year", "month", "place", "borough", "threshold" or "use-case".

    Raises
    ------
    InputError
        No such force, or no such grouping.
    """
    bundle = load()
    _require_force(force, bundle.forces)
    return Summary(overview_of_bundle(bundle, force=force, start=start, end=end, by=_by(by)))


def series(force: str) -> Table:
    """The bundled deployments of one force that can be summed, one row for each.

    Raises
    ------
    InputError
        No such force.
    """
    bundle = load()
    _require_force(force, bundle.forces)
    return deployments_table(bundle.series(force))


def forces() -> tuple[str, ...]:
    """The forces that the bundled data have figures of."""
    return load().forces


def deployments_table(deployments: Sequence[Deployment]) -> Table:
    """Deployments as a table; ``DEPLOYMENT_COLUMNS`` are its columns."""
    rows = ({name: _cell(getattr(one, name)) for name in DEPLOYMENT_COLUMNS} for one in deployments)
    return Table.of(rows, columns=DEPLOYMENT_COLUMNS)


def _cell(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _type_of(column: str) -> pa.DataType:
    if column in ("level", "key", "segment", "breaks_crossed"):
        return TEXT
    whole = column == "deployments" or column in COUNT_COLUMNS or "_rows_" in column
    return WHOLE if whole else NUMBER


def _by(by: str | None) -> By | None:
    if by is None:
        return None
    try:
        return By(by)
    except ValueError:
        raise InputError("no such grouping", got=by, allowed=", ".join(By)) from None


def _require_force(force: str | None, known: Sequence[str]) -> None:
    if force is not None and force not in known:
        raise InputError("no such force", got=force, allowed="; ".join(known))
