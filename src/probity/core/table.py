"""Rows for other software: Arrow is what a table is, and pandas and Polars get it as theirs."""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from probity.core.errors import MissingPartError

_SHOWN_ROWS = 10

TEXT = pa.string()
WHOLE = pa.int64()
NUMBER = pa.float64()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows with named, typed columns; what is not known is null.

    It is an Arrow table, and also what the Arrow PyCapsule interface asks for, so DuckDB, Polars,
    pandas and others read it without a copy.

    Attributes
    ----------
    arrow : pyarrow.Table
        The table itself.
    """

    arrow: pa.Table

    @classmethod
    def of(
        cls, rows: Iterable[Mapping[str, Any]], *, columns: Mapping[str, pa.DataType]
    ) -> "Table":
        """Rows as a table; a column that a row does not have is null there."""
        return cls(pa.Table.from_pylist(list(rows), schema=pa.schema(columns.items())))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.arrow.column_names)

    def rows(self) -> list[dict[str, Any]]:
        """Each row as a dictionary."""
        found: list[dict[str, Any]] = self.arrow.to_pylist()
        return found

    def to_arrow(self) -> pa.Table:
        """The table as ``pyarrow.Table``."""
        return self.arrow

    def to_pandas(self) -> Any:
        """The table as ``pandas.DataFrame``, with Arrow's types, in which a null stays a null.

        Raises
        ------
        MissingPartError
            pandas is not installed.
        """
        return self.arrow.to_pandas(types_mapper=_library("pandas").ArrowDtype)

    def to_polars(self) -> Any:
        """The table as ``polars.DataFrame``.

        Raises
        ------
        MissingPartError
            Polars is not installed.
        """
        return _library("polars").from_arrow(self.arrow)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table for whatever speaks the Arrow PyCapsule interface."""
        return self.arrow.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self.arrow.num_rows)

    def __repr__(self) -> str:
        """The size, and the first rows."""
        head = "\n".join(map(str, self.arrow.slice(0, _SHOWN_ROWS).to_pylist()))
        return f"Table of {len(self):,} rows: {', '.join(self.columns)}\n{head}".rstrip()


def _library(name: str) -> Any:
    """An optional library, imported when it is asked for."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingPartError(
            f"this needs {name}, which is not installed: pip install {name}"
        ) from None
