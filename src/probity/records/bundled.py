"""The bundled figures: read on first use, never changed, every conflicting version kept."""

import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from probity.core import Source
from probity.records.context import (
    Borough,
    DateCorrection,
    DeploymentWard,
    Place,
    PublishedTest,
    ReportFigure,
    Ward,
)
from probity.records.schema import Deployment

Kind = Literal["deployment", "aggregate", "trial"]
_KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BundledRow:
    """A bundled row, what it is, and which other rows speak of the same thing.

    Attributes
    ----------
    deployment : Deployment
        The figures. ``row`` is the row of ``deployments.csv``.
    kind : str
        "deployment": one row per deployment or short event; "aggregate": a total of several;
        "trial": what the source calls a trial, sometimes of several deployments.
    conflicts_with : tuple of str
        Records of the same deployment or period that give a different figure.
    same_event_as : tuple of str
        Records of the same event, or a part of it, that do not disagree.
    """

    deployment: Deployment
    kind: Kind
    conflicts_with: tuple[str, ...]
    same_event_as: tuple[str, ...]


class Bundle:
    """The data package, one property per table. A table is read when it is first asked for.

    Parameters
    ----------
    directory : Traversable
        Where the CSV files are.
    """

    def __init__(self, directory: Traversable) -> None:
        self._directory = directory

    @cached_property
    def rows(self) -> tuple[BundledRow, ...]:
        """Every row of ``deployments.csv``: versions of one event and totals overlap."""
        deployment = _builder(Deployment)
        return tuple(
            BundledRow(
                deployment=deployment({**cells, "row": str(number)}),
                kind=_KINDS[cells["kind"]],
                conflicts_with=_ids(cells["conflicts_with"]),
                same_event_as=_ids(cells["same_event_as"]),
            )
            for number, cells in enumerate(self._read("deployments"), start=1)
        )

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """The figures of every row, totals and second versions included: never sum these.

        ``series`` gives the rows of one force that can be summed.
        """
        return tuple(row.deployment for row in self.rows)

    @cached_property
    def row_by_id(self) -> Mapping[str, BundledRow]:
        """Every row by its ``record_id``."""
        return types.MappingProxyType({row.deployment.record_id: row for row in self.rows})

    @cached_property
    def forces(self) -> tuple[str, ...]:
        """Every force named in ``deployments.csv``, in alphabetical order."""
        return tuple(sorted({d.force for d in self.deployments}))

    @cached_property
    def not_in_series(self) -> Mapping[str, str]:
        """Rows of kind "deployment" that no series counts: ``record_id`` to the reason."""
        return types.MappingProxyType(
            {row["record_id"]: row["reason"] for row in self._read("not_in_series")}
        )

    def series(self, force: str) -> tuple[Deployment, ...]:
        """One row per deployment of one force: the rows that can be summed.

        Totals and trials are out, and of several versions of one deployment the operator's own
        is in (``not_in_series.csv`` lists the others, each with its reason). The other versions
        stay in ``rows`` and are shown by ``probity.records.conflicts``.

        Returns
        -------
        tuple of Deployment
            In the order of ``deployments.csv``; empty where only totals are published.
        """
        return tuple(
            row.deployment
            for row in self.rows
            if row.kind == "deployment"
            and row.deployment.force == force
            and row.deployment.record_id not in self.not_in_series
        )

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every source by its ``source_id``."""
        return types.MappingProxyType({s.source_id: s for s in map(_source, self._read("sources"))})

    @cached_property
    def report_2024_25(self) -> tuple[ReportFigure, ...]:
        """Figures of the Metropolitan Police annual report, September 2024 to September 2025."""
        return self._table("met_report_2024_25", ReportFigure)

    @cached_property
    def published_tests(self) -> tuple[PublishedTest, ...]:
        """Figures of published tests and evaluations."""
        return self._table("published_tests", PublishedTest)

    @cached_property
    def boroughs(self) -> tuple[Borough, ...]:
        """London's 33 boroughs."""
        borough = _builder(Borough)
        return tuple(
            borough({**cells, "source_ids": cells["source_id"]})
            for cells in self._read("london_boroughs")
        )

    @cached_property
    def wards(self) -> tuple[Ward, ...]:
        """London's 679 wards and the City of London."""
        return self._table("london_wards", Ward)

    @cached_property
    def deployment_wards(self) -> tuple[DeploymentWard, ...]:
        """Approximate wards of 250 Metropolitan Police deployments."""
        return self._table("deployment_wards", DeploymentWard)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Town-centre points of London places."""
        return self._table("places", Place)

    @cached_property
    def date_corrections(self) -> Mapping[str, DateCorrection]:
        """Rows counted under another date than the printed one, by ``record_id``."""
        return types.MappingProxyType(
            {c.record_id: c for c in self._table("date_corrections", DateCorrection)}
        )

    def _read(self, table: str) -> Iterator[dict[str, str]]:
        text = (self._directory / f"{table}.csv").read_text(encoding="utf-8")
        return csv.DictReader(io.StringIO(text, newline=""))

    def _table(self, table: str, kind: type[T]) -> tuple[T, ...]:
        return tuple(map(_builder(kind), self._read(table)))


@cache
def load() -> Bundle:
    """Return the bundled figures; they are read once per process."""
    return Bundle(files("probity.records") / "data")


def _source(cells: dict[str, str]) -> Source:
    web = cells["url"].startswith("http")
    return Source(
        source_id=cells["source_id"],
        publisher=cells["publisher"],
        title=cells["title"],
        url=cells["url"] if web else None,
        read_via=cells["read_via"] or None,
        sha256=cells["sha256"] or None,
        retrieved=cells["retrieved"],
        licence=cells["licence"],
    )


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _builder(kind: type[T]) -> Callable[[Mapping[str, str]], T]:
    """Return what builds a record from text cells by the types of its fields."""
    hints = get_type_hints(kind)
    converters = {field.name: _converter(hints[field.name]) for field in fields(cast(Any, kind))}

    def build(cells: Mapping[str, str]) -> T:
        return kind(**{name: to(cells[name]) for name, to in converters.items() if name in cells})

    return build


def _converter(hint: object) -> Callable[[str], object]:
    """Text to the field's type; an empty cell is None where the field allows it."""
    if isinstance(hint, types.UnionType):
        convert = _converter(get_args(hint)[0])
        return lambda cell: convert(cell) if cell else None
    if get_origin(hint) is tuple:
        return _ids
    if hint in (str, int, float, Decimal):
        return cast(Callable[[str], object], hint)
    return lambda cell: cell
