"""The bundled figures: read on first use, never changed, every conflicting version kept."""

import csv
import io
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from probity.core import InputError, Source
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
    content : mapping of str to bytes
        The files of the package by name: ``datapackage.json`` and the CSV files.

    Raises
    ------
    InputError
        When a table is first asked for: it is missing, or a cell is not what its column holds.
    """

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self.content = types.MappingProxyType(dict(content))

    @cached_property
    def rows(self) -> tuple[BundledRow, ...]:
        """Every row of ``deployments.csv``: versions of one event and totals overlap."""
        return self._table("deployments", _bundled_row)

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
            {c["record_id"]: c["reason"] for c in self._table("not_in_series", dict)}
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
        return types.MappingProxyType({s.source_id: s for s in self._table("sources", _source)})

    @cached_property
    def report_2024_25(self) -> tuple[ReportFigure, ...]:
        """Figures of the Metropolitan Police annual report, September 2024 to September 2025."""
        return self._table("met_report_2024_25", _builder(ReportFigure))

    @cached_property
    def published_tests(self) -> tuple[PublishedTest, ...]:
        """Figures of published tests and evaluations."""
        return self._table("published_tests", _builder(PublishedTest))

    @cached_property
    def boroughs(self) -> tuple[Borough, ...]:
        """London's 33 boroughs."""
        return self._table("london_boroughs", _borough)

    @cached_property
    def wards(self) -> tuple[Ward, ...]:
        """London's 679 wards and the City of London."""
        return self._table("london_wards", _builder(Ward))

    @cached_property
    def deployment_wards(self) -> tuple[DeploymentWard, ...]:
        """Approximate wards of 250 Metropolitan Police deployments."""
        return self._table("deployment_wards", _builder(DeploymentWard))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Town-centre points of London places."""
        return self._table("places", _builder(Place))

    @cached_property
    def date_corrections(self) -> Mapping[str, DateCorrection]:
        """Rows counted under another date than the printed one, by ``record_id``."""
        return types.MappingProxyType(
            {c.record_id: c for c in self._table("date_corrections", _builder(DateCorrection))}
        )

    def _table(self, table: str, build: Callable[[dict[str, str]], T]) -> tuple[T, ...]:
        """One value per row; a cell that cannot be used is named with its file and row."""
        name, built = f"{table}.csv", []
        for number, cells in enumerate(self._rows(name), start=1):
            try:
                built.append(build({"row": str(number), **cells}))
            except KeyError as error:
                raise InputError("a column is missing", file=name, got=error.args[0]) from None
            except _CellError as error:
                raise InputError(
                    "not a value of this column",
                    file=name,
                    row=number,
                    column=error.column,
                    got=cells[error.column],
                ) from None
        return tuple(built)

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        if name not in self.content:
            raise InputError("a table of the data package is missing", file=name)
        try:
            text = self.content[name].decode("utf-8")
            yield from csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"not a table: {error}", file=name) from None


_in_use: ContextVar[Bundle | None] = ContextVar("the data package in use", default=None)


def load() -> Bundle:
    """The data package in use: the one that comes with Probity, unless ``using`` names another."""
    return _in_use.get() or _installed()


@contextmanager
def using(bundle: Bundle) -> Iterator[None]:
    """Let everything inside the block compute on another data package.

    This is how the statistics of a published bundle are run again on the data in that bundle.
    """
    token = _in_use.set(bundle)
    try:
        yield
    finally:
        _in_use.reset(token)


@cache
def _installed() -> Bundle:
    directory = files("probity.records") / "data"
    found = (file for file in directory.iterdir() if file.name.endswith((".csv", ".json")))
    return Bundle({file.name: file.read_bytes() for file in found})


class _CellError(Exception):
    """A cell that is not what its column holds."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


def _bundled_row(cells: dict[str, str]) -> BundledRow:
    if cells["kind"] not in _KINDS:
        raise _CellError("kind")
    return BundledRow(
        deployment=_builder(Deployment)(cells),
        kind=_KINDS[cells["kind"]],
        conflicts_with=_ids(cells["conflicts_with"]),
        same_event_as=_ids(cells["same_event_as"]),
    )


def _borough(cells: dict[str, str]) -> Borough:
    build: Callable[[dict[str, str]], Borough] = _builder(Borough)
    return build({**cells, "source_ids": cells["source_id"]})


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


@cache
def _builder(kind: type[T]) -> Callable[[dict[str, str]], T]:
    """Return what builds a record from text cells by the types of its fields.

    A column that the record has a default for may be missing; another may not.
    """
    hints = get_type_hints(kind)
    known = fields(cast(Any, kind))
    converters = {field.name: _converter(hints[field.name]) for field in known}
    needed = [f.name for f in known if f.default is MISSING and f.default_factory is MISSING]

    def build(cells: dict[str, str]) -> T:
        values = {}
        missing = [name for name in needed if name not in cells]
        if missing:
            raise KeyError(missing[0])
        for name, convert in converters.items():
            if name in cells:
                try:
                    values[name] = convert(cells[name])
                except (ValueError, ArithmeticError):
                    raise _CellError(name) from None
        return kind(**values)

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
